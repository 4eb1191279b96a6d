"""The queries of the document about R give rows: DuckDB is the same in all languages."""
import re

import duckdb
import pytest

import helpers

TEXT = (helpers.ROOT / "docs" / "R.md").read_text(encoding="utf-8")
QUERIES = re.findall(r'dbGetQuery\(con, "(.*?)"\)', TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    dump, tables = re.search(r"mwparquet convert (\S+) \\\n *--tables (\S+) --output out", TEXT).groups()
    return helpers.converted(helpers.ROOT / dump, tmp_path_factory.mktemp("r") / "out", tables=tables.split(","))


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_query(number, folder):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    assert connection.execute(QUERIES[number].replace("'out/", f"'{folder}/")).fetchall()


def test_there_are_queries():
    assert len(QUERIES) == 3
