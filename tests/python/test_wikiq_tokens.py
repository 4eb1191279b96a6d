"""wikiq's columns of tokens: against mwpersistence, and against the definition, word by word."""
import csv
import difflib
import gzip
import hashlib
import io
import json
import random
import re
import subprocess
import sys

import pyarrow as pa
import pytest

import helpers
from test_histories import revision, write_dump

COLUMNS = ["token_revs", "tokens_added", "tokens_removed", "tokens_window"]
RADIUS = 7
with gzip.open(helpers.ROOT / "tests/python/peer_wikiq_tokens.json.gz", "rt") as file:
    ANSWERS = json.load(file)


def written(dump, *arguments):
    """Rows of cat as texts, with the names in the first line."""
    result = helpers.run("cat", "--format", "wikiq", dump, *arguments)
    assert result.returncode == 0, result.stderr.decode()
    reader = csv.DictReader(io.StringIO(result.stdout.decode(), newline=""), delimiter="\t")
    return reader.fieldnames, list(reader)


def measures(dump, *arguments):
    """By revision the four values, from cat."""
    _, rows = written(dump, *arguments)
    return {int(row["revid"]): [int(row[name]) if row[name] else None for name in COLUMNS] for row in rows}


def converted(dump, folder, *arguments):
    """The table, as the profile writes it."""
    result = helpers.run("convert", dump, "--profile", "wikiq", "--output", folder, "--progress", "off", *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return helpers.table(folder, "wikiq")


@pytest.fixture(scope="module")
def dump_of(tmp_path_factory):
    """The dumps that were asked about: samples, and made ones."""
    folder, made = tmp_path_factory.mktemp("made"), {}

    def path_of(answer):
        if answer["options"] is None:
            return helpers.SAMPLES / answer["dump"]
        path = made.setdefault(answer["dump"], folder / (answer["dump"] + ".xml"))
        if not path.exists():
            subprocess.run([sys.executable, helpers.ROOT / "scripts/make-history", *answer["options"],
                            "--output", path], check=True, capture_output=True)
        return path
    return path_of


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer['matching']}-{answer['dump']}")
def test_as_mwpersistence_says(answer, dump_of):
    dump = dump_of(answer)
    assert hashlib.sha256(dump.read_bytes()).hexdigest() == answer["sha256"], "scripts/make_expected_wikiq.py anew"
    expected = {number: row for number, *row in answer["rows"]}
    found = measures(dump, f"--persistence={answer['matching']}", "--memory", "16M")
    if answer["matching"] == "sequence":
        assert found == expected
        return
    # Segments are not those of deltas in all places: see docs/PROFILES.md.
    equal = sum(found[number] == row for number, row in expected.items())
    assert found.keys() == expected.keys() and equal >= 0.88 * len(expected)
    assert [row[3] for row in found.values()] == [row[3] for row in expected.values()]
    for place in range(3):
        one, other = (sum(row[place] or 0 for row in rows.values()) for rows in (found, expected))
        assert abs(one - other) <= 0.02 * other


def model(texts):
    """The four values of each text of a page by the definition; every token is an object."""
    texts_of, added, removed, last = [], [], [], {}
    for number, text in enumerate(texts):
        if text is None:
            texts_of.append(None)
            added.append(None)
            removed.append(None)
            continue
        known = [at for at, tokens in enumerate(texts_of) if tokens is not None]
        equal = last.get(text)
        between = len([at for at in known if at > equal]) if equal is not None else 0
        if 1 <= between <= RADIUS:
            tokens, new, gone = texts_of[equal], [], 0
        else:
            before = texts_of[known[-1]] if known else []
            after = re.findall(r"\w+| ", text)
            tokens, new, gone = [], [], 0
            matcher = difflib.SequenceMatcher(None, [word for word, in before], after)
            for op, a1, a2, b1, b2 in matcher.get_opcodes():
                if op == "equal":
                    tokens += before[a1:a2]
                else:
                    made = [[word] for word in after[b1:b2]]
                    tokens += made
                    new += made
                    gone += a2 - a1
        last[text] = number
        texts_of.append(tokens)
        added.append(new)
        removed.append(gone)
    held = [tokens and {id(token) for token in tokens} for tokens in texts_of]
    for number, new in enumerate(added):
        if new is None:
            yield [None] * 4
            continue
        later = [at for at in range(number + 1, len(texts)) if texts_of[at] is not None][:RADIUS - 1]
        lasted = sum(id(token) in (held[at] or ()) for at in later for token in new)
        yield [lasted, len(new), removed[number], len(later)]


