"""The command line: help, first errors, exit codes, filters, inspect, cat and schema."""
import json
import tarfile
import zipfile

import pyarrow
import pyarrow.parquet
import pytest

import helpers

SLOTS = helpers.SAMPLES / "slots.xml"
PAGES = helpers.SAMPLES / "containers.xml.bz2"
COMMANDS = ["convert", "inspect", "cat", "count", "schema", "completions", "man"]


def lines(data):
    """The JSON lines in some output."""
    return [json.loads(line) for line in data.splitlines()]


def refused(code, *arguments):
    """Run what must fail with this code, and return what it says."""
    result = helpers.run(*arguments)
    said = result.stderr.decode()
    assert result.returncode == code, said
    assert said and "panicked" not in said
    return said


# --- help and first errors -------------------------------------------------

@pytest.mark.parametrize("command", COMMANDS)
def test_help(command):
    result = helpers.run(command, "--help")
    assert result.returncode == 0 and result.stderr == b""
    assert f"Usage: mwparquet {command}" in result.stdout.decode()


def test_help_and_version():
    said = helpers.run("--help").stdout.decode()
    assert all(f"\n  {command} " in said for command in COMMANDS)
    assert "Exit codes" in said
    assert helpers.run("--version").stdout.decode().startswith("mwparquet ")


def test_completions_and_manual():
    assert b"mwparquet" in helpers.run("completions", "bash").stdout
    assert helpers.run("man").stdout.startswith((b".ie", b".TH", b"'\\\""))


def test_no_command():
    assert "Usage" in refused(2)


def test_missing_file(tmp_path):
    for arguments in (("convert", "-o", tmp_path / "out"), ("inspect",), ("cat",)):
        assert "nosuch.xml" in refused(4, *arguments, tmp_path / "nosuch.xml")
    assert not (tmp_path / "out").exists()


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(SLOTS, SLOTS.name)


def tarred(path):
    with tarfile.open(path, "w:gz") as archive:
        archive.add(SLOTS, SLOTS.name)


def tabled(path):
    pyarrow.parquet.write_table(pyarrow.table({"number": [1]}), path)


TAKEN_FOR_DUMPS = [
    (zipped, "is a zip archive: unpack it first"),
    (tarred, "is a tar archive: unpack it first"),
    (tabled, "is a Parquet file, not a dump"),
    (lambda path: path.write_text("<!DOCTYPE html><html></html>"), "is an HTML page, not a dump"),
    (lambda path: path.write_text("<html><br></html>"), "is an HTML page, not a dump"),
    (lambda path: path.write_text("<feed><doc></doc></feed>"), "is a file of abstracts (<feed>)"),
    (lambda path: path.write_text("<other/>"), "its first element is <other>"),
    (lambda path: path.write_text('{"query": "<page>"}'), "what it begins with is no XML"),
    (lambda path: path.write_text("a note"), "there is no <mediawiki> in it"),
]


@pytest.mark.parametrize("write, told", TAKEN_FOR_DUMPS)
def test_what_is_no_dump_is_named(write, told, tmp_path):
    path = tmp_path / "taken.xml"
    write(path)
    for arguments in (("convert", "-o", tmp_path / "out"), ("inspect",), ("count", "--by", "page")):
        assert told in refused(3, *arguments, path)
    assert not (tmp_path / "out").exists()


def test_missing_file_behind_others(tmp_path):
    for arguments in (("convert", "-o", tmp_path / "out"), ("count", "--by", "page")):
        assert "nosuch.xml" in refused(4, *arguments, PAGES, tmp_path / "nosuch.xml")
    assert not (tmp_path / "out").exists(), "work was done before"


def test_no_output_named():
    assert "--output" in refused(2, "convert", SLOTS)


def test_pattern_without_a_match(tmp_path):
    assert "*.nosuch" in refused(2, "convert", str(tmp_path / "*.nosuch"), "-o", tmp_path / "out")


def test_empty_folder(tmp_path):
    (tmp_path / "in").mkdir()
    refused(2, "convert", tmp_path / "in", "-o", tmp_path / "out")


def test_output_that_exists(tmp_path):
    helpers.converted(SLOTS, tmp_path / "out")
    assert "--overwrite" in refused(2, "convert", SLOTS, "-o", tmp_path / "out")
    helpers.converted(PAGES, tmp_path / "out", "--overwrite")
    assert helpers.rows(tmp_path / "out", "revisions") == helpers.expected_rows(PAGES.name)["revisions"]


