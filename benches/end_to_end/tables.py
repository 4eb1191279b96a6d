"""A report as tables: for a terminal, and as Markdown to be kept."""
import itertools
import math

from . import cases as all_about_cases
from . import programs

CASE_HEADS = ("case", "ours", "peer", "peer's", "times as fast", "target", "verdict")
RUN_HEADS = ("run", "wall s", "CPU s", "XML MB/s", "peak MiB")
BAR_CELLS = 40
EIGHTHS = " ▏▎▍▌▋▊▉█"


def seconds(spread):
    """A median with its least and most, where they differ."""
    if spread["least"] == spread["most"]:
        return short(spread["median"])
    return f"{short(spread['median'])} ({short(spread['least'])}–{short(spread['most'])})"


def short(value):
    """Three digits that count."""
    if value <= 0 or value >= 100:
        return f"{value:.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}"


def case_rows(report):
    """The cells of all cases: a line a peer."""
    runs = {entry["name"]: entry for entry in report["runs"]}
    for case in report["cases"]:
        unit = " CPU" if case["measure"] == "cpu_seconds" else ""
        mine = runs.get(case["ours"])
        first = [case["name"], seconds(mine[case["measure"]]) + unit if mine else case["absent"]]
        for line in case["comparisons"]:
            peer = runs.get(line["peer"])
            target = f"≥ {line['target']}" if line["target"] else ""
            if line["ratio"]:
                yield [*first, line["program"], seconds(peer[case["measure"]]), seconds(line["ratio"]), target,
                       line["verdict"] or ""]
            else:
                yield [*first, line["program"], "–", line["absent"], target, line["verdict"] or ""]
            first = ["", ""]
    for limit in report["limits"]:
        is_size = limit["name"] == all_about_cases.SIZE_CASE
        value, most = (limit["value"], limit["limit"]) if is_size else \
            (limit["value"] / 2**20, limit["limit"] / 2**20)
        unit = "" if is_size else " MiB"
        yield [limit["name"], short(value) + unit, "", "", "", f"≤ {most:g}{unit}", limit["verdict"]]


def run_rows(report):
    """The cells of all runs."""
    for entry in report["runs"]:
        yield [entry["name"], seconds(entry["wall_seconds"]), seconds(entry["cpu_seconds"]),
               short(entry["xml_mb_per_second"]["median"]), short(entry["peak_bytes"] / 2**20)]


def aligned(heads, rows):
    """Lines of text with columns below each other."""
    rows = [list(heads), *rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def markdown_table(heads, rows):
    """Lines of a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines]


def groups(report):
    """The runs that can be compared: on one file, with as many threads."""
    def key(entry):
        return f"{entry['dump']} .{entry['container']}", entry["threads"]
    return itertools.groupby(report["runs"], key)


def bars(report):
    """The speed of all runs as bars, each group on a scale of its own."""
    for (file, threads), entries in groups(report):
        entries = list(entries)
        most = max(entry["xml_mb_per_second"]["median"] for entry in entries)
        yield ""
        yield f"{file}, {programs.counted(threads)}: MB of XML a second" + \
            (" of CPU time" if threads == 1 else "")
        for entry in entries:
            speed = entry["xml_mb_per_second"]["median"]
            yield f"  {label(entry):22} {bar(speed / most):{BAR_CELLS}} {short(speed)}"


def label(entry):
    """A run within its group."""
    return f"{entry['program']} {entry['work']}".strip()


def bar(share):
    """A bar of blocks."""
    eighths = max(1, round(share * BAR_CELLS * 8))
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def facts(report):
    """What was measured on what, a line each."""
    machine, commit = report["machine"], report["commit"] or "no commit"
    used = ", ".join(map(str, machine["cores_used"]))
    yield f"{report['ended']}, commit {commit[:12]}" + ("" if report["commit_is_clean"] else " with changes")
    yield (f"{machine['cpu']}, cores {used} of {machine['cores']}, {machine['memory_bytes'] / 2**30:.0f} GiB, "
           f"{machine['system']}")
    for name, dump in report["inputs"].items():
        yield (f"{name}: {dump['xml_bytes']:,} bytes of XML, {dump['revisions']:,} revisions, "
               f"{dump['pages']:,} pages ({dump['made_by']})")
    yield (f"median (least–most), rounds: {report['rounds']}; one thread in CPU seconds on one core, more in "
           "wall seconds; ratios by round")
    yield from (f"note: {note}" for note in report["notes"])


def text(report):
    """The report for a terminal."""
    return "\n".join([*facts(report), "", *aligned(CASE_HEADS, case_rows(report)), "",
                      *aligned(RUN_HEADS, run_rows(report)), *bars(report)])


def markdown(report, title, command):
    """The report to be kept beside its JSON and its plot."""
    versions = [f"{name}: {version}" for name, version in report["programs"].items()]
    missing = [f"{name}: {why}" for name, why in report["programs_missing"].items()]
    return "\n".join([
        f"# {title}", "", "```sh", command, "```", "", *(f"* {fact}" for fact in facts(report)), "",
        "## Cases", "", *markdown_table(CASE_HEADS, case_rows(report)), "",
        "## Speed", "", "![MB of XML a second](plot.svg)", "",
        *markdown_table(RUN_HEADS, run_rows(report)), "",
        "## Programs", "", *(f"* {line}" for line in [*versions, *missing]), "",
        "All samples are in [report.json](report.json).", ""])
