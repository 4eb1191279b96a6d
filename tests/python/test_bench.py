"""scripts/bench: what it makes, checks, measures and reports. Nothing here asks how fast anything is."""
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree

import pytest

import helpers

sys.path.insert(0, str(helpers.ROOT / "benches"))
from end_to_end import cases, containers, figures, measure, programs, report as reports  # noqa: E402

BENCH = helpers.ROOT / "scripts" / "bench"
RUNS = ["cat-xml-1", "convert-xml-1", "cat-bz2", "content-bz2", "cat-gz", "cat-xz", "cat-bz2-articles",
        "convert-gz-stub", "size-content"]


def bench(*arguments, binary=None, **options):
    """Run the script on the program under test; its exit code unchecked."""
    command = [sys.executable, BENCH, "--binary", binary or helpers.binary(), "--no-build", *arguments]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=helpers.TIMEOUT, **options)


def run_bench(folder, *arguments):
    """Run the script well, and return the report."""
    result = bench("--rounds", 2, "--work", folder / "work", "--output", folder / "report", *arguments)
    assert result.returncode == 0, result.stderr
    found = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    assert all(case["name"] in result.stdout for case in found["cases"])
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run on tiny inputs of every kind."""
    folder = tmp_path_factory.mktemp("bench")
    return folder, run_bench(folder, "--bytes", "400kB", "--only", *RUNS)


# --- the whole run ---------------------------------------------------------

def test_report_tells_cases_and_samples(made):
    _, report = made
    threads = len(report["machine"]["cores_used"])
    names = {case["name"] for case in report["cases"]} | {limit["name"] for limit in report["limits"]}
    assert names == {case.name for case in cases.chosen(cases.all_cases(threads), RUNS, False)[0]} | {"peak-memory"}
    runs = {entry["name"]: entry for entry in report["runs"]}
    for case in report["cases"]:
        assert case["ours"] in runs and case["comparisons"]
        for line in case["comparisons"]:
            assert (line["peer"] in runs) == (line["ratio"] is not None) == ("absent" not in line)
    for entry in report["runs"]:
        assert len(entry["samples"]) == report["rounds"] == 2
        walls = [sample["wall_seconds"] for sample in entry["samples"]]
        assert [entry["wall_seconds"][key] for key in ("least", "most")] == [min(walls), max(walls)] and min(walls) > 0
        assert entry["peak_bytes"] == max(sample["peak_bytes"] for sample in entry["samples"]) > 0


def test_report_names_no_folder_of_the_machine(made):
    folder, _ = made
    for name in ("report.json", "README.md", "plot.svg"):
        text = (folder / "report" / name).read_text(encoding="utf-8")
        assert str(folder) not in text and str(helpers.ROOT) not in text


def test_inputs_are_counted_right(made):
    folder, report = made
    for name, told in report["inputs"].items():
        plain = folder / "work" / f"{name}-400000.xml"
        tags = [element.tag.split("}")[1] for element in xml.etree.ElementTree.parse(plain).iter()]
        assert [told["pages"], told["revisions"], told["texts"]] == \
            [tags.count(tag) for tag in ("page", "revision", "text")]
        assert told["xml_bytes"] == plain.stat().st_size > 10_000
    articles = report["inputs"]["articles"]
    assert articles["pages"] == articles["revisions"] > 20


def test_packed_inputs_hold_the_plain_one(made):
    folder, report = made
    for container in set(report["inputs"]["history"]["stored_bytes"]) - {"xml", "7z", "zst"}:
        with containers.OPENERS[container](folder / "work" / f"history-400000.xml.{container}") as file:
            assert file.read() == (folder / "work" / "history-400000.xml").read_bytes()


def test_plot_has_a_bar_for_each_run(made):
    folder, report = made
    plot = xml.etree.ElementTree.parse(folder / "report" / "plot.svg")
    assert len(plot.findall("{*}rect")) == len(report["runs"]) + 1


def test_nothing_is_left_in_the_work_folder_but_inputs(made):
    folder, _ = made
    assert all(re.fullmatch(r"(history|articles|stub)-400000\.xml(\.\w+)?", path.name)
               for path in (folder / "work").iterdir())


def test_given_input_is_read_in_place(tmp_path):
    given = helpers.SAMPLES / "containers.xml.bz2"
    report = run_bench(tmp_path, "--input", given, "--only", "cat-bz2", "convert-gz")
    told = report["inputs"]["history"]
    rows = helpers.expected_rows(given.name)
    assert (told["pages"], told["revisions"], told["texts"]) == \
        tuple(len(rows[table]) for table in ("pages", "revisions", "content"))
    assert not [path for path in (tmp_path / "work").iterdir() if path.suffix == ".bz2"]


# --- wrong results ---------------------------------------------------------

@pytest.mark.parametrize("case, added, after, told", [
    ("cat-bz2", [], "data = data[:-1]", "that are not the"),
    ("cat-bz2", [], "data = data.replace(b'</page>', b'</pagx>', 1)", "that are not the"),
    ("convert-xml", ["--namespaces", "99"], "", "pages has 0 rows, not"),
    ("convert-xml", ["--since", "2030-01-01"], "", "revisions has 0 rows, not"),
    ("cat-bz2", [], "sys.exit(3)", "ended with 3"),
])
def test_a_wrong_program_is_not_measured(case, added, after, told, tmp_path):
    program = tmp_path / "mwparquet"
    program.write_text(f"""#!{sys.executable}
