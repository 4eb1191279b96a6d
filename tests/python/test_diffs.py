"""The table diffs against its definition: operations are carried out here, by a tokenizer of our own."""
import difflib
import hashlib
import json
import random
import re
import subprocess
import unicodedata

import pyarrow.parquet as pq
import pytest

import helpers

STATES_WITH_TEXT = ("present", "empty")
IDEOGRAPHS = [(0x2E80, 0x2FD5), (0x3041, 0x3096), (0x30A0, 0x30FF), (0x31F0, 0x31FF), (0x3220, 0x3243),
              (0x3280, 0x337F), (0x3400, 0x4DFF), (0x4E00, 0x9FCC), (0xF900, 0xFAFF), (0xFF5F, 0xFF9F),
              (0x20000, 0x230FF), (0x23100, 0x2A6DF), (0x2F800, 0x2FA1F)]


def kind(character):
    """What a character is to the tokenizer words."""
    code = ord(character)
    if re.match(r"\s", character):
        return "space"
    if any(first <= code <= last for first, last in IDEOGRAPHS):
        return "single"
    is_mark = unicodedata.category(character) in ("Mn", "Mc", "Me", "Pc")
    if re.match(r"\w", character) or is_mark or code in (0x200C, 0x200D):
        return "word"
    return "single"


def words(text):
    """A text in words, by the definition."""
    tokens, before = [], "single"
    for character in text:
        now = kind(character)
        if now == before != "single":
            tokens[-1] += character
        else:
            tokens.append(character)
        before = now
    return tokens


def carried_out(operations, before):
    """The tokens of the text after, and how many were inserted, deleted and taken over."""
    tokens, counts, behind = [], {"equal": 0, "insert": 0, "delete": 0}, 0
    for op in operations:
        a, b = slice(op["a1"], op["a2"]), (op["b1"], op["b2"])
        assert op["a1"] >= behind, "nothing moves but by segments"
        behind = op["a2"]
        if op["op"] == "equal":
            assert op["text"] is None and op["a2"] - op["a1"] == b[1] - b[0] > 0
            new = before[a]
        elif op["op"] == "insert":
            assert op["a1"] == op["a2"]
            new = words(op["text"])
        else:
            assert op["op"] == "delete" and b[0] == b[1] and op["text"] == "".join(before[a])
            new = []
        assert b[0] == len(tokens)
        tokens += new
        assert b[1] == len(tokens)
        counts[op["op"]] += len(before[a]) if op["op"] == "delete" else len(new)
    assert behind <= len(before)
    return tokens, counts


def assert_text(text, content):
    """Hold a text against what the oracle knows of it."""
    assert hashlib.sha256(text.encode()).hexdigest() == content["content_text_sha256"]


def check_rows(rows, expected, every, is_repeated):
    """Hold the rows of a dump against the oracle's revisions and contents."""
    mains = {}
    for row in expected["content"]:
        if row["slot_role"] == "main":
            mains.setdefault((row["page_id"], row["revision_id"]), []).append(row)
    assert [row["revision_id"] for row in rows] == [row["revision_id"] for row in expected["revisions"]]
    tokens, previous = None, None
    for row, revision in zip(rows, expected["revisions"]):
        contents = mains.get((row["page_id"], row["revision_id"]))
        content = contents.pop(0) if contents else {"content_state": "missing", "content_sha1": None}
        assert row["text_state"] == content["content_state"]
        if not is_repeated:
            assert row["is_first"] == (previous is None or previous["page_id"] != row["page_id"])
        if row["is_first"]:
            assert row["revision_index"] == 0
            assert row["previous_revision_id"] is None and row["previous_text_state"] is None
            tokens = []
        else:
            assert row["revision_index"] == previous["revision_index"] + 1
            assert row["previous_revision_id"] == previous["revision_id"]
            assert row["previous_text_state"] == previous["text_state"]
        has_text = row["text_state"] in STATES_WITH_TEXT
        has_both = has_text and (row["is_first"] or previous["text_state"] in STATES_WITH_TEXT)
        assert (row["operations"] is not None) == has_both
        keyframe = row["keyframe_text"]
        wants_keyframe = has_text and (row["revision_index"] % every == 0 or not has_both)
        assert (keyframe is not None) == wants_keyframe
        assert not row["is_limited"]
        after = words(keyframe) if keyframe is not None else None
        if has_both:
            done, counts = carried_out(row["operations"], tokens)
            assert after in (None, done)
            after = done
            assert row["tokens_added"] == counts["insert"]
            assert row["tokens_removed"] == counts["delete"]
            assert row["tokens_kept"] == counts["equal"] == len(tokens) - counts["delete"]
            assert row["tokens_moved"] == row["bytes_moved"] == 0
            before_bytes, after_bytes = (len("".join(each).encode()) for each in (tokens, after))
            assert row["bytes_kept"] + row["bytes_added"] == after_bytes
            assert row["bytes_kept"] + row["bytes_removed"] == before_bytes
        else:
            assert row["tokens_added"] is row["bytes_kept"] is None
        if has_text:
            assert_text("".join(after), content)
        sha1 = content["content_sha1"]
        if sha1 is None and revision["slot_roles"] == ["main"]:
            sha1 = revision["revision_sha1"]
        assert row["text_sha1"] == sha1
        tokens, previous = after, row


