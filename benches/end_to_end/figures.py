"""From samples to figures: medians, spreads, ratios, verdicts."""
import dataclasses
import statistics

from . import cases as all_about_cases

PASS, MISS, NOT_JUDGED = "pass", "miss", "not judged"


@dataclasses.dataclass(frozen=True)
class Spread:
    """The median of some values, and how far they lie apart."""
    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        """Of a list that is not empty."""
        return cls(statistics.median(values), min(values), max(values))


def spread(samples, field):
    """The spread of a field of samples."""
    return Spread.of([getattr(sample, field) for sample in samples])


def run_figures(run, samples, xml_bytes):
    """What is told of a run."""
    wall, cpu = spread(samples, "wall_seconds"), spread(samples, "cpu_seconds")
    counts = cpu if run.threads == 1 else wall
    return {
        "wall_seconds": dataclasses.asdict(wall),
        "cpu_seconds": dataclasses.asdict(cpu),
        "xml_mb_per_second": {"median": xml_bytes / 1e6 / max(counts.median, 1e-9),
                              "least": xml_bytes / 1e6 / max(counts.most, 1e-9),
                              "most": xml_bytes / 1e6 / max(counts.least, 1e-9)},
        "peak_bytes": max(sample.peak_bytes for sample in samples),
    }


def others_share(samples, number):
    """The part of the cores' time that other processes had in one round of all runs, or None."""
    picked = [(run.threads, of_run[number]) for run, of_run in samples.items()]
    if not picked or any(sample.others_seconds is None for _, sample in picked):
        return None
    of_cores = sum(threads * sample.wall_seconds for threads, sample in picked)
    return max(0.0, sum(sample.others_seconds for _, sample in picked) / of_cores)


def ratio(ours, peer, field):
    """How many times as fast as a peer we are, by rounds: both met the same machine."""
    return Spread.of([getattr(theirs, field) / max(getattr(mine, field), 1e-9)
                      for mine, theirs in zip(ours, peer)])


def comparisons(case, samples, cores, why_not):
    """The lines of a case, one for each peer, and one if it has none. `why_not` tells of absent runs."""
    lines = []
    for peer in case.peers:
        target = case.target[1] if case.target and case.target[0] == peer.program else None
        line = {"peer": peer.name, "program": peer.program, "target": target, "ratio": None, "verdict": None}
        absent = why_not.get(case.ours) or why_not.get(peer)
        if not absent:
            found = ratio(samples[case.ours], samples[peer], case.measure)
            line["ratio"] = dataclasses.asdict(found)
        if target is not None:
            line["verdict"] = verdict(absent, cores, lambda: found.median >= target)
        if absent:
            line["absent"] = absent
        lines.append(line)
    return lines


def verdict(absent, cores, is_reached):
    """Whether a target is reached, if that can be said."""
    if absent or cores != all_about_cases.TARGET_CORES:
        return NOT_JUDGED
    return PASS if is_reached() else MISS


def limits(content_bytes, packed_bytes, peaks):
    """What is judged by size: the content table by the .bz2, and the largest of our processes."""
    found = []
    if content_bytes is not None and packed_bytes:
        share = content_bytes / packed_bytes
        found.append({"name": all_about_cases.SIZE_CASE, "value": share, "limit": all_about_cases.SIZE_LIMIT,
                      "verdict": PASS if share <= all_about_cases.SIZE_LIMIT else MISS})
    if peaks:
        found.append({"name": "peak-memory", "value": max(peaks), "limit": all_about_cases.PEAK_LIMIT_BYTES,
                      "verdict": PASS if max(peaks) <= all_about_cases.PEAK_LIMIT_BYTES else MISS})
    return found
