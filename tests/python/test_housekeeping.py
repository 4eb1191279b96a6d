"""Listing and removing what jobs wrote."""
import json
import shutil
import signal
import subprocess
import time

import pytest

import helpers

SAMPLE = helpers.SAMPLES / "addresses.xml"
TABLES = ["pages", "revisions", "content", "sessions", "log_events", "namespaces", "rejects"]


def listed(folder, *arguments):
    """What is told of the jobs below a folder."""
    result = helpers.run("list", folder, "--json", *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return [json.loads(line) for line in result.stdout.splitlines()]


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_clean_leaves_nothing(tmp_path):
    folder = helpers.converted(SAMPLE, tmp_path / "out", tables=TABLES)
    before = everything(folder)
    result = helpers.run("clean", folder, "--dry-run")
    assert result.returncode == 0 and everything(folder) == before
    told = {line.removeprefix("remove ") for line in result.stdout.decode().splitlines()[:-1]}
    assert told == {str(folder / name) for name in before} | {str(folder)}
    result = helpers.run("clean", folder)
    assert result.returncode == 0 and not folder.exists()
    files = [name for name in before if name.endswith((".parquet", ".json"))]
    assert f"removed {len(files)} files" in result.stdout.decode()


@pytest.mark.parametrize("foreign", ["notes.txt", "revisions/part-00000-00009.parquet", "revisions/notes",
                                     "sessions/.hidden", "other/part-00000-00000.parquet", "pages/below/x"])
def test_foreign_files_stay(foreign, tmp_path):
    folder = helpers.converted(SAMPLE, tmp_path / "out", tables=TABLES)
    (folder / foreign).parent.mkdir(exist_ok=True)
    (folder / foreign).write_text("mine")
    result = helpers.run("clean", folder)
    assert result.returncode == 1
    named = foreign.rpartition("/")[0] if foreign.startswith(("other", "pages")) else foreign
    assert f"left: {folder / named}:" in result.stderr.decode()
    left = [name for name in everything(folder) if (folder / name).is_file()]
    assert left == [foreign] and (folder / foreign).read_text() == "mine"


def test_parts_that_were_changed_and_links_stay(tmp_path):
    folder = helpers.converted(SAMPLE, tmp_path / "out", tables=TABLES)
    changed = folder / "pages" / "part-00000-00000.parquet"
    changed.write_bytes(changed.read_bytes() + b"x")
    outside = tmp_path / "outside"
    (folder / "revisions").rename(outside)
    (folder / "revisions").symlink_to(outside)
    result = helpers.run("clean", folder)
    assert result.returncode == 1
    assert changed.exists() and list(outside.glob("part-*.parquet"))
    assert everything(folder) == ["pages", "pages/part-00000-00000.parquet", "revisions"]


def test_a_manifest_cannot_lead_elsewhere(tmp_path):
    folder = helpers.converted(SAMPLE, tmp_path / "out", tables=TABLES)
    victim = tmp_path / "part-00000.parquet"
    victim.write_text("mine")
    manifest = helpers.manifest(folder)
    manifest["tables"]["../"] = {**manifest["tables"]["pages"], "parts": [
        {"path": "../part-00000.parquet", "rows": 1, "bytes": 4, "sha256": ""}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert helpers.run("clean", folder).returncode == 0
    assert victim.read_text() == "mine"


def test_what_no_job_wrote_is_refused(tmp_path):
    (tmp_path / "revisions").mkdir()
    (tmp_path / "revisions" / "notes").write_text("mine")
    (tmp_path / "manifest.json").write_text('{"name": "another program"}')
    for folder in (tmp_path, tmp_path / "revisions"):
        result = helpers.run("clean", folder)
        assert result.returncode == 2 and b"nothing that mwparquet wrote" in result.stderr
    assert len(everything(tmp_path)) == 3
    assert helpers.run("clean", tmp_path / "missing").returncode in (2, 4)
    assert listed(tmp_path) == []


def test_a_job_that_was_killed(tmp_path):
    """Its parts have no manifest; some may have their names already."""
    folder = tmp_path / "out"
    job = subprocess.Popen([helpers.binary(), "convert", "-", "--output", folder, "--tables", "revisions,sessions",
                            "--row-group-bytes", "64K", "--memory", "16MiB", "--progress", "off"],
                           stdin=subprocess.PIPE)
    data = (helpers.SAMPLES / "reverts.xml").read_bytes()
    head, _, tail = data.partition(b"  <page>")
    pages = b"  <page>" + tail.rpartition(b"</mediawiki>")[0]
    try:
        job.stdin.write(head)
        deadline = time.monotonic() + helpers.TIMEOUT
        while not list(folder.glob("revisions/.part-*.tmp")) and time.monotonic() < deadline:
            job.stdin.write(pages)
            job.stdin.flush()
        job.send_signal(signal.SIGKILL)
    finally:
        job.kill()
        job.wait()
    whole = helpers.converted(SAMPLE, tmp_path / "whole", tables=["pages"])
    (folder / "pages").mkdir()
    shutil.copy(whole / "pages" / "part-00000-00000.parquet", folder / "pages")
    (folder / "pages" / "part-00000-00001.parquet").write_text("another program's")
    assert [(entry["folder"], entry["is_finished"]) for entry in listed(tmp_path)] == [
        (str(folder), False), (str(whole), True)]
    result = helpers.run("clean", folder)
    assert result.returncode == 1
    assert [name for name in everything(folder) if (folder / name).is_file()] == ["pages/part-00000-00001.parquet"]


def test_list(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    helpers.converted(SAMPLE, tmp_path / "a", "--expires", "2001-01-15", tables=TABLES)
    helpers.converted(SAMPLE, tmp_path / "deep" / "er" / "b", "--ip", "hash", "--key-file", key, "--user", "drop",
                      "--expires", "30d", tables=TABLES)
    helpers.converted(SAMPLE, tmp_path / "c", "--ip", "truncate", tables=TABLES)
    a, c, b = listed(tmp_path)
    assert [job["folder"] for job in (a, b, c)] == [
        str(tmp_path / "a"), str(tmp_path / "deep" / "er" / "b"), str(tmp_path / "c")]
    assert (a["is_expired"], b["is_expired"], c["is_expired"], c["expires"]) == (True, False, False, None)
    assert a["tables"]["revisions"]["personal"] == ["addresses", "names", "titles", "comments"]
    assert a["tables"]["content"]["personal"] == ["addresses", "texts"]
    assert a["tables"]["log_events"]["personal"] == ["addresses", "names", "titles", "comments", "parameters"]
    assert a["tables"]["namespaces"]["personal"] == a["tables"]["rejects"]["personal"] == []
    assert b["tables"]["revisions"]["personal"] == ["hashed addresses", "titles"]
    assert c["tables"]["sessions"]["personal"] == ["networks", "names"]
    manifest = helpers.manifest(tmp_path / "a")
    for name, table in a["tables"].items():
        assert (table["rows"], table["bytes"]) == (manifest["tables"][name]["rows"], manifest["tables"][name]["bytes"])
    assert [job["folder"] for job in listed(tmp_path, "--expired")] == [str(tmp_path / "a")]
    text = helpers.run("list", tmp_path).stdout.decode()
    assert f"{tmp_path / 'a'}: " in text and "EXPIRED 2001-01-15" in text and "of samplewiki" in text
    assert helpers.run("list", tmp_path / "missing").returncode == 2
