"""Ctrl-C ends whatever the Python package reads, and who reads through another library gets it, too."""
import os
import signal
import subprocess
import sys
import time

import pytest

import helpers

pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")

READING = """
import signal, sys
import duckdb, mwparquet, pandas, polars, pyarrow

work, path = sys.argv[1:]
scan = mwparquet.scan(path)

class Late(Exception):
    pass

def late(*_):
    raise Late

def table(): pyarrow.table(scan)
def reader(): pyarrow.RecordBatchReader.from_stream(scan).read_all()
def batches_of_pyarrow(): list(pyarrow.RecordBatchReader.from_stream(scan))
def through_other_calls(): list(map(lambda one: [pyarrow.table(one)], [scan]))
def frame_of_polars(): polars.DataFrame(scan)
def frame_of_pandas(): pandas.DataFrame.from_arrow(scan)
def duckdb_rows(): duckdb.sql("SELECT count(user_text) FROM scan").fetchall()
def batches(): list(scan)
def pages(): [revision for page in mwparquet.pages(path) for revision in page]
def count(): mwparquet.count(path, by="user")
def own_handler():
    signal.signal(signal.SIGINT, late)
    pyarrow.table(scan)
def traced():
    sys.settrace(lambda *_: None)
    try:
        pyarrow.table(scan)
    finally:
        # By now it has come.
        sys.settrace(None)

print("begins", flush=True)
try:
    while True:
        globals()[work]()
except BaseException as error:
    print(type(error).__name__, error)
print("report", scan.report, "tracer", sys.gettrace())
"""
ENDED = "KeyboardInterrupt \nreport None tracer None\n"


def reading(work, path):
    process = subprocess.Popen([sys.executable, "-c", READING, work, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begins\n"
    return process


def interrupted(process):
    """What a process says to a signal."""
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=helpers.TIMEOUT)
    assert process.returncode == 0
    return out


@pytest.fixture
def silent(tmp_path):
    """Has a work read a pipe, which holds the beginning of a dump and falls silent; signals then."""
    path = tmp_path / "pipe.xml"
    os.mkfifo(path)

    def told(work):
        with reading(work, path) as process, open(path, "wb", buffering=0) as pipe:
            # Opened by both, so the reading has begun.
            pipe.write((helpers.SAMPLES / "containers.xml").read_bytes()[:2000])
            return interrupted(process)

    return told


@pytest.mark.parametrize("work", ["table", "reader", "batches_of_pyarrow", "through_other_calls", "frame_of_polars",
                                  "frame_of_pandas", "batches", "pages", "count"])
def test_who_waits_for_rows(work, silent):
    assert silent(work) == ENDED


def test_what_a_handler_raises_is_what_comes(silent):
    assert silent("own_handler") == "Late \nreport None tracer None\n"


def test_under_a_tracer(silent):
    # As of a debugger, in whose place nothing is put.
    assert silent("traced").startswith("KeyboardInterrupt \n")


@pytest.mark.parametrize("work", ["table", "batches", "pages", "count"])
def test_who_has_much_to_read(work, long_dump):
    with reading(work, long_dump) as process:
        time.sleep(0.3)
        assert interrupted(process).startswith("KeyboardInterrupt \n")


def test_duckdb(long_dump):
    # It has an exception of its own, unless the signal comes between queries or while it takes a batch.
    with reading("duckdb_rows", long_dump) as process:
        time.sleep(0.3)
        said = interrupted(process)
    assert said.startswith(("KeyboardInterrupt \n", "RuntimeError Query interrupted\n")), said
