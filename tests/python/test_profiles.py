"""Profiles: the shapes of others, held against an oracle that has their rules from elsewhere."""
import csv
import io

import pyarrow as pa
import pytest

import helpers

TABLES = helpers.PROFILE_TABLES
SLOTS = pa.map_(pa.string(), pa.field("value", pa.struct([
    ("content_body", pa.string()), ("content_format", pa.string()), ("content_model", pa.string()),
    ("content_sha1", pa.string()), ("content_size", pa.int64()), ("origin_rev_id", pa.int64())])))
TEXT, LONG, INT, BOOL = pa.string(), pa.int64(), pa.int32(), pa.bool_()
TEXTS = pa.list_(pa.field("element", pa.string(), nullable=False))
TIME = pa.timestamp("us", tz="UTC")


def columns(text):
    """Names and types, as `name type` in lines."""
    types = {"string": TEXT, "bigint": LONG, "int": INT, "boolean": BOOL, "array": TEXTS,
             "timestamp": TIME, "slots": SLOTS}
    pairs = [line.split() for line in text.strip().splitlines()]
    return [(name, types[kind]) for *names, kind in pairs for name in names]


WIKITEXT = """
page_id bigint
{namespace} int
page_title page_redirect_title string
page_restrictions array
user_id bigint
user_text string
revision_id revision_parent_id bigint
{time} string
revision_minor_edit boolean
revision_comment string
revision_text_bytes bigint
revision_text_sha1 revision_text revision_content_model revision_content_format string
user_is_visible comment_is_visible content_is_visible boolean
"""
CONTENT = """
page_id bigint
page_namespace_id int
page_title page_redirect_target string
user_id user_central_id bigint
user_text string
user_is_visible boolean
revision_id revision_parent_id bigint
revision_dt timestamp
revision_is_minor_edit boolean
revision_comment string
revision_comment_is_visible boolean
revision_sha1 string
revision_size bigint
revision_content_slots slots
revision_content_is_visible boolean
wiki_id string
row_content_update_dt row_visibility_update_dt row_move_update_dt timestamp
"""
HISTORY = """
wiki_db string
event_log_id bigint
event_entity event_type event_timestamp event_comment string
event_user_id event_user_central_id bigint
event_user_text_historical event_user_text string
event_user_blocks_historical event_user_blocks event_user_groups_historical array
event_user_groups event_user_is_bot_by_historical event_user_is_bot_by array
event_user_is_created_by_self event_user_is_created_by_system event_user_is_created_by_peer boolean
event_user_is_anonymous event_user_is_temporary event_user_is_permanent event_user_is_cross_wiki boolean
event_user_registration_timestamp event_user_creation_timestamp event_user_first_edit_timestamp string
event_user_revision_count event_user_seconds_since_previous_revision page_id bigint
page_artificial_id page_title_historical page_title string
page_namespace_historical int
page_namespace_is_content_historical boolean
page_namespace int
page_namespace_is_content page_is_redirect page_is_deleted boolean
page_creation_timestamp page_first_edit_timestamp string
page_revision_count page_seconds_since_previous_revision user_id user_central_id bigint
user_text_historical user_text string
user_blocks_historical user_blocks user_groups_historical user_groups array
user_is_bot_by_historical user_is_bot_by array
user_is_created_by_self user_is_created_by_system user_is_created_by_peer boolean
user_is_anonymous user_is_temporary user_is_permanent boolean
user_registration_timestamp user_creation_timestamp user_first_edit_timestamp string
revision_id revision_parent_id bigint
revision_minor_edit boolean
revision_deleted_parts array
revision_deleted_parts_are_suppressed boolean
revision_text_bytes revision_text_bytes_diff bigint
revision_text_sha1 revision_content_model revision_content_format string
revision_is_deleted_by_page_deletion boolean
revision_deleted_by_page_deletion_timestamp string
revision_is_identity_reverted boolean
revision_first_identity_reverting_revision_id revision_seconds_to_identity_revert bigint
revision_is_identity_revert revision_is_from_before_page_creation boolean
revision_tags array
"""
WIKIQ = """
anon boolean
articleid bigint
date_time timestamp
deleted boolean
editor string
editor_id bigint
minor boolean
namespace bigint
revert boolean
reverteds string
revid bigint
sha1 string
text_chars bigint
title string
"""
EXPECTED = {
    "wikitext-history": columns(WIKITEXT.format(namespace="page_namespace", time="revision_timestamp")
                                + "wiki_db string"),
    "wikitext-history-wiki-id": columns("wiki_id string\n" + WIKITEXT.format(
        namespace="page_namespace_id", time="revision_dt").strip()),
    "content-history": columns(CONTENT),
    "content-current": columns(CONTENT),
    "mediawiki-history": columns(HISTORY),
    "wikiq": columns(WIKIQ),
}