def is_stub(expected):
    """Whether the first text that is neither hidden nor missing is that of a stub."""
    states = [row["content_state"] for row in expected["content"] if row["slot_role"] == "main"]
    states = [state for state in states if state not in ("hidden", "missing")]
    return states[:1] == ["stub"]


@pytest.mark.parametrize("name", helpers.sound_samples())
def test_rows(name, tmp_path):
    expected = helpers.expected_rows(name)
    result = helpers.convert(helpers.SAMPLES / name, tmp_path / "out", "--keyframe-every", 4, tables=["diffs"])
    if is_stub(expected):
        assert result.returncode == 2
        assert b"is a stub, a dump without texts" in result.stderr
        return
    assert result.returncode == 0, result.stderr.decode()
    rows = helpers.table(tmp_path / "out", "diffs").to_pylist()
    check_rows(rows, expected, 4, is_repeated=name in ("repeated-page.xml", "reverts.xml"))


@pytest.mark.parametrize("arguments", [["--diff-tokenizer", "wikitext", "--diff-algorithm", "segments"],
                                       ["--diff-tokenizer", "lines", "--diff-algorithm", "myers"],
                                       ["--diff-tokenizer", "characters"], ["--diff-tokenizer", "text"]])
def test_apply_gives_the_texts_back(arguments, tmp_path):
    folder = helpers.converted(helpers.BIG, tmp_path / "out", "--keyframe-every", 50, *arguments,
                               "--part-bytes", "16K", "--row-group-bytes", "256K", tables=["diffs"])
    assert len(helpers.part_files(folder, "diffs")) > 1
    contents = [row for row in helpers.expected_rows(helpers.BIG.name)["content"] if row["slot_role"] == "main"]
    for what in ([folder], [folder / "diffs"], helpers.part_files(folder, "diffs")):
        result = helpers.run("apply", *what)
        assert result.returncode == 0, result.stderr.decode()
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        lines = [line for line in lines if line["text"] is not None]
        with_text = [row for row in contents if row["content_state"] in STATES_WITH_TEXT]
        assert len(lines) == len(with_text) > 100
        for line, content in zip(lines, with_text):
            assert line["revision_id"] == content["revision_id"]
            assert_text(line["text"], content)
    result = helpers.run("apply", "--check", folder)
    assert result.returncode == 0 and result.stdout == b""
    assert re.search(rb" +[1-9][0-9,]* texts have the checksum", result.stderr)
    assert re.search(rb" 0 texts have another checksum", result.stderr)


