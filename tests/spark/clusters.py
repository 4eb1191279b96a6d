"""Spark on this machine: how it is started, and a small cluster of it.

Tests that need it are skipped where Spark or Java is missing.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest

import helpers

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
if not shutil.which("java"):
    pytest.skip("there is no Java", allow_module_level=True)

SPARK = pathlib.Path(pyspark.__file__).parent
# Long enough for a machine that has much else to do.
START_SECONDS, JOB_SECONDS = 300, 900
# What Spark leaves when it is killed goes away with the tests.
SCRATCH = tempfile.TemporaryDirectory(prefix="mwparquet-spark-", ignore_cleanup_errors=True)
# Jobs are short: what a JVM gains later costs too much at its start.
QUICK_JAVA = f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir={SCRATCH.name}"
ENVIRONMENT = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
               "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "SPARK_LOCAL_DIRS": SCRATCH.name,
               "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA}
CONFIGURATION = {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.driver.memory": "512m",
                 "spark.driver.extraJavaOptions": QUICK_JAVA, "spark.executor.extraJavaOptions": QUICK_JAVA,
                 "spark.executor.memory": "512m", "spark.sql.shuffle.partitions": "2"}


class Submitted:
    """A job that spark-submit runs."""

    def __init__(self, master, log, job, *arguments, configuration=()):
        settings = {**CONFIGURATION, **dict(configuration)}
        options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        words = [SPARK / "bin" / "spark-submit", "--master", master, *options, job, *arguments]
        self.log = log
        with open(log, "wb") as file:
            self.process = subprocess.Popen(list(map(str, words)), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                            stdout=file, stderr=file, start_new_session=True)

    def text(self):
        """All that it has said.  What the driver says comes out of spark-submit's standard output."""
        return self.log.read_text(errors="replace")

    def wait(self):
        """Its exit code."""
        try:
            return self.process.wait(JOB_SECONDS)
        finally:
            kill(self.process)


def submit(*arguments, **options):
    """Run a job; its exit code, and all that it said."""
    job = Submitted(*arguments, **options)
    return job.wait(), job.text()


def kill(process):
    """A process with those that it has started, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def wait_until(is_so, what, seconds=START_SECONDS):
    """Wait for something; `what` tells of it if it does not come."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, what()
        time.sleep(0.05)


class Cluster:
    """A standalone master with two workers on this machine, on ports that are free.

    Each worker has an address of its own: Spark makes no second attempt at a task on the host of the first.
    """

    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        self.master = None
        self.start("master", "deploy.master.Master", "127.0.0.1", "--port", "0")
        self.master = self.wait_for("master", r"Starting Spark master at (spark://\S+)")
        self.wait_for("master", "(elected leader)")
        self.mend()

    def start(self, name, kind, host, *arguments):
        words = [SPARK / "bin" / "spark-class", f"org.apache.spark.{kind}", "--host", host, "--webui-port", "0", *arguments]
        environment = {**ENVIRONMENT, "SPARK_LOCAL_IP": host, "SPARK_LOCAL_HOSTNAME": host}
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(list(map(str, words)), env=environment, stdin=subprocess.DEVNULL,
                                                    stdout=log, stderr=log, start_new_session=True)

    def wait_for(self, name, pattern):
        """What a process says, sooner or later."""
        said = lambda: (self.folder / f"{name}.log").read_text(errors="replace")
        wait_until(lambda: re.search(pattern, said()), said)
        return re.search(pattern, said())[1]

    def workers(self):
        """Names of the workers that run; each has a folder of its name."""
        return [name for name, process in self.processes.items() if name != "master" and process.poll() is None]

    def mend(self):
        """Two workers, whoever was killed."""
        missing = 2 - len(self.workers())
        numbers = [len(self.processes) + number for number in range(missing)]
        for number in numbers:
            name = f"worker-{number}"
            self.start(name, "deploy.worker.Worker", f"127.0.0.{1 + number}", "--cores", "1", "--memory", "1g",
                       "--work-dir", self.folder / name, self.master)
        for number in numbers:
            self.wait_for(f"worker-{number}", "(Successfully registered)")

    def kill(self, name):
        """A worker with its executors, at once."""
        kill(self.processes[name])

    def end(self):
        for process in self.processes.values():
            kill(process)


def script(path, text):
    """An executable shell script, in the place of the program."""
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)
    return path


def converted_alone(output, *arguments, tables):
    """On one machine, in one piece."""
    result = helpers.run("convert", *arguments, "--output", output, "--progress", "off", "--tables", ",".join(tables))
    assert result.returncode == 0, result.stderr.decode()
    return output