@pytest.fixture(scope="module", params=helpers.sound_samples())
def sample(request, tmp_path_factory):
    """A sample with its rows by the oracle and by us."""
    import profile_oracle
    path = helpers.SAMPLES / request.param
    folder = tmp_path_factory.mktemp("profiles") / "out"
    # Small chunks: 64 KiB where the container's dictionary lets us.
    memory = "32MiB" if path.suffix in (".7z", ".xz", ".lzma", ".zst") else "16MiB"
    arguments = ["--profile", ",".join(TABLES), "--memory", memory]
    result = helpers.run("convert", path, "--output", folder, "--progress", "off", *arguments)
    assert result.returncode == 0, result.stderr.decode()
    expected = {table: [] for table in TABLES.values()}
    for table, row in profile_oracle.rows(str(path)):
        expected[table].append(row)
    return path, folder, expected


def plain(value):
    """A value as the oracle spells it: maps of slots are lists of pairs."""
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return dict(value)
    return helpers.plain(value)


@pytest.mark.parametrize("profile", TABLES)
def test_rows(sample, profile):
    _, folder, expected = sample
    found = [{name: plain(value) for name, value in row.items()}
             for row in helpers.table(folder, TABLES[profile]).to_pylist()]
    assert found == [{name: row[name] for name, _ in EXPECTED[profile]} for row in expected[TABLES[profile]]]


