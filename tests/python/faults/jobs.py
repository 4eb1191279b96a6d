"""The job that faults are made to: inputs in all containers, and its result when it is left alone."""
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess

import helpers

SQL = helpers.SAMPLES / "sql"
SLOWER = 20


@dataclasses.dataclass
class Job:
    """Inputs, what is asked of them, and what comes of it."""
    inputs: list
    options: tuple
    result: dict
    code: int

    def command(self, output, *more, threads=2):
        """The command line of the job."""
        return [helpers.binary(), "convert", *map(str, self.inputs), "--output", str(output), "--progress",
                "off", "--threads", str(threads), *self.options, *map(str, more)]

    def run(self, output, *more, env=None, **options):
        """Runs it; `env` adds to the environment."""
        return subprocess.run(self.command(output, *more), capture_output=True,
                              timeout=helpers.TIMEOUT * SLOWER, env={**os.environ, **(env or {})}, **options)

    def is_whole(self, output, is_tidy=True):
        """Whether a folder holds the very result, file by file; if it need not be tidy, what a job has for
        itself (`.mwparquet-…`) may lie there, too."""
        found = contents(output)
        if not is_tidy:
            found = {name: digest for name, digest in found.items() if not name.startswith(".mwparquet-")}
        return found == self.result


def contents(folder):
    """Checksums of all files of a finished job; the manifest without what differs from run to run."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.name == "manifest.json":
            manifest = json.loads(data)
            manifest.pop("run")
            data = json.dumps(manifest).encode()
        files[str(path.relative_to(folder))] = hashlib.sha256(data).hexdigest()
    return files


def make(folder, history=None):
    """A job over inputs of many kinds, damage included, and over a longer history if there is one."""
    sources = [helpers.SAMPLES / "reverts.xml", SQL / "samplewiki-20260101-page.sql.gz", helpers.BIG,
               helpers.BROKEN / "bad-id.xml", helpers.SAMPLES / "containers.xml.xz",
               helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz", SQL / "several-tables.sql.bz2",
               helpers.SAMPLES / "containers.xml.zst", helpers.SAMPLES / "containers.xml.7z",
               helpers.BROKEN / "truncated.xml.bz2"]
    inputs = [shutil.copy2(path, folder / f"{number:02}-{path.name}") for number, path in enumerate(sources)]
    if history is not None:
        inputs.append(history)
    return of(list(map(pathlib.Path, inputs)), folder / "undisturbed", 1)


def of(inputs, output, code, *more):
    """A job over these inputs, run once."""
    options = ("--tables", ",".join(helpers.ALL_TABLES), "--on-damage", "skip", "--row-group-bytes", "64KiB",
               "--part-bytes", "100KiB", "--memory", "64MiB", *more)
    job = Job(inputs, options, {}, code)
    result = job.run(output)
    assert result.returncode == code, result.stderr.decode()
    job.result = contents(output)
    return job
