"""Dumps converted on a real Spark: the rows of one machine, whatever happens to tasks and workers."""
import json
import subprocess
import time

import pytest

import helpers
from clusters import ENVIRONMENT, SETTINGS, SPARK, START_SECONDS, Cluster

JOB = helpers.ROOT / "spark" / "convert_dumps.py"
TABLES = helpers.ALL_TABLES
DUMPS = [helpers.BIG, helpers.SAMPLES / "reverts.xml", helpers.SAMPLES / "containers.xml",
         helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same dumps on one machine, in one piece."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    result = helpers.run("convert", *DUMPS, "--output", folder, "--progress", "off", "--tables", ",".join(TABLES))
    assert result.returncode == 0, result.stderr.decode()
    return folder


def command(master, output, *arguments, settings=(), program=None, tables=TABLES):
    """A whole job, by spark-submit."""
    return [SPARK / "bin" / "spark-submit", "--master", master, *SETTINGS, *settings, JOB, *DUMPS,
            "--output", output, "--split-size", "100KiB", "--mwparquet", program or helpers.binary(), *arguments,
            "--", "--tables", ",".join(tables)]


def submit(*arguments, **options):
    """Run it; all that it says as text.  What the driver says comes out of spark-submit's standard output."""
    words = list(map(str, command(*arguments, **options)))
    return subprocess.run(words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=helpers.TIMEOUT)


def assert_same_job(output, alone):
    """All tables, what the manifest says of the inputs, and nothing left over."""
    for name in TABLES:
        assert helpers.table(output, name).equals(helpers.table(alone, name)), name
    found, expected = (helpers.manifest(folder)["inputs"] for folder in (output, alone))
    for entry in found:
        splits = entry.pop("splits")
        assert splits[0]["begin_bytes"] == 0 and splits[-1]["end_bytes"] == entry["bytes"]
    assert found == expected
    assert len(helpers.manifest(output)["tables"]["revisions"]["parts"]) > len(DUMPS)
    hidden = [str(path) for path in output.rglob("*") if path.name.startswith(".")]
    assert hidden == []
    verified = helpers.run("verify", output)
    assert verified.returncode == 0, verified.stdout.decode()


def clean(output):
    """The job's folder goes away as a whole."""
    cleaned = helpers.run("clean", output)
    assert cleaned.returncode == 0, cleaned.stderr.decode()
    assert not output.exists()


def script(path, text):
    """An executable shell script, in the place of the program."""
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)
    return path


def test_local(alone, tmp_path):
    output = tmp_path / "out"
    result = submit("local[2]", output, "--ship")
    assert result.returncode == 0, result.stdout
    assert_same_job(output, alone)
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    for name in ("revisions", "sessions"):
        assert spark.read.parquet(str(output / name)).count() == helpers.table(alone, name).num_rows, name
    spark.stop()
    again = submit("local[1]", output)
    assert again.returncode != 0
    assert "holds a finished job" in again.stderr
    clean(output)


def test_a_job_that_failed_goes_on(alone, tmp_path):
    """One split fails for good; then the same job does what is left."""
    failing = script(tmp_path / "mwparquet", f"""
case "$*" in
    *'"number": 3,'*) echo 'mwparquet: no space' >&2; exit 4;;
esac
exec {helpers.binary()} "$@"
""")
    output = tmp_path / "out"
    result = submit("local[2]", output, program=failing)
    assert result.returncode == 1
    assert "split 3 failed: mwparquet: no space\nThe same command goes on" in result.stdout
    assert not (output / "manifest.json").exists()
    result = submit("local[2]", output)
    assert result.returncode == 0, result.stdout
    assert "splits were done before" in result.stdout
    assert_same_job(output, alone)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


EXECUTORS = ["--executor-memory", "512m"]


def test_two_workers_and_an_attempt_that_hangs(cluster, alone, tmp_path):
    """The first attempt at a split takes so long that Spark makes another beside it."""
    slow = script(tmp_path / "mwparquet", f"""
case "$*" in
    *'"number": 2,'*) mkdir {tmp_path}/first 2>/dev/null && sleep 30; echo >> {tmp_path}/attempts;;
esac
exec {helpers.binary()} "$@"
""")
    output = tmp_path / "out"
    speculation = [f"spark.speculation{setting}" for setting in
                   ("=true", ".interval=200ms", ".quantile=0.3", ".multiplier=1.5", ".minTaskRuntime=500ms")]
    settings = EXECUTORS + [word for setting in speculation for word in ("--conf", setting)]
    result = submit(cluster.master, output, settings=settings, program=slow)
    assert result.returncode == 0, result.stdout
    assert (tmp_path / "first").exists()
    assert (tmp_path / "attempts").exists(), "somebody else has done it"
    assert_same_job(output, alone)


def test_an_executor_without_the_program(cluster, tmp_path):
    """The driver has it, and the executors do not: as with a path of the driver's machine."""
    lonely = tmp_path / "mwparquet"
    script(lonely, f'case "$*" in *plan*) {helpers.binary()} "$@"; rm {lonely};; esac\n')
    result = submit(cluster.master, tmp_path / "out", settings=EXECUTORS, program=lonely)
    assert result.returncode == 1
    told = [line for line in result.stdout.splitlines() if line.startswith("convert_dumps: ")]
    assert len(told) == 1 and f"there is no program {lonely}: install it on each machine" in told[0]


def test_a_worker_killed_in_mid_job(cluster, alone, tmp_path):
    """It dies when it has done some splits, one of which it has not told of, and is at others."""
    marks = tmp_path / "marks"
    marks.mkdir()
    watched = script(tmp_path / "mwparquet", f"""
touch {marks}/begun-$$
{helpers.binary()} "$@"
code=$?
pwd > {marks}/done-$$
sleep 1
exit $code
""")
    output = tmp_path / "out"
    words = list(map(str, command(cluster.master, output, settings=EXECUTORS, program=watched)))
    with open(tmp_path / "log", "wb") as log:
        job = subprocess.Popen(words, env=ENVIRONMENT, stdout=log, stderr=log)
    until = time.monotonic() + START_SECONDS
    victim = cluster.processes[-1]
    at_two = lambda path: str(cluster.folder / "two") in path.read_text()
    while sum(map(at_two, marks.glob("done-*"))) < 2:
        assert job.poll() is None and time.monotonic() < until, (tmp_path / "log").read_text()
        time.sleep(0.05)
    cluster.kill(victim)
    assert job.wait(timeout=helpers.TIMEOUT) == 0, (tmp_path / "log").read_text()
    assert_same_job(output, alone)
    text = (tmp_path / "log").read_text()
    assert "splits were done before" in text, "what was done and not told of is not done again"
    clean(output)