def test_overwrite_spares_what_is_not_its_own(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    refused(2, "convert", SLOTS, "-o", folder)
    helpers.convert(SLOTS, folder, "--overwrite")
    assert (folder / "letter.txt").read_text() == "dear"


def test_output_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    result = helpers.run("convert", SLOTS, "-o", tmp_path / "file")
    assert result.returncode in (2, 4) and b"file" in result.stderr
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("arguments, told", [
    (["--tables", "nosuch"], "nosuch"),
    (["--columns", "revisions=nosuch"], "nosuch"),
    (["--columns", "nosuch=page_id"], "nosuch"),
    (["--columns", "page_id"], "page_id"),
    (["--memory", "12x"], "12x"),
    (["--memory", "-1"], "-1"),
    (["--memory", ""], "--memory"),
    (["--part-bytes", "many"], "many"),
    (["--threads", "0"], "0"),
    (["--threads", "x"], "x"),
    (["--since", "yesterday"], "yesterday"),
    (["--since", "2024-02-30"], "2024-02-30"),
    (["--since", "2024-01-02", "--until", "2024-01-01"], "until"),
    (["--namespaces", "talk"], "talk"),
    (["--page-ids", "one"], "one"),
    (["--compression", "rar"], "rar"),
    (["--compression", "zstd:99"], "99"),
    (["--on-damage", "ignore"], "ignore"),
    (["--nosuch"], "nosuch"),
])
def test_bad_option(arguments, told, tmp_path):
    assert told in refused(2, "convert", SLOTS, "-o", tmp_path / "out", *arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments, told", [
    (["--tables", "revision"], "a similar value exists: 'revisions'"),
    (["--columns", "revision=page_id"], "did you mean revisions?"),
    (["--columns", "revisions=pageid"], "did you mean page_id?"),
    (["--columns", "revisions="], "such as revisions=page_id,revision_dt"),
    (["--memory", "12x"], "such as 64KiB, 512MiB or 1.5GiB"),
    (["--memory", "1MiB"], "at least 16MiB"),
    (["--threads", "many"], "from 1 to 1024"),
    (["--namespaces", "talk"], "such as 0 for articles"),
    (["--page-ids", "one"], "such as 12"),
    (["--since", "2024"], "2024-01-31T12:00:00Z"),
    (["--compression", "rar"], "zstd:1 to zstd:22"),
    (["--on-damage", "ignore"], "fail, skip"),
])
def test_bad_option_tells_what_is_expected(arguments, told, tmp_path):
    assert told in refused(2, "convert", SLOTS, "-o", tmp_path / "out", *arguments)


