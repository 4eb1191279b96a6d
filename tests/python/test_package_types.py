"""The types that the Python package declares are those that it has, and checkers of types take them."""
import pathlib
import subprocess
import sys

import pytest

import helpers

mwparquet = pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")
pytest.importorskip("mypy", reason="mypy is not installed")

PACKAGE = pathlib.Path(mwparquet.__file__).parent
# The package needs neither; where they are not installed nothing is known of them.
CONFIGURATION = """\
[mypy]
strict = True
[mypy-pyspark.*,pyarrow.*]
ignore_missing_imports = True
[mypy-mwparquet.spark.*]
disallow_subclassing_any = False
disallow_untyped_calls = False
"""
PROGRAM = """\
import datetime

import mwparquet

dump = mwparquet.Dump.from_file("dump.xml", namespaces=[0])
when: datetime.datetime | None = None
texts: list[str] = []
for page in dump.pages:
    for revision in page:
        when = revision.timestamp
        texts.append(revision.slots["main"].text or "")
numbers: list[int] = list(mwparquet.map(lambda dump, path: [len(path)], ["dump.xml"]))
wrong: int = page.title
"""


def checked(module, *arguments, folder):
    (folder / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
    return subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, cwd=folder,
                          timeout=helpers.TIMEOUT)


def test_stubs_are_those_of_the_module(tmp_path):
    assert (PACKAGE / "py.typed").exists()
    result = checked("mypy.stubtest", "mwparquet", "--mypy-config-file", "mypy.ini", "--ignore-missing-stub",
                     "--ignore-disjoint-bases", "--concise", folder=tmp_path)
    # The half for Spark has no stubs, and cannot be imported where PySpark is not.
    lines = [line for line in result.stdout.splitlines() if not line.startswith("mwparquet.spark")]
    assert not lines and not result.stderr, result.stdout + result.stderr


def test_the_package_keeps_to_its_types(tmp_path):
    result = checked("mypy", "-p", "mwparquet", "--config-file", "mypy.ini", folder=tmp_path)
    assert result.returncode == 0, result.stdout


def test_programs_are_checked_against_them(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    result = checked("mypy", "program.py", "--config-file", "mypy.ini", folder=tmp_path)
    [error, _] = result.stdout.splitlines()
    assert error.startswith('program.py:13: error: Incompatible types in assignment (expression has type "str | None"')
