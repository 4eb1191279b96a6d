"""Damaged input: never a result that looks whole, never wrong rows."""
import bz2
import gzip
import json
import lzma
import random
import re

import pytest

import helpers

HARMLESS = {"zeros-after-end.xml.bz2"}
NO_DUMP = {"entity-attack.xml", "empty.xml", "html-page.xml.bz2"}
SAMPLES = sorted(path.name for path in helpers.BROKEN.iterdir())
FROM_CONTAINERS = {"truncated.xml.bz2", "truncated-after-stream.xml.bz2", "truncated.xml.gz",
                   "flipped-bit.xml.bz2"}
GARBAGE = b"garbage & more\n"
CUTS = 40
FLIPS = 40


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Rows of the dumps from which the broken ones are made, by the oracle."""
    small = tmp_path_factory.mktemp("sound") / "small.xml"
    data = (helpers.BROKEN / "garbage-after-end.xml").read_bytes()
    small.write_bytes(data.removesuffix(GARBAGE))
    return {True: helpers.oracle_rows(helpers.SAMPLES / "containers.xml"),
            False: helpers.oracle_rows(small)}


def assert_refused(result, path, output):
    """Exit code 3, one clean line that names the file, and nothing that looks whole.

    Another line may say how to go on with inputs that are finished.
    """
    lines = result.stderr.decode().removesuffix("\n").split("\n")
    if " inputs are finished and kept in " in lines[0]:
        lines.pop(0)
    assert result.returncode == 3, lines
    assert len(lines) == 1 and path.name in lines[0], lines
    assert lines[0].isprintable(), "control characters of the input go to the terminal"
    assert not output.exists() or helpers.looks_whole(output) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_broken_sample_is_refused(name, tmp_path):
    path = helpers.BROKEN / name
    result = helpers.convert(path, tmp_path / "out")
    if name in HARMLESS:
        assert result.returncode == 0, result.stderr.decode()
    else:
        assert_refused(result, path, tmp_path / "out")


@pytest.mark.parametrize("name", SAMPLES)
def test_skipping_keeps_only_right_rows(name, tmp_path, sound):
    path, output = helpers.BROKEN / name, tmp_path / "out"
    result = helpers.convert(path, output, "--on-damage", "skip")
    if name in NO_DUMP:
        assert_refused(result, path, output)
        return
    rejects = helpers.table(output, "rejects").to_pylist()
    assert helpers.manifest(output)["tables"]["rejects"]["rows"] == len(rejects)
    if name in HARMLESS:
        assert result.returncode == 0 and rejects == []
    else:
        assert result.returncode == 1 and rejects, result.stderr.decode()
        assert all(row["reason"] and row["input"].endswith(name) for row in rejects)
    expected, actual = sound[name in FROM_CONTAINERS], helpers.all_rows(output)
    for table in ("revisions", "content", "namespaces", "uploads"):
        for row in actual[table]:
            assert row in expected[table], f"{table}: a row that is not in the dump"
    known = {(row["page_id"], row["page_title"], row["page_namespace_id"]) for row in expected["pages"]}
    assert {(row["page_id"], row["page_title"], row["page_namespace_id"])
            for row in actual["pages"]} <= known


@pytest.mark.parametrize("name", sorted({
    "bad-id.xml", "bad-timestamp.xml", "control-character.xml", "invalid-utf-8.xml",
    "too-large-id.xml", "unknown-entity.xml"}))
def test_skipping_loses_one_revision(name, tmp_path, sound):
    helpers.convert(helpers.BROKEN / name, tmp_path / "out", "--on-damage", "skip")
    kept = [row["revision_id"] for row in helpers.rows(tmp_path / "out", "revisions")]
    expected = [row["revision_id"] for row in sound[False]["revisions"]]
    assert len(expected) - len(kept) == 1 and set(kept) < set(expected)


def far_in(xml):
    """A dump whose damage stands behind a text of some MB, and the offset of the damage."""
    head, tail = xml.split(b"<page>", 1)
    title = b"<page><title>Long</title><ns>0</ns><id>1</id><revision><id>%s</id><timestamp>2026-01-01T00:00:00Z" \
        b"</timestamp><contributor><ip>192.0.2.1</ip></contributor><text>%s</text></revision></page>"
    data = head + title % (b"1", b"long " * 800_000) + title % (b"x", b"") + b"<page>" + tail
    return data, data.index(b"<id>x</id>")


@pytest.mark.parametrize("source", ["file", "stdin", "gzip"])
def test_the_place_in_a_plain_file_is_the_byte_itself(source, tmp_path):
    data, begin = far_in((helpers.SAMPLES / "containers.xml").read_bytes())
    path = tmp_path / "far.xml"
    path.write_bytes(gzip.compress(data) if source == "gzip" else data)
    given = {"file": (path,), "gzip": (path,), "stdin": ("-",)}[source]
    result = helpers.run("convert", *given, "--output", tmp_path / "out", stdin=path.open("rb"))
    message = result.stderr.decode()
    assert result.returncode == 3
    in_file, in_xml = (int(number) for number in
                       re.search(r"byte (\d+) of the file, byte (\d+) of the XML", message).groups())
    assert begin <= in_xml <= begin + len("<id>x</id>")
    assert in_file < path.stat().st_size
    assert (in_file == in_xml) == (source != "gzip")


def two_streams():
    """The sample as two bzip2 streams, cut between pages."""
    xml = (helpers.SAMPLES / "containers.xml").read_bytes()
    half = xml.index(b"<page>", len(xml) // 2)
    return bz2.compress(xml[:half]) + bz2.compress(xml[half:])


def several_members():
    """The sample as three gzip members."""
    xml = (helpers.SAMPLES / "containers.xml").read_bytes()
    third = len(xml) // 3
    return b"".join(gzip.compress(piece) for piece in (xml[:third], xml[third:2 * third], xml[2 * third:]))


def sound_bytes(name):
    """The bytes of a sample, or of one made here."""
    made = {"two-streams.xml.bz2": two_streams, "members.xml.gz": several_members}
    return made[name]() if name in made else (helpers.SAMPLES / name).read_bytes()


def cut_points(name, data):
    """Places all over the data, and the hard ones near its end."""
    end = data.rindex(b"</mediawiki>") + len(b"</mediawiki>") if name.endswith(".xml") else len(data)
    places = {1 + number * (end - 2) // CUTS for number in range(CUTS)}
    places |= {end - back for back in (1, 2, 4, 9)}
    if name == "two-streams.xml.bz2":
        places.add(data.index(b"BZh9", 4))
    if name == "members.xml.gz":
        places |= {at for at in range(1, end) if data.startswith(b"\x1f\x8b\x08", at)}
    return sorted(places)


@pytest.mark.parametrize("name", ["containers.xml", "containers.xml.bz2", "containers.xml.gz",
                                  "containers.xml.xz", "containers.xml.zst", "containers.xml.lzma",
                                  "containers.xml.7z", "two-streams.xml.bz2", "members.xml.gz"])
def test_cut_file_is_refused(name, tmp_path):
    data = sound_bytes(name)
    for place in cut_points(name, data):
        path, output = tmp_path / name, tmp_path / f"out{place}"
        path.write_bytes(data[:place])
        result = helpers.convert(path, output)
        assert result.returncode == 3, f"cut at {place} of {len(data)}: {result.stderr.decode()}"
        assert_refused(result, path, output)


@pytest.mark.parametrize("name", ["containers.xml.bz2", "containers.xml.gz", "containers.xml.xz",
                                  "containers.xml.zst", "containers.xml.7z", "two-streams.xml.bz2",
                                  "members.xml.gz"])
def test_changed_bit_is_never_believed(name, tmp_path):
    data, chance = sound_bytes(name), random.Random(name)
    expected = helpers.oracle_rows(helpers.SAMPLES / "containers.xml")
    for place in sorted({chance.randrange(len(data)) for _ in range(FLIPS)} | {0, 3, len(data) - 1}):
        bit = 1 << chance.randrange(8)
        changed = bytearray(data)
        changed[place] ^= bit
        path, output = tmp_path / name, tmp_path / f"out{place}"
        path.write_bytes(changed)
        result = helpers.convert(path, output)
        told = f"bit {bit} of byte {place} of {len(data)}: {result.stderr.decode()}"
        if result.returncode == 0:
            assert helpers.all_rows(output) == expected, told
        else:
            assert_refused(result, path, output)


def test_damage_in_one_of_two_files(tmp_path):
    good, bad = helpers.SAMPLES / "containers.xml.bz2", helpers.BROKEN / "truncated.xml.gz"
    result = helpers.convert(good, tmp_path / "out", bad)
    assert_refused(result, bad, tmp_path / "out")
    result = helpers.convert(good, tmp_path / "skipped", bad, "--on-damage", "skip")
    assert result.returncode == 1
    rejects = helpers.table(tmp_path / "skipped", "rejects").to_pylist()
    assert {row["input"].rpartition("/")[2] for row in rejects} == {bad.name}


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_the_first_bad_file_is_told(threads, tmp_path):
    # The first bad one takes long, the next is seen to be bad at once.
    late, early = tmp_path / "late.xml.bz2", helpers.BROKEN / "truncated.xml.gz"
    late.write_bytes(helpers.BIG.read_bytes()[:100_000])
    good = helpers.SAMPLES / "containers.xml.gz"
    result = helpers.convert(good, tmp_path / "out", late, early, good, "--threads", threads)
    assert_refused(result, late, tmp_path / "out")
    # What is kept is of the sound ones alone.
    kept = {path.name.split("-")[1] for path in (tmp_path / "out").rglob(".part-*")}
    assert kept <= {"00000", "00003"} and "00000" in kept


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - HARMLESS))
def test_inspect_does_not_call_it_whole(name):
    result = helpers.run("inspect", "--full", "--json", helpers.BROKEN / name)
    assert result.returncode in (1, 3), result.stdout.decode()
    assert name in result.stderr.decode()
    for line in result.stdout.splitlines():
        assert json.loads(line)["is_whole"] is False


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - HARMLESS))
def test_cat_refuses_as_well(name):
    result = helpers.run("cat", helpers.BROKEN / name)
    assert result.returncode == 3, result.stderr.decode()
    assert name in result.stderr.decode()


@pytest.mark.parametrize("name", ["truncated.xml.bz2", "truncated.xml.gz", "flipped-bit.xml.bz2"])
def test_cat_of_the_xml_refuses_a_broken_container(name):
    result = helpers.run("cat", "--format", "xml", helpers.BROKEN / name)
    assert result.returncode == 3, result.stderr.decode()
    assert name in result.stderr.decode()
    assert (helpers.SAMPLES / "containers.xml").read_bytes().startswith(result.stdout)


@pytest.mark.parametrize("name", helpers.CONTAINERS)
def test_garbage_behind_the_end_is_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes((helpers.SAMPLES / name).read_bytes() + b"garbage")
    assert_refused(helpers.convert(path, tmp_path / "out"), path, tmp_path / "out")


@pytest.mark.parametrize("ending", [".bz2", ".gz", ".xz"])
def test_skipping_in_a_broken_container_keeps_only_right_rows(ending, tmp_path):
    pack = {".bz2": bz2.compress, ".gz": lambda data: gzip.compress(data, 1, mtime=0),
            ".xz": lambda data: lzma.compress(data, preset=1)}[ending]
    data, chance = pack(bz2.decompress(helpers.BIG.read_bytes())), random.Random(ending)
    expected = helpers.expected_rows(helpers.BIG.name)
    sound = {name: {(row["revision_id"], row.get("slot_role")): row for row in expected[name]}
             for name in ("revisions", "content")}
    for number in range(4):
        place = chance.randrange(5000, len(data) - 50)
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        path, output = tmp_path / ("dump.xml" + ending), tmp_path / str(number)
        path.write_bytes(changed)
        result = helpers.convert(path, output, "--on-damage", "skip")
        assert result.returncode == 1, result.stderr.decode()
        if ending == ".gz":
            # Its checksum comes at the end, when the rows are written: the rejects have to say so.
            reasons = [row["reason"] for row in helpers.rows(output, "rejects")]
            assert any("not proven" in reason for reason in reasons), reasons
            continue
        for name, known in sound.items():
            wrong = [row for row in helpers.rows(output, name)
                     if known.get((row["revision_id"], row.get("slot_role"))) != row]
            assert not wrong, f"byte {place}: {len(wrong)} wrong rows in {name}"


def test_log_entries_that_cannot_be_read(tmp_path):
    dump = helpers.BROKEN / "log-items.xml"
    result = helpers.convert(dump, tmp_path / "fail")
    assert result.returncode == 3
    assert "a log item without id" in result.stderr.decode()
    assert helpers.looks_whole(tmp_path / "fail") == []
    result = helpers.convert(dump, tmp_path / "skip", "--on-damage", "skip")
    assert result.returncode == 1
    assert [row["log_id"] for row in helpers.rows(tmp_path / "skip", "log_events")] == [1, 4]
    reasons = [row["reason"] for row in helpers.rows(tmp_path / "skip", "rejects")]
    assert reasons == ["a log item without id", "log item 3 has no timestamp"]
