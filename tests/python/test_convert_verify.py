"""Checksums held against what is read while it is converted: the same findings as `verify` has, and hashlib."""
import hashlib
import json
import os
import pathlib
import shutil
import threading

import pytest

import helpers
from test_verify import PLAIN, proofs_of, with_text

CONTAINERS = ["xml", "xml.bz2", "xml.gz", "xml.7z", "xml.xz", "xml.lzma", "xml.zst"]


def verified(folder):
    """What the manifest says of each input."""
    return [entry["verified"] for entry in helpers.manifest(folder)["inputs"]]


def rows_of(folder, table):
    return helpers.rows(folder, table)


def job(inputs, folder, *more, code=0):
    result = helpers.run("convert", *inputs, "-o", folder, "--progress", "off", *more)
    assert result.returncode == code, result.stderr.decode()
    return result


def told_by_verify(dump, rows):
    result = helpers.run("verify", "--json", dump, "--differing", rows)
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout), [json.loads(line) for line in rows.read_text().splitlines()]


@pytest.mark.parametrize("name", PLAIN + [helpers.BIG.name])
def test_the_same_as_verify_tells(name, tmp_path):
    dump = helpers.SAMPLES / name
    folder = tmp_path / "out"
    job([dump], folder, "--verify", "sha1", "--namespaces", "1", "--memory", "16MiB")
    (found,) = verified(folder)
    told, differing = told_by_verify(dump, tmp_path / "rows")
    assert found == {"texts": told["texts"], "revision_checksums": told["revision_checksums"]}
    columns = ["input", "page_id", "revision_id", "slot_role", "cause"]
    rows = [{column: row[column] for column in columns} for row in rows_of(folder, "differing_texts")]
    assert rows == differing
    expected = proofs_of(dump)
    assert (found["texts"]["same"], sum(found["texts"]["differs"].values())) == (expected["same"], expected["differs"])


def test_nothing_is_verified_that_nobody_asks_for(tmp_path):
    job([helpers.SAMPLES / "slots.xml"], tmp_path / "out")
    (entry,) = helpers.manifest(tmp_path / "out")["inputs"]
    assert "verified" not in entry and not (tmp_path / "out" / "differing_texts").exists()
    refused = job([helpers.SAMPLES / "slots.xml"], tmp_path / "other", "--strict", code=2)
    assert b"--verify" in refused.stderr


def test_differences_are_no_failure_unless_strict(tmp_path):
    dump = tmp_path / "dump.xml"
    dump.write_text(with_text("one", "two"))
    folder = tmp_path / "out"
    result = helpers.run("convert", dump, "-o", folder, "--verify", "sha1")
    assert result.returncode == 0
    assert b"texts verified: 1 DIFFER (unexplained); see the table differing_texts" in result.stderr
    (row,) = rows_of(folder, "differing_texts")
    assert row["cause"] == "unexplained" and row["slot_role"] == "main" and row["revision_id"] == 2
    assert helpers.manifest(folder)["complete"] is True
    job([dump], tmp_path / "strict", "--verify", "sha1", "--strict", code=1)
    assert (tmp_path / "strict" / "manifest.json").exists()
    dump.write_text(with_text("one", "one"))
    job([dump], tmp_path / "sound", "--verify", "sha1", "--strict")


def test_what_is_dropped_is_checked_as_the_dump_has_it(tmp_path):
    dump = helpers.SAMPLES / "addresses.xml"
    rules = ["--ip", "drop", "--tables", "revisions,content"]
    job([dump], tmp_path / "kept", "--verify", "sha1", "--tables", "revisions,content")
    job([dump], tmp_path / "dropped", "--verify", "sha1", *rules)
    assert verified(tmp_path / "kept") == verified(tmp_path / "dropped")
    # And checking changes nothing of what is written.
    job([dump], tmp_path / "unverified", *rules)
    for table in ("revisions", "content"):
        assert rows_of(tmp_path / "dropped", table) == rows_of(tmp_path / "unverified", table)


