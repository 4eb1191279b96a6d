"""Jobs that are ended at any moment, and go on: nothing is lost, doubled or done twice.

The judge is the same job left alone: its parts, byte for byte, and its manifest but for `run`.
`MWPARQUET_KILLS=200` kills more often.
"""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time

import pytest

import helpers

SQL = helpers.SAMPLES / "sql"
KILLS = int(os.environ.get("MWPARQUET_KILLS", "30"))
JOURNAL = ".mwparquet-journal.tmp"
LOCK = ".mwparquet-lock.tmp"


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """Inputs of all kinds: several wikis, logs, SQL tables, and damage of both."""
    folder = tmp_path_factory.mktemp("dumps")
    sources = [helpers.SAMPLES / "reverts.xml", SQL / "samplewiki-20260101-page.sql.gz", helpers.BIG,
               helpers.BROKEN / "bad-id.xml", helpers.SAMPLES / "containers.xml.xz",
               helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz", SQL / "several-tables.sql.bz2",
               helpers.SAMPLES / "contributors.xml", SQL / "broken" / "wrong-types.sql",
               helpers.SAMPLES / "containers.xml.7z", helpers.SAMPLES / "samplewiki-20190315-schema-0.10.xml",
               helpers.BROKEN / "truncated.xml.bz2"]
    return [shutil.copy2(path, folder / f"{number:02}-{path.name}") for number, path in enumerate(sources)]


def command(inputs, output, *more, threads=2):
    """A job with all that is written by job: sessions, namespaces, rejects and tables of SQL dumps."""
    return [helpers.binary(), "convert", *map(str, inputs), "--output", str(output), "--progress", "off",
            "--tables", ",".join(helpers.ALL_TABLES), "--on-damage", "skip", "--threads", str(threads),
            "--row-group-bytes", "64KiB", "--part-bytes", "100KiB", "--memory", "64MiB", *map(str, more)]


def run(*arguments, **options):
    return subprocess.run(command(*arguments, **options), capture_output=True, timeout=helpers.TIMEOUT)


def contents(folder):
    """All files of a finished job; the manifest without what differs from run to run."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads(files.pop("manifest.json"))
    manifest.pop("run")
    return files, json.dumps(manifest)


def finished(folder):
    """What the journal has of finished inputs, and the files of their parts by inode."""
    try:
        lines = (folder / JOURNAL).read_bytes().split(b"\n")[1:-1]
    except FileNotFoundError:
        return {}
    inodes = {}
    for line in map(json.loads, lines):
        for table, parts in line["parts"].items():
            for part in parts:
                for name in (f".{part['name']}.tmp", part["name"]):
                    path = folder / table / name
                    if path.exists():
                        inodes[f"{table}/{part['name']}"] = path.stat().st_ino
    return inodes


@pytest.fixture(scope="module")
def whole(dumps, tmp_path_factory):
    """The job left alone, and how long it takes."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    run(dumps, folder)
    shutil.rmtree(folder)
    began = time.monotonic()
    result = run(dumps, folder)
    seconds = time.monotonic() - began
    assert result.returncode == 1, result.stderr.decode()
    tables = helpers.manifest(folder)["tables"]
    for name in ("sessions", "namespaces", "rejects", "sql_page", "sql_user_groups", "log_events"):
        assert tables[name]["rows"] > 0, name
    return contents(folder), seconds


def killed_after(process, seconds, how=signal.SIGKILL):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
    return process.wait(helpers.TIMEOUT)


