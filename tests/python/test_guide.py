"""The documents' examples: queries give the answers that stand below them, histories the rows."""
import re

import duckdb
import pytest

import helpers

GUIDE = (helpers.ROOT / "docs" / "GUIDE.md").read_text(encoding="utf-8")
DEFINITIONS = (helpers.ROOT / "docs" / "DEFINITIONS.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```\n\n?((?:\|[^\n]*\|\n)*)", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the guide's first command makes."""
    inputs, tables = re.search(r"mwparquet convert (\S+) \\\n *--tables (\S+) --output out", GUIDE).groups()
    assert helpers.ROOT / inputs == helpers.BIG
    return helpers.converted(helpers.BIG, tmp_path_factory.mktemp("guide") / "out", tables=tables.split(","))


def cells(line):
    """The cells of a line of a Markdown table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def spelt(value):
    """A value as the guide spells it."""
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_query(number, folder):
    sql, answer = QUERIES[number]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    result = connection.execute(sql.replace("'out/", f"'{folder}/"))
    columns, rows = [column[0] for column in result.description], result.fetchall()
    assert rows
    if answer:
        header, _, *lines = answer.splitlines()
        assert columns == cells(header)
        assert [[spelt(value) for value in row] for row in rows] == [cells(line) for line in lines]


def test_there_are_answers():
    assert len(QUERIES) > 5 and sum(bool(answer) for _, answer in QUERIES) >= 2


def test_example_of_reverts(tmp_path):
    lines = re.findall(r"^\| (\d) \| (\w) \|(.*)\|(.*)\|(.*)\|$", DEFINITIONS, re.MULTILINE)
    assert len(lines) == 7
    dump = tmp_path / "example.xml"
    dump.write_text('<mediawiki version="0.11"><page><title>T</title><ns>0</ns><id>1</id>' + "".join(
        f"<revision><id>{number}</id>"
        + (f"<parentid>{int(number) - 1}</parentid>" if number != "1" else "")
        + f"<timestamp>2025-01-01T0{number}:00:00Z</timestamp><contributor><ip>192.0.2.1</ip></contributor>"
        f"<text>{content}</text></revision>" for number, content, *_ in lines) + "</page></mediawiki>")
    folder = helpers.converted(dump, tmp_path / "out")
    reverts = {(row["revert_definition"], row["revision_id"]): row for row in helpers.rows(folder, "reverts")}
    history = {row["revision_id"]: row for row in helpers.rows(folder, "revision_history")}
    told = 0
    for number, _, *said, first in lines:
        for definition, words in zip(("mwreverts", "mediawiki_history"), said):
            revert = reverts.get((definition, int(number)))
            match = re.search(r"reverts ([\d, ]+) to \**(\d)", words)
            assert (revert is None) == (match is None)
            if match:
                told += 1
                assert revert["reverted_revision_ids"] == [int(part) for part in match[1].split(",")]
                assert revert["reverted_to_revision_id"] == int(match[2])
        expected = int(first) if first.strip() else None
        assert history[int(number)]["revision_first_identity_reverting_revision_id"] == expected
    assert told == len(reverts) == 4
