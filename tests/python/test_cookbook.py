"""The cookbook: its calls and queries run on a run made of the samples, and both ways agree."""
import csv
import datetime
import io
import pathlib
import re
import shlex

import duckdb
import pytest

import helpers
from mirror import add_tables, make_run

TEXT = (helpers.ROOT / "docs" / "COOKBOOK.md").read_text(encoding="utf-8")
RECIPES = [(section.split("\n", 1)[0],
            re.findall(r"```sh\nmwparquet (count .*?)\n```", section, re.DOTALL),
            re.findall(r"```sql\n(.*?)```", section, re.DOTALL))
           for section in TEXT.split("\n## ")[2:]]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("mirror"), "samplewiki", "20260101")
    add_tables(folder)
    return folder


@pytest.fixture(scope="module")
def output(run_folder, tmp_path_factory):
    """What the first command makes."""
    output = tmp_path_factory.mktemp("cookbook") / "out"
    result = helpers.run("convert", run_folder, "--output", output, "--progress", "off")
    assert result.returncode == 0, result.stderr.decode()
    return output


@pytest.fixture(scope="module")
def database(output):
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    for table in output.iterdir():
        if any(table.glob("*.parquet")):
            db.execute(f"CREATE VIEW {table.name} AS SELECT * FROM '{table}/*.parquet'")
    return db


def spelt(value, name):
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.strftime("%Y-%m" if name == "month" else "%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def answer(database, sql):
    """The rows of a query, as dictionaries of texts."""
    result = database.execute(sql)
    names = [column[0] for column in result.description]
    return [{name: spelt(value, name) for name, value in zip(names, row)} for row in result.fetchall()]


@pytest.mark.parametrize("title, calls, queries", RECIPES, ids=[title for title, *_ in RECIPES])
def test_recipe(title, calls, queries, run_folder, database):
    (query,) = queries
    rows = answer(database, query)
    assert rows
    for call in calls:
        arguments = [str(run_folder) if word == "run" else word for word in shlex.split(call)]
        result = helpers.run(*arguments, "--progress", "off")
        assert result.returncode == 0, result.stderr.decode()
        counted = list(csv.DictReader(io.StringIO(result.stdout.decode())))
        common = [name for name in rows[0] if name in counted[0]]
        assert {"wiki_id", "edits" if "edits" in rows[0] else "log_entries"} <= set(common)
        by_values = lambda row: tuple(row[name] for name in common)
        assert sorted(map(by_values, counted)) == sorted(map(by_values, rows))


def test_all_recipes_are_here():
    assert len(RECIPES) == 8
    assert sum(len(calls) for _, calls, _ in RECIPES) == 6


def test_the_views_are_made_as_told(output, monkeypatch):
    monkeypatch.chdir(output.parent)
    (code,) = re.findall(r"```python\n(import duckdb.*?)```", TEXT, re.DOTALL)
    scope = {}
    exec(code, scope)
    names = {name for (name,) in scope["db"].execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert names == {path.name for path in pathlib.Path("out").iterdir() if path.is_dir() and any(path.glob("*.parquet"))}
