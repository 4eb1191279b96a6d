"""scripts/bench-python: what it compares and reports. Nothing here asks how fast anything is."""
import subprocess
import sys

import pytest

import helpers

pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")


def bench(*arguments):
    command = [sys.executable, helpers.ROOT / "scripts" / "bench-python", "--binary", helpers.binary(), "--rounds", 1,
               *arguments]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=helpers.TIMEOUT)


def test_scanning_is_compared_with_the_command_line():
    result = bench("--bytes", 500_000)
    assert result.returncode == 0, result.stderr
    names = [line.split("  ")[0] for line in result.stdout.splitlines()]
    assert {"scan_revisions", "convert_revisions", "scanning: our time by the command line's"} <= set(names)
    # mwxml is compared with where it is installed, and named where it is not.
    assert ("iterate_mwxml" in names) != ("mwxml is not installed" in result.stderr)


def test_a_failing_run_ends_it():
    path = helpers.BROKEN / "bad-timestamp.xml"
    result = bench("--input", path)
    assert result.returncode == 1 and result.stderr.startswith("bench-python: ")
    assert bench("--rounds", 0).returncode == 2
