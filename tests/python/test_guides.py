"""The guides run on samples, and tell what plain Python finds in the same samples."""
import collections
import statistics
import subprocess
import sys

import pytest

import helpers

pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")

GUIDES = helpers.ROOT / "docs" / "guides"
STUB = "samplewiki-20260101-stub-meta-history.xml.gz"


def told(guide, *arguments):
    """The lines that a guide prints, as cells."""
    result = subprocess.run([sys.executable, GUIDES / guide, *map(str, arguments)], capture_output=True, text=True,
                            timeout=helpers.TIMEOUT, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    return [line.split("\t") for line in result.stdout.splitlines()]


def revisions(name):
    return helpers.expected_rows(name)["revisions"]


def test_every_guide_is_tested():
    assert {path.name for path in GUIDES.glob("*.py")} == {
        "edit_counts.py", "newcomer_survival.py", "page_history.py", "revert_rates.py"}


@pytest.mark.parametrize("arguments", [(), (helpers.BIG,)])
def test_edit_counts(arguments):
    rows = revisions(helpers.BIG.name if arguments else STUB)
    edits = collections.Counter(row["user_text"] for row in rows if row["user_kind"] in ("registered", "temporary"))
    header, *lines = told("edit_counts.py", *arguments)
    assert header[:2] == ["user", "edits"]
    users = [line for line in lines if len(line) > 1]
    assert [(line[0], int(line[1])) for line in users] \
        == sorted(edits.items(), key=lambda pair: (-pair[1], pair[0].encode()))[:10]
    assert len(lines) > len(users)


def test_newcomer_survival():
    import datetime
    firsts, days = {}, collections.defaultdict(set)
    rows = [(row["user_id"], datetime.datetime.fromisoformat(row["revision_dt"])) for row in revisions(helpers.BIG.name)
            if row["user_kind"] == "registered"]
    for user, time in rows:
        firsts[user] = min(firsts.get(user, time), time)
    for user, time in rows:
        days[user].add((time - firsts[user]).days)
    last = max(time for _, time in rows)
    months = collections.defaultdict(list)
    for user, first in firsts.items():
        if first <= last - datetime.timedelta(days=60):
            months[first.strftime("%Y-%m")].append(any(30 <= day < 60 for day in days[user]))
    header, *lines = told("newcomer_survival.py")
    assert header[0] == "month"
    assert [line[:3] for line in lines] == [
        [month, str(len(survived)), str(sum(survived))] for month, survived in sorted(months.items())]
    assert lines


def test_revert_rates():
    expected = helpers.expected_rows(helpers.BIG.name)
    edits = [row for row in expected["revisions"] if row["page_namespace_id"] == 0]
    seconds = collections.defaultdict(list)
    for row in expected["reverts"]:
        if row["page_namespace_id"] == 0 and row["revert_definition"] == "mwreverts" and not row["is_self_revert"]:
            for revision_id in row["reverted_revision_ids"]:
                seconds[revision_id].append(row["seconds_to_revert"])
    header, *lines = told("revert_rates.py")
    assert header[0] == "user kind"
    for kind, count, reverted, _, median in lines:
        of_kind = [row["revision_id"] for row in edits if row["user_kind"] == kind]
        firsts = [min(seconds[one]) for one in of_kind if one in seconds]
        assert (int(count), int(reverted)) == (len(of_kind), len(firsts))
        assert (median == "None") == (not firsts) and (not firsts or float(median) == statistics.median(firsts))
    assert sum(int(line[2]) for line in lines) > 0


def test_page_history():
    rows = revisions(helpers.BIG.name)
    lengths = collections.Counter(row["page_title"] for row in rows)
    longest = max(sorted(lengths), key=lengths.get)
    [title], *lines = told("page_history.py")
    assert title == longest
    history = [row for row in rows if row["page_title"] == longest]
    assert [line[0] for line in lines] == [row["revision_dt"] for row in history]
    assert [line[1] for line in lines] == [row["user_text"] or "(hidden)" for row in history]
