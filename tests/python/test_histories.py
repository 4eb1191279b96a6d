"""Tables of pages' histories: options, filters, damage, and what cannot be known."""
import datetime

import pytest

import helpers

REVERTS = helpers.SAMPLES / "reverts.xml"


def revision(number, text, when="2025-01-01T0{}:00:00Z", user="Ann", broken=False):
    """A revision element."""
    return (f"<revision><id>{'x' if broken else ''}{number}</id>"
            + (f"<parentid>{number - 1}</parentid>" if number % 100 > 1 else "")
            + f"<timestamp>{when.format(number % 10)}</timestamp>"
            f"<contributor><username>{user}</username><id>{len(user)}</id></contributor>"
            + (f"<text>{text}</text>" if text is not None else '<text bytes="3" deleted="deleted" />')
            + "</revision>")


def write_dump(folder, *pages, name="dump.xml"):
    """A dump of pages given as (id, revisions)."""
    path = folder / name
    path.write_text('<mediawiki version="0.11"><siteinfo><dbname>w</dbname></siteinfo>' + "".join(
        f"<page><title>P{page_id}</title><ns>0</ns><id>{page_id}</id>{''.join(revisions)}</page>"
        for page_id, revisions in pages) + "</mediawiki>")
    return path


def reverts(folder, definition="mwreverts"):
    """(reverting, reverted) of all reverts by a definition."""
    return [(row["revision_id"], row["reverted_revision_ids"]) for row in helpers.rows(folder, "reverts")
            if row["revert_definition"] == definition]


def by_revision(folder, table):
    """The rows of a table by revision."""
    return {row["revision_id"]: row for row in helpers.rows(folder, table)}


def test_the_radius_is_an_option(tmp_path):
    def far(radius):
        folder = helpers.converted(REVERTS, tmp_path / str(radius), "--revert-radius", radius)
        return {reverting for reverting, _ in reverts(folder)}
    fifteen, sixteen = 50516, 50617
    assert not {fifteen, sixteen} & far(14)
    assert {fifteen, sixteen} & far(15) == {fifteen}
    assert {fifteen, sixteen} <= far(16)


@pytest.mark.parametrize("option, value", [
    ("--revert-radius", "0"), ("--revert-radius", "x"), ("--session-cutoff", "0"), ("--session-cutoff", "1h"),
    ("--persistence-window", "0"), ("--persistence-min-days", "-1"), ("--persistence-min-days", "nan"),
    ("--persistence-min-revisions", "-1"), ("--sunset", "soon")])
def test_bad_values_are_refused(option, value, tmp_path):
    result = helpers.convert(REVERTS, tmp_path / "out", f"{option}={value}")
    assert result.returncode == 2 and option.encode() in result.stderr


def test_filters_by_time_choose_rows_and_hide_no_history(tmp_path):
    dump = write_dump(tmp_path, (1, [revision(1, "a"), revision(2, "b"), revision(3, "a"), revision(4, "c")]))
    folder = helpers.converted(dump, tmp_path / "out", "--since", "2025-01-01T03:00:00Z",
                               "--until", "2025-01-01T04:00:00Z")
    assert reverts(folder) == [(3, [2])] == reverts(folder, "mediawiki_history")
    (row,) = helpers.rows(folder, "revision_history")
    assert (row["revision_id"], row["page_revision_count"], row["revision_text_bytes_diff"]) == (3, 3, 0)
    assert row["revision_is_identity_revert"] and row["page_history_is_whole"]
    (row,) = helpers.rows(folder, "persistence")
    assert (row["revision_id"], row["tokens_added"], row["revisions_processed"]) == (3, 0, 1)


def test_damage_is_told_of_the_pages_that_have_it(tmp_path):
    dump = write_dump(
        tmp_path, (1, [revision(101, "a"), revision(102, "b")]),
        (2, [revision(201, "a"), revision(202, "b", broken=True), revision(203, "a")]),
        (3, [revision(301, "a"), revision(302, "b"), revision(303, "a")]))
    result = helpers.convert(dump, tmp_path / "out", "--on-damage", "skip")
    assert result.returncode == 1
    for table in ("revision_history", "persistence"):
        whole = {row["revision_id"]: row["page_history_is_whole"] for row in helpers.rows(tmp_path / "out", table)}
        assert whole == {101: True, 102: True, 201: False, 203: False, 301: True, 302: True, 303: True}
    assert reverts(tmp_path / "out") == [(303, [302])]


