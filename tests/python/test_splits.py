"""Jobs in splits, on the command line."""
import hashlib
import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import helpers


def plan(*inputs, size="100KiB"):
    result = helpers.run("plan", *inputs, "--split-size", size)
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


def convert(split, output, *arguments, tables=helpers.ALL_TABLES):
    text = split if isinstance(split, str) else json.dumps(split)
    return helpers.run("convert", "--split", text, "--output", output, "--tables", ",".join(tables), *arguments)


def commit(planned, output, *arguments, tables=helpers.ALL_TABLES):
    path = output.parent / "plan.json"
    path.write_text(json.dumps(planned))
    return helpers.run("convert", "--commit", path, "--output", output, "--tables", ",".join(tables), *arguments)


def told(result):
    return result.stderr.decode().strip().splitlines()[-1]


def test_every_size_gives_the_rows_of_one_pass(tmp_path):
    """From 100 kB up, of a bzip2 file, the same unpacked, and others."""
    plain = tmp_path / "history.xml"
    import bz2
    plain.write_bytes(bz2.decompress(helpers.BIG.read_bytes()))
    dumps = [helpers.BIG, plain, helpers.SAMPLES / "containers.xml",
             helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"]
    alone = tmp_path / "alone"
    result = helpers.run("convert", *dumps, "--output", alone, "--tables", ",".join(helpers.ALL_TABLES))
    assert result.returncode == 0, result.stderr.decode()
    for size in ("100kB", "700kB"):
        output = tmp_path / size
        planned = plan(*dumps, size=size)
        assert len(planned["splits"]) > 4
        for split in planned["splits"]:
            done = convert(split, output, "--progress", "off")
            assert done.returncode == 0, done.stderr.decode()
        done = commit(planned, output)
        assert done.returncode == 0, done.stderr.decode()
        for name in helpers.ALL_TABLES:
            assert helpers.table(output, name).equals(helpers.table(alone, name)), f"{name}, {size}"
        found, expected = (helpers.manifest(folder)["inputs"] for folder in (output, alone))
        for entry in found:
            assert [split["end_bytes"] for split in entry.pop("splits")][-1] == entry["bytes"]
        assert found == expected
        assert helpers.run("verify", output).returncode == 0
        assert helpers.run("clean", output).returncode == 0
        assert not output.exists()


def test_a_plan_is_the_same_each_time_and_covers_its_files(tmp_path):
    dump = shutil.copy(helpers.BIG, tmp_path)
    first, second = plan(dump), plan(dump)
    assert first == second
    splits = first["splits"]
    assert [split["number"] for split in splits] == list(range(12))
    assert splits[0]["begin_bytes"] == 0 and splits[-1]["end_bytes"] == os.path.getsize(dump)
    assert all(one["end_bytes"] == two["begin_bytes"] for one, two in zip(splits, splits[1:]))
    assert {split["file"] for split in splits} == {str(dump)}
    os.utime(dump, (0, 0))
    assert plan(dump)["plan"] != first["plan"]


def test_a_split_from_a_file_and_done_twice(tmp_path):
    planned = plan(helpers.SAMPLES / "reverts.xml", size="20KiB")
    output = tmp_path / "out"
    path = tmp_path / "split.json"
    for split in planned["splits"]:
        path.write_text(json.dumps(split))
        done = convert(str(path), output)
        assert done.returncode == 0
        assert told(done).startswith(f"split {split['number']} is done: ")
    assert told(convert(str(path), output)) == "split 2 was done before: nothing to do"
    again = helpers.run("convert", helpers.BIG, "--output", output)
    assert again.returncode == 2
    assert "holds splits of a job that is not committed: commit them with --commit" in told(again)
    assert helpers.run("list", output).returncode == 0
    assert helpers.run("clean", output).returncode == 0
    assert not output.exists()


def test_what_is_no_split(tmp_path):
    dump = shutil.copy(helpers.SAMPLES / "reverts.xml", tmp_path)
    planned = plan(dump, size="20KiB")
    output = tmp_path / "out"
    for text, why in [("{}", "--split is no split of a plan"), ("{", "--split is no split of a plan"),
                      (json.dumps(planned), "--split is no split of a plan"),
                      (json.dumps(planned["splits"][0] | {"end_bytes": 99999999}), "in a file of 43321 bytes")]:
        result = convert(text, output)
        assert result.returncode == 2 and why in told(result), told(result)
    assert convert("nowhere.json", output).returncode == 4
    altered = planned | {"splits": planned["splits"][:-1]}
    output.mkdir()
    result = commit(altered, output)
    assert result.returncode == 2 and "it was altered, or lacks splits" in told(result)
    result = commit(planned, output)
    assert result.returncode == 2 and "holds no splits that could be committed" in told(result)
    with open(dump, "a") as file:
        file.write("\n")
    result = convert(planned["splits"][1], output)
    assert result.returncode == 2
    assert "has changed since the plan was made: it had 43321 bytes and has now 43322.  Make a new plan" in told(result)
    result = helpers.run("plan", "-")
    assert result.returncode == 2 and "splits need files that can be read again" in told(result)
    result = convert(planned["splits"][1], output, "--resume")
    assert result.returncode == 2 and "cannot be used with" in result.stderr.decode()


def test_other_options(tmp_path):
    planned = plan(helpers.SAMPLES / "reverts.xml", size="40KiB")
    output = tmp_path / "out"
    for split in planned["splits"]:
        assert convert(split, output).returncode == 0
    result = commit(planned, output, "--revert-radius", "3")
    assert result.returncode == 2
    assert "one of another job: " in told(result) and "revert_radius was 15 and is now 3" in told(result)
    assert commit(planned, output).returncode == 0


@pytest.mark.parametrize("name, code", [("truncated.xml.bz2", 3), ("bad-id.xml", 3), ("html-page.xml.bz2", 3)])
def test_damage(name, code, tmp_path):
    """A bad file is an error in some split, with its place; skipping damage takes whole files."""
    path = helpers.BROKEN / name
    planned = plan(path, size="700")
    results = [convert(split, tmp_path / "out") for split in planned["splits"]]
    failed = [result for result in results if result.returncode]
    assert failed and {result.returncode for result in failed} == {code}
    assert str(path) in told(failed[0])
    result = commit(planned, tmp_path / "out")
    assert result.returncode == 2 and "splits are not done" in told(result)
    if len(planned["splits"]) > 1:
        result = convert(planned["splits"][0], tmp_path / "other", "--on-damage", "skip")
        assert result.returncode == 2 and "--on-damage skip needs splits that are whole files" in told(result)


def test_skipping_damage_in_whole_files(tmp_path):
    planned = plan(helpers.BROKEN / "bad-id.xml", helpers.BROKEN / "truncated.xml.bz2", size="1MB")
    output = tmp_path / "out"
    for split in planned["splits"]:
        assert convert(split, output, "--on-damage", "skip").returncode == 1
    assert commit(planned, output, "--on-damage", "skip").returncode == 1
    assert helpers.table(output, "rejects").num_rows == 2


def test_checksums_of_whole_files(tmp_path):
    """Lists are of whole files, and so are the splits that are held against them."""
    dump = tmp_path / "samplewiki-20260101-pages-meta-history.xml"
    shutil.copy(helpers.SAMPLES / "reverts.xml", dump)
    sums = tmp_path / "samplewiki-20260101-sha1sums.txt"
    sums.write_text(f"{hashlib.sha1(dump.read_bytes()).hexdigest()}  {dump.name}\n")
    cut = plan(dump, size="10KiB")
    result = convert(cut["splits"][0], tmp_path / "cut", "--verify", "checksums")
    assert result.returncode == 2 and "--verify checksums needs splits that are whole files" in told(result)
    whole = plan(dump, size="1MB")
    [split] = whole["splits"]
    output = tmp_path / "out"
    assert convert(split, output, "--verify", "checksums").returncode == 0
    assert commit(whole, output, "--verify", "checksums").returncode == 0
    [checked] = helpers.manifest(output)["inputs"][0]["verified"]["checksums"]
    assert checked["algorithm"] == "sha1"
    sums.write_text(f"{'0' * 40}  {dump.name}\n")
    result = convert(split, tmp_path / "wrong", "--verify", "checksums")
    assert result.returncode == 3 and "its sha1 is" in told(result)


def test_partitions_are_those_of_one_pass(tmp_path):
    """Each split writes below its partition; the commit says that these are complete."""
    other = tmp_path / "otherwiki-20260201-pages-meta-history.xml"
    history = (helpers.SAMPLES / "reverts.xml").read_text()
    other.write_text(history.replace("samplewiki", "otherwiki"))
    dumps = [helpers.BIG, other, helpers.SAMPLES / "sql" / "samplewiki-20260101-page.sql.gz"]
    tables = [*helpers.ALL_TABLES, "wikiq", "mediawiki_history", "sql_page"]
    for number, given in enumerate(([], ["--snapshot", "2026-03"])):
        folder = tmp_path / str(number)
        folder.mkdir()
        layout = ["--layout", "hive", *given]
        alone, output = folder / "alone", folder / "splits"
        result = helpers.run("convert", *dumps, "--output", alone, "--tables", ",".join(tables), *layout)
        assert result.returncode == 0, result.stderr.decode()
        planned = plan(*dumps, size="150KiB")
        assert len(planned["splits"]) > 4
        for split in reversed(planned["splits"]):
            done = convert(split, output, *layout, tables=tables)
            assert done.returncode == 0, done.stderr.decode()
        assert not list(output.rglob("_SUCCESS")) and not list(output.rglob("part-*"))
        flat = commit(planned, output, tables=tables)
        assert flat.returncode == 2 and "another job" in told(flat)
        done = commit(planned, output, *layout, tables=tables)
        assert done.returncode == 0, done.stderr.decode()
        partitions = [{path.parent.relative_to(root) for path in root.rglob("*.parquet")} for root in (output, alone)]
        assert partitions[0] == partitions[1] and len(partitions[0]) > 20
        assert {path.parent.relative_to(output) for path in output.rglob("_SUCCESS")} == partitions[0]
        for partition in partitions[0]:
            found, expected = (pa.concat_tables([pq.read_table(part, partitioning=None)
                                                 for part in sorted((root / partition).glob("*.parquet"))])
                               for root in (output, alone))
            assert found.equals(expected), partition
        assert not [path for path in output.rglob("*") if path.name.startswith(".")]
        assert helpers.run("verify", output).returncode == 0
        assert helpers.run("clean", output).returncode == 0 and not output.exists()


def test_attempts_in_partitions_leave_nothing(tmp_path):
    """Of a split that is done twice, or that fails, nothing is left but what counts."""
    output, layout = tmp_path / "out", ["--layout", "hive", "--snapshot", "2026-01"]
    planned = plan(helpers.BIG, size="300KiB")
    for split in planned["splits"]:
        assert convert(split, output, *layout).returncode == 0
    before = sorted(output.rglob("*"))
    assert convert(planned["splits"][0], output, *layout).returncode == 0
    assert sorted(output.rglob("*")) == before
    failing = helpers.BROKEN / "flipped-bit.xml.bz2"
    other = tmp_path / "other"
    results = [convert(split, other, *layout) for split in plan(failing, size="20KiB")["splits"]]
    assert any(result.returncode == 3 for result in results)
    left = [path for path in other.rglob("*") if path.name.endswith(".parquet.tmp")]
    receipts = [json.loads(path.read_text())["attempt"] for path in other.rglob("split-*.json")]
    assert all(any(attempt in path.name for attempt in receipts) for path in left)
    stray = next(path for path in output.rglob(".part-*.tmp")).parent / ".part-00000-00000-0123456789abcdef.parquet.tmp"
    stray.write_bytes(b"left by an attempt that was killed")
    assert commit(planned, output, *layout).returncode == 0
    assert not stray.exists() and helpers.run("verify", output).returncode == 0
