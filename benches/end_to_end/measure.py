"""One run of a command on chosen cores: wall time, CPU time, peak memory."""
import contextlib
import dataclasses
import hashlib
import mmap
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

PIECE_BYTES = 4 << 20
MEMORY_BYTES = 512 << 20
TIME_PROGRAM = "/usr/bin/time"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# In /proc/stat: user, nice, system, hardware and software interrupts, stolen.
BUSY_FIELDS = (1, 2, 3, 6, 7, 8)


class Failed(Exception):
    """A command ended with another code than 0."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """What one run took. `others_seconds` is the time that other processes had of its cores, known to a
    hundredth of a second a core; so it can be less than nothing."""
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    others_seconds: float | None


class Stopwatch:
    """Runs commands and measures them.

    The peak that the system tells of a child begins with the size of the process it was forked from.
    So GNU time stands between where there is one: it is small. Without it, peaks below this
    program's own are not seen.
    """

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
        self.peak_file = self.folder / "peak"
        self.wrapper = [TIME_PROGRAM, "-f", "%M", "-o", str(self.peak_file)]
        try:
            self.run(["true"], os.devnull, None)
        except (OSError, Failed, ValueError, IndexError):
            self.wrapper = []

    def close(self):
        """Take away the folder of notes."""
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()

    def smallest_peak_bytes(self):
        """Peaks below this cannot be told apart."""
        return self.run(["true"], os.devnull, None).peak_bytes

    def run(self, command, output, cores):
        """Run a command to its end with its output in a file, and measure it."""
        complaints = self.folder / "stderr"
        files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                 (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
                 (os.POSIX_SPAWN_OPEN, 2, str(complaints), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
        words = [*self.wrapper, *map(str, command)]
        with on_cores(cores):
            busy_before = busy_seconds(cores)
            begin = time.perf_counter()
            child = os.posix_spawnp(words[0], words, os.environ, file_actions=files, setpgroup=0)
            status, usage = waited_for(child)
            wall = time.perf_counter() - begin
            busy_after = busy_seconds(cores)
        if code := os.waitstatus_to_exitcode(status):
            raise Failed(f"ended with {code}: {complaints.read_text(errors='replace').strip()[-500:]}")
        cpu = usage.ru_utime + usage.ru_stime
        others = None if busy_before is None else busy_after - busy_before - cpu
        return Sample(wall, cpu, self.peak_bytes(usage), others)

    def peak_bytes(self, usage):
        """The peak of the largest process of the last run."""
        if self.wrapper:
            return int(self.peak_file.read_text().split()[-1]) * 1024
        return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def waited_for(child):
    """How a child ended and what it took. It and its own children end if this program is stopped."""
    try:
        _, status, usage = os.wait4(child, 0)
    except BaseException:
        os.killpg(child, signal.SIGKILL)
        raise
    return status, usage


def output_of(command):
    """Run a command unmeasured: its output's size, SHA-256 and first bytes."""
    digest, size, first = hashlib.sha256(), 0, b""
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # What is said on standard error is short, and its pipe has room for it.
        while piece := process.stdout.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            first = first or piece[:100]
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise Failed(f"ended with {process.returncode}: {said[-500:]}")
    return size, digest.hexdigest(), first


@contextlib.contextmanager
def on_cores(cores):
    """Bind this process, and with it its children, to some cores."""
    if not cores or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def busy_seconds(cores):
    """How long the cores have been at work since the system began, or None where it does not tell."""
    if not cores:
        return None
    names = {f"cpu{core}" for core in cores}
    try:
        with open("/proc/stat", encoding="ascii") as file:
            lines = [line.split() for line in file if line.split(" ")[0] in names]
    except OSError:
        return None
    return sum(int(line[field]) for line in lines for field in BUSY_FIELDS) / TICKS_A_SECOND


def warm(path):
    """Have at hand what a run is to read and the memory that it is to use."""
    warm_memory()
    with open(path, "rb", buffering=0) as file:
        while file.read(PIECE_BYTES):
            pass


def warm_memory():
    """Touch as much memory as any run may have. A virtual machine has to ask for memory that nobody used of
    late, which is no program's doing and takes many times what clearing it does."""
    with mmap.mmap(-1, MEMORY_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        if hasattr(mmap, "MADV_HUGEPAGE"):
            memory.madvise(mmap.MADV_HUGEPAGE)
        memory[::mmap.PAGESIZE] = bytes(MEMORY_BYTES // mmap.PAGESIZE)
