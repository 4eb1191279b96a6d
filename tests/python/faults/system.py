"""A system that fails: reading, writing, syncing, renaming, full disks, files that shrink."""
import pathlib
import random
import shutil
import signal
import subprocess
import time

from .jobs import of
from .tally import Tally

SHIM = pathlib.Path(__file__).with_name("shim.c")
HERE = 4  # exit code of a failing system
NOTHING_FAILS = ("read-short", "interrupted", "write-short", "write-slow")


def shim(folder):
    """The library that makes the system fail; none where there is no C compiler."""
    compiler = shutil.which("cc")
    library = folder / "shim.so"
    if compiler is None:
        return None
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    return library


def failing(folder, job, library, trials, kinds=None):
    """Faults of the system at random places of random files; then the job goes on without them."""
    chance = random.Random(4)
    # Plain files are mapped: nothing of them is read by calls that could fail.
    read = [path for path in job.inputs if path.suffix != ".xml"]
    tallies = []
    for kind in kinds or ("read-error", "write-error", "disk-full", "sync-error", "rename-error", *NOTHING_FAILS):
        tally = Tally(f"`{kind}`")
        for trial in range(trials):
            output = folder / f"{kind}-{trial}"
            reads = kind.startswith("read") or (kind == "interrupted" and trial % 2)
            path = chance.choice(read) if reads else output
            at = chance.randrange(path.stat().st_size) if reads else chance.choice([0, 1, 4, 900, 7000, 60_000])
            at = trial % 40 if kind == "rename-error" else at
            env = {"LD_PRELOAD": library, "FAULT": kind, "FAULT_PATH": path, "FAULT_AT": at}
            env = {name: str(value) for name, value in env.items()}
            told = f"{kind} at {at} of {path.name}"
            result = job.run(output, env=env)
            if kind in NOTHING_FAILS or result.returncode == job.code:
                # Behind the last byte, or the last of so many calls, nothing fails.
                tally.ended_well(result, told, {job.code})
                tally.expect(result.returncode != job.code or job.is_whole(output), f"{told}: another result")
                tally.trial("the same result")
            else:
                tally.ended_well(result, told, {HERE})
                tally.expect(not (output / "manifest.json").exists(), f"{told}: looks whole")
                again = job.run(output, "--resume")
                tally.ended_well(again, f"{told}, resumed", {job.code})
                tally.expect(job.is_whole(output), f"{told}: another result when resumed")
                tally.trial("error, then resumed to the same result")
            shutil.rmtree(output, ignore_errors=True)
        tallies.append(tally)
    return tallies


def shrinking(folder, source, trials):
    """Files that are cut while they are read."""
    chance = random.Random(6)
    tally = Tally("input shrinks while it is read")
    path = folder / f"shrinking{source.suffix}"
    shutil.copy(source, path)
    job = of([path], folder / "undisturbed-shrinking", 0)
    for trial in range(trials):
        shutil.copy(source, path)
        output = folder / f"shrink-{trial}"
        running = subprocess.Popen(job.command(output), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0, 0.4))
        with open(path, "r+b") as file:
            file.truncate(chance.randrange(path.stat().st_size))
        result = subprocess.CompletedProcess([], 0, b"", running.communicate()[1])
        result.returncode = running.returncode
        told = f"cut in trial {trial}"
        # A file that is mapped and shrinks ends the program, as the system has it.
        tally.ended_well(result, told, {0, HERE, 3, -signal.SIGBUS, 1})
        is_finished = (output / "manifest.json").exists()
        tally.expect(not is_finished or result.returncode in (0, 1), f"{told}: looks whole")
        # Cut behind its last byte was read, it was still whole; else rows must be told to be lost.
        tally.expect(result.returncode != 0 or files_of(job, output), f"{told}: another result")
        tally.trial(f"exit code {result.returncode}")
        shutil.rmtree(output, ignore_errors=True)
    return [tally]


def files_of(job, output):
    """Whether the parts are those of the undisturbed job."""
    from .jobs import contents
    def parts(files):
        return {name: digest for name, digest in files.items() if name != "manifest.json"}
    return parts(contents(output)) == parts(job.result)