def test_a_hidden_text_is_passed_over(tmp_path):
    dump = write_dump(tmp_path, (1, [
        revision(1, "one two"), revision(2, None, user="Bobby"), revision(3, "one two three", user="Cat"),
        revision(4, None)]))
    rows = by_revision(helpers.converted(dump, tmp_path / "out"), "persistence")
    assert [rows[number]["tokens_added"] for number in (1, 2, 3, 4)] == [3, None, 2, None]
    assert rows[1]["revisions_processed"] == 1 and rows[2]["is_censored"] is None
    assert rows[1]["sum_log_persisted"] == pytest.approx(3 * 0.6931471805599453)


def test_when_time_ends(tmp_path):
    def possible(name, *arguments):
        dump = write_dump(tmp_path, (1, [revision(1, "one"), revision(2, "one two")]), name=name)
        folder = helpers.converted(dump, tmp_path / ("of-" + name + "".join(arguments)), *arguments)
        return [row["seconds_possible"] for row in helpers.rows(folder, "persistence")]
    day = int(datetime.timedelta(days=1).total_seconds())
    assert possible("dump.xml") == [3600, 0]
    assert possible("wwiki-20250102-pages.xml") == [day - 3600, day - 7200]
    assert possible("wwiki-20250102-pages.xml", "--sunset", "2025-01-03") == [2 * day - 3600, 2 * day - 7200]


def test_what_makes_a_token_persistent(tmp_path):
    dump = write_dump(tmp_path, (1, [revision(number, "one" + " two" * number) for number in range(1, 6)]))

    def persistent(*arguments):
        folder = helpers.converted(dump, tmp_path / "".join(arguments), *arguments)
        return [row["persistent_tokens"] for row in helpers.rows(folder, "persistence")]
    by_time = "--persistence-min-days=0.125"  # three hours
    assert persistent("--persistence-min-revisions=3", "--persistence-min-days=9") == [3, 2, 0, 0, 0]
    assert persistent("--persistence-min-revisions=9", by_time) == [3, 2, 0, 0, 0]
    assert persistent("--persistence-min-revisions=1", by_time, "--persistence-window=1") == [3, 2, 2, 2, 0]


def test_sessions_end_at_the_cutoff(tmp_path):
    dump = write_dump(tmp_path, (1, [revision(number, str(number)) for number in (1, 2, 3, 5)]))

    def sessions(cutoff):
        folder = helpers.converted(dump, tmp_path / str(cutoff), "--session-cutoff", cutoff)
        return [row["revision_ids"] for row in helpers.rows(folder, "sessions")]
    assert sessions(3600) == [[1], [2], [3], [5]]
    assert sessions(3601) == [[1, 2, 3], [5]]
    assert sessions(7201) == [[1, 2, 3, 5]]


def test_columns_can_be_chosen(tmp_path):
    folder = helpers.converted(REVERTS, tmp_path / "out", "--columns", "reverts=revision_id,reverted_revision_ids",
                               "--columns", "sessions=revision_ids,user_text")
    assert helpers.table(folder, "reverts").column_names == ["revision_id", "reverted_revision_ids"]
    assert helpers.table(folder, "sessions").column_names == ["user_text", "revision_ids"]


def test_options_stand_in_the_manifest(tmp_path):
    folder = helpers.converted(REVERTS, tmp_path / "out", "--revert-radius", "3", "--sunset", "2026-01-01")
    options = helpers.manifest(folder)["options"]
    assert options["revert_radius"] == 3 and options["sunset"] == "2026-01-01T00:00:00Z"
    assert options["session_cutoff_seconds"] == 3600 and options["persistence_window"] == 50


def test_reverts_in_the_order_of_time(tmp_path):
    times = ["2025-01-01T01:00:00Z", "2025-01-01T02:00:00Z", "2025-01-01T04:00:00Z", "2025-01-01T03:00:00Z"]
    dump = write_dump(tmp_path, (1, [revision(number + 1, text, times[number]) for number, text in enumerate("abac")]))
    by_dump = helpers.converted(dump, tmp_path / "dump")
    assert reverts(by_dump) == [(3, [2])] and helpers.manifest(by_dump)["options"]["revert_order"] == "dump"
    by_time = helpers.converted(dump, tmp_path / "time", "--revert-order", "time")
    assert reverts(by_time) == [(3, [2, 4])] == reverts(by_time, "mediawiki_history")
    assert helpers.manifest(by_time)["options"]["revert_order"] == "time"
