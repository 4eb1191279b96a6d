"""A finished job that is brought up to date: what has not changed is kept, and nothing looks whole that is not.

The judge is a job that reads all of the inputs anew: its files byte for byte, and its manifest but for `run`.
`MWPARQUET_KILLS=200` kills more often.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

import helpers
from test_resume import JOURNAL, contents, killed_after

KILLS = int(os.environ.get("MWPARQUET_KILLS", "20"))
SQL = helpers.SAMPLES / "sql"
# Tables of all kinds but those that are made of all inputs at once.
TABLES = [name for name in helpers.ALL_TABLES if name != "sessions"]
SOURCES = ["reverts.xml", "sql/samplewiki-20260101-page.sql.gz", "containers.xml.xz", helpers.BIG.name,
           "samplewiki-20260101-pages-logging.xml.gz", "sql/several-tables.sql.bz2", "contributors.xml",
           "broken/bad-id.xml", "containers.xml.7z", "samplewiki-20190315-schema-0.10.xml", "slots.xml"]


def make_inputs(folder):
    folder.mkdir()
    sources = [helpers.SAMPLES / name for name in SOURCES]
    return [shutil.copy2(path, folder / f"{number:02}-{path.name}") for number, path in enumerate(sources)]


def command(inputs, output, *more, threads=2):
    return [helpers.binary(), "convert", *map(str, inputs), "--output", str(output), "--progress", "plain",
            "--tables", ",".join(TABLES), "--on-damage", "skip", "--threads", str(threads),
            "--row-group-bytes", "64KiB", "--part-bytes", "100KiB", "--memory", "64MiB", *map(str, more)]


def job(inputs, output, *more, code=(0, 1), **options):
    result = subprocess.run(command(inputs, output, *more, **options), capture_output=True, timeout=helpers.TIMEOUT)
    assert result.returncode in (code if isinstance(code, tuple) else (code,)), result.stderr.decode()
    return result.stderr.decode()


def update(inputs, output, *more, **options):
    return job(inputs, output, "--skip-unchanged", *more, **options)


def files_of(folder):
    """All files, by name, as they are now."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_whole(folder):
    """Whether the folder says that it is finished; then it has to be."""
    if not (folder / "manifest.json").exists():
        return False
    result = helpers.run("verify", "--json", folder)
    assert result.returncode == 0, result.stdout.decode() + result.stderr.decode()
    assert json.loads(result.stdout)["strangers"] == []
    return True


@pytest.fixture
def inputs(tmp_path):
    return make_inputs(tmp_path / "dumps")


@pytest.fixture
def anew(tmp_path):
    """What a job gives that reads all inputs."""
    def run(inputs, *more):
        folder = tmp_path / "anew"
        shutil.rmtree(folder, ignore_errors=True)
        job(inputs, folder, *more)
        return contents(folder)
    return run


def test_the_next_month(inputs, tmp_path, anew):
    out = tmp_path / "out"
    assert "kept: " not in update(inputs[:8], out)
    inodes = {path.stat().st_ino for path in out.rglob("part-0*-*.parquet")}
    said = update(inputs, out)
    assert f"kept: 8 of {len(inputs)} inputs were finished before" in said
    assert contents(out) == anew(inputs)
    assert inodes <= {path.stat().st_ino for path in out.rglob("*.parquet")}, "parts were written again"
    assert helpers.manifest(out)["run"]["kept_inputs"] == 8
    before = files_of(out)
    assert "nothing to do" in update(inputs, out)
    assert files_of(out) == before


def test_in_between_and_in_another_order(inputs, tmp_path, anew):
    out = tmp_path / "out"
    job(inputs[1::2], out)
    assert "kept: 5 of 11" in update(inputs, out)
    assert contents(out) == anew(inputs)
    backwards = inputs[::-1]
    assert "kept: 11 of 11" in update(backwards, out)
    assert contents(out) == anew(backwards)