def test_dry_run_tells_that_the_output_is_taken(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    result = helpers.run("convert", SLOTS, "-o", tmp_path, "--dry-run")
    assert result.returncode == 2
    assert b"is not empty: name another, or give --overwrite" in result.stderr


def test_dry_run(tmp_path):
    result = helpers.run("convert", SLOTS, "-o", tmp_path / "out", "--dry-run")
    assert result.returncode == 0
    said = (result.stdout + result.stderr).decode()
    assert "slots.xml" in said and "revisions" in said
    assert not (tmp_path / "out").exists()


def test_quiet(tmp_path):
    result = helpers.run("convert", PAGES, "-o", tmp_path / "out", "-q")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    damaged = helpers.BROKEN / "bad-id.xml"
    result = helpers.run("convert", damaged, "-o", tmp_path / "damaged", "--quiet", "--on-damage", "skip")
    assert result.returncode == 1
    assert [line.split(b":")[0] for line in result.stderr.splitlines()] == [b"skipped"]
    result = helpers.run("convert", PAGES, "-o", tmp_path / "both", "--quiet", "--progress", "json")
    assert result.returncode == 2


def test_progress_as_json(tmp_path):
    result = helpers.run("convert", PAGES, "-o", tmp_path / "out", "--progress", "json")
    events = lines(result.stderr)
    assert events[-1]["event"] == "end"
    assert events[-1]["tables"]["revisions"] == helpers.manifest(tmp_path / "out")["tables"]["revisions"]["rows"]


def test_progress_of_several_inputs_as_json(tmp_path):
    names = ["containers.xml.gz", helpers.BIG.name, "containers.xml.xz"]
    inputs = [helpers.SAMPLES / name for name in names]
    result = helpers.run("convert", *inputs, "-o", tmp_path / "out", "--progress", "json")
    events = lines(result.stderr)
    for event in events:
        if event["event"] == "progress":
            assert event["all_inputs"] == 3 and event["done_inputs"] + len(event["running"]) <= 3
            assert event["all_bytes"] == sum(path.stat().st_size for path in inputs)
    begun = {event["number"]: event["input"] for event in events if event["event"] == "input"}
    ended = {event["number"]: event["input"] for event in events if event["event"] == "input_end"}
    assert ended == begun == dict(enumerate(names))


def test_bars_on_a_terminal_are_taken_away(tmp_path):
    import os
    import pty
    import subprocess
    inputs = [helpers.SAMPLES / name for name in ("containers.xml.gz", helpers.BIG.name, "slots.xml")]
    screen, terminal = pty.openpty()
    process = subprocess.Popen([helpers.binary(), "convert", *inputs, "-o", tmp_path / "out"], stderr=terminal)
    os.close(terminal)
    said = b""
    while True:
        try:
            piece = os.read(screen, 1 << 16)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(screen)
    assert process.wait(timeout=helpers.TIMEOUT) == 0
    # All that comes behind the last erased line is the summary, from the first column on.
    last = said.rpartition(b"\x1b[2K")[2].decode()
    assert "total" not in last and "\x1b[1m" not in last
    rows = last[last.index("table "):].splitlines()
    assert rows[0].split() == ["table", "rows", "size", "parts"] and len(rows) == 7
    assert "peak memory" in rows[-1]


def test_folder_and_pattern(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("containers.xml.gz", "slots.xml"):
        (folder / name).write_bytes((helpers.SAMPLES / name).read_bytes())
    expected = sorted(row["revision_id"] for name in ("containers.xml.gz", "slots.xml")
                      for row in helpers.expected_rows(name)["revisions"])
    for number, given in enumerate((folder, str(folder / "*.xml*"))):
        output = helpers.converted(given, tmp_path / str(number))
        assert sorted(row["revision_id"] for row in helpers.rows(output, "revisions")) == expected


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "zstd:1"])
def test_compression_keeps_the_rows(codec, tmp_path):
    output = helpers.converted(PAGES, tmp_path / "out", "--compression", codec)
    assert helpers.all_rows(output) == helpers.expected_rows(PAGES.name)


# --- choosing rows and columns ---------------------------------------------

def kept(tmp_path, *arguments, name=helpers.BIG.name):
    """Rows after filters, and the rows without."""
    output = helpers.converted(helpers.SAMPLES / name, tmp_path / "out", *arguments)
    return helpers.all_rows(output), helpers.expected_rows(name), helpers.manifest(output)


def by_page(rows, revisions):
    """Page rows as they should be when only these revisions remain."""
    result = []
    for row in rows:
        times = [other["revision_dt"] for other in revisions if other["page_id"] == row["page_id"]]
        result.append({**row, "revision_count": len(times), "first_revision_dt": min(times, default=None),
                       "last_revision_dt": max(times, default=None)})
    return result


def test_namespaces(tmp_path):
    actual, expected, manifest = kept(tmp_path, "--namespaces", "1,2")
    for name in ("pages", "revisions"):
        assert actual[name] == [row for row in expected[name] if row["page_namespace_id"] in (1, 2)]
    assert 0 < len(actual["pages"]) < len(expected["pages"])
    assert actual["namespaces"] == expected["namespaces"]
    seen = manifest["inputs"][0]["seen"]
    assert seen["filtered_pages"] == len(expected["pages"]) - len(actual["pages"])


def test_page_ids(tmp_path):
    wanted = [row["page_id"] for row in helpers.expected_rows(helpers.BIG.name)["pages"]][3:9:2]
    actual, expected, _ = kept(tmp_path, "--page-ids", ",".join(map(str, wanted)))
    for name in ("pages", "revisions", "content"):
        assert actual[name] == [row for row in expected[name] if row["page_id"] in wanted]
    assert len(actual["pages"]) == 3


