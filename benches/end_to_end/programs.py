"""Who runs: mwparquet and its peers, their commands, and whether they are right."""
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess

from . import containers, measure
from .inputs import ROOT, SQL

OURS = "mwparquet"
# Python packages with the programs that a researcher writes with them.
PYTHON_PEERS = {name: pathlib.Path(__file__).with_name(f"{name}_to_parquet.py") for name in ("mwxml", "mwsql")}
CONTENT_TABLES = "pages,revisions,content"
# What a program gives: the XML, a number, or a folder of tables.
DECODERS = {
    # program: its words before the file; {n} is the number of threads
    "lbzip2": ["-n{n}", "-dc"],
    "bzip2": ["-dc"],
    "ibzip2": ["-d", "-c", "-P", "{n}"],
    "gzip": ["-dc"],
    "libdeflate-gunzip": ["-c"],
    "rapidgzip": ["-d", "-c", "-P", "{n}"],
    "7z": ["x", "-so", "-mmt{n}"],
    "xz": ["-T{n}", "-dc"],
    "zstd": ["-q", "-dc"],
}
COUNTERS = {"grep": "revisions", "floor-events": "revisions", "floor-less-than": "less_thans"}


@dataclasses.dataclass(frozen=True)
class Run:
    """One command to be measured: a program, one of its works, a dump, threads."""
    program: str
    work: str
    dump: str
    container: str
    threads: int

    @property
    def name(self):
        """The run in a few words."""
        work = f" {self.work}" if self.program == OURS else ""
        return f"{self.program}{work}, {self.file}, {counted(self.threads)}"

    @property
    def file(self):
        """The kind of file."""
        return f"{self.dump} .{self.container}"


def counted(threads):
    """A number of threads in words."""
    return "1 thread" if threads == 1 else f"{threads} threads"


class Programs:
    """The programs that are here, by name, with their versions."""

    def __init__(self, binary, floors, python):
        self.paths = {OURS: str(binary), "7z": containers.seven_zip(), **dict.fromkeys(PYTHON_PEERS, python)}
        for name in ("floor-events", "floor-less-than"):
            self.paths[name] = str(floors / name) if (floors / name).exists() else None
        beside = os.pathsep.join(filter(None, [python and str(pathlib.Path(python).parent), os.environ.get("PATH")]))
        for name in [*DECODERS, "grep"]:
            self.paths.setdefault(name, shutil.which(name, path=beside))
        self.versions, self.missing = {}, {}
        for name in self.paths:
            self.look_for(name)

    def look_for(self, name):
        """Note the version of a program, or that it is missing."""
        if not self.paths[name]:
            how = "cargo build --release --examples" if name.startswith("floor-") else None
            self.missing[name] = "not built: " + how if how else \
                "no --python given" if name in PYTHON_PEERS else "not installed"
        elif name in PYTHON_PEERS:
            self.look_for_package(name)
        elif name.startswith("floor-"):
            self.versions[name] = "of this repository"
        else:
            asked = {"7z": [], "libdeflate-gunzip": ["-V"]}.get(name, ["--version"])
            self.versions[name] = version_of([self.paths[name], *asked])

    def look_for_package(self, name):
        """Note the versions of a Python package and of pyarrow, or that they are missing."""
        asked = (f"import {name}, pyarrow, platform; from importlib.metadata import version; "
                 f"print('Python', platform.python_version() + ', {name}', version('{name}') + ', pyarrow', "
                 "version('pyarrow'))")
        result = said([self.paths[name], "-c", asked])
        if result.startswith("Python"):
            self.versions[name] = result.strip()
        else:
            self.missing[name] = f"not installed there: {(result.splitlines() or ['no answer'])[-1]}"

    def command(self, run, path, output):
        """The words of a run; what makes a folder makes it at `output`."""
        program = self.paths[run.program]
        if run.program == OURS:
            return [program, *our_words(run, output), path]
        if run.program in PYTHON_PEERS:
            return [program, PYTHON_PEERS[run.program], path, output]
        if run.program == "grep":
            return [program, "-c", "<revision>", path]
        words = DECODERS.get(run.program, [])
        return [program, *(word.format(n=run.threads) for word in words), path]


def our_words(run, output):
    """Our command line before the file."""
    if run.work == "cat":
        return ["cat", "--format", "xml", "--threads", run.threads]
    tables = ["--tables", CONTENT_TABLES] if run.work == "content" else []
    return ["convert", "--progress", "off", "--threads", run.threads, *tables, "--output", output]


def makes_folder(run):
    """Whether a run writes tables, not its standard output."""
    return run.program in PYTHON_PEERS or (run.program == OURS and run.work != "cat")


def shown(command):
    """A command for people: no folder of this machine in it."""
    return without_folders(" ".join(map(str, command)))


def without_folders(text):
    """A text with bare names for the paths in it."""
    return re.sub(r"[^\s'\"]*/", "", text)


def wrong(run, command, output, contents):
    """Do a run unmeasured and tell what is wrong with its result, or nothing."""
    try:
        size, sha256, first = measure.output_of(command)
    except (measure.Failed, OSError) as error:
        return without_folders(str(error))
    if run.program == OURS and run.work != "cat":
        return wrong_tables(run, output, contents)
    if run.program in PYTHON_PEERS or run.program in COUNTERS:
        rows = "pages" if run.program == "mwsql" else "revisions"
        expected = getattr(contents, COUNTERS.get(run.program, rows))
        return None if first.split() == [b"%d" % expected] else f"counted {first!r}, not {expected}"
    if (size, sha256) == (contents.xml_bytes, contents.sha256):
        return None
    return f"wrote {size} bytes that are not the {contents.xml_bytes} of the XML"


def wrong_tables(run, folder, contents):
    """What is wrong with the numbers of rows in our tables, or nothing."""
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    expected = {"pages": contents.pages, "revisions": contents.revisions}
    if run.dump == SQL:
        expected = {"sql_page": contents.pages}
    if run.work == "content":
        expected["content"] = contents.texts
    for name, rows in expected.items():
        if tables[name]["rows"] != rows:
            return f"{name} has {tables[name]['rows']} rows, not {rows}"
    return None


def table_bytes(folder, table):
    """The size of a table's files."""
    return sum(path.stat().st_size for path in (folder / table).glob("*.parquet"))


def version_of(command):
    """The first line with a number like 1.2 that a program says of itself."""
    lines = [line.strip() for line in said(command).splitlines()]
    return next((line for line in lines if re.search(r"\d\.\d", line)), "unknown")


def said(command):
    """All that a command says."""
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=60, check=False)
    except OSError as error:
        return str(error)
    return result.stdout.decode(errors="replace")


def commit():
    """The commit of the repository, and whether its files are as committed."""
    head = said(["git", "-C", str(ROOT), "rev-parse", "HEAD"]).strip()
    changed = said(["git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no"]).strip()
    return (head, not changed) if re.fullmatch("[0-9a-f]{40,64}", head) else (None, False)
