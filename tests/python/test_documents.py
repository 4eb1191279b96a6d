"""Documents of cat against what mwxml and mwreverts have written, and against texts and tables."""
import gzip
import json
import subprocess

import pytest

import helpers
from test_histories import revision, write_dump
from test_tokens import write_history

with gzip.open(helpers.ROOT / "tests/python/peer_documents.jsonl.gz", "rt", encoding="utf-8") as file:
    ANSWERS = [json.loads(line) for line in file]


def documents(dump, program, *arguments):
    """What cat writes, parsed."""
    result = helpers.run("cat", "--format", program, dump, *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: "-".join(
    (answer["sample"], answer["format"], answer["shape"])))
def test_as_others_write_them(answer):
    found = documents(helpers.SAMPLES / answer["sample"], answer["format"], "--shape", answer["shape"])
    assert found == answer["documents"]


def test_the_shape_without_a_word():
    sample = helpers.SAMPLES / "reverts.xml"
    for program, shape in (("mwxml", "slots"), ("mwreverts", "flat"), ("mwdiffs", "flat"), ("mwpersistence", "flat")):
        assert documents(sample, program) == documents(sample, program, "--shape", shape)
    both = [documents(sample, "mwreverts", "--shape", shape) for shape in ("slots", "flat")]
    assert "slots" in both[0][0]["reverted_to"] and "text" in both[1][0]["reverted_to"]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A dump of pages that go over many chunks."""
    path = tmp_path_factory.mktemp("history") / "history.xml"
    write_history(path, 3, 200)
    return path


def test_diffs_lead_from_text_to_text(history):
    revisions = documents(history, "mwxml", "--shape", "flat")
    found = documents(history, "mwdiffs", "--memory", "16M")
    before, last = [], None
    for document, whole in zip(found, revisions, strict=True):
        text = whole.pop("text", "")
        if last is None or last["page"] != whole["page"]:
            before, last = [], None
        diff = document.pop("diff")
        assert document == whole and diff["last_id"] == (last and last["id"]) and diff.keys() == {"last_id", "ops"}
        after = []
        for op in diff["ops"]:
            assert op["name"] == "delete" or op["b1"] == len(after)
            if op["name"] == "delete":
                assert op["tokens"] == before[op["a1"]:op["a2"]] and op["b1"] == op["b2"]
            after += before[op["a1"]:op["a2"]] if op["name"] == "equal" else []
            after += op["tokens"] if op["name"] == "insert" else []
        assert "".join(after) == text
        before, last = after, whole


def test_statistics_are_those_of_the_table(history, tmp_path):
    folder = helpers.converted(history, tmp_path / "out", "--sunset", "2026-01-01", tables=["persistence"])
    rows = helpers.rows(folder, "persistence")
    found = documents(history, "mwpersistence", "--memory", "16M", "--sunset", "2026-01-01")
    for row, document in zip(rows, found, strict=True):
        statistics = document["persistence"]
        assert document["id"] == row["revision_id"] and "text" not in document
        assert len(statistics) == 11
        for name, value in statistics.items():
            assert row["is_" + name if "censored" in name else name] == value


@pytest.mark.parametrize("program", ["mwxml", "mwdiffs", "mwreverts", "mwpersistence"])
def test_the_same_bytes_on_any_number_of_threads(history, program):
    outputs = {helpers.run("cat", "--format", program, history, "--threads", threads, "--memory", memory).stdout
               for threads in (1, 2, 5) for memory in ("16M", "1G")}
    assert len(outputs) == 1 and outputs.pop()


def test_what_is_not_known_has_no_field(tmp_path):
    hidden = revision(2, None).replace("<contributor><username>Ann</username><id>3</id></contributor>",
                                       '<contributor deleted="deleted" />')
    dump = write_dump(tmp_path, (1, [revision(1, "one two"), hidden, revision(3, "one")]))
    first, second, third = documents(dump, "mwdiffs")
    assert second["diff"] == {"last_id": 1, "ops": [], "skipped": "no text"} and "user" not in second
    assert second["deleted"] == {"text": True, "comment": False, "user": True}
    assert third["diff"]["last_id"] == 2
    assert third["diff"]["ops"][-1] == {"name": "delete", "a1": 1, "a2": 3, "b1": 1, "b2": 1, "tokens": [" ", "two"]}
    first, second, third = documents(dump, "mwpersistence")
    assert "persistence" not in second and first["persistence"]["revisions_processed"] == 1


def test_filters_by_time_hide_no_history(tmp_path):
    dump = write_dump(tmp_path, (1, [revision(1, "a"), revision(2, "b"), revision(3, "a"), revision(4, "c")]))
    times = ("--since", "2025-01-01T03:00:00Z", "--until", "2025-01-01T04:00:00Z")
    (revert,) = documents(dump, "mwreverts", *times)
    assert [revert["reverting"]["id"], revert["reverted_to"]["id"]] == [3, 1]
    assert [document["id"] for document in revert["reverteds"]] == [2]
    (document,) = documents(dump, "mwdiffs", *times)
    assert document["id"] == 3 and document["diff"]["last_id"] == 2
    assert [document["id"] for document in documents(dump, "mwxml", *times)] == [3]
    assert [document["id"] for document in documents(dump, "mwpersistence", *times)] == [3]


def test_a_shape_needs_a_format():
    result = helpers.run("cat", "--shape", "flat", helpers.SAMPLES / "reverts.xml")
    assert result.returncode == 2 and b"--shape is for the formats mwxml, mwdiffs" in result.stderr


def test_a_reader_that_goes_away_is_no_error(history):
    process = subprocess.Popen([helpers.binary(), "cat", "--format", "mwdiffs", history],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=helpers.TIMEOUT) in (0, 141, -13) and not process.stderr.read()
