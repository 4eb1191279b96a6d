"""Outputs without what newer dumps hide or lack: held against outputs made of what is left."""
import dataclasses
import datetime
import json
import shutil
import signal
import subprocess
import time

import duckdb
import pyarrow.parquet as pq
import pytest

import changing_wiki
import helpers

TABLES = [name for name in helpers.ALL_TABLES + helpers.DERIVED_TABLES if name not in ("uploads", "rejects")]
OPTIONS = ["--sunset", "2026-01-01", "--keyframe-every", "4", "--compression", "none"]


def convert(dumps, output, *arguments, tables=TABLES):
    return helpers.converted(dumps, output, *OPTIONS, *arguments, tables=tables)


def purge(output, newer, *arguments):
    """Purge, and what the report says as a line of JSON."""
    result = helpers.run("purge", output, "--against", newer, "--json", "--progress", "off", *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


def sound(folder):
    """Whether a folder is what its manifest says."""
    result = helpers.run("verify", folder)
    assert b"not of this job" not in result.stdout
    return result.returncode == 0


def all_bytes(folder):
    """All bytes of an output, and all of its values."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.name, path.read_bytes()
        if path.suffix == ".parquet":
            yield path.name, repr(pq.read_table(path).to_pylist()).encode()


def found(folder, words):
    """Which of some words are in an output."""
    data = b"\n".join(data for _, data in all_bytes(folder))
    return {word for word in words if word.encode() in data}


@pytest.fixture(scope="module", params=[1, 2, 3])
def purged(request, tmp_path_factory):
    """A change, an output as it was, purged, and made of what is left."""
    folder = tmp_path_factory.mktemp("purge")
    change = changing_wiki.Change(request.param)
    old, new, left = change.write(folder)
    before = convert(old, folder / "before")
    shutil.copytree(before, folder / "out")
    report = purge(folder / "out", new)
    return change, before, folder / "out", convert(left, folder / "fresh"), new, report


def same(purged, fresh, table, columns, where="true"):
    """Both have the same rows, as DuckDB reads them."""
    def rows(folder):
        parts = f"'{folder}/{table}/part-*.parquet'"
        return duckdb.sql(f"SELECT {columns} FROM {parts} WHERE {where} ORDER BY ALL").fetchall()
    expected = rows(fresh)
    assert rows(purged) == expected, table
    return expected


def nothing_is_left_of(secrets, change, before, after, fresh):
    """Nothing of what is gone is in any byte, as little as in a new conversion."""
    assert len(secrets) > 20 and found(before, secrets) == secrets
    assert found(fresh, secrets) == set() and found(after, secrets) == set()
    # And of what stays nothing has gone with it.
    words = {word for _, revision in change.left_revisions.values() if "text" not in revision.hidden
             for word in revision.text.split()}
    assert found(after, words) == words
    assert sound(after) and sound(before)


def test_nothing_of_what_is_gone_is_in_any_byte(purged):
    change, before, after, fresh, _, _ = purged
    nothing_is_left_of(change.secrets(), change, before, after, fresh)


def test_rows_of_revisions_are_those_of_a_new_conversion(purged):
    _, _, after, fresh, _, report = purged
    assert same(after, fresh, "revisions", "*")
    assert same(after, fresh, "content", "*")
    assert report["tables"]["revisions"]["rows_removed"]["revision_gone"] > 5
    assert set(report["tables"]["revisions"]["rows_changed"]) == {"comment_hidden", "text_hidden", "user_hidden"}


def test_rows_of_logs_are_those_of_a_new_conversion(purged):
    _, _, after, fresh, _, _ = purged
    assert same(after, fresh, "log_events", "*")
    assert same(after, fresh, "page_moves", "*")
    same(after, fresh, "user_creations", "* EXCLUDE (user_id, user_text)")
    known = "creator_is_visible AND user_text IS NOT NULL"
    assert same(after, fresh, "user_creations", "*", known)


def test_pages_are_counted_anew(purged):
    change, _, after, fresh, _, _ = purged
    assert same(after, fresh, "pages", "* EXCLUDE (page_redirect_target)")
    ids = {row["page_id"] for row in helpers.table(after, "pages").to_pylist()}
    assert ids == {page.id for page in change.left}


def test_texts_are_rebuilt_of_diffs(purged):
    change, _, after, fresh, _, _ = purged
    result = helpers.run("apply", after)
    assert result.returncode == 0, result.stderr.decode()
    rebuilt = {row["revision_id"]: row["text"] for row in map(json.loads, result.stdout.splitlines())}
    assert rebuilt == {number: None if "text" in revision.hidden else revision.text
                       for number, (_, revision) in change.left_revisions.items()}
    # Where no neighbour is gone, rows are those of a new conversion, but for the index and keyframes.
    lost = "previous_text_state = 'lost' OR previous_revision_id IS NULL"
    ids = [row[0] for row in duckdb.sql(f"SELECT revision_id FROM '{after}/diffs/*.parquet' WHERE {lost}").fetchall()]
    where = f"revision_id NOT IN ({','.join(map(str, ids))})"
    columns = "* EXCLUDE (revision_index, keyframe_text)"
    assert len(same(after, fresh, "diffs", columns, where)) > 20


def test_histories_of_pages_that_are_not_touched_are_those_of_a_new_conversion(purged):
    change, _, after, fresh, _, _ = purged
    touched = ",".join(map(str, change.touched_pages()))
    for table in ("revision_history", "tokens"):
        assert same(after, fresh, table, "*", f"page_id NOT IN ({touched})")
    # What other users did is told of those that were known then.
    for table in ("reverts", "persistence"):
        names = [name for name in helpers.table(after, table).column_names if "self" not in name]
        assert same(after, fresh, table, ",".join(names), f"page_id NOT IN ({touched})")
    for table in ("revision_history", "reverts", "persistence", "tokens"):
        marks = duckdb.sql(f"SELECT page_id IN ({touched}), page_history_is_whole FROM '{after}/{table}/*.parquet'")
        assert {(is_touched, not is_touched) for is_touched, _ in marks.fetchall()} == set(marks.fetchall())


def test_derived_rows_name_nothing_that_is_gone(purged):
    change, _, after, fresh, _, _ = purged
    left = change.left_revisions
    shown = {number for number, (_, revision) in left.items() if "text" not in revision.hidden}
    named = {number for number, (_, revision) in left.items() if "user" not in revision.hidden}
    for row in helpers.table(after, "tokens").to_pylist():
        ids = {row["origin_revision_id"], row["last_revision_id"], *row["out_revision_ids"], *row["in_revision_ids"]}
        assert ids - {None} <= shown and row["out_count"] == len(row["out_revision_ids"])
        assert row["origin_revision_id"] in named or row["user_text"] is None
    for row in helpers.table(after, "reverts").to_pylist():
        assert {row["revision_id"], row["reverted_to_revision_id"]} <= shown
        assert set(row["reverted_revision_ids"]) <= set(left)
        assert row["revision_id"] in named or row["user_kind"] == "hidden"
        hidden = {row["revision_id"], *row["reverted_revision_ids"]} - named
        assert not (hidden and row["is_self_revert"])
    for row in helpers.table(after, "sessions").to_pylist():
        assert set(row["revision_ids"]) <= named
    history = helpers.table(after, "revision_history").to_pylist()
    assert {row["revision_id"] for row in history} == set(left)
    assert same(after, fresh, "revision_history", "revision_id, revision_text_bytes_diff, page_revision_count, "
                                                  "page_seconds_since_previous_revision")
    for row in history:
        assert row["revision_id"] in shown or not row["revision_is_identity_revert"]
        assert row["revision_first_identity_reverting_revision_id"] in shown | {None}
    for row in helpers.table(after, "persistence").to_pylist():
        assert row["tokens_added"] is None or row["revision_id"] in shown
        assert row["revision_id"] in named or row["non_self_processed"] is None


def test_reverts_that_are_told_brought_back_what_is_shown(purged):
    """A revert whose base is not shown would tell the text of that."""
    change, _, after, fresh, _, _ = purged

    def reverted(folder):
        return {row["revision_id"] for row in helpers.table(folder, "revision_history").to_pylist()
                if row["revision_is_identity_reverted"]}

    # A new conversion knows them, too, though it may find that another revert came first.
    assert reverted(after) <= reverted(fresh) and len(reverted(after)) > 3
    texts = {}
    for number, (page, revision) in sorted(change.left_revisions.items()):
        if "text" not in revision.hidden:
            texts.setdefault((page, revision.text), []).append(number)
    # Whoever is called a revert has a text that is shown before it.
    for row in helpers.table(after, "revision_history").to_pylist():
        if row["revision_is_identity_revert"]:
            page, revision = change.left_revisions[row["revision_id"]]
            assert texts[page, revision.text][0] < row["revision_id"]
        reverting = row["revision_first_identity_reverting_revision_id"]
        assert (reverting is not None) == row["revision_is_identity_reverted"]
        if reverting is not None:
            page, revision = change.left_revisions[reverting]
            assert texts[page, revision.text][0] < row["revision_id"] < reverting


def test_no_time_tells_when_something_that_is_gone_was_saved(purged):
    """All measures of time in `persistence` end at revisions that are shown, or are those of a new conversion."""
    change, before, after, fresh, _, _ = purged
    old, left = change.old_revisions, change.left_revisions
    gone_pages = {page for number, (page, _) in old.items() if number not in left}
    times = {}
    for number, (page, revision) in old.items():
        if number not in left:
            times.setdefault(page, set()).add(revision.time)
    withheld = 0
    for row in helpers.table(after, "persistence").to_pylist():
        seconds = row["seconds_possible"]
        if seconds is not None:
            end = left[row["revision_id"]][1].time + datetime.timedelta(seconds=seconds)
            assert end not in times.get(row["page_id"], set())
        elif row["tokens_added"] is not None:
            assert row["page_id"] in gone_pages and row["sum_log_seconds_visible"] is None
            withheld += 1
    were = {row["revision_id"]: row for row in helpers.table(before, "persistence").to_pylist()}
    assert any(row["seconds_possible"] is not None for row in helpers.table(after, "persistence").to_pylist()
               if row["page_id"] in gone_pages) or withheld > 0
    for row in helpers.table(after, "persistence").to_pylist():
        for name, value in row.items():
            assert value is None or value == were[row["revision_id"]][name] or name == "page_history_is_whole"


def test_no_count_of_others_tells_who_is_hidden(purged):
    """Of windows with a user who was hidden since, or with a revision that is gone, nothing is told by user."""
    change, _, after, _, _, _ = purged
    old, left = change.old_revisions, change.left_revisions
    secret = {number for number, (_, revision) in old.items()
              if number not in left or "user" in left[number][1].hidden - revision.hidden}
    by_page = {}
    for number, (page, revision) in old.items():
        if "text" not in revision.hidden:
            by_page.setdefault(page, []).append(number)
    withheld = 0
    for row in helpers.table(after, "persistence").to_pylist():
        number = row["revision_id"]
        if "text" in old[number][1].hidden or row["revisions_processed"] is None:
            continue
        looked_at = by_page[row["page_id"]]
        place = looked_at.index(number) + 1
        if secret & set(looked_at[place:place + row["revisions_processed"]]):
            assert row["non_self_processed"] is row["sum_log_non_self_persisted"] is None
            withheld += 1
    assert withheld > 0


def test_sessions_are_numbered_without_gaps(purged):
    _, _, after, _, _, _ = purged
    numbers = {}
    for row in helpers.table(after, "sessions").to_pylist():
        numbers.setdefault((row["user_id"], row["user_kind"], row["user_id"] or row["user_text"]), []).append(
            row["session_index"])
    assert any(len(indexes) > 1 for indexes in numbers.values())
    assert all(indexes == list(range(len(indexes))) for indexes in numbers.values())


def test_no_time_ends_at_what_is_gone_in_small_windows(made, tmp_path):
    """With a window of two revisions the last that was looked at is often one that is gone."""
    change, _, new = made
    dump = tmp_path / "old" / "samplewiki-20260101-pages-meta-history.xml"
    out = helpers.converted(dump, tmp_path / "windows", "--persistence-window", "2", tables=["persistence"])

    def ends_at_gone():
        old, left = change.old_revisions, change.left_revisions
        gone = {(page, revision.time) for number, (page, revision) in old.items() if number not in left}
        found = 0
        for row in helpers.table(out, "persistence").to_pylist():
            if row["revision_id"] in left and row["seconds_possible"] is not None:
                end = old[row["revision_id"]][1].time + datetime.timedelta(seconds=row["seconds_possible"])
                found += (row["page_id"], end) in gone
        return found

    assert ends_at_gone() > 0
    purge(out, new)
    assert ends_at_gone() == 0
    assert sum(row["seconds_possible"] is not None for row in helpers.table(out, "persistence").to_pylist()) > 20


def test_without_checksums_no_revert_of_a_touched_page_is_told(made, tmp_path):
    change, _, new = made
    out = helpers.converted(tmp_path / "old" / "samplewiki-20260101-pages-meta-history.xml", tmp_path / "alone",
                            tables=["revision_history"])
    purge(out, new)
    touched = change.touched_pages()
    rows = helpers.table(out, "revision_history").to_pylist()
    assert not any(row["revision_is_identity_revert"] for row in rows if row["page_id"] in touched)
    assert any(row["revision_is_identity_revert"] for row in rows if row["page_id"] not in touched)
    assert purge(out, new, "--dry-run")["tables"] == {}


def test_what_filters_left_out_is_not_told(made, tmp_path):
    """The first row behind --since would tell when the revision before it was saved, which may be gone."""
    change, _, new = made
    thinned = {page for number, (page, _) in change.old_revisions.items() if number not in change.left_revisions}
    page = next(page for page in change.left if page.id in thinned and len(page.revisions) > 2)
    all_old = next(old.revisions for old in change.old_pages if old.id == page.id)
    first_gone = next(revision for revision in all_old if revision.id not in change.left_revisions)
    since = min(first_gone.time, all_old[-1].time)
    out = helpers.converted(tmp_path / "old" / "samplewiki-20260101-pages-meta-history.xml", tmp_path / "since",
                            "--since", f"{since:%Y-%m-%dT%H:%M:%SZ}", tables=["revision_history"])
    purge(out, new)
    rows = [row for row in helpers.table(out, "revision_history").to_pylist() if row["page_id"] == page.id]
    times = {revision.id: revision.time for revision in all_old}
    gone = {revision.time for revision in all_old if revision.id not in change.left_revisions}
    for row in rows:
        seconds = row["page_seconds_since_previous_revision"]
        assert seconds is None or times[row["revision_id"]] - datetime.timedelta(seconds=seconds) not in gone


def test_sessions_that_stay_are_as_they_were(purged):
    _, before, after, fresh, _, report = purged
    def rows(folder):
        return [{name: value for name, value in row.items() if name != "session_index"}
                for row in helpers.table(folder, "sessions").to_pylist()]
    kept = rows(after)
    assert all(row in rows(before) for row in kept) and kept
    removed = report["tables"]["sessions"]["rows_removed"]
    assert len(kept) + sum(removed.values()) == helpers.table(before, "sessions").num_rows


def test_the_manifest_tells(purged):
    _, before, after, _, new, report = purged
    purges = helpers.manifest(after)["purges"]
    assert [entry["name"] for entry in purges[0]["against"]] == sorted(str(path) for path in new.iterdir())
    assert purges[0]["tables"] == report["tables"] and purges[0]["pages_compared"] == "all"
    assert "purges" not in helpers.manifest(before)
    rows = {name: table["rows"] for name, table in helpers.manifest(after)["tables"].items()}
    for name, table in helpers.manifest(before)["tables"].items():
        removed = report["tables"].get(name, {"rows_removed": {}})["rows_removed"]
        assert rows[name] == table["rows"] - sum(removed.values()) == helpers.table(after, name).num_rows


def test_again_nothing_is_to_be_done(purged):
    _, _, after, _, new, _ = purged
    report = purge(after, new, "--dry-run")
    assert report["tables"] == {} and report["rewritten_parts"] == 0


def everything(folder):
    """All files of a folder with their bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def made(tmp_path):
    """A change with its dumps and an output."""
    change = changing_wiki.Change(4)
    old, new, _ = change.write(tmp_path)
    return change, convert(old, tmp_path / "out"), new


def test_a_dry_run_changes_nothing(made):
    _, out, new = made
    before = everything(out)
    told = purge(out, new, "--dry-run")
    assert everything(out) == before and told["is_dry_run"]
    text = helpers.run("purge", out, "--against", new, "--dry-run").stdout.decode()
    assert "would remove rows: " in text and "revision gone" in text
    done = purge(out, new)
    assert done["tables"] == told["tables"] and done["rewritten_parts"] == told["rewritten_parts"] > 10


def sorting_columns(file):
    return [file.metadata.row_group(number).sorting_columns for number in range(file.metadata.num_row_groups)][:1]


def test_parts_metadata_and_modes_stay(made, tmp_path):
    _, _, new = made
    out = convert(tmp_path / "old", tmp_path / "private", "--private")
    before = {path: pq.ParquetFile(path) for path in out.rglob("*.parquet")}
    described = {path: (file.schema_arrow, file.metadata.metadata, sorting_columns(file))
                 for path, file in before.items()}
    purge(out, new)
    for path, (schema, metadata, order) in described.items():
        file = pq.ParquetFile(path)
        assert file.schema_arrow.equals(schema, check_metadata=True) and file.metadata.metadata == metadata
        assert sorting_columns(file) == order
        assert path.stat().st_mode & 0o777 == 0o600
    assert (out / "manifest.json").stat().st_mode & 0o777 == 0o600


def test_several_small_parts(made, tmp_path):
    """Diffs build on each other over parts."""
    change, _, new = made
    big = []
    for number, page in enumerate(change.old_pages):
        big.append(changing_wiki.Page(page.id, page.title, [
            dataclasses.replace(revision, text=revision.text + " filler" * 9000)
            for revision in page.revisions]))
    dump = tmp_path / "big" / "samplewiki-20260101-pages-meta-history.xml"
    dump.parent.mkdir()
    dump.write_text(changing_wiki.pages_xml(big))
    out = convert(dump, tmp_path / "small", "--part-bytes", "64K", "--row-group-bytes", "64K",
                  tables=["revisions", "content", "diffs"])
    assert len(helpers.part_files(out, "content")) > 1 < len(helpers.part_files(out, "diffs"))
    purge(out, new)
    assert sound(out) and found(out, {secret for secret in change.secrets() if secret[:4] in ("word", "said")}) == set()
    result = helpers.run("apply", out)
    rebuilt = {row["revision_id"]: row["text"] for row in map(json.loads, result.stdout.splitlines())}
    assert result.returncode == 0 and rebuilt == {
        number: None if "text" in revision.hidden else revision.text + " filler" * 9000
        for number, (_, revision) in change.left_revisions.items()}


def refused(*arguments):
    result = helpers.run("purge", *arguments)
    assert result.returncode == 2, result.stderr.decode()
    return result.stderr.decode()


def test_what_cannot_be_told_is_refused(made, tmp_path):
    change, out, new = made
    before = everything(out)
    stub, log = new / "samplewiki-20260201-stub-meta-history.xml", new / "samplewiki-20260201-pages-logging.xml"
    for kind in ("pages-articles", "stub-meta-current", "pages-meta-hist-incr"):
        other = tmp_path / f"samplewiki-20260201-{kind}.xml"
        shutil.copy(stub, other)
        assert "does not hold all revisions" in refused(out, "--against", other)
    other = tmp_path / "newer.xml"
    shutil.copy(stub, other)
    assert "--assume whole" in refused(out, "--against", other)
    assert "--assume newer" in refused(out, "--against", other, "--assume", "whole")
    other = tmp_path / "samplewiki-20251201-stub-meta-history.xml"
    shutil.copy(stub, other)
    assert "are of 20251201" in refused(out, "--against", other)
    assert "log_events: no newer dump has the log" in refused(out, "--against", stub)
    assert "revisions: no newer dump has pages" in refused(out, "--against", log)
    assert "no purge" in refused(out) and "no manifest" in refused(tmp_path, "--against", stub)
    other = tmp_path / "otherwiki-20260201-stub-meta-history.xml"
    other.write_text(changing_wiki.pages_xml(change.newer_pages, True, wiki="otherwiki"))
    assert "several wikis, otherwiki and samplewiki" in refused(out, "--against", other, log)
    assert "are of otherwiki" in refused(out, "--against", other)
    assert everything(out) == before
    # A dump that is cut proves nothing.
    cut = tmp_path / "cut" / stub.name
    cut.parent.mkdir()
    cut.write_bytes(stub.read_bytes()[:-300])
    assert helpers.run("purge", out, "--against", cut).returncode == 3
    assert everything(out) == before


def test_pages_that_are_not_covered_stay(made, tmp_path):
    change, out, _ = made
    middle = [page for page in change.newer_pages if 50 <= page.id <= 120]
    part = tmp_path / "samplewiki-20260201-stub-meta-history2.xml-p50p120.gz"
    helpers.gzip.open(part, "wt").write(changing_wiki.pages_xml(middle, is_stub=True))
    message = refused(out, "--against", part)
    assert "the newer dumps hold the pages 50 to 120 only" in message and "--partial" in message
    result = helpers.run("purge", out, "--against", part, "--partial", "--json", "--progress", "off")
    assert result.returncode == 1, result.stderr.decode()
    report = json.loads(result.stdout)
    assert report["pages_compared"] == "50 to 120" and report["tables"]["revisions"]["rows_not_judged"] > 10
    ids = {row["revision_id"] for row in helpers.table(out, "revisions").to_pylist()}
    there = {revision.id for page in middle for revision in page.revisions}
    expected = {number for number, (page, _) in change.old_revisions.items()
                if number in there or not 50 <= page <= 120}
    assert ids == expected and len(ids) < len(change.old_revisions)
    assert sound(out)


def test_parts_without_ranges_cover_what_lies_between_them(made, tmp_path):
    change, out, new = made
    pages = sorted(change.newer_pages, key=lambda page: page.id)
    for number, some in enumerate((pages[:6], pages[6:12]), 1):
        (tmp_path / f"samplewiki-20260201-stub-meta-history{number}.xml").write_text(
            changing_wiki.pages_xml(some, is_stub=True))
    message = refused(out, "--against", tmp_path / "samplewiki-20260201-stub-meta-history?.xml",
                      new / "samplewiki-20260201-pages-logging.xml")
    assert f"hold the pages 1 to {pages[11].id} only" in message


def test_tables_that_lead_nowhere_are_named(made, tmp_path):
    _, _, new = made
    helpers.run("convert", helpers.SAMPLES / "sql" / "types.sql.gz", "--output", tmp_path / "sql")
    message = refused(tmp_path / "sql", "--against", new, "--assume", "newer,wiki")
    assert "nothing in it leads to revisions" in message
    columns = helpers.converted(tmp_path / "old", tmp_path / "columns", "--columns", "revisions=page_id,user_text",
                                tables=["pages", "revisions"])
    message = refused(columns, "--against", new)
    assert "revisions: it has no column revision_id" in message and "pages: there is no table revisions" in message


def test_tables_of_the_database(tmp_path):
    """Rows of pages that are gone go, whatever the table calls their id."""
    sql = helpers.SAMPLES / "sql"
    names = ["samplewiki-20260101-page.sql.gz", "samplewiki-20260101-categorylinks.sql.gz",
             "samplewiki-20260101-page_restrictions.sql.gz"]
    out = tmp_path / "out"
    helpers.run("convert", *(sql / name for name in names), "--output", out, "--tables", "rejects")
    pages = [row["page_id"] for row in helpers.table(out, "sql_page").to_pylist()]
    assert len(pages) > 3
    kept = set(pages[::2])
    dump = tmp_path / "samplewiki-20260201-stub-meta-history.xml"
    dump.write_text(changing_wiki.pages_xml([changing_wiki.Page(number, f"P {number}", [
        changing_wiki.Revision(number, 0, changing_wiki.START, ("A", 1), "", "")]) for number in kept], True))
    ids = {"sql_page": "page_id", "sql_categorylinks": "cl_from", "sql_page_restrictions": "pr_page"}
    before = {name: helpers.table(out, name).to_pylist() for name in ids}
    schema = pq.read_schema(helpers.part_files(out, "sql_page")[0])
    purge(out, dump)
    assert sound(out)
    for name, column in ids.items():
        expected = [row for row in before[name] if row[column] in kept]
        assert helpers.table(out, name).to_pylist() == expected, name
    assert pq.read_schema(helpers.part_files(out, "sql_page")[0]).equals(schema, check_metadata=True)


def test_a_purge_that_is_ended_at_any_point_goes_on(made, tmp_path):
    """Every state that it can leave, as the order of its steps has it."""
    _, before, new = made
    after = tmp_path / "after"
    shutil.copytree(before, after)
    purge(after, new)
    old, done = everything(before), everything(after)
    changed = [name for name in done if old.get(name) != done[name] and name.endswith(".parquet")]
    record = json.dumps({"manifest": json.loads(done["manifest.json"]), "parts": changed})

    def temporary(folder, name):
        path = folder / name
        return path.with_name(f".{path.name}.tmp")

    def state(number, is_recorded, has_manifest, moved):
        folder = tmp_path / f"state{number}"
        shutil.copytree(before, folder)
        for name in changed:
            (folder / name if name in moved else temporary(folder, name)).write_bytes(done[name])
        if is_recorded:
            (folder / ".mwparquet-purge.tmp").write_text(record)
        if has_manifest is None:
            (folder / "manifest.json").unlink()
        elif has_manifest:
            (folder / "manifest.json").write_bytes(done["manifest.json"])
        return folder

    # Before the record counts, the folder is as it was.
    folder = state(0, False, False, [])
    assert sound(folder)
    (folder / ".mwparquet-purge-new.tmp").write_text(record[:40])
    assert sound(folder) and "no purge" in refused(folder)
    assert everything(folder) == old
    # From then on it is ended by whoever comes.
    states = [state(1, True, False, []), state(2, True, None, []), state(3, True, None, changed[:3]),
              state(4, True, None, changed), state(5, True, True, changed)]
    for folder in states:
        assert not sound(folder) and "ended before its end" in refused(folder, "--against", new, "--dry-run")
        result = helpers.run("purge", folder)
        assert result.returncode == 0 and b"ended a purge" in result.stdout, result.stderr
        assert everything(folder) == done and sound(folder)
    folder = state(6, True, None, changed[:2])
    assert json.loads(helpers.run("list", folder, "--json").stdout)["is_finished"] is False
    assert purge(folder, new)["tables"] == {} and everything(folder).keys() == done.keys()
    folder = state(7, True, None, changed[:2])
    assert helpers.run("clean", folder).returncode == 0 and not folder.exists()
    folder = state(8, True, None, [])
    temporary(folder, changed[0]).write_bytes(b"cut")
    assert helpers.run("purge", folder).returncode == 3 and (folder / ".mwparquet-purge.tmp").exists()


def test_killed_at_random(made, tmp_path):
    _, before, new = made
    after = tmp_path / "after"
    shutil.copytree(before, after)
    began = time.monotonic()
    purge(after, new)
    seconds, ended = time.monotonic() - began, set()
    for number in range(12):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(before, folder)
        job = subprocess.Popen([helpers.binary(), "purge", folder, "--against", new, "--progress", "off"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds * (number + 1) / 13)
        job.send_signal(signal.SIGKILL)
        job.wait()
        if (folder / ".mwparquet-purge.tmp").exists():
            assert helpers.run("purge", folder).returncode == 0
        assert sound(folder)
        data = {name: data for name, data in everything(folder).items() if name.endswith(".parquet")}
        wholes = [{name: data for name, data in everything(whole).items() if name.endswith(".parquet")}
                  for whole in (before, after)]
        assert data in wholes
        ended.add(wholes.index(data))
        purge(folder, new)
        left = [path for path in folder.rglob("*") if path.name.startswith(".")]
        assert left == [] and sound(folder)
        assert found(folder, made[0].secrets()) == set()


def test_runs_say_that_they_are_whole(made, tmp_path):
    change, out, new = made
    run = tmp_path / "mirror" / "samplewiki" / "20260201"
    run.mkdir(parents=True)
    pages = sorted(change.newer_pages, key=lambda page: page.id)
    names = []
    for number, some in enumerate((pages[:6], pages[6:]), 1):
        names.append(f"samplewiki-20260201-stub-meta-history{number}.xml.gz")
        with helpers.gzip.open(run / names[-1], "wt") as file:
            file.write(changing_wiki.pages_xml(some, is_stub=True))
    shutil.copy(new / "samplewiki-20260201-pages-logging.xml", run / "samplewiki-20260201-pages-logging.xml")
    (run / "samplewiki-20260201-pages-articles.xml").write_text("not looked at")
    listed = {name: {"size": (run / name).stat().st_size} for name in names}
    log = {"samplewiki-20260201-pages-logging.xml": {}}
    articles = {"samplewiki-20260201-pages-articles.xml": {}}
    (run / "dumpstatus.json").write_text(json.dumps({"jobs": {
        "xmlstubsdump": {"status": "done", "files": listed}, "xmlpagelogsdump": {"status": "done", "files": log},
        "articlesdump": {"status": "done", "files": articles}}}))
    report = purge(out, run)
    assert report["pages_compared"] == report["log_entries_compared"] == "all"
    (run / names[0]).unlink()
    assert "though dumpstatus.json lists it" in refused(out, "--against", run)