import subprocess, sys
words = [{helpers.binary()!r}, *sys.argv[1:], *{added!r}]
data = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout
{after}
sys.stdout.buffer.write(data)
""")
    program.chmod(0o755)
    result = bench("--bytes", "200kB", "--only", case, "--work", tmp_path / "work", binary=program)
    assert result.returncode == 1 and "mwparquet is wrong" in result.stderr and told in result.stderr
    assert not (tmp_path / "work" / "report").exists()


def test_a_wrong_peer_is_left_out_and_named(tmp_path):
    peers = tmp_path / "peers"
    peers.mkdir()
    (peers / "lbzip2").write_text("#!/bin/sh\necho 1.0\n")
    (peers / "lbzip2").chmod(0o755)
    path = f"{peers}{os.pathsep}{os.environ['PATH']}"
    result = bench("--bytes", "200kB", "--rounds", 1, "--only", "cat-bz2*", "--cores", "0",
                   "--work", tmp_path / "work", env={**os.environ, "PATH": path})
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / "work" / "report" / "report.json").read_text(encoding="utf-8"))
    line = next(line for line in report["cases"][0]["comparisons"] if line["program"] == "lbzip2")
    assert line["absent"].startswith("wrote 4 bytes") and line["verdict"] == "not judged"


# --- names -----------------------------------------------------------------

def test_list():
    result = bench("--list", "--targets", "--cores", "0")
    assert result.returncode == 0 and "floor-less-than" in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines()[1:]] == \
        ["convert-xml-1", "content-xml-1", "cat-bz2-1", "size-content"]


@pytest.mark.parametrize("arguments", [
    ["--only", "nosuch"], ["--bytes", "0"], ["--bytes", "many"], ["--cores", "9999"], ["--rounds", "0"],
    ["--input", "nosuch.xml"],
])
def test_bad_option(arguments):
    result = bench(*arguments)
    assert result.returncode == 2 and arguments[1] in result.stderr


def test_every_target_belongs_to_a_case_and_a_peer_of_it():
    found = {case.name: case for case in cases.all_cases(cases.TARGET_CORES)}
    for name, (peer, _) in cases.TARGETS.items():
        assert peer in [run.program for run in found[name].peers]


# --- measuring and figures -------------------------------------------------

@pytest.fixture
def watch():
    """A stopwatch."""
    stopwatch = measure.Stopwatch()
    yield stopwatch
    stopwatch.close()


def test_stopwatch_sees_the_memory_of_the_command_alone(watch):
    taken = 100 << 20
    ballast = bytearray(os.urandom(1 << 20) * 64)
    peak = watch.run([sys.executable, "-c", f"bytearray(b'x' * {taken // 2})"], os.devnull, None).peak_bytes
    assert taken <= peak + (1 << 20)
    if watch.wrapper:
        assert watch.smallest_peak_bytes() < len(ballast) // 4


def test_stopwatch_counts_the_time_of_children(watch):
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    sample = watch.run(["sh", "-c", f'{sys.executable} -c "{spin}"; true'], os.devnull, None)
    assert sample.wall_seconds >= 0.3 and 0.3 <= sample.cpu_seconds < 3
    sample = watch.run(["sleep", "0.3"], os.devnull, None)
    assert sample.wall_seconds >= 0.3 > sample.cpu_seconds


def test_stopwatch_keeps_what_is_printed_and_refuses_failures(watch, tmp_path):
    watch.run(["echo", "hello"], tmp_path / "said", None)
    assert (tmp_path / "said").read_text() == "hello\n"
    with pytest.raises(measure.Failed, match="ended with 7: oh no"):
        watch.run(["sh", "-c", "echo oh no >&2; exit 7"], os.devnull, None)


def test_a_stopped_stopwatch_ends_the_command(watch, monkeypatch):
    children = []

    def stop(child, _):
        children.append(child)
        raise KeyboardInterrupt

    wait4 = os.wait4
    monkeypatch.setattr(os, "wait4", stop)
    with pytest.raises(KeyboardInterrupt):
        watch.run(["sleep", "1000"], os.devnull, None)
    _, status, _ = wait4(children[0], 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


@pytest.mark.parametrize("piece_bytes", [1, 7, 10, 11, 4096])
def test_counting_in_pieces(piece_bytes, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "PIECE_BYTES", piece_bytes)
    data = (helpers.SAMPLES / "slots.xml").read_bytes()
    (tmp_path / "x.xml").write_bytes(data)
    found = containers.contents(tmp_path / "x.xml")
    assert (found.xml_bytes, found.pages, found.revisions, found.texts, found.less_thans) == \
        (len(data), *(data.count(mark) for mark in (b"<page>", b"<revision>", b"<text", b"<")))


def sample(wall, cpu=1.0):
    """A sample of which only the times count."""
    return measure.Sample(wall, cpu, 1 << 20, 0.0)


def test_ratios_are_by_round_and_judged_by_their_median():
    case = next(case for case in cases.all_cases(2) if case.name == "cat-bz2")
    peer = case.peers[0]
    samples = {case.ours: [sample(1.0), sample(2.0), sample(4.0)], peer: [sample(5.0), sample(9.0), sample(8.0)]}
    why_not = {other: "not installed" for other in case.peers[1:]}
    line, *others = figures.comparisons(case, samples, 2, why_not)
    assert line["ratio"] == {"median": 4.5, "least": 2.0, "most": 5.0} and line["verdict"] == figures.PASS
    assert all(other["ratio"] is None and other["absent"] == "not installed" for other in others)
    samples[peer][1] = sample(8.9)
    assert figures.comparisons(case, samples, 2, why_not)[0]["verdict"] == figures.MISS
    assert figures.comparisons(case, samples, 1, why_not)[0]["verdict"] == figures.NOT_JUDGED


def test_one_thread_is_told_in_cpu_seconds():
    case = next(case for case in cases.all_cases(2) if case.name == "cat-bz2-1")
    samples = {case.ours: [sample(9.0, cpu=1.0)], case.peers[0]: [sample(1.0, cpu=6.0)]}
    why_not = {other: "not installed" for other in case.peers[1:]}
    assert figures.comparisons(case, samples, 2, why_not)[0]["ratio"]["median"] == 6.0


def test_limits():
    size, peak = figures.limits(50, 100, [1 << 20, 513 << 20])
    assert (size["value"], size["verdict"], peak["verdict"]) == (0.5, figures.PASS, figures.MISS)
    assert figures.limits(51, 100, [])[0]["verdict"] == figures.MISS


def test_misses_are_counted():
    line = {"verdict": figures.MISS}
    report = {"cases": [{"name": "a", "comparisons": [line, {"verdict": None}]}],
              "limits": [{"name": "b", "verdict": figures.PASS}]}
    assert reports.missed(report) == ["a"] and reports.judged(report) == 2


def test_runs_come_once_and_ours_first():
    runs = cases.runs_of(cases.all_cases(2))
    assert len(set(runs)) == len(runs)
    at = {run: number for number, run in enumerate(runs)}
    for case in cases.all_cases(2):
        assert all(at[case.ours] < at[peer] for peer in case.peers)


def test_others_are_told_by_round():
    run = programs.Run("xz", "", "history", "xz", 2)
    samples = {run: [measure.Sample(1.0, 1.0, 0, 0.5), measure.Sample(1.0, 1.0, 0, -0.01)]}
    assert [figures.others_share(samples, number) for number in (0, 1)] == [0.25, 0.0]
