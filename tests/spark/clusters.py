"""Spark on this machine: how it is started, and a small cluster of it."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pyspark

SPARK = pathlib.Path(pyspark.__file__).parent
ENVIRONMENT = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
               "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
SETTINGS = ["--conf", "spark.ui.enabled=false", "--conf", "spark.log.level=ERROR", "--driver-memory", "512m"]
START_SECONDS = 240


class Cluster:
    """A standalone master with two workers on this machine."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.master = f"spark://127.0.0.1:{self.port}"
        self.processes = []
        self.start("master", "deploy.master.Master", "--host", "127.0.0.1", "--port", self.port,
                   "--webui-port", "0")
        self.wait_for("master", "I have been elected leader")
        for name in ("one", "two"):
            self.start(name, "deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1",
                       "--memory", "1g", "--work-dir", folder / name, self.master)
        for name in ("one", "two"):
            self.wait_for(name, "Successfully registered")

    def start(self, name, kind, *arguments):
        words = [SPARK / "bin" / "spark-class", f"org.apache.spark.{kind}", *arguments]
        with open(self.folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(list(map(str, words)), env={**ENVIRONMENT, "SPARK_WORKER_NAME": name},
                                       stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)

    def wait_for(self, name, text):
        until = time.monotonic() + START_SECONDS
        while text not in (self.folder / f"{name}.log").read_text(errors="replace"):
            assert time.monotonic() < until, (self.folder / f"{name}.log").read_text(errors="replace")
            time.sleep(0.1)

    def kill(self, process):
        """A process with its executors, at once."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def end(self):
        for process in self.processes:
            self.kill(process)
