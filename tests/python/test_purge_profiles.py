"""Purged outputs in the shapes of others and in partitions: held against outputs made of what is left."""
import json
import shutil

import duckdb
import pytest

import changing_wiki
import helpers
from test_purge import found, nothing_is_left_of, purge, refused, sound

PROFILES = list(helpers.PROFILE_TABLES)
TABLES = list(helpers.PROFILE_TABLES.values())
# Columns that tell of a page's history as it was; see docs/PRIVACY.md.
COUNTED = {
    "mediawiki_wikitext_history": ["page_redirect_title"],
    "mediawiki_wikitext_history_wiki_id": ["page_redirect_title"],
    "mediawiki_content_history_v1": ["page_redirect_target"],
    "mediawiki_content_current_v1": ["page_redirect_target"],
    "mediawiki_history": [],
    "wikiq": ["token_revs", "tokens_added", "tokens_removed", "tokens_window"],
}
REVERTS = {"mediawiki_history": ["revision_is_identity_reverted", "revision_first_identity_reverting_revision_id",
                                 "revision_seconds_to_identity_revert", "revision_is_identity_revert"],
           "wikiq": ["revert", "reverteds"]}


def convert(dumps, output, *arguments, tables="pages,rejects", profiles=PROFILES):
    result = helpers.run("convert", dumps, "--output", output, "--progress", "off", "--compression", "none",
                         "--profile", ",".join(profiles), "--tables", tables, *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return output


@pytest.fixture(scope="module", params=[(1, "flat"), (2, "hive"), (3, "hive"), (5, "flat")],
                ids=lambda param: f"{param[1]}{param[0]}")
def purged(request, tmp_path_factory):
    """A change, an output as it was, purged, and made of what is left."""
    seed, layout = request.param
    folder = tmp_path_factory.mktemp("purge")
    change = changing_wiki.Change(seed)
    old, new, left = (path / "samplewiki-{}-{}.xml".format(date, kind) for path, date, kind in zip(
        change.write(folder), ("20260101", "20260201", "20260101"),
        ("pages-meta-history", "stub-meta-history", "pages-meta-history")))
    before = convert(old, folder / "before", "--layout", layout, "--persistence")
    shutil.copytree(before, folder / "out")
    report = purge(folder / "out", new)
    return change, before, folder / "out", convert(left, folder / "fresh", "--layout", layout, "--persistence"), new, report


def read(folder, table, columns="*", where="true"):
    """Rows as DuckDB reads them, with the columns of partitions."""
    parts = f"read_parquet('{folder}/{table}/**/*.parquet', hive_partitioning = true)"
    return duckdb.sql(f"SELECT {columns} FROM {parts} WHERE {where} ORDER BY ALL").fetchall()


def test_nothing_of_what_is_gone_is_in_any_byte(purged):
    change, before, after, fresh, _, _ = purged
    secrets = {word for word in change.secrets() if word[:4] in ("word", "said")}
    nothing_is_left_of(secrets, change, before, after, fresh)


@pytest.mark.parametrize("table", [table for table in TABLES if "current" not in table])
def test_rows_are_those_of_a_new_conversion(purged, table):
    _, _, after, fresh, _, report = purged
    left_out = COUNTED[table] + REVERTS.get(table, [])
    columns = f"* EXCLUDE ({', '.join(left_out)})" if left_out else "*"
    expected = read(fresh, table, columns)
    assert read(after, table, columns) == expected and len(expected) > 60
    assert report["tables"][table]["rows_removed"]["revision_gone"] > 3
    assert {"text_hidden", "user_hidden"} <= set(report["tables"][table]["rows_changed"])


def test_histories_of_pages_that_are_not_touched_are_those_of_a_new_conversion(purged):
    change, _, after, fresh, _, _ = purged
    touched = ",".join(map(str, change.touched_pages()))
    for table, page in (("mediawiki_history", "page_id"), ("wikiq", "articleid")):
        expected = read(fresh, table, "*", f"{page} NOT IN ({touched})")
        assert read(after, table, "*", f"{page} NOT IN ({touched})") == expected and expected


def test_what_is_current_is_what_was_or_nothing(purged):
    change, before, after, fresh, _, report = purged
    left = change.left_revisions
    rows = {row[0]: row for row in read(after, TABLES[3], "revision_id, * EXCLUDE (revision_id, page_redirect_target)")}
    anew = {row[0]: row for row in read(fresh, TABLES[3], "revision_id, * EXCLUDE (revision_id, page_redirect_target)")}
    were = {row[0] for row in read(before, TABLES[3], "revision_id")}
    assert set(rows) == were & set(left) < were
    assert all(row == anew[number] for number, row in rows.items())
    # Pages that are still there without their latest revision are counted, not lost in silence.
    newer = {page.id for page in change.newer_pages}
    left_out = [page.id for page in change.old_pages if page.revisions[-1].id not in left and page.id in newer]
    removed = report["tables"][TABLES[3]]["rows_removed"]
    assert removed.get("latest_revision_gone", 0) == len(left_out)
    assert sum(removed.values()) == len(were) - len(rows)


def test_reverts_tell_nothing_of_hidden_texts(purged):
    change, _, after, fresh, _, _ = purged
    left = change.left_revisions
    shown = {number for number, (_, revision) in left.items() if "text" not in revision.hidden}
    for number, reverting, is_revert in read(after, "mediawiki_history", "revision_id, "
            "revision_first_identity_reverting_revision_id, revision_is_identity_revert"):
        assert reverting in shown | {None} and (number in shown or not is_revert)
    # What is told to be reverted is so in a new conversion, too.
    was_reverted = "revision_is_identity_reverted"
    told = set(read(after, "mediawiki_history", "revision_id", was_reverted))
    assert told <= set(read(fresh, "mediawiki_history", "revision_id", was_reverted)) and len(told) > 3
    anew = {row[0]: row for row in read(fresh, "wikiq", "revid, revert, reverteds, sha1")}
    known = 0
    for number, is_revert, reverted, sha1 in read(after, "wikiq", "revid, revert, reverteds, sha1"):
        assert (is_revert is not None or number not in shown or anew[number][1] is False
                or anew[number][2] != reverted), number
        if is_revert:
            # What it brought back is shown: the new conversion knows that it is a revert, too.
            assert anew[number][1] is True and set(map(int, reverted.split(","))) <= set(left)
            known += 1
    assert known > 3


def test_measures_of_tokens_tell_nothing_of_lost_texts(purged):
    change, before, after, _, _, _ = purged
    old, left = change.old_revisions, change.left_revisions
    columns = "articleid, revid, token_revs, tokens_added, tokens_removed, tokens_window"
    were = {row[1]: row[2:] for row in read(before, "wikiq", columns)}
    are = {row[1]: row[2:] for row in read(after, "wikiq", columns)}
    assert set(are) == set(left)
    lost = {number for number, (_, revision) in old.items() if "text" not in revision.hidden
            and (number not in left or "text" in left[number][1].hidden)}
    texts = {(old[number][0], old[number][1].text) for number in lost}
    # By page, the revision whose text each was compared with.
    compared, last = {}, {}
    for number, (page, revision) in old.items():
        if "text" not in revision.hidden:
            compared[number], last[page] = last.get(page), number
    hidden, behind, kept = 0, 0, 0
    for number, row in are.items():
        page, revision = old[number]
        if number in lost:
            assert row == (None,) * 4
            hidden += 1
        elif were[number][1] == 0 and (page, revision.text) in texts:
            assert row == (None,) * 4
        elif compared.get(number) in lost:
            assert row[2] is None
            behind += 1
        assert all(value in (None, was) for value, was in zip(row, were[number]))
        kept += row == were[number]
    assert hidden and behind and kept > len(are) / 2


def test_pages_are_counted_anew(purged):
    _, _, after, fresh, _, _ = purged
    columns = "* EXCLUDE (page_redirect_target)"
    assert read(after, "pages", columns) == read(fresh, "pages", columns) != []


@pytest.mark.parametrize("profile", [profile for profile in PROFILES if "current" not in profile])
def test_each_profile_counts_pages(profile, tmp_path):
    change = changing_wiki.Change(1)
    old, new, left = change.write(tmp_path)
    name = "samplewiki-20260101-pages-meta-history.xml"
    out = convert(old / name, tmp_path / "out", profiles=[profile])
    fresh = convert(left / name, tmp_path / "fresh", profiles=[profile])
    purge(out, new)
    columns = "* EXCLUDE (page_redirect_target)"
    assert read(out, "pages", columns) == read(fresh, "pages", columns) != []


def test_again_nothing_is_to_be_done(purged):
    _, _, after, _, new, _ = purged
    assert purge(after, new, "--dry-run")["tables"] == {}


def test_the_manifest_tells_of_partitions(purged):
    _, before, after, _, _, report = purged
    told, old = helpers.manifest(after), helpers.manifest(before)
    for name, table in told["tables"].items():
        assert [part["path"] for part in table["parts"]] == [part["path"] for part in old["tables"][name]["parts"]]
        assert table["rows"] == sum(part["rows"] for part in table["parts"]) == len(read(after, name))
    assert told["purges"][0]["tables"] == report["tables"]
    assert {path.relative_to(after) for path in after.rglob("*")} == {
        path.relative_to(before) for path in before.rglob("*")}


@pytest.fixture
def wikis(tmp_path):
    """Two wikis in partitions of one output."""
    change = changing_wiki.Change(4)
    old, new, _ = change.write(tmp_path)
    other = tmp_path / "otherwiki-20260301-pages-meta-history.xml"
    other.write_text(changing_wiki.pages_xml(change.old_pages, wiki="otherwiki"))
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    for path in (other, old / "samplewiki-20260101-pages-meta-history.xml"):
        shutil.copy(path, dumps / path.name)
    stub = new / "samplewiki-20260201-stub-meta-history.xml"
    return change, dumps, stub, convert(dumps, tmp_path / "out", "--layout", "hive", tables="revisions,pages")


def bytes_of(folder, wiki):
    return {path: path.read_bytes() for path in folder.rglob("*.parquet") if f"={wiki}/" in str(path)}


def test_other_wikis_stay(wikis):
    _, _, stub, out = wikis
    other, ours = bytes_of(out, "otherwiki"), bytes_of(out, "samplewiki")
    report = purge(out, stub)
    assert report["other_wikis"] == ["otherwiki"] and sound(out)
    assert bytes_of(out, "otherwiki") == other != {} and bytes_of(out, "samplewiki") != ours
    rows = duckdb.sql(f"SELECT wiki_id, count(*) FROM '{out}/revisions/**/*.parquet' GROUP BY 1 ORDER BY 1").fetchall()
    assert rows[0][1] > rows[1][1] > 0
    text = helpers.run("purge", out, "--against", stub).stdout.decode()
    assert "LEFT AS IT IS  otherwiki" in text


def test_a_wiki_that_is_not_there_is_refused(wikis, tmp_path):
    change, _, _, out = wikis
    third = tmp_path / "thirdwiki-20260401-stub-meta-history.xml"
    third.write_text(changing_wiki.pages_xml(change.newer_pages, True, wiki="thirdwiki"))
    assert "are of thirdwiki" in refused(out, "--against", third)


def test_a_purge_that_is_ended_in_partitions_goes_on(wikis, tmp_path):
    """Every state that it can leave: with the record, partitions that change are not complete."""
    _, _, stub, before = wikis
    after = tmp_path / "after"
    shutil.copytree(before, after)
    purge(after, stub)
    files = {str(path.relative_to(after)): path.read_bytes() for path in after.rglob("*") if path.is_file()}
    changed = [name for name, data in files.items()
               if name.endswith(".parquet") and (before / name).read_bytes() != data]
    assert changed and all("samplewiki" in name for name in changed)
    record = json.dumps({"manifest": json.loads(files["manifest.json"]), "parts": changed})
    for number, (moved, has_marks) in enumerate([(0, True), (0, False), (2, False), (len(changed), False)]):
        folder = tmp_path / f"state{number}"
        shutil.copytree(before, folder)
        for place, name in enumerate(changed):
            path = folder / name
            (path if place < moved else path.with_name(f".{path.name}.tmp")).write_bytes(files[name])
            if not has_marks:
                (path.parent / "_SUCCESS").unlink(missing_ok=True)
        (folder / ".mwparquet-purge.tmp").write_text(record)
        if not has_marks:
            (folder / "manifest.json").unlink()
        assert not sound(folder)
        assert helpers.run("purge", folder).returncode == 0 and sound(folder)
        assert {str(path.relative_to(folder)): path.read_bytes()
                for path in folder.rglob("*") if path.is_file()} == files


def test_current_pages_that_are_left_out_are_told(tmp_path):
    change = changing_wiki.Change(3)
    old, new, _ = change.write(tmp_path)
    out = convert(old / "samplewiki-20260101-pages-meta-history.xml", tmp_path / "out", profiles=["content-current"],
                  tables="rejects")
    newer = {page.id for page in change.newer_pages}
    pages = [page for page in change.old_pages
             if page.revisions[-1].id not in change.left_revisions and page.id in newer]
    text = helpers.run("purge", out, "--against", new / "samplewiki-20260201-stub-meta-history.xml").stdout.decode()
    assert pages and f"LEFT OUT  {len(pages)} of the current pages" in text