def test_since_and_until(tmp_path):
    since, until = "2012-06-01T00:00:00Z", "2018-03-04T05:06:07Z"
    actual, expected, _ = kept(tmp_path, "--since", since[:10], "--until", until)
    revisions = [row for row in expected["revisions"] if since <= row["revision_dt"] < until]
    assert 0 < len(revisions) < len(expected["revisions"])
    assert actual["revisions"] == revisions
    ids = {row["revision_id"] for row in revisions}
    assert actual["content"] == [row for row in expected["content"] if row["revision_id"] in ids]
    rows = [row for row in by_page(expected["pages"], revisions)]
    assert actual["pages"] in (rows, [row for row in rows if row["revision_count"]])


def test_since_is_inclusive_and_until_is_not(tmp_path):
    times = sorted(row["revision_dt"] for row in helpers.expected_rows(helpers.BIG.name)["revisions"])
    moment = times[len(times) // 2]
    for option, wanted in (("--since", [t for t in times if t >= moment]),
                           ("--until", [t for t in times if t < moment])):
        output = helpers.converted(helpers.BIG, tmp_path / option, option, moment, tables=["revisions"])
        assert sorted(row["revision_dt"] for row in helpers.rows(output, "revisions")) == wanted


def test_columns(tmp_path):
    output = helpers.converted(PAGES, tmp_path / "out", "--columns", "revisions=revision_id,page_id,slot_roles",
                               "--columns", "content=content_text", tables=["revisions", "content"])
    expected = helpers.expected_rows(PAGES.name)
    actual = helpers.table(output, "revisions")
    assert set(actual.column_names) == {"page_id", "revision_id", "slot_roles"}
    assert helpers.rows(output, "revisions") == [
        {column: row[column] for column in actual.column_names} for row in expected["revisions"]]
    assert helpers.rows(output, "content") == [
        {column: row[column] for column in ("content_text_bytes", "content_text_sha256")}
        for row in expected["content"]]


def test_tables(tmp_path):
    output = helpers.converted(PAGES, tmp_path / "out", tables=["pages"])
    assert {path.parent.name for path in output.rglob("*.parquet")} - {"rejects"} == {"pages"}


# --- inspect, cat, schema --------------------------------------------------

def test_inspect_full():
    result = helpers.run("inspect", "--full", "--json", *(helpers.SAMPLES / name for name in helpers.CONTAINERS))
    assert result.returncode == 0, result.stderr.decode()
    found = lines(result.stdout)
    expected = helpers.expected_rows("containers.xml")
    assert [entry["name"].rpartition("/")[2] for entry in found] == helpers.CONTAINERS
    assert [entry["container"] for entry in found] == ["plain", "7z", "bzip2", "gzip", "lzma", "xz", "zstd"]
    for entry in found:
        assert entry["is_whole"] is True
        assert entry["seen"]["pages"] == len(expected["pages"])
        assert entry["seen"]["revisions"] == len(expected["revisions"])
        assert entry["seen"]["slots"] == len(expected["content"])
        assert entry["schema_version"] == "0.11" and entry["wiki_id"] == "samplewiki"
        assert entry["namespaces"] == len(expected["namespaces"])


def test_inspect_tells_of_each_file():
    result = helpers.run("inspect", helpers.BIG, PAGES)
    assert result.returncode == 0
    said = result.stdout.decode()
    assert helpers.BIG.name in said and PAGES.name in said and "samplewiki" in said


def test_inspect_names_the_pieces_of_a_container():
    containers = ["containers.xml", "containers.xml.bz2", "containers.xml.7z"]
    said = helpers.run("inspect", "--full", *(helpers.SAMPLES / name for name in containers)).stdout.decode()
    rows = [line.split(None, 1)[1] for line in said.splitlines() if line.startswith("  container ")]
    assert rows[0].startswith("plain, 1") and rows[1].startswith("bzip2, 1 stream, ")
    assert rows[2].startswith("7z, 1 entry, ")


def test_inspect_tells_the_container_of_a_large_pipe():
    """It has read the beginning by then, which does not come again."""
    result = helpers.run("inspect", "--json", "-", input=helpers.BIG.read_bytes())
    found, = lines(result.stdout)
    assert found["container"] == "bzip2" and not found["is_whole"]


def test_inspect_of_a_folder(tmp_path):
    assert "no dump" in refused(2, "inspect", tmp_path)
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "dump.xml").write_bytes(SLOTS.read_bytes())
    result = helpers.run("inspect", tmp_path)
    assert result.returncode == 0 and b"notes.txt" in result.stderr
    assert b"dump.xml" in result.stdout