def test_killed_at_any_moment(dumps, whole, tmp_path):
    (files, manifest), seconds = whole
    chance = random.Random(20260101)
    kills, resumed, trial = 0, 0, 0
    while kills < KILLS:
        folder = tmp_path / f"out-{trial}"
        trial += 1
        threads = 1 + trial % 2
        kept = {}
        for _ in range(chance.randint(1, 4)):
            job = subprocess.Popen(command(dumps, folder, "--resume", threads=threads),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            code = killed_after(job, chance.uniform(0, seconds * 1.2))
            assert code in (-signal.SIGKILL, 1), code
            kills += code == -signal.SIGKILL
            now = finished(folder)
            assert {part: now[part] for part in kept if part in now} == {part: kept[part] for part in kept if part in now}
            if (folder / JOURNAL).exists() and not (folder / "manifest.json").exists():
                assert set(kept) <= set(now)
                kept = now
        resumed += bool(kept)
        result = run(dumps, folder, "--resume", threads=threads)
        assert result.returncode == 1, result.stderr.decode()
        assert contents(folder) == (files, manifest)
        # What was finished once was not written again.
        assert {part: (folder / part).stat().st_ino for part in kept} == kept
        shutil.rmtree(folder)
    assert resumed >= trial // 8, (resumed, trial)


def test_from_one_number_of_threads_to_another(dumps, whole, tmp_path):
    """And a job that was never told that it might be resumed."""
    folder = tmp_path / "out"
    job = subprocess.Popen(command(dumps, folder, threads=2), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + helpers.TIMEOUT
    while not finished(folder) and time.monotonic() < deadline and job.poll() is None:
        time.sleep(0.001)
    job.kill()
    job.wait()
    refused = run(dumps, folder)
    assert refused.returncode == 2 and b"not finished: go on with --resume" in refused.stderr
    assert run(dumps, folder, "--resume", threads=1).returncode == 1
    assert contents(folder) == whole[0]
    again = subprocess.run([argument for argument in command(dumps, folder, "--resume") if argument != "off"
                            and argument != "--progress"], capture_output=True, timeout=helpers.TIMEOUT)
    assert again.returncode == 1 and b"is finished: nothing to do" in again.stderr
    assert contents(folder) == whole[0]


@pytest.fixture
def failed(tmp_path):
    """A job of four inputs whose third is cut, so that it failed."""
    names = ["contributors.xml", "slots.xml", "text-states.xml", "reverts.xml"]
    inputs = [shutil.copy2(helpers.SAMPLES / name, tmp_path / name) for name in names]
    good = inputs[2].read_bytes()
    inputs[2].write_bytes(good[:-200])
    folder = tmp_path / "out"
    result = job(inputs, folder)
    assert result.returncode == 3, result.stderr.decode()
    assert b"inputs are finished and kept in" in result.stderr and b"--resume" in result.stderr
    return inputs, folder, good


def job(inputs, folder, *more):
    return helpers.run("convert", *inputs, "-o", folder, "--progress", "off", "--threads", "1", *more)


def test_a_damaged_input_is_replaced(failed, tmp_path):
    inputs, folder, good = failed
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert names and all("part-00000-" in name or "part-00001-" in name or name == JOURNAL for name in names), names
    inputs[2].write_bytes(good)
    result = helpers.run("convert", *inputs, "-o", folder, "--progress", "plain", "--resume")
    assert result.returncode == 0 and b"resumed: 2 of 4 inputs were finished before" in result.stderr
    assert job(inputs, tmp_path / "whole").returncode == 0
    assert contents(folder) == contents(tmp_path / "whole")
    assert helpers.manifest(folder)["run"]["resumed_inputs"] == 2
    result = job(inputs, folder, "--resume")
    assert result.returncode == 0, result.stderr.decode()


def test_other_inputs_and_options_are_refused(failed, tmp_path):
    inputs, folder, good = failed
    inputs[2].write_bytes(good)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def refused(said, inputs, *more):
        result = job(inputs, folder, "--resume", *more)
        assert result.returncode == 2 and said in result.stderr.decode(), result.stderr.decode()
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before

    refused("input 1 was ", [inputs[1], inputs[0], *inputs[2:]])
    refused("it had 4 inputs and has now 3", inputs[:3])
    refused("revert_radius was 15 and is now 3", inputs, "--revert-radius", "3")
    refused("since was not given and is now \"2001-01-01T00:00:00Z\"", inputs, "--since", "2001-01-01")
    refused("memory_bytes was not given and is now 33554432", inputs, "--memory", "32MiB")
    refused("user was \"keep\" and is now \"drop\"", inputs, "--user", "drop")
    refused("access was ", inputs, "--private")
    refused("cannot be used with", inputs, "--overwrite")
    state = inputs[0].stat()
    os.utime(inputs[0], ns=(state.st_atime_ns, state.st_mtime_ns + 5_000_000_000))
    refused("has changed since the job that is to be resumed has read it: it was written at", inputs)
    inputs[0].write_bytes(inputs[0].read_bytes() + b"\n")
    refused("bytes and has now", inputs)
    inputs[0].unlink()
    refused_missing = job(inputs, folder, "--resume")
    assert refused_missing.returncode in (2, 4)
    assert helpers.run("clean", folder).returncode == 0 and not folder.exists()


def test_a_finished_job_of_another_kind(tmp_path):
    sample = helpers.SAMPLES / "slots.xml"
    assert job([sample], tmp_path / "out", "--resume").returncode == 0
    result = job([sample], tmp_path / "out", "--resume", "--revert-radius", "3")
    assert result.returncode == 2 and b"revert_radius was 15 and is now 3" in result.stderr
    result = job([helpers.SAMPLES / "reverts.xml"], tmp_path / "out", "--resume")
    assert result.returncode == 2 and b"input 1 was " in result.stderr
    next((tmp_path / "out" / "pages").iterdir()).unlink()
    result = job([sample], tmp_path / "out", "--resume")
    assert result.returncode == 2 and b"is not there any more" in result.stderr


def test_what_cannot_be_resumed(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter").write_text("mine")
    result = job([helpers.SAMPLES / "slots.xml"], other, "--resume")
    assert result.returncode == 2 and b"no job in it can be resumed" in result.stderr
    assert [path.name for path in other.iterdir()] == ["letter"]
    result = job(["-"], tmp_path / "out", "--resume")
    assert result.returncode == 2 and b"--resume needs files" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_part_that_is_gone_is_made_again(failed, tmp_path):
    inputs, folder, good = failed
    inputs[2].write_bytes(good)
    next((folder / "revisions").glob(".part-00001-*")).write_bytes(b"PAR1")
    result = helpers.run("convert", *inputs, "-o", folder, "--progress", "plain", "--resume")
    assert b"resumed: 1 of 4 inputs" in result.stderr
    assert job(inputs, tmp_path / "whole").returncode == 0
    assert contents(folder) == contents(tmp_path / "whole")


def waiting_job(folder, tmp_path):
    """A job that waits for its input, and the pipe that it waits for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    running = subprocess.Popen([helpers.binary(), "convert", pipe, "-o", folder, "--progress", "off"])
    end = open(pipe, "wb")
    deadline = time.monotonic() + helpers.TIMEOUT
    while not (folder / LOCK).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return running, end


@pytest.mark.parametrize("more", [(), ("--overwrite",), ("--resume",)], ids=str)
def test_two_jobs_at_once(tmp_path, more):
    folder = tmp_path / "out"
    running, end = waiting_job(folder, tmp_path)
    result = job([helpers.SAMPLES / "slots.xml"], folder, *more)
    assert result.returncode == 4 and f"{folder}: another job is writing into it" in result.stderr.decode()
    end.write((helpers.SAMPLES / "slots.xml").read_bytes())
    end.close()
    assert running.wait(helpers.TIMEOUT) == 0
    assert helpers.looks_whole(folder) == [] or helpers.manifest(folder)
    assert not (folder / LOCK).exists()


def test_what_is_written_is_not_cleaned(tmp_path):
    folder = tmp_path / "out"
    running, end = waiting_job(folder, tmp_path)
    result = helpers.run("clean", folder)
    assert result.returncode == 4 and b"another job is writing into it" in result.stderr, result.stderr
    end.write((helpers.SAMPLES / "slots.xml").read_bytes())
    end.close()
    assert running.wait(helpers.TIMEOUT) == 0 and (folder / "manifest.json").exists()


def test_a_full_disk(dumps, whole, tmp_path):
    """No file may be larger than so much: as on a full disk, the journal or a part cannot be written."""
    folder = tmp_path / "out"
    for most_bytes in (1_000, 20_000, 60_000):
        def limit(most_bytes=most_bytes):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        result = subprocess.run(command(dumps, folder, "--resume"), capture_output=True, preexec_fn=limit,
                                timeout=helpers.TIMEOUT)
        assert result.returncode == 4 and b"cannot write" in result.stderr, result.stderr
    assert finished(folder)
    assert run(dumps, folder, "--resume").returncode == 1
    assert contents(folder) == whole[0]


@pytest.fixture(scope="module")
def long_dump(tmp_path_factory):
    """Some hundred pages again and again: a second of work and more."""
    data = helpers.SAMPLES.joinpath("reverts.xml").read_bytes()
    head, _, tail = data.partition(b"  <page>")
    pages = b"  <page>" + tail.rpartition(b"</mediawiki>")[0]
    path = tmp_path_factory.mktemp("long") / "long.xml"
    with open(path, "wb") as file:
        file.write(head)
        for _ in range(3000):
            file.write(pages)
        file.write(b"</mediawiki>\n")
    return path


# Options that leave time to interfere with a job.
SLOWLY = ("--tables", "revisions,diffs")


def test_stopped_by_the_user(long_dump, tmp_path):
    small = helpers.SAMPLES / "slots.xml"
    folder = tmp_path / "out"
    running = subprocess.Popen([helpers.binary(), "convert", small, long_dump, "-o", folder, "--progress", "off", "--threads", "1",
                                *SLOWLY],
                               stderr=subprocess.PIPE)
    deadline = time.monotonic() + helpers.TIMEOUT
    while not finished(folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=helpers.TIMEOUT)[1]
    assert time.monotonic() - began < 2, "it took too long to end"
    assert running.returncode not in (0, 1) and b"1 of 2 inputs are finished and kept" in said, said
    assert not list(folder.rglob("*part-00001-*"))
    assert job([small, long_dump], folder, "--resume", *SLOWLY).returncode == 0
    assert job([small, long_dump], tmp_path / "whole", *SLOWLY).returncode == 0
    assert contents(folder) == contents(tmp_path / "whole")


def stopped_while_it_reads(running, folder):
    """Stops a job that has begun parts and is not done, and tells whether it came in time."""
    deadline = time.monotonic() + helpers.TIMEOUT
    while running.poll() is None and time.monotonic() < deadline:
        running.send_signal(signal.SIGSTOP)
        if list(folder.rglob(".part-*")):
            return True
        running.send_signal(signal.SIGCONT)
        time.sleep(0.005)
    return False


def test_a_file_that_is_written_while_it_is_read(long_dump, tmp_path):
    growing = tmp_path / "growing.xml"
    for attempt in range(20):
        shutil.copy(long_dump, growing)
        folder = tmp_path / f"out-{attempt}"
        running = subprocess.Popen([helpers.binary(), "convert", growing, "-o", folder, "--progress", "off", "--threads", "1",
                                *SLOWLY],
                                   stderr=subprocess.PIPE)
        if stopped_while_it_reads(running, folder):
            break
    with open(growing, "ab") as file:
        file.write(b"\n")
    running.send_signal(signal.SIGCONT)
    said = running.communicate(timeout=helpers.TIMEOUT)[1]
    assert running.returncode == 4 and b"growing.xml: changed while it was read: it had" in said, said
    assert not folder.exists()
