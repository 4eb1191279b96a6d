"""Dumps converted on a real Spark: the rows of one machine, whatever happens to tasks."""
import pytest

import helpers
from clusters import converted_alone, script, submit

JOB = helpers.ROOT / "spark" / "convert_dumps.py"
TABLES = helpers.ALL_TABLES
DUMPS = [helpers.BIG, helpers.SAMPLES / "reverts.xml", helpers.SAMPLES / "containers.xml",
         helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same dumps on one machine, in one piece."""
    return converted_alone(tmp_path_factory.mktemp("alone") / "out", *DUMPS, tables=TABLES)


def convert(master, output, *arguments, program=None, configuration=()):
    """Run the whole job; its exit code, and what it said."""
    words = [*DUMPS, "--output", output, "--split-size", "100KiB", "--mwparquet", program or helpers.binary(),
             *arguments, "--", "--tables", ",".join(TABLES)]
    return submit(master, output.with_suffix(".log"), JOB, *words, configuration=configuration)


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


def test_local(alone, tmp_path):
    """Two tasks at once; one split fails for good, and then the same job does what is left."""
    failing = script(tmp_path / "mwparquet", f"""
case "$*" in
    *'"number": 3,'*) echo 'mwparquet: no space' >&2; exit 4;;
esac
exec {helpers.binary()} "$@"
""")
    output = tmp_path / "out"
    code, told = convert("local[2]", output, program=failing)
    assert code == 1, told
    assert "split 3 failed: mwparquet: no space\nThe same command goes on" in told
    assert not (output / "manifest.json").exists()
    code, told = convert("local[2]", output)
    assert code == 0, told
    assert "splits were done before" in told
    assert_same_job(output, alone)
    code, told = convert("local[1]", output)
    assert code != 0 and "holds a finished job" in told
    assert_same_job(output, alone)
    clean(output)


def test_two_workers_with_attempts_that_hang_and_fail(cluster, alone, tmp_path):
    """The first attempt at a split hangs, and Spark makes another beside it; that at another split is killed when
    it has done its work but not told of it, and is made again."""
    slow = script(tmp_path / "mwparquet", f"""
case "$*" in
    *'"number": 2,'*)
        if mkdir {tmp_path}/hangs 2>/dev/null; then while :; do sleep 1; done; fi
        touch {tmp_path}/overtaken;;
    *'"number": 4,'*)
        if mkdir {tmp_path}/fails 2>/dev/null; then {helpers.binary()} "$@"; kill -9 $$; fi
        touch {tmp_path}/retried;;
esac
exec {helpers.binary()} "$@"
""")
    output = tmp_path / "out"
    speculation = {"": "true", ".interval": "200ms", ".quantile": "0.3", ".multiplier": "1.5", ".minTaskRuntime": "500ms"}
    configuration = {f"spark.speculation{name}": value for name, value in speculation.items()}
    code, told = convert(cluster.master, output, program=slow, configuration=configuration)
    assert code == 0, told
    for mark in ("hangs", "overtaken", "fails", "retried"):
        assert (tmp_path / mark).exists(), f"{mark}: {told}"
    assert_same_job(output, alone)


def test_the_program_goes_along(cluster, alone, tmp_path):
    """Executors run what was sent to them, not what lies where the driver has it."""
    told_of = script(tmp_path / "mwparquet", f"""
case "$*" in *'--split {{'*) echo "$0" >> {tmp_path}/places;; esac
exec {helpers.binary()} "$@"
""")
    output = tmp_path / "out"
    code, told = convert(cluster.master, output, "--ship", program=told_of)
    assert code == 0, told
    assert_same_job(output, alone)
    places = (tmp_path / "places").read_text().split()
    assert places and all(place.startswith(str(cluster.folder)) for place in places), places


def test_an_executor_without_the_program(cluster, tmp_path):
    """The driver has it, and the executors do not: as with a path of the driver's machine."""
    lonely = tmp_path / "mwparquet"
    script(lonely, f'case "$*" in *plan*) {helpers.binary()} "$@"; rm {lonely};; esac\n')
    code, said = convert(cluster.master, tmp_path / "out", program=lonely)
    assert code == 1, said
    told = [line for line in said.splitlines() if line.startswith("convert_dumps: ")]
    assert len(told) == 1 and f"there is no program {lonely}: install it on each machine" in told[0]