@pytest.mark.parametrize("ending", CONTAINERS)
def test_files_of_all_containers(ending, tmp_path):
    dump = pathlib.Path(shutil.copy(helpers.SAMPLES / f"containers.{ending}", tmp_path))
    data = dump.read_bytes()
    sums = {name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sha1", "md5")}
    for name, digits in sums.items():
        (tmp_path / f"{name}sums.txt").write_text(f"{digits}  {dump.name}\n{'0' * len(digits)}  {dump.name}.other\n")
    folder = tmp_path / "out"
    job([dump], folder, "--verify", "checksums")
    (found,) = verified(folder)
    assert {one["algorithm"]: (one["found"], one["listed"]) for one in found["checksums"]} == {
        name: (digits, digits) for name, digits in sums.items()}
    assert "texts" not in found

    (tmp_path / "md5sums.txt").write_text(f"{'0' * 32}  {dump.name}\n")
    result = job([dump], tmp_path / "wrong", "--verify", "checksums", code=3)
    assert f"{dump}: its md5 is {sums['md5']}, and {'0' * 32} by " in result.stderr.decode()
    assert not (tmp_path / "wrong").exists()
    job([dump], tmp_path / "skipped", "--verify", "checksums", "--on-damage", "skip", code=1)
    (reject,) = rows_of(tmp_path / "skipped", "rejects")
    assert "its md5 is" in reject["reason"] and reject["input"] == str(dump)
    assert rows_of(tmp_path / "skipped", "revisions") == rows_of(folder, "revisions")


def test_no_list_names_it(tmp_path):
    dump = pathlib.Path(shutil.copy(helpers.SAMPLES / "slots.xml", tmp_path))
    result = helpers.run("convert", dump, "-o", tmp_path / "out", "--verify", "checksums,sha1")
    assert result.returncode == 0 and b"files verified: 1 named by no list beside them" in result.stderr
    (found,) = verified(tmp_path / "out")
    assert found["checksums"] == [] and found["texts"]["same"] > 0


def test_a_pipe_is_read_once(tmp_path):
    """What can be read once only has its checksum taken on the way."""
    data = (helpers.SAMPLES / "containers.xml.gz").read_bytes() + b"\0" * 5_000_000
    pipe = tmp_path / "dump.xml.gz"
    os.mkfifo(pipe)
    (tmp_path / "sha1sums.txt").write_text(f"{hashlib.sha1(data).hexdigest()}  {pipe.name}\n")
    writer = threading.Thread(target=pipe.write_bytes, args=[data])
    writer.start()
    job([pipe], tmp_path / "out", "--verify", "checksums")
    writer.join()
    (found,) = verified(tmp_path / "out")
    assert [one["found"] for one in found["checksums"]] == [hashlib.sha1(data).hexdigest()]


def test_the_same_bytes_on_any_threads(tmp_path):
    tables = []
    for threads in ("1", "3"):
        folder = tmp_path / threads
        job([helpers.BIG], folder, "--verify", "sha1", "--threads", threads)
        manifest = helpers.manifest(folder)
        tables.append((manifest["tables"], manifest["inputs"]))
    assert tables[0] == tables[1]


def test_tables_of_a_database(tmp_path):
    dump = pathlib.Path(shutil.copy(helpers.SAMPLES / "sql" / "samplewiki-20260101-page.sql.gz", tmp_path))
    (tmp_path / "sha1sums.txt").write_text(f"{hashlib.sha1(dump.read_bytes()).hexdigest()}  {dump.name}\n")
    job([dump], tmp_path / "out", "--verify", "checksums,sha1")
    (found,) = verified(tmp_path / "out")
    assert len(found["checksums"]) == 1 and found["texts"]["same"] == 0


def test_a_resumed_job_knows_what_was_verified(tmp_path):
    inputs = [shutil.copy2(helpers.SAMPLES / name, tmp_path / name) for name in ("text-states.xml", "reverts.xml")]
    good = inputs[1].read_bytes()
    inputs[1].write_bytes(good[:-100])
    arguments = ["--verify", "sha1,checksums", "--threads", "1"]
    job(inputs, tmp_path / "out", *arguments, code=3)
    inputs[1].write_bytes(good)
    refused = job(inputs, tmp_path / "out", "--verify", "sha1", "--resume", code=2)
    assert b"verify was" in refused.stderr
    job(inputs, tmp_path / "out", *arguments, "--resume")
    job(inputs, tmp_path / "whole", *arguments)
    assert verified(tmp_path / "out") == verified(tmp_path / "whole")
    assert rows_of(tmp_path / "out", "differing_texts") == rows_of(tmp_path / "whole", "differing_texts")