def test_apply_tells_what_is_out_of_reach(tmp_path):
    """Without keyframes nothing leads over a hidden text."""
    dump = tmp_path / "hidden.xml"
    texts = "<text>one</text>", '<text deleted="deleted" />', "<text>one two</text>", "<text>two</text>"
    revisions = "".join(f"<revision><id>{number}</id><timestamp>2020-01-01T00:00:00Z</timestamp>{text}</revision>"
                        for number, text in enumerate(texts, 1))
    dump.write_text('<mediawiki version="0.10"><page><title>A</title><ns>0</ns><id>1</id>'
                    f"{revisions}</page></mediawiki>")
    folder = helpers.converted(dump, tmp_path / "out", tables=["diffs"])
    rows = helpers.table(folder, "diffs").to_pylist()
    assert all(row["keyframe_text"] is None for row in rows)
    lost = [row for row in rows if row["operations"] is None and row["text_state"] in STATES_WITH_TEXT]
    assert [row["revision_id"] for row in lost] == [3]
    result = helpers.run("apply", folder)
    assert result.returncode == 1
    texts = [json.loads(line)["text"] for line in result.stdout.splitlines()]
    assert texts == ["one", None, None, None]
    assert b" 2 texts are out of reach: no keyframe leads to them" in result.stderr


def test_apply_of_other_tables(tmp_path):
    folder = helpers.converted(helpers.SAMPLES / "slots.xml", tmp_path / "out")
    for path, told in [(helpers.part_files(folder, "revisions")[0], b"is no part of a table diffs"),
                       (folder / "revisions", b"is no part of a table diffs"),
                       (helpers.SAMPLES, b"there is no part of a table diffs"),
                       (tmp_path / "nothing", b"cannot read")]:
        result = helpers.run("apply", path)
        assert result.returncode in (2, 4) and told in result.stderr, (path, result.stderr)