def test_inspect_goes_on_after_a_bad_file():
    result = helpers.run("inspect", "--full", "--json", helpers.BROKEN / "truncated.xml", PAGES)
    assert result.returncode == 3
    assert b"truncated.xml" in result.stderr
    assert any(entry["name"].endswith(PAGES.name) for entry in lines(result.stdout))


@pytest.mark.parametrize("name", ["slots.xml", "text-states.xml", "contributors.xml", helpers.BIG.name])
def test_cat_gives_the_revisions(name):
    result = helpers.run("cat", helpers.SAMPLES / name)
    assert result.returncode == 0, result.stderr.decode()
    found, expected = lines(result.stdout), helpers.expected_rows(name)
    assert len(found) == len(expected["revisions"])
    slots = iter(expected["content"])
    for got, wanted in zip(found, expected["revisions"]):
        shared = got.keys() & wanted.keys()
        assert len(shared) > 12
        assert {key: got[key] for key in shared} == {key: wanted[key] for key in shared}
        assert [slot["slot_role"] for slot in got["slots"]] == wanted["slot_roles"]
        for slot in got["slots"]:
            row = next(slots)
            assert all(slot[key] == row[key] for key in slot.keys() & row.keys())
            text = slot.get("content_text")
            assert (None if text is None else len(text.encode())) == row["content_text_bytes"]


def test_cat_with_filters():
    wanted = [row["revision_id"] for row in helpers.expected_rows(helpers.BIG.name)["revisions"]
              if row["page_namespace_id"] == 1 and row["revision_dt"] >= "2015-01-01"]
    result = helpers.run("cat", helpers.BIG, "--namespaces", "1", "--since", "2015-01-01")
    assert wanted and [row["revision_id"] for row in lines(result.stdout)] == wanted


@pytest.mark.parametrize("name", helpers.CONTAINERS)
def test_cat_gives_the_xml(name):
    result = helpers.run("cat", "--format", "xml", helpers.SAMPLES / name)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout == (helpers.SAMPLES / "containers.xml").read_bytes()


def test_cat_into_a_closed_pipe():
    import subprocess
    process = subprocess.Popen([helpers.binary(), "cat", str(helpers.BIG)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"panicked" not in said and process.returncode != 70


def test_schema_lists_the_columns_of_the_files(big):
    described = {entry["table"]: entry for entry in json.loads(helpers.run("schema", "--json").stdout)
                 if not entry["table"].startswith("sql_")}
    assert sorted(described) == sorted([*helpers.ALL_TABLES, *helpers.DERIVED_TABLES,
                                        *helpers.PROFILE_TABLES.values()])
    for name, entry in described.items():
        schema = helpers.table(big, name).schema
        usual = [column for column in entry["columns"] if column["default"]]
        assert [column["name"] for column in usual] == schema.names
        assert [column["nullable"] for column in usual] == [field.nullable for field in schema]
        assert all(column["meaning"] and column["type"] for column in entry["columns"])


def test_schema_of_one_table():
    for arguments in ((), ("--json",), ("--markdown",)):
        said = helpers.run("schema", "uploads", *arguments).stdout.decode()
        assert "upload_sha1" in said and "revision_sha1" not in said
    refused(2, "schema", "nosuch")


@pytest.mark.parametrize("name", [helpers.BIG.name, "plain.xml"])
def test_largest_record(name, tmp_path):
    import bz2
    import re
    xml = bz2.decompress(helpers.BIG.read_bytes())
    (tmp_path / "plain.xml").write_bytes(xml)
    path = tmp_path / name if name == "plain.xml" else helpers.BIG
    sizes = [len(record) for record in re.findall(rb"<revision>.*?</revision>", xml, re.DOTALL)]
    limit = 20_480
    small = sum(size <= limit - 256 for size in sizes)
    large = sum(size > limit + 256 for size in sizes)
    assert helpers.convert(path, tmp_path / "out", "--max-record-bytes", limit).returncode == 3
    result = helpers.convert(path, tmp_path / "kept", "--max-record-bytes", limit, "--on-damage", "skip")
    assert result.returncode == 1
    kept = len(helpers.rows(tmp_path / "kept", "revisions"))
    assert small <= kept <= len(sizes) - large
    # A page that goes on behind such a record is one page.
    pages = helpers.rows(tmp_path / "kept", "pages")
    assert len({row["page_id"] for row in pages}) == len(pages)
    assert sum(row["revision_count"] for row in pages) == kept
