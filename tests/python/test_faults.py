"""A few faults of each kind; `scripts/fault-campaign` makes many.  Kills are in test_resume.py."""
import signal

import pytest

import helpers
from faults import damage, ends, jobs, system


def nothing_is_found(tallies):
    for tally in tallies:
        assert tally.trials and tally.findings == [], tally.what


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    return jobs.make(tmp_path_factory.mktemp("job"))


@pytest.mark.parametrize("kind", ["read-error", "read-short", "write-error", "disk-full", "sync-error",
                                  "rename-error", "interrupted", "write-short"])
def test_a_failing_system(job, kind, tmp_path):
    library = system.shim(tmp_path)
    if library is None:
        pytest.skip("there is no C compiler")
    nothing_is_found(system.failing(tmp_path, job, library, 3, [kind]))


def test_stopped_at_any_moment(job, tmp_path):
    nothing_is_found(ends.ended(tmp_path, job, signal.SIGINT, 4))


@pytest.mark.parametrize("name", ["history.xml.bz2", "history.xml"])
def test_a_file_that_shrinks(name, tmp_path):
    import bz2
    source = tmp_path / name
    data = helpers.BIG.read_bytes()
    source.write_bytes(data if name.endswith(".bz2") else bz2.decompress(data))
    nothing_is_found(system.shrinking(tmp_path, source, 4))


@pytest.mark.parametrize("what", ["cut", "bit"])
def test_damage_in_every_container(what, tmp_path):
    xml = (helpers.SAMPLES / "containers.xml").read_bytes()
    nothing_is_found(damage.damaged(tmp_path, xml, 3, what))