def test_wikiq_as_tsv(sample):
    path, _, expected = sample
    result = helpers.run("cat", "--format", "wikiq", path)
    assert result.returncode == 0, result.stderr.decode()
    reader = csv.DictReader(io.StringIO(result.stdout.decode(), newline=""), delimiter="\t")
    assert reader.fieldnames == [name for name, _ in EXPECTED["wikiq"]]

    def spelt(name, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        return str(value).replace("T", " ").rstrip("Z") if name == "date_time" else str(value)

    assert list(reader) == [{name: spelt(name, value) for name, value in row.items()}
                            for row in expected["wikiq"]]


@pytest.mark.parametrize("profile", TABLES)
def test_names_types_and_order(big, profile):
    schema = helpers.table(big, TABLES[profile]).schema
    assert [(field.name, field.type) for field in schema] == EXPECTED[profile]
    assert all(field.nullable for field in schema)
    assert len(EXPECTED["mediawiki-history"]) == 79
    assert len(EXPECTED["wikitext-history"]) == 20 + 1


def test_samples_show_what_rules_are_about(tmp_path):
    """The comparison would be worth little if no sample had hidden users, slots, reverts and the like."""
    import profile_oracle
    seen = {table: [] for table in TABLES.values()}
    for name in helpers.sound_samples():
        for table, row in profile_oracle.rows(str(helpers.SAMPLES / name)):
            seen[table].append(row)
    content, events = seen["mediawiki_content_history_v1"], seen["mediawiki_history"]
    assert {row["user_id"] for row in content} > {None, 0, -1}
    assert {len(row["revision_content_slots"]) for row in content} >= {1, 2}
    assert any(row["page_redirect_target"] for row in content)
    assert any("_" in row["page_title"] and ":" in row["page_title"] for row in content if row["page_title"])
    assert not all(row["revision_content_is_visible"] for row in content)
    assert any(row["reverteds"] for row in seen["wikiq"])
    assert any(row["revision_is_identity_reverted"] for row in events)
    assert {row["event_user_is_temporary"] for row in events} == {True, False, None}
    assert len(seen["mediawiki_content_current_v1"]) < len(content)


EXPORT = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
<siteinfo><dbname>madewiki</dbname><generator>MediaWiki Content File Export 1</generator><namespaces>
<namespace key="0" case="first-letter" /><namespace key="6" case="first-letter">File</namespace>
</namespaces></siteinfo>
<page><title>File:A b: c.jpg</title><ns>6</ns><id>7</id><redirect title="File:D e.jpg" />{}</page></mediawiki>"""
REVISION = """<revision><id>{id}</id>{parent}<timestamp>2020-01-01T00:00:0{id}Z</timestamp>
<contributor>{user}</contributor><origin>{origin}</origin><model>{model}</model><format>{format}</format>
{text}{other}<sha1>{sha1}</sha1></revision>"""
NAMES = ["ClueBot NG", "Botanist", "Robot", "sineBOT", "~2026-12345", "de&gt;Some Bot", "Abbott"]


def exported(number, name):
    """A revision as content file exports write it, each with an oddity of theirs."""
    odd = number % 2 == 1
    other = """<content><role>mediainfo</role><origin>3</origin><model>wikibase-mediainfo</model>
<format>application/json</format><text bytes="2" sha1="0123456789abcdefghijklmnopqrstu">{}</text></content>"""
    return REVISION.format(
        id=number, parent="<parentid>-1</parentid>" if odd else "", origin=-1 if odd else number,
        user=f"<ip>{name}</ip>" if name.startswith("de") else f"<username>{name}</username><id>{number}</id>",
        model="error-no-model" if odd else "wikitext", format="error-no-format" if odd else "text/x-wiki",
        text="<text bytes=\"0\" />" if odd else f"<text bytes=\"5\" sha1=\"x{number}\">\u00e4\u00e4x</text>",
        other=other if odd else "", sha1="phoiac9h4m842xq45sp7s6u21eteeq1")


def test_oddities_of_exports(tmp_path):
    import profile_oracle
    path = tmp_path / "madewiki-2026-01-01-p7p7.xml"
    path.write_text(EXPORT.format("".join(exported(*pair) for pair in enumerate(NAMES, 1))))
    result = helpers.run("convert", path, "--profile", ",".join(TABLES), "--output", tmp_path / "out",
                         "--progress", "off")
    assert result.returncode == 0, result.stderr.decode()
    expected = {table: [] for table in TABLES.values()}
    for table, row in profile_oracle.rows(str(path)):
        expected[table].append(row)
    found = {}
    for profile, table in TABLES.items():
        found[profile] = [{name: plain(value) for name, value in row.items()}
                          for row in helpers.table(tmp_path / "out", table).to_pylist()]
        assert found[profile] == expected[table] or [
            {name: row[name] for name, _ in EXPECTED[profile]} for row in expected[table]] == found[profile]
    # Some by hand, so that both cannot be wrong.
    first, second = found["content-history"][:2]
    assert first["page_title"] == "File:A_b:_c.jpg" and first["page_redirect_target"] == "File:D_e.jpg"
    assert first["revision_parent_id"] == -1 and second["revision_parent_id"] is None
    assert first["revision_content_slots"]["main"] == {
        "content_body": "", "content_format": None, "content_model": None,
        "content_sha1": "phoiac9h4m842xq45sp7s6u21eteeq1", "content_size": 0, "origin_rev_id": None}
    assert first["revision_content_slots"]["mediainfo"]["content_sha1"] == "0123456789abcdefghijklmnopqrstu"
    assert first["revision_size"] == 2 and list(second["revision_content_slots"]) == ["main"]
    events = found["mediawiki-history"]
    assert events[0]["page_title"] == "A_b:_c.jpg" and events[0]["event_timestamp"] == "2020-01-01 00:00:01.0"
    assert [row["event_user_is_bot_by"] for row in events] == [
        ["name"], [], ["name"], ["name"], [], ["name"], []]
    assert [row["event_user_is_temporary"] for row in events] == [False] * 4 + [True, False, False]
    assert events[5]["event_user_is_cross_wiki"] and events[5]["event_user_is_anonymous"]
    assert found["wikiq"][1]["text_chars"] == 3 and found["wikiq"][5]["anon"]


def test_latest_revision_whatever_the_order_and_chunks(tmp_path):
    """The latest is told by time, then id, and not by where it stands; filters come before."""
    revision = ("<revision><id>{}</id><timestamp>2020-01-0{}T00:00:00Z</timestamp><contributor><ip>192.0.2.1"
                "</ip></contributor><text bytes='{}'>{}</text></revision>")
    filler = "x" * 3000
    pages = []
    for page in range(1, 60):
        moments = [(10, 1), (30, 5), (20, 5), (40, 3)] * (1 if page % 3 else 30)
        body = "".join(revision.format(page * 100000 + number * 1000 + place, day, len(filler), filler)
                       for place, (number, day) in enumerate(moments))
        pages.append(f"<page><title>P{page}</title><ns>0</ns><id>{page}</id>{body}</page>")
    path = tmp_path / "x.xml"
    path.write_text(f"<mediawiki version='0.11'>{''.join(pages)}</mediawiki>")
    for until, day in ((None, 5), ("2020-01-05", 3), ("2020-01-02", 1)):
        folder = tmp_path / str(until)
        arguments = ["--until", until] if until else []
        result = helpers.run("convert", path, "--profile", "content-current", "--output", folder,
                             "--memory", "16MiB", "--progress", "off", *arguments)
        assert result.returncode == 0, result.stderr.decode()
        rows = helpers.table(folder, TABLES["content-current"]).to_pylist()
        assert [row["page_id"] for row in rows] == list(range(1, 60))
        for row in rows:
            count = 1 if row["page_id"] % 3 else 30
            place, number = {5: (count * 4 - 3, 30), 3: (count * 4 - 1, 40), 1: (count * 4 - 4, 10)}[day]
            assert row["revision_id"] == row["page_id"] * 100000 + number * 1000 + place
            assert dict(row["revision_content_slots"])["main"]["content_body"] == filler


def test_profiles_come_alone_or_with_tables(tmp_path):
    dump = helpers.SAMPLES / "slots.xml"
    for arguments, expected in ((["--profile", "wikiq"], {"wikiq", "rejects"}),
                                (["--profile", "wikiq", "--tables", "pages"], {"wikiq", "pages"}),
                                (["--profile", "wikiq,content-current"],
                                 {"wikiq", "mediawiki_content_current_v1", "rejects"})):
        folder = tmp_path / "-".join(arguments)
        result = helpers.run("convert", dump, "--output", folder, "--progress", "off", *arguments)
        assert result.returncode == 0, result.stderr.decode()
        assert set(helpers.manifest(folder)["tables"]) == expected
    refused = helpers.run("convert", dump, "--output", tmp_path / "x", "--profile", "wikitext")
    assert refused.returncode == 2 and b"wikitext-history" in refused.stderr


def test_schema_knows_profiles_by_both_names():
    for profile, table in TABLES.items():
        by_profile, by_table = (helpers.run("schema", name, "--json").stdout for name in (profile, table))
        assert by_profile == by_table != b""


def test_rules_for_personal_data(tmp_path):
    dump = helpers.SAMPLES / "contributors.xml"
    arguments = ["--profile", ",".join(TABLES), "--user", "drop", "--ip", "drop"]
    result = helpers.run("convert", dump, "--output", tmp_path / "out", "--progress", "off", *arguments)
    assert result.returncode == 0, result.stderr.decode()
    assert b"has texts, and names in texts stay" in result.stderr
    # 0 is nobody's id.
    personal = ["user_text", "editor", "editor_id", "event_user_text", "event_user_text_historical",
                "event_user_id", "event_comment", "revision_comment"]
    for table in TABLES.values():
        for row in helpers.table(tmp_path / "out", table).to_pylist():
            assert all(row.get(name) in (None, "", 0) for name in personal), row
            # Ids that say that there is none, or that it is hidden.
            assert row.get("user_id") in (None, 0, -1)
    listed = helpers.run("list", tmp_path / "out").stdout.decode()
    assert "titles, texts" in listed and "names" not in listed
