"""Splits of exports: files over which a page is spread are one split."""
import bz2
import json
import shutil

import pytest

import helpers
import make_export as exports
from test_splits import commit, convert, plan, told

TABLES = [*helpers.ALL_TABLES, "diffs"]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return helpers.make_history(tmp_path_factory.mktemp("history"))


@pytest.fixture
def export(history, tmp_path):
    return exports.make_export(history, tmp_path, "samplewiki", "2026-01-01")


def chain_of(planned):
    (chain,) = [split for split in planned["splits"] if "following" in split]
    return chain


def test_the_page_is_as_whole_as_in_one_file(export, history, tmp_path):
    planned = plan(export, size="60KiB")
    chain = chain_of(planned)
    names = [chain["file"], *(one["file"] for one in chain["following"])]
    times = [exports.when(bz2.open(name).read().split(b"<revision>")[1]) for name in names]
    assert len(names) == 4 and times == sorted(times)
    files = {split["file"] for split in planned["splits"]}
    assert len(files) == 3 and len(planned["splits"]) > 3, "what is not spread is cut"
    output = tmp_path / "out"
    for split in planned["splits"]:
        done = convert(split, output, tables=TABLES)
        assert done.returncode == 0, done.stderr.decode()
    assert told(convert(chain, output, tables=TABLES)).endswith("was done before: nothing to do")
    done = commit(planned, output, tables=TABLES)
    assert done.returncode == 0, done.stderr.decode()
    one = exports.in_one_file(history, tmp_path, "samplewiki", "2026-01-01")
    whole = helpers.converted(one, tmp_path / "whole", tables=TABLES)
    alone = helpers.converted(export, tmp_path / "alone", tables=TABLES)
    for table in TABLES:
        assert helpers.table(output, table).equals(helpers.table(alone, table)), table
        by_key = lambda rows: sorted(json.dumps(row, default=str) for row in rows.to_pylist())
        assert by_key(helpers.table(output, table)) == by_key(helpers.table(whole, table)), table
    entries = {entry["name"]: entry for entry in helpers.manifest(output)["inputs"]}
    assert len(entries) == 6
    assert [entries[name].get("follows") for name in names] == [None, *names[:-1]]
    for name in names:
        assert entries[name]["splits"] == [{"number": chain["number"], "begin_bytes": 0,
                                            "end_bytes": entries[name]["bytes"]}]
    assert helpers.run("verify", output).returncode == 0


def test_a_piece_that_has_changed(export, tmp_path):
    chain = chain_of(plan(export))
    with open(chain["following"][-1]["file"], "ab") as file:
        file.write(b"\0")
    result = convert(chain, tmp_path / "out")
    assert result.returncode == 2
    assert chain["following"][-1]["file"] in told(result) and "has changed since the plan was made" in told(result)


def test_a_piece_that_has_gone(export, tmp_path):
    chain = chain_of(plan(export))
    shutil.move(chain["following"][0]["file"], tmp_path)
    result = convert(chain, tmp_path / "out")
    assert result.returncode == 4 and chain["following"][0]["file"] in told(result)


def test_no_part_of_a_file_has_others_behind_it(export, tmp_path):
    chain = chain_of(plan(export))
    result = convert(chain | {"begin_bytes": 1}, tmp_path / "out")
    assert result.returncode == 2 and "it has a part of a file, and others behind it" in result.stderr.decode()
    result = convert(chain | {"following": chain["following"][::-1]}, tmp_path / "out")
    assert result.returncode == 2 and "are not in the order in which they are read" in told(result)
