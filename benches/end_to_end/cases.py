"""What is compared with what, and how fast we want to be."""
import dataclasses
import fnmatch

from .containers import CONTAINERS
from .inputs import SQL
from .programs import OURS, Run, counted

WORKS = ("cat", "convert", "content")
# Programs that read a container, for all cores and for one thread; the first is the one named.
PEERS = {
    "xml": (["floor-less-than"], ["floor-less-than", "floor-events", "grep", "mwxml"]),
    "bz2": (["lbzip2", "ibzip2"], ["lbzip2", "bzip2"]),
    "gz": (["gzip", "libdeflate-gunzip", "rapidgzip"], ["gzip", "libdeflate-gunzip"]),
    "7z": (["7z"], ["7z"]),
    "xz": (["xz"], ["xz"]),
    "zst": (["zstd"], ["zstd"]),
}
# Those that read the SQL dump of a table.
SQL_PEERS = ["gzip", "mwsql"]
# By case: a peer, and how many times as fast as it we want to be. For two cores.
TARGETS = {
    "cat-bz2": ("lbzip2", 4.5),
    "cat-bz2-articles": ("lbzip2", 2.5),
    "cat-bz2-1": ("lbzip2", 5.0),
    "convert-bz2": ("lbzip2", 4.0),
    "content-bz2": ("lbzip2", 3.0),
    "content-xml-1": ("mwxml", 12.0),
    "convert-xml-1": ("floor-less-than", 0.4),
    "convert-gz-stub": ("gzip", 1.5),
    "convert-7z": ("7z", 0.8),
    "convert-gz-sql": ("mwsql", 30.0),
}
TARGET_CORES = 2
# Bytes of the content table's files by those of the .bz2, and of the largest process of ours.
SIZE_CASE, SIZE_LIMIT = "size-content", 0.5
PEAK_LIMIT_BYTES = 512 << 20
EXPLAINED = {
    "cat": "cat --format xml",
    "convert": "convert, default tables",
    "content": "convert, pages, revisions and content",
    SIZE_CASE: "content's Parquet by the .bz2, in bytes",
}


@dataclasses.dataclass(frozen=True)
class Case:
    """Our run and those that it is compared with. One thread is told in CPU seconds on one core, more
    in wall seconds."""
    name: str
    ours: Run
    peers: tuple
    target: tuple | None

    @property
    def measure(self):
        """The field of a sample that counts."""
        return "cpu_seconds" if self.ours.threads == 1 else "wall_seconds"


def all_cases(cores):
    """All cases on so many cores."""
    dumps = [("history", container) for container in CONTAINERS] + [("articles", "bz2"), ("stub", "gz"), (SQL, "gz")]
    cases = [case(work, dump, container, threads)
             for dump, container in dumps for threads in sorted({cores, 1}, reverse=True) for work in WORKS
             if (work, dump) != ("content", "stub") and (work == "convert" or dump != SQL)]
    size_run = Run(OURS, "content", "history", "bz2", cores)
    return [*cases, Case(SIZE_CASE, size_run, (), None)]


def case(work, dump, container, threads):
    """One of our works on a file, beside all who can read it."""
    name = "-".join([work, container] + [dump] * (dump != "history") + ["1"] * (threads == 1))
    found = SQL_PEERS if dump == SQL else PEERS[container][threads == 1]
    peers = [peer for peer in found if peer != "mwxml" or work == "content"]
    runs = tuple(Run(peer, "", dump, container, threads) for peer in peers)
    return Case(name, Run(OURS, work, dump, container, threads), runs, TARGETS.get(name))


def chosen(cases, patterns, with_targets):
    """The cases whose names match a pattern, and the patterns that match none."""
    idle = [pattern for pattern in patterns if not any(fnmatch.fnmatch(case.name, pattern) for case in cases)]
    cases = [case for case in cases
             if not patterns or any(fnmatch.fnmatch(case.name, pattern) for pattern in patterns)]
    if with_targets:
        cases = [case for case in cases if case.target or case.name == SIZE_CASE]
    return cases, idle


def runs_of(cases):
    """Each run once, those on one file beside each other, ours first."""
    runs = dict.fromkeys(run for case in cases for run in (case.ours, *case.peers))
    dumps = ("history", "articles", "stub", SQL)
    return sorted(runs, key=lambda run: (dumps.index(run.dump), CONTAINERS.index(run.container), -run.threads,
                                         run.program != OURS))


def target_text(case):
    """The target in words."""
    if case.name == SIZE_CASE:
        return f"at most {SIZE_LIMIT}"
    return f"{case.target[1]} x as fast as {case.target[0]}" if case.target else ""


def explained(case):
    """What a case is."""
    if case.name == SIZE_CASE:
        return EXPLAINED[SIZE_CASE]
    return f"{EXPLAINED[case.ours.work]}, {case.ours.file}, {counted(case.ours.threads)}"
