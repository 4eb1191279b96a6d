"""Runs in turn, round by round, so that whatever else the machine does meets all of them."""
import pathlib
import shutil
import sys

from . import inputs, measure, programs

DISCARD = "/dev/null"


class Rounds:
    """The runs of some cases, checked first and then measured."""

    def __init__(self, here, dumps, folder, cores):
        self.here, self.dumps, self.cores = here, dumps, cores
        self.output = pathlib.Path(folder) / "out"
        self.printed = pathlib.Path(folder) / "printed"
        self.content_bytes = {}

    def command(self, run):
        """The words of a run."""
        return self.here.command(run, self.dumps[run.dump].files[run.container], self.output)

    def check(self, runs):
        """Do each run once and look at its result: those that are right, and what is wrong with the others."""
        right, faults = [], {}
        for run in runs:
            progress(f"checking {run.name}")
            self.clear()
            fault = programs.wrong(run, self.command(run), self.output, self.dumps[run.dump].contents)
            if fault:
                faults[run] = fault
            else:
                right.append(run)
                if run.work == "content":
                    self.content_bytes[run] = programs.table_bytes(self.output, "content")
            self.clear()
        return right, faults

    def measure(self, runs, rounds):
        """The samples of each run. Every other round goes backwards."""
        samples = {run: [] for run in runs}
        watch = measure.Stopwatch()
        try:
            for number in range(rounds):
                if not sys.stderr.isatty():
                    inputs.tell(f"round {number + 1} of {rounds}")
                for run in runs if number % 2 == 0 else runs[::-1]:
                    progress(f"round {number + 1} of {rounds}: {run.name}")
                    samples[run].append(self.sample(watch, run))
            return samples, watch.smallest_peak_bytes()
        finally:
            watch.close()
            self.printed.unlink(missing_ok=True)
            progress("")

    def sample(self, watch, run):
        """Measure a run once."""
        self.clear()
        measure.warm(self.dumps[run.dump].files[run.container])
        # GNU grep looks at its output and stops at the first match where nobody can see it.
        output = self.printed if run.program in programs.COUNTERS else DISCARD
        try:
            return watch.run(self.command(run), output, self.cores[:run.threads])
        except measure.Failed as error:
            raise measure.Failed(f"{run.name} {error}") from error
        finally:
            self.clear()

    def clear(self):
        """Take away what the last run wrote."""
        if self.output.exists():
            shutil.rmtree(self.output)


def progress(text):
    """Tell on a terminal what is going on."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