def made_texts(chance, count, words):
    """Texts of a page: edits, hidden ones, and ones that come back after few or many others."""
    texts = [" ".join(chance.choice("a b c d e f g h lorem ipsum".split()) for _ in range(words))]
    while len(texts) < count:
        shown = [text for text in texts if text is not None]
        draw = chance.random()
        if draw < 0.12:
            texts.append(None)
        elif draw < 0.3:
            texts.append(shown[-min(len(shown), chance.choice([1, 2, 3, 7, 8, 9, 10]))])
        else:
            tokens = shown[-1].split()
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(tokens) + 1)
                tokens[at:at + chance.randrange(4)] = [f"w{chance.randrange(30)}" for _ in range(chance.randrange(4))]
            texts.append(" ".join(tokens))
    return texts


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A dump over many chunks, and what the model says of it."""
    chance, pages, expected = random.Random(5), [], {}
    for page, (count, words) in enumerate([(1, 3), (7, 20), (8, 150), (400, 150), (90, 900), (40, 8)], 1):
        texts = made_texts(chance, count, words)
        numbers = [page * 1000 + place for place in range(count)]
        expected |= dict(zip(numbers, model(texts)))
        pages.append((page, [revision(*pair) for pair in zip(numbers, texts)]))
    return write_dump(tmp_path_factory.mktemp("history"), *pages), expected


def test_as_the_definition_says(history):
    dump, expected = history
    found = measures(dump, "--persistence", "--memory", "16M")
    assert found == expected
    assert {row[3] for row in expected.values()} == {None, 0, 1, 2, 3, 4, 5, 6}
    assert sum(row[1:3] == [0, 0] for row in expected.values()) > 30


def test_the_table_has_the_same(history, tmp_path):
    dump, expected = history
    rows = converted(dump, tmp_path / "out", "--persistence", "--memory", "16M").to_pylist()
    assert {row["revid"]: [row[name] for name in COLUMNS] for row in rows} == expected
    plain = converted(dump, tmp_path / "plain")
    assert [{name: row[name] for name in plain.column_names} for row in rows] == plain.to_pylist()


def test_the_same_bytes_on_any_number_of_threads(history, tmp_path):
    dump, _ = history
    outputs = {helpers.run("cat", "--format", "wikiq", "--persistence=segment", dump, "--threads", threads,
                           "--memory", memory).stdout for threads in (1, 4) for memory in ("16M", "1G")}
    assert len(outputs) == 1 and outputs.pop()
    parts = set()
    for threads in (1, 4):
        folder = tmp_path / str(threads)
        converted(dump, folder, "--persistence", "--threads", threads, "--memory", "16M")
        parts.add(b"".join(part.read_bytes() for part in helpers.part_files(folder, "wikiq")))
    assert len(parts) == 1


def test_columns_are_there_only_if_asked_for(tmp_path):
    dump = helpers.SAMPLES / "reverts.xml"
    names, rows = written(dump)
    with_tokens, longer = written(dump, "--persistence")
    assert with_tokens == sorted(names) + COLUMNS == sorted(with_tokens)
    assert [{name: row[name] for name in names} for row in longer] == rows
    schema = converted(dump, tmp_path / "with", "--persistence").schema
    assert schema.names == with_tokens and {schema.field(name).type for name in COLUMNS} == {pa.int32()}
    assert converted(dump, tmp_path / "without").schema.names == names
    # Naming a column asks for it, and what is not named is not written.
    some = converted(dump, tmp_path / "some", "--columns", "wikiq=revid,tokens_added")
    assert some.schema.names == ["revid", "tokens_added"]
    assert some.to_pylist() == [{"revid": int(row["revid"]), "tokens_added": int(row["tokens_added"])
                                 if row["tokens_added"] else None} for row in longer]
    options = [helpers.manifest(tmp_path / name)["options"] for name in ("with", "without", "some")]
    assert [option.get("wikiq_persistence") for option in options] == ["sequence", None, "sequence"]


def test_what_does_not_go_together_is_refused(tmp_path):
    dump = helpers.SAMPLES / "reverts.xml"
    for arguments, told in ((["cat", "--persistence", dump], b"for the format wikiq"),
                            (["convert", "--persistence", "--output", tmp_path / "x", dump], b"of the profile wikiq"),
                            (["convert", "--persistence", "--profile", "wikiq", "--columns", "wikiq=revid",
                              "--output", tmp_path / "x", dump], b"without these columns"),
                            (["convert", "--persistence=legacy", "--profile", "wikiq", "--output", tmp_path / "x",
                              dump], b"sequence, segment")):
        result = helpers.run(*arguments)
        assert result.returncode == 2 and told in result.stderr, result.stderr
    assert not (tmp_path / "x").exists()


def test_filters_by_time_hide_no_history(tmp_path):
    dump = write_dump(tmp_path, (1, [revision(1, "a b"), revision(2, "a b c"), revision(3, "a b"), revision(4, "b")]))
    times = ("--since", "2025-01-01T02:00:00Z", "--until", "2025-01-01T03:00:00Z")
    # Two tokens more; they are gone in the next.
    assert measures(dump, "--persistence", *times) == {2: [0, 2, 0, 2]}
    assert converted(dump, tmp_path / "out", "--persistence", *times).select(COLUMNS).to_pylist() == [
        dict(zip(COLUMNS, [0, 2, 0, 2]))]


def test_stubs_have_nothing_to_tell(tmp_path):
    dump = helpers.SAMPLES / "samplewiki-20260101-stub-meta-history.xml.gz"
    assert {tuple(row) for row in measures(dump, "--persistence").values()} == {(None,) * 4}
    rows = converted(dump, tmp_path / "out", "--persistence").select(COLUMNS).to_pylist()
    assert rows and {tuple(row.values()) for row in rows} == {(None,) * 4}


def test_many_hidden_texts_do_not_keep_others_waiting(tmp_path):
    """After 4,096 hidden texts in a row what came before is told."""
    for hidden, window in ((4095, 1), (4096, 0), (9000, 0)):
        revisions = [revision(1, "a b"), *(revision(number, None) for number in range(2, hidden + 2)),
                     revision(hidden + 2, "a b c")]
        folder = tmp_path / str(hidden)
        folder.mkdir()
        dump = write_dump(folder, (1, revisions))
        found = measures(dump, "--persistence", "--memory", "16M")
        assert list(found) == list(range(1, hidden + 3))
        assert found.pop(1) == [3 * window, 3, 0, window] and found.pop(hidden + 2) == [0, 2, 0, 0]
        assert set(map(tuple, found.values())) == {(None,) * 4}
        rows = converted(dump, folder / "out", "--persistence", "--memory", "16M").to_pylist()
        assert [rows[0][name] for name in COLUMNS] == [3 * window, 3, 0, window] and len(rows) == hidden + 2


def test_dialects_know_the_columns(tmp_path):
    for arguments, are_there in (([], False), (["--persistence"], True)):
        text = helpers.run("schema", "wikiq", "--dialect", "spark", *arguments).stdout.decode()
        assert [name in text for name in COLUMNS] == [are_there] * 4