def test_what_has_changed_is_read_again(inputs, tmp_path, anew):
    out = tmp_path / "out"
    job(inputs, out)
    # Another content of another size, another content of the same size, and another time alone.
    inputs[0].write_bytes((helpers.SAMPLES / "slots.xml").read_bytes())
    inputs[6].write_bytes(inputs[6].read_bytes().replace(b"<minor", b"<major"))
    state = inputs[10].stat()
    os.utime(inputs[10], ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    said = subprocess.run(command(inputs, out, "--skip-unchanged", "--dry-run"), capture_output=True).stdout.decode()
    assert [line.split()[0] for line in said.splitlines()[:11]] == [
        "read", *["keep"] * 5, "read", *["keep"] * 3, "read"]
    assert "kept: 8 of 11" in update(inputs, out)
    assert contents(out) == anew(inputs)


def test_a_file_that_is_fetched_again_is_known_by_its_checksum(inputs, tmp_path, anew):
    out = tmp_path / "out"
    (tmp_path / "dumps" / "sha1sums.txt").write_text("".join(
        subprocess.run(["sha1sum", path.name], cwd=path.parent, capture_output=True, text=True).stdout
        for path in inputs))
    job(inputs[:3], out, "--verify", "checksums")
    for path in inputs[:3]:
        os.utime(path)
    assert "kept: 3 of 11" in update(inputs, out, "--verify", "checksums")
    assert contents(out) == anew(inputs, "--verify", "checksums")
    os.utime(inputs[3])
    data = bytearray(inputs[3].read_bytes())
    data[-1] ^= 1
    inputs[3].write_bytes(data)
    assert "kept: 10 of 11" in update(inputs, out, "--verify", "checksums")


def test_what_is_named_no_more(inputs, tmp_path, anew):
    out = tmp_path / "out"
    job(inputs[:9], out)
    before = files_of(out)
    rest = inputs[2:8] + inputs[9:]
    said = update(rest, out, code=2)
    assert f"{inputs[0]} and 2 more inputs are in the job in {out}, and not named any more" in said
    assert "--drop-removed" in said and files_of(out) == before
    assert "kept: 6 of 8" in update(rest, out, "--drop-removed")
    assert contents(out) == anew(rest)


def test_other_options_are_refused(inputs, tmp_path):
    out = tmp_path / "out"
    job(inputs[:5], out)
    before = files_of(out)

    def refused(said, *more, code=2):
        told = update(inputs, out, *more, code=code)
        assert said in told and files_of(out) == before, told

    refused("revert_radius was 15 and is now 3", "--revert-radius", "3")
    refused("since was not given", "--since", "2001-01-01")
    refused("ip was \"keep\" and is now \"drop\"", "--ip", "drop")
    refused("the table pages had the columns ", "--columns", "pages=page_id")
    refused("the table sessions is made of all inputs", "--tables", "sessions")
    refused("was not written with --private", "--private")
    refused("max_title_bytes was not given", "--max-title-bytes", "1KiB")
    refused("cannot be used with", "--resume")
    refused("cannot be used with", "--overwrite")
    told = update([*inputs[:5], "-"], out, code=2)
    assert "--skip-unchanged needs files" in told and files_of(out) == before
    (out / "manifest.json").write_text("{}")
    assert "that mwparquet did not write" in update(inputs, out, code=2)


def test_a_part_that_is_not_whole_is_made_again(inputs, tmp_path, anew):
    out = tmp_path / "out"
    job(inputs[:8], out)
    next((out / "revisions").glob("part-00000-*")).write_bytes(b"PAR1")
    next((out / "sql_page").glob("part-00001-*")).unlink()
    assert "kept: 6 of 11" in update(inputs, out)
    assert contents(out) == anew(inputs)


def failing(inputs, out, *more):
    """A job of ours that ends at a cut input, and what it says."""
    arguments = [word if word != "skip" else "fail" for word in command(inputs, out, *more, threads=1)]
    result = subprocess.run(arguments, capture_output=True, timeout=helpers.TIMEOUT)
    return result.returncode, result.stderr.decode()


@pytest.fixture
def failed(tmp_path):
    """A finished job of four inputs, and an update of it whose fifth and last of seven inputs is cut."""
    folder = tmp_path / "dumps"
    inputs = [path for path in make_inputs(folder) if "bad-id" not in path.name][:7]
    out = tmp_path / "out"
    code, said = failing(inputs[:4], out)
    assert code == 0, said
    before = files_of(out)
    good = inputs[5].read_bytes()
    inputs[5].write_bytes(good[:-300])
    code, said = failing(inputs, out, "--skip-unchanged")
    assert code == 3, said
    assert "the finished job in" in said and "is as it was; 5 of 7 inputs need not be read again" in said
    return inputs, out, good, before


def finished_part(files):
    return {name: data for name, data in files.items() if not name.endswith(".tmp")}


def test_a_failure_leaves_the_finished_job(failed, tmp_path):
    inputs, out, good, before = failed
    assert finished_part(files_of(out)) == before and is_whole(out)
    (told,) = [json.loads(line) for line in helpers.run("list", "--json", out).stdout.splitlines()]
    assert told["is_finished"] and told["unfinished"]["inputs"] == 7 and told["unfinished"]["finished_inputs"] == 5
    assert b"being brought up to date: 5 of 7 inputs are finished" in helpers.run("list", out).stdout
    kept = {path.stat().st_ino for path in out.rglob(".part-00004-*")}
    assert kept
    inputs[5].write_bytes(good)
    code, said = failing(inputs, out, "--skip-unchanged")
    assert code == 0 and "kept: 5 of 7" in said, said
    assert kept <= {path.stat().st_ino for path in out.rglob("part-00004-*")}
    code, _ = failing(inputs, tmp_path / "anew")
    assert code == 0 and contents(out) == contents(tmp_path / "anew")


def test_the_finished_job_can_be_gone_back_to(failed):
    inputs, out, _, before = failed
    code, said = failing(inputs[:4], out, "--resume")
    assert code == 0 and "nothing to do" in said and files_of(out) == before


def test_another_update_begins_again(failed, tmp_path):
    inputs, out, _, _ = failed
    others = inputs[:5] + inputs[6:]
    code, said = failing(others, out, "--skip-unchanged")
    assert code == 0 and "kept: 4 of 6" in said, said
    code, _ = failing(others, tmp_path / "anew")
    assert code == 0 and contents(out) == contents(tmp_path / "anew")


def test_an_update_that_fails_at_its_first_input_leaves_nothing(tmp_path):
    inputs = make_inputs(tmp_path / "dumps")[:2]
    out = tmp_path / "out"
    job(inputs, out)
    before = files_of(out)
    broken = tmp_path / "dumps" / "broken.xml"
    broken.write_bytes((helpers.SAMPLES / "slots.xml").read_bytes()[:-200])
    code, said = failing([*inputs, broken], out, "--skip-unchanged")
    assert code == 2 and "on_damage was" in said
    arguments = [word for word in command([*inputs, tmp_path / "missing.xml"], out, "--skip-unchanged")]
    result = subprocess.run(arguments, capture_output=True)
    assert result.returncode in (2, 4), result.stderr
    assert files_of(out) == before
    assert helpers.run("clean", out).returncode == 0 and not out.exists()


@pytest.mark.parametrize("moved", [0, 1, 2, 5, 1000])
@pytest.mark.parametrize("how", ["--skip-unchanged", "--resume"])
def test_ended_while_names_are_given(failed, moved, how, tmp_path):
    """The moment in which the manifest has gone and parts change their names, however far that is."""
    inputs, out, good, _ = failed
    inputs[5].write_bytes(good)
    lines = (out / JOURNAL).read_text().splitlines()
    (out / "manifest.json").unlink()
    names = [(out / table / part["earlier"], out / table / f".{part['name']}.tmp")
             for line in map(json.loads, lines[1:]) for table, parts in line["parts"].items()
             for part in parts if "earlier" in part]
    assert len(names) > 5
    for earlier, now in names[:moved]:
        earlier.rename(now)
    assert b"not finished, 5 of 7 inputs are finished" in helpers.run("list", out).stdout
    code, said = failing(inputs, out, how)
    assert code == 0 and "5 of 7 inputs were finished before" in said, said
    code, _ = failing(inputs, tmp_path / "anew")
    assert code == 0 and contents(out) == contents(tmp_path / "anew")


def test_ended_while_numbers_change(tmp_path):
    """The same where the new names are those that other parts still have."""
    inputs = [path for path in make_inputs(tmp_path / "dumps") if "bad-id" not in path.name][:6]
    out = tmp_path / "out"
    code, said = failing(inputs[1:5], out)
    assert code == 0, said
    good = inputs[5].read_bytes()
    inputs[5].write_bytes(good[:-300])
    assert failing(inputs, out, "--skip-unchanged")[0] == 3
    inputs[5].write_bytes(good)
    lines = (out / JOURNAL).read_text().splitlines()
    (out / "manifest.json").unlink()
    names = [(out / table / part["earlier"], out / table / f".{part['name']}.tmp")
             for line in map(json.loads, lines[1:]) for table, parts in line["parts"].items()
             for part in parts if "earlier" in part]
    assert {earlier.name for earlier, _ in names} & {now.name[1:-4] for _, now in names}
    for earlier, now in names[::2]:
        earlier.rename(now)
    code, said = failing(inputs, out, "--skip-unchanged")
    assert code == 0 and "5 of 6 inputs were finished before" in said, said
    code, _ = failing(inputs, tmp_path / "anew")
    assert code == 0 and contents(out) == contents(tmp_path / "anew")


def test_killed_at_any_moment(inputs, tmp_path, anew):
    """At each moment the folder holds the finished job as it was, or is not finished, or is up to date."""
    old = tmp_path / "old"
    job(inputs[1::2], old)
    before = files_of(old)
    out = tmp_path / "out"
    shutil.copytree(old, out)
    began = time.monotonic()
    update(inputs, out)
    seconds = time.monotonic() - began
    wanted = anew(inputs)
    assert contents(out) == wanted
    chance = random.Random(20260201)
    kills = 0
    while kills < KILLS:
        shutil.rmtree(out)
        shutil.copytree(old, out)
        for _ in range(chance.randint(1, 4)):
            running = subprocess.Popen(command(inputs, out, "--skip-unchanged", threads=chance.randint(1, 2)),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            code = killed_after(running, chance.uniform(0, seconds * 1.2))
            assert code in (-signal.SIGKILL, 1), code
            kills += code == -signal.SIGKILL
            if is_whole(out):
                now = files_of(out)
                assert finished_part(now) == before or contents_but_temporaries(out) == wanted
        update(inputs, out)
        assert contents(out) == wanted and is_whole(out)


def contents_but_temporaries(folder):
    """A finished job that could not remove its journal any more."""
    files, manifest = contents(folder)
    return finished_part(files), manifest


def test_unfinished_jobs_are_listed(tmp_path):
    inputs = make_inputs(tmp_path / "dumps")[:3]
    inputs[2].write_bytes(inputs[2].read_bytes()[:-20])
    out = tmp_path / "out"
    assert failing(inputs, out)[0] == 3
    assert b"not finished, 2 of 3 inputs are finished (" in helpers.run("list", tmp_path).stdout
    (told,) = [json.loads(line) for line in helpers.run("list", "--json", out).stdout.splitlines()]
    parts = [path for path in out.rglob("*") if path.name.startswith(".part-")]
    assert told == {"folder": str(out), "is_finished": False, "unfinished": {
        "inputs": 3, "finished_inputs": 2, "bytes": sum(path.stat().st_size for path in parts)}}
    (out / JOURNAL).unlink()
    assert b"not finished, without a journal" in helpers.run("list", out).stdout
