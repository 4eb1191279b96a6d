"""`verify`: of dumps against what they and lists beside them say, of outputs against their manifest."""
import bz2
import collections
import gzip
import hashlib
import json
import shutil
import xml.etree.ElementTree

import pytest

from helpers import BIG, BROKEN, SAMPLES, converted, manifest, run
from mirror import make_run

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PLAIN = [name for name in sorted(path.name for path in SAMPLES.glob("*.xml"))
         if name not in ("utf-16.xml", "unregistered-namespace.xml")]


def base36(text):
    """The SHA-1 of a text as MediaWiki writes it."""
    number, digits = int(hashlib.sha1(text.encode()).hexdigest(), 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(31, "0")


def local(element):
    return element.tag.rpartition("}")[2]


def proofs_of(dump):
    """How many texts are, and are not, what their checksum says, by Python's own parser."""
    counts = collections.Counter()
    opened = {".bz2": bz2.open, ".gz": gzip.open}.get(dump.suffix, open)
    with opened(dump, "rb") as file:
        root = xml.etree.ElementTree.parse(file).getroot()
    for revision in (element for element in root.iter() if local(element) == "revision"):
        slots = [revision] + [child for child in revision if local(child) == "content"]
        own = next((child.text or "" for child in revision if local(child) == "sha1"), "")
        for slot in slots:
            text = next((child for child in slot if local(child) == "text"), None)
            if text is None:
                continue
            value = text.text or ""
            size = int(text.get("bytes") or 0)
            is_gone = not value and (size > 0 or text.get("location") or text.get("id")
                                     or (text.get("bytes") == "0" and text.get("sha1") == ""))
            declared = text.get("sha1") or (own if len(slots) == 1 else "")
            if text.get("deleted") or is_gone:
                counts["no_text"] += 1
            elif not declared:
                counts["no_checksum"] += 1
            else:
                counts["same" if declared == base36(value) else "differs"] += 1
    return counts


def verified(*arguments, code=0):
    result = run("verify", "--json", *arguments)
    assert result.returncode == code, result.stderr.decode()
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", PLAIN + [BIG.name])
def test_texts_against_their_checksums(name):
    (told,) = verified(SAMPLES / name)
    texts = told["texts"]
    expected = proofs_of(SAMPLES / name)
    assert texts["same"] == expected["same"]
    assert sum(texts["differs"].values()) == expected["differs"]
    if told["seen"]["revisions"]:
        # Of revisions without any <text> Python counts none.
        assert texts["no_text"] + texts["no_checksum"] >= expected["no_text"] + expected["no_checksum"]


def with_text(text, stored, model="wikitext"):
    """A dump of one revision, whose text was stored in another way."""
    return f"""<mediawiki version="0.11"><page><title>T</title><ns>0</ns><id>1</id><revision><id>2</id>
<timestamp>2025-01-01T00:00:00Z</timestamp><contributor><ip>192.0.2.1</ip></contributor><model>{model}</model>
<text bytes="{len(stored.encode())}" sha1="{base36(stored)}">{text}</text></revision></page></mediawiki>"""


@pytest.mark.parametrize("text, stored, model, cause", [
    ("a\nb\nc", "a\r\nb\r\nc", "wikitext", "carriage_returns"),
    ("a\ufffdb", "a\x07b", "wikitext", "replaced_characters"),
    ("\u00e9", "e\u0301", "wikitext", "other_length"),
    ("{}", "[[]]", "wikibase-item", "content_model"),
    ("one", "two", "wikitext", "unexplained"),
])
def test_causes(text, stored, model, cause, tmp_path):
    dump = tmp_path / "dump.xml"
    dump.write_text(with_text(text, stored, model))
    rows = tmp_path / "rows.jsonl"
    (told,) = verified(dump, "--differing", rows)
    assert told["texts"]["differs"] == {cause: 1}
    (row,) = [json.loads(line) for line in rows.read_text().splitlines()]
    assert row == {"input": str(dump), "page_id": 1, "revision_id": 2, "slot_role": "main", "cause": cause}
    verified(dump, "--strict", code=1)
    assert cause.replace("_", " ") in run("verify", dump).stdout.decode()


def test_order_parents_and_ids(tmp_path):
    revision = "<revision><id>{}</id>{}<timestamp>{}</timestamp><text/></revision>"
    parent = "<parentid>{}</parentid>"
    pages = [
        (5, [(10, "", 1), (12, parent.format(10), 3), (11, parent.format(7), 2)]),
        (4, [(12, parent.format(3), 5), (13, "", 6)]),
        (4, []),
    ]
    xml_of = "".join(
        f"<page><title>T{number}</title><id>{page}</id>" + "".join(
            revision.format(id_, parent_, f"2025-01-01T00:00:0{second}Z") for id_, parent_, second in revisions)
        + "</page>" for number, (page, revisions) in enumerate(pages))
    dump = tmp_path / "dump.xml"
    dump.write_text(f'<mediawiki version="0.10">{xml_of}</mediawiki>')
    (told,) = verified(dump)
    assert told["history"] == {
        "repeated_revision_ids": 1, "repeated_page_ids": 1, "pages_out_of_order": 1, "revisions_out_of_order": 1,
        "times_out_of_order": 1, "parents_elsewhere": 1, "parents_absent": 1, "first_with_parent": 1,
        "pages_without_revision": 1}
    assert told["extent"] == {
        "first_page_id": 4, "last_page_id": 5, "first_revision_id": 10, "last_revision_id": 13,
        "first_revision_dt": "2025-01-01T00:00:01Z", "last_revision_dt": "2025-01-01T00:00:06Z"}


def test_the_same_whatever_the_threads_and_memory():
    expected = run("verify", "--json", BIG).stdout
    for arguments in (["--threads", "1"], ["--threads", "3"], ["--memory", "64MiB"]):
        assert run("verify", "--json", BIG, *arguments).stdout == expected


def test_lists_of_checksums(tmp_path):
    folder = make_run(tmp_path, "samplewiki", "20260101")
    told = verified(folder, "--kind", "pages-meta-history")
    assert len(told) == 2
    for one in told:
        assert {checksum["algorithm"] for checksum in one["checksums"]} == {"sha1", "md5"}
        assert all(checksum["listed"] == checksum["found"] for checksum in one["checksums"])
    dump = shutil.copy(SAMPLES / "containers.xml.bz2", tmp_path)
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'other').hexdigest()}  containers.xml.bz2\n")
    result = run("verify", dump)
    assert result.returncode == 3
    assert b"its sha256 is " in result.stderr
    assert b"DIFFERS" in result.stdout