def test_apply_into_a_closed_pipe(tmp_path):
    folder = helpers.converted(helpers.BIG, tmp_path / "out", tables=["diffs"])
    process = subprocess.Popen([helpers.binary(), "apply", str(folder)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(helpers.TIMEOUT) == 0
    assert process.stderr.read() == b""


def test_options_are_kept(tmp_path):
    folder = helpers.converted(helpers.SAMPLES / "slots.xml", tmp_path / "out", "--keyframe-every", 9,
                               "--diff-tokenizer", "text", "--diff-algorithm", "myers", tables=["diffs"])
    options = helpers.manifest(folder)["options"]
    assert {name: options[name] for name in options if "diff_" in name or "keyframe" in name} == {
        "diff_order": "dump", "diff_tokenizer": "text", "diff_algorithm": "myers", "keyframe_every": "9"}
    metadata = pq.read_metadata(helpers.part_files(folder, "diffs")[0]).metadata
    assert metadata[b"mwparquet.diff_tokenizer"] == b"text"
    other = helpers.converted(helpers.SAMPLES / "slots.xml", tmp_path / "other", tables=["pages"])
    assert "diff_order" not in helpers.manifest(other)["options"]


@pytest.mark.parametrize("arguments, told", [
    (["--tables", "revisions", "--keyframe-every", "5"], b"are for the table diffs, which --tables does not name"),
    (["--tables", "diffs", "--keyframe-every", "0"], b"expected how many revisions, from 1 on, such as 100"),
    (["--tables", "diffs", "--diff-tokenizer", "word"], b"a similar value exists: 'words'"),
    (["--tables", "diffs", "--diff-tokenizer", "lines", "--diff-algorithm", "segments"],
     b"expected words, wikitext or text"),
])
def test_bad_options(arguments, told, tmp_path):
    result = helpers.run("convert", helpers.SAMPLES / "slots.xml", "--output", tmp_path / "out", *arguments)
    assert result.returncode == 2
    assert told in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [helpers.BIG.name])
def test_threads_change_nothing(name, tmp_path):
    sums = set()
    for threads in (1, 2, 5):
        folder = helpers.converted(helpers.SAMPLES / name, tmp_path / str(threads), "--threads", threads,
                                   "--memory", "16M", tables=["diffs"])
        sums.add(tuple(hashlib.sha256(part.read_bytes()).hexdigest()
                       for part in helpers.part_files(folder, "diffs")))
    assert len(sums) == 1




def test_elements_of_one_page_are_one_history(tmp_path):
    def page(number, *ids):
        return (f"<page><title>P{number}</title><ns>0</ns><id>{number}</id>" + "".join(
            f"<revision><id>{id}</id><timestamp>2025-01-01T00:00:00Z</timestamp><contributor><username>A</username>"
            f"<id>7</id></contributor><text>one {id} {'long ' * 20000}</text></revision>" for id in ids) + "</page>")
    pages = [page(1, 1, 2), page(1, 3), page(2, 4), page(2), page(2, 5), page(3), page(2, 6)]
    dump = tmp_path / "dump.xml"
    dump.write_text(f'<mediawiki version="0.11"><siteinfo><dbname>w</dbname></siteinfo>{"".join(pages)}</mediawiki>')
    expected = [(1, 0, None), (2, 1, 1), (3, 2, 2), (4, 0, None), (5, 1, 4), (6, 0, None)]
    for memory in ("16M", "1G"):
        folder = helpers.converted(dump, tmp_path / memory, "--memory", memory, "--keyframe-every", 9,
                                   tables=["diffs", "revision_history"])
        rows = helpers.table(folder, "diffs").to_pylist()
        assert [(row["revision_id"], row["revision_index"], row["previous_revision_id"]) for row in rows] == expected
        assert [row["tokens_added"] for row in rows[1:3] + rows[4:5]] == [1, 1, 1]
        ranks = [row["page_revision_count"] for row in helpers.rows(folder, "revision_history")]
        assert ranks == [index + 1 for _, index, _ in expected]
        result = helpers.run("apply", "--check", folder)
        assert result.returncode == 0, result.stderr.decode()


def edited_texts(chance, letters, length):
    """A text and what becomes of it: pieces go, come, move and repeat."""
    text = "".join(chance.choice(letters) for _ in range(length))
    for _ in range(12):
        yield text
        for _ in range(chance.randrange(4)):
            at, size = chance.randrange(len(text) + 1), chance.randrange(30)
            piece = chance.choice(["", text[at:at + size], text[:size], "".join(chance.choices(letters, k=size))])
            text = text[:at] + piece + text[at + chance.randrange(30):]


@pytest.mark.parametrize("tokenizer, separator", [("characters", ""), ("lines", "\n")])
def test_sequence_is_as_difflib(tokenizer, separator, tmp_path):
    """Short and long texts, with few and many frequent tokens, in which there are often several ways."""
    chance, pages = random.Random(2), []
    for length in (0, 3, 40, 150, 199, 200, 201, 400, 1500):
        for letters in ("ab", "abcdefgh ", "aaaaaaaaab", "".join(map(chr, range(0x3041, 0x3091))) + "   "):
            pages.append([separator.join(text) + (separator if text else "")
                          for text in edited_texts(chance, letters, length)])
    dump = tmp_path / "dump.xml"
    dump.write_text('<mediawiki version="0.11">' + "".join(
        f"<page><title>P{page}</title><ns>0</ns><id>{page}</id>" + "".join(
            f"<revision><id>{page * 100 + place}</id><timestamp>2025-01-01T00:00:00Z</timestamp>"
            f"<contributor><ip>192.0.2.1</ip></contributor><text>{text}</text></revision>"
            for place, text in enumerate(texts)) + "</page>" for page, texts in enumerate(pages, 1)) + "</mediawiki>")
    folder = helpers.converted(dump, tmp_path / "out", "--diff-algorithm", "sequence", "--diff-tokenizer", tokenizer,
                               tables=["diffs"])
    found = {row["revision_id"]: row for row in helpers.table(folder, "diffs").to_pylist()}
    for page, texts in enumerate(pages, 1):
        before = []
        for place, text in enumerate(texts):
            after = list(text) if tokenizer == "characters" else text.splitlines(keepends=True)
            expected = []
            for op, *ends in difflib.SequenceMatcher(None, before, after).get_opcodes():
                a1, a2, b1, b2 = ends
                expected += [("equal", *ends)] if op == "equal" else []
                expected += [("delete", a1, a2, b1, b1)] if a2 > a1 and op != "equal" else []
                expected += [("insert", a2, a2, b1, b2)] if b2 > b1 and op != "equal" else []
            row = found.pop(page * 100 + place)
            assert not row["is_limited"]
            assert [tuple(op[name] for name in ("op", "a1", "a2", "b1", "b2")) for op in row["operations"]] == expected
            before = after
    assert not found
