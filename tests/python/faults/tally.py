"""What a campaign did and found."""
import collections
import dataclasses

# Ends that nobody wants, whatever the fault: bugs, panics, aborts.
UNWANTED = {70, 101, -4, -6, -8, -11}


@dataclasses.dataclass
class Tally:
    """Faults of one kind."""
    what: str
    trials: int = 0
    outcomes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    findings: list = dataclasses.field(default_factory=list)

    def trial(self, outcome):
        """Counts a fault and what came of it."""
        self.trials += 1
        self.outcomes[outcome] += 1

    def expect(self, holds, told):
        """Notes a finding where something does not hold."""
        if not holds:
            self.findings.append(told)

    def ended_well(self, result, told, allowed):
        """Whether a run has ended in one of the allowed ways, and said why."""
        said = result.stderr.decode(errors="replace").strip()
        code = result.returncode
        self.expect(code in allowed and code not in UNWANTED, f"{told}: exit code {code}: {said[-300:]}")
        self.expect(code in (0, 1) or said or code < 0, f"{told}: exit code {code} and no word")
        self.expect("panicked" not in said and "bug" not in said.lower().split(), f"{told}: {said[-300:]}")
        return code in allowed

    def line(self):
        """The tally as a row of the report's table."""
        outcomes = "; ".join(f"{outcome}: {count}" for outcome, count in sorted(self.outcomes.items()))
        return f"| {self.what} | {self.trials} | {outcomes} | {len(self.findings)} |"