@pytest.mark.parametrize("path", sorted(BROKEN.iterdir(), key=str), ids=lambda path: path.name)
def test_broken_dumps_are_told_as_convert_tells_them(path, tmp_path):
    if path.is_dir():
        pytest.skip("a folder")
    expected = run("convert", path, "--output", tmp_path / "out", "--progress", "off")
    result = run("verify", path)
    assert result.returncode == expected.returncode
    assert result.stderr == expected.stderr


def test_one_bad_file_does_not_hide_the_others():
    broken = next(path for path in sorted(BROKEN.iterdir()) if path.suffix == ".bz2")
    result = run("verify", broken, SAMPLES / "slots.xml")
    assert result.returncode == 3
    assert b"slots.xml" in result.stdout


def test_an_output(tmp_path):
    folder = converted(SAMPLES / "slots.xml", tmp_path / "out")
    (told,) = verified(folder)
    parts = [part for entry in manifest(folder)["tables"].values() for part in entry["parts"]]
    assert told["sound_parts"] == len(parts)
    assert told["wrong"] == [] and told["strangers"] == []
    shutil.copy(folder / parts[0]["path"], folder / "pages" / "stranger.parquet")
    flipped = folder / parts[1]["path"]
    data = bytearray(flipped.read_bytes())
    data[len(data) // 2] ^= 1
    flipped.write_bytes(data)
    cut = folder / parts[2]["path"]
    cut.write_bytes(cut.read_bytes()[:-1])
    (folder / parts[3]["path"]).unlink()
    (told,) = verified(folder, code=3)
    assert [wrong.split(":")[0] for wrong in told["wrong"]] == [part["path"] for part in parts[1:4]]
    assert len(told["strangers"]) == 1
    (folder / "manifest.json").write_text("{")
    assert run("verify", folder).returncode == 3


@pytest.mark.parametrize("path", sorted((SAMPLES / "sql").glob("*.sql*")), ids=lambda path: path.name)
def test_tables(path):
    (told,) = verified(path)
    (inspected,) = [json.loads(line) for line in run("inspect", "--json", "--full", path).stdout.splitlines()]
    assert told["seen"] == inspected["seen"]
    assert told["wiki_id"] == inspected["wiki_id"]


@pytest.mark.parametrize("path", sorted((SAMPLES / "sql" / "broken").iterdir()), ids=lambda path: path.name)
def test_broken_tables_are_told_as_convert_tells_them(path, tmp_path):
    expected = run("convert", path, "--output", tmp_path / "out", "--progress", "off")
    result = run("verify", path)
    assert (result.returncode, result.stderr) == (expected.returncode, expected.stderr)


def test_an_output_that_is_not_finished(tmp_path):
    """Parts without a manifest, and a folder without any dump, are not told to be whole."""
    output = converted(SAMPLES / "reverts.xml", tmp_path / "out")
    (output / "manifest.json").unlink()
    result = run("verify", output)
    assert result.returncode == 3 and b"has no manifest.json: the job that wrote into it is not finished" in result.stderr
    # Dumps that are named with it are read all the same.
    result = run("verify", output, SAMPLES / "reverts.xml")
    assert result.returncode == 3 and b"reverts.xml" in result.stdout
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("no dump")
    result = run("verify", other)
    assert result.returncode == 2 and b"there is no dump in" in result.stderr
