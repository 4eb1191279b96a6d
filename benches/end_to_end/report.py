"""All that a bench run found, as one dictionary: what is kept as JSON, and what tables and plots show."""
import dataclasses
import datetime
import json
import re

from . import cases as all_about_cases
from . import figures, machine, plot, programs, tables

REPORT_VERSION = 1
# From here on it is said that the figures were disturbed.
NOTABLE_OTHERS_SHARE = 0.02
SMALL_XML_BYTES = 100_000_000


def made(options, commit, here, dumps, samples, faults, missing, content_bytes, smallest_peak):
    """The report. `faults` tells what is wrong with runs, `missing` which inputs could not be made."""
    chosen = options.cases
    cores = len(options.cores)
    why_not = absences(chosen, here, faults, missing)
    runs = [run_entry(run, samples[run], here, dumps) for run in samples]
    cases = [{"name": case.name, "ours": case.ours.name, "measure": case.measure,
              "absent": why_not.get(case.ours),
              "comparisons": figures.comparisons(case, samples, cores, why_not)}
             for case in chosen if case.name != all_about_cases.SIZE_CASE]
    ours = [entry for run, entry in zip(samples, runs) if run.program == programs.OURS]
    shares = [figures.others_share(samples, number) for number in range(options.rounds)]
    return {
        "report_version": REPORT_VERSION,
        "ended": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit[0], "commit_is_clean": commit[1],
        "rounds": options.rounds,
        "machine": machine.described(options.cores, smallest_peak),
        "programs": here.versions, "programs_missing": here.missing,
        "inputs": {name: input_entry(dump) for name, dump in dumps.items()},
        "others_share_by_round": shares,
        "is_quiet": None not in shares and max(shares) <= NOTABLE_OTHERS_SHARE,
        "notes": [*options.note, *remarks(shares, dumps, cores)],
        "limits": limits(chosen, dumps, content_bytes, ours),
        "cases": cases,
        "runs": runs,
    }


def absences(chosen, here, faults, missing):
    """Why runs are not there."""
    why = {}
    for run in all_about_cases.runs_of(chosen):
        if run in faults:
            why[run] = faults[run]
        elif (run.dump, run.container) in missing:
            why[run] = f"no input: {missing[run.dump, run.container]}"
        elif run.program in here.missing:
            why[run] = here.missing[run.program]
    return why


def run_entry(run, samples, here, dumps):
    """A run with all its samples."""
    dump = dumps[run.dump]
    command = here.command(run, dump.files[run.container], "out")
    return {
        "name": run.name, **dataclasses.asdict(run), "command": programs.shown(command),
        **figures.run_figures(run, samples, dump.contents.xml_bytes),
        "samples": [dataclasses.asdict(sample) for sample in samples],
    }


def input_entry(dump):
    """What was read."""
    return {"made_by": dump.made_by, **dataclasses.asdict(dump.contents),
            "stored_bytes": {container: path.stat().st_size for container, path in dump.files.items()}}


def limits(chosen, dumps, content_bytes, ours):
    """The verdicts about sizes."""
    size_run = next((case.ours for case in chosen if case.name == all_about_cases.SIZE_CASE), None)
    packed = dumps["history"].files.get("bz2") if "history" in dumps else None
    return figures.limits(content_bytes.get(size_run), packed and packed.stat().st_size,
                          [entry["peak_bytes"] for entry in ours])


def remarks(shares, dumps, cores):
    """What a reader must know to trust the figures as far as they go, and no farther."""
    said = []
    if None in shares:
        said.append("How much other work the machine did is not known.")
    elif max(shares) > NOTABLE_OTHERS_SHARE:
        said.append("The machine was not quiet: other processes had "
                    f"{min(shares):.0%} to {max(shares):.0%} of the cores' time, by round.")
    else:
        said.append(f"The machine was quiet: other processes had {max(shares):.1%} of the cores' time at most.")
    if any(dump.contents.xml_bytes < SMALL_XML_BYTES for name, dump in dumps.items() if name != "stub"):
        said.append("Inputs are small: starting a program counts for much.")
    if cores != all_about_cases.TARGET_CORES:
        said.append(f"Targets are for {all_about_cases.TARGET_CORES} cores, and are not judged on {cores}.")
    return said


def missed(report):
    """The names of targets that were missed."""
    names = [case["name"] for case in report["cases"]
             for line in case["comparisons"] if line["verdict"] == figures.MISS]
    return names + [limit["name"] for limit in report["limits"] if limit["verdict"] == figures.MISS]


def judged(report):
    """How many targets were judged."""
    verdicts = [line["verdict"] for case in report["cases"] for line in case["comparisons"]]
    verdicts += [limit["verdict"] for limit in report["limits"]]
    return sum(verdict in (figures.PASS, figures.MISS) for verdict in verdicts)


def keep(report, folder, command):
    """Write a report as JSON, as a plot, and as tables to read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json_text({**report, "command": command}), encoding="utf-8")
    (folder / "plot.svg").write_text(plot.svg(report), encoding="utf-8")
    title = "Bench run " + (folder.name if folder.name != "report" else report["ended"])
    (folder / "README.md").write_text(tables.markdown(report, title, command), encoding="utf-8")


def json_text(report):
    """JSON with a line for each sample, and figures no finer than they are."""
    text = json.dumps(rounded(report), indent=1, ensure_ascii=False)
    return re.sub(r"\{([^{}\[\]]*)\}", lambda found: "{" + " ".join(found[1].split()) + "}", text) + "\n"


def rounded(value):
    """Numbers with six digits behind the point."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value
