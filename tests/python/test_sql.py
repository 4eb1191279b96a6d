"""SQL dumps: rows against a plain reader, damage, choices, and what is told of them."""
import json

import pyarrow.parquet as pq
import pytest

import helpers
import sql_oracle
import sql_values

SQL = helpers.SAMPLES / "sql"
SOUND = sorted(path.name for path in SQL.iterdir() if path.is_file())
BROKEN = SQL / "broken"
PAGE = SQL / "samplewiki-20260101-page.sql.gz"
WIKIS = {"types.sql.gz": "samplewiki", "compact.sql": None}


def convert(dumps, output, *arguments):
    """Convert SQL dumps with the tables of default."""
    dumps = dumps if isinstance(dumps, list) else [dumps]
    return helpers.run("convert", *dumps, "--output", output, "--progress", "off", *arguments)


def converted(dumps, output, *arguments):
    """Convert what must go well."""
    result = convert(dumps, output, *arguments)
    assert result.returncode == 0, result.stderr.decode()
    return output


def rows_of(folder, name):
    """The rows of a table."""
    return helpers.table(folder, "sql_" + name).to_pylist()


@pytest.mark.parametrize("name", SOUND)
def test_rows_are_those_of_a_plain_reader(name, tmp_path):
    folder = converted(SQL / name, tmp_path / "out")
    manifest = helpers.manifest(folder)
    expected = sql_oracle.tables(SQL / name)
    assert expected and set(manifest["tables"]) == {"sql_" + table for table in expected} | {"rejects"}
    for table, (columns, rows) in expected.items():
        wanted = sql_values.written_rows(columns, rows, WIKIS.get(name, "samplewiki"))
        found = rows_of(folder, table)
        assert found == wanted
        assert manifest["tables"]["sql_" + table]["rows"] == len(rows)
    assert manifest["inputs"][0]["seen"]["sql_rows"] == sum(len(rows) for _, rows in expected.values())
    assert manifest["inputs"][0]["seen"]["sql_bytes"] == len(sql_oracle.read(SQL / name))


@pytest.mark.parametrize("arguments", [(), ("--threads", 1), ("--memory", "16MiB", "--threads", 3)])
def test_names_do_not_decide_and_pipes_will_do(tmp_path, arguments):
    with open(PAGE, "rb") as dump:
        result = helpers.run("convert", "-", "--output", tmp_path / "out", "--progress", "off", *arguments, stdin=dump)
    assert result.returncode == 0, result.stderr.decode()
    other = tmp_path / "dump.xml"
    other.write_bytes(sql_oracle.read(PAGE))
    assert rows_of(tmp_path / "out", "page") == rows_of(converted(other, tmp_path / "other"), "page")


def test_xml_and_sql_in_one_job(tmp_path):
    folder = converted([PAGE, helpers.SAMPLES / "slots.xml"], tmp_path / "out")
    assert {"pages", "revisions", "namespaces", "sql_page"} <= set(helpers.manifest(folder)["tables"])
    assert len(rows_of(folder, "page")) == 13 and helpers.table(folder, "pages").num_rows > 0
    alone = converted(PAGE, tmp_path / "alone")
    assert {path.name for path in alone.iterdir()} == {"sql_page", "rejects", "manifest.json"}


def test_one_table_of_two_dumps(tmp_path):
    folder = converted([PAGE, SQL / "several-tables.sql.bz2"], tmp_path / "out")
    assert [path.name for path in helpers.part_files(folder, "sql_page")] \
        == ["part-00000-00000.parquet", "part-00001-00000.parquet"]
    assert len(rows_of(folder, "page")) == 13 + 3
    other = tmp_path / "other.sql"
    other.write_bytes(sql_oracle.read(PAGE).replace(b"`page_random` double", b"`page_random` varbinary(20)"))
    result = convert([PAGE, other], tmp_path / "no")
    assert result.returncode == 2 and b"page_random" in result.stderr and not (tmp_path / "no").exists()


def test_an_empty_table_has_its_columns(tmp_path):
    folder = converted(SQL / "empty-table.sql.gz", tmp_path / "out")
    table = helpers.table(folder, "sql_page")
    assert table.num_rows == 0 and "page_title" in table.column_names


def test_chosen_columns_and_tables(tmp_path):
    folder = converted(PAGE, tmp_path / "out", "--columns", "sql_page=page_title,page_id")
    assert helpers.table(folder, "sql_page").column_names == ["page_id", "page_title", "raw_values"]
    whole = rows_of(converted(PAGE, tmp_path / "whole"), "page")
    assert [row["page_title"] for row in rows_of(folder, "page")] == [row["page_title"] for row in whole]
    folder = converted(SQL / "several-tables.sql.bz2", tmp_path / "one", "--tables", "sql_user_groups,rejects")
    assert set(helpers.manifest(folder)["tables"]) == {"sql_user_groups", "rejects"}
    for arguments, said in [(("--columns", "sql_page=page_names"), b"has no column \"page_names\"; it has wiki_id, page_id"),
                            (("--columns", "sql_pag=page_id"), b"names the table sql_pag, which no input has"),
                            (("--tables", "sql_x,rejects", "--columns", "sql_page=page_id"), b"which --tables does not"),
                            (("--tables", "sqlpage"), b"sqlpage")]:
        result = convert(PAGE, tmp_path / "no", *arguments)
        assert result.returncode == 2 and said in result.stderr, result.stderr
        assert not (tmp_path / "no").exists()


def test_a_dry_run_names_the_tables(tmp_path):
    result = convert([PAGE, SQL / "several-tables.sql.bz2"], tmp_path / "out", "--dry-run")
    written = [line.split("/")[-2] for line in result.stdout.decode().splitlines() if line.startswith("write")]
    assert result.returncode == 0 and written == ["rejects", "sql_page", "sql_user_groups"]


def test_columns_say_what_they_are(tmp_path):
    folder = converted(PAGE, tmp_path / "out")
    schema = pq.read_schema(helpers.part_files(folder, "sql_page")[0])
    field = schema.field("page_touched")
    assert field.metadata[b"description"].startswith(b"When the page")
    assert field.metadata[b"source"] == b"page.page_touched binary(14)"
    assert str(field.type) == "timestamp[us, tz=UTC]"
    assert not schema.field("page_id").nullable and schema.field("page_lang").nullable


MESSAGES = {
    "cut-insert.sql": "the dump ends within an INSERT: it is cut",
    "cut-between.sql": "the dump ends without `-- Dump completed`, which its program writes: it is cut",
    "no-create.sql": "there is no CREATE TABLE `page` before its INSERT",
    "missing-quote.sql": "expected a comma or a parenthesis behind a value, found 20251124001351'",
    "unescaped-quote.sql": "expected a comma or a parenthesis behind a value, found Page'",
    "wrong-length.sql": "a row has 8 values, and not 9, as its INSERT has columns",
    "wrong-types.sql": "page_id: value 1 of a row is 'one', and not a whole number of 64 bits with a sign",
    "too-large-id.sql": "page_latest: value 8 of a row is 9223372036854775808, and not a whole number of 64 bits",
    "charset.sql": "the dump is in the character set latin1, and only utf8mb4, utf8 and binary are read",
    "garbage.sql": "expected a statement or a comment, found garbage here;",
}
# Rows kept of thirteen, rejects; None where nothing is to be had.
KEPT = {"cut-insert.sql": (4, 1), "cut-between.sql": (13, 1), "no-create.sql": None, "missing-quote.sql": (9, 1),
        "unescaped-quote.sql": (9, 1), "wrong-length.sql": (11, 2), "wrong-types.sql": (10, 3), "too-large-id.sql": (12, 1),
        "charset.sql": None, "garbage.sql": (13, 1)}


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir()))
def test_damage_ends_the_job_with_its_place(name, tmp_path):
    result = convert(BROKEN / name, tmp_path / "out")
    said = result.stderr.decode()
    assert result.returncode == 3 and MESSAGES[name] in said, said
    assert "line " in said and "of the SQL" in said or name == "no-create.sql", said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("memory", ["16MiB", "256MiB"])
@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir()))
def test_damage_that_is_skipped_is_listed(name, memory, tmp_path):
    result = convert(BROKEN / name, tmp_path / "out", "--on-damage", "skip", "--memory", memory)
    if KEPT[name] is None:
        assert result.returncode == 3, result.stderr
        return
    assert result.returncode == 1, result.stderr.decode()
    found, rejects = rows_of(tmp_path / "out", "page"), helpers.table(tmp_path / "out", "rejects").to_pylist()
    assert (len(found), len(rejects)) == KEPT[name], rejects
    whole = rows_of(converted(PAGE, tmp_path / "whole"), "page")
    assert all(row in whole for row in found)
    assert MESSAGES[name] in rejects[0]["reason"]
    text = (BROKEN / name).read_bytes()
    for reject in rejects:
        assert reject["sql_line"] == text[:reject["xml_offset_bytes"]].count(b"\n") + 1
        assert reject["wiki_id"] == "samplewiki" and reject["lost_bytes"] is not None


def test_every_truncation_is_an_error(tmp_path):
    text = sql_oracle.read(PAGE)
    for step in range(1, 40):
        cut = tmp_path / "cut.sql"
        cut.write_bytes(text[:len(text) * step // 40])
        result = convert(cut, tmp_path / "out")
        assert result.returncode == 3, (step, result.stderr)
        packed = tmp_path / "cut.sql.gz"
        packed.write_bytes(PAGE.read_bytes()[:PAGE.stat().st_size * step // 40])
        result = convert(packed, tmp_path / "out")
        assert result.returncode == 3, (step, result.stderr)


def test_bits_that_flip_lose_no_row_in_silence(tmp_path):
    text = sql_oracle.read(PAGE)
    begin = text.index(b"INSERT INTO")
    for step in range(60):
        at = begin + (len(text) - begin) * step // 60
        for bit in (1, 7):
            flipped = tmp_path / "flipped.sql"
            flipped.write_bytes(text[:at] + bytes([text[at] ^ 1 << bit]) + text[at + 1:])
            result = convert(flipped, tmp_path / "out", "--on-damage", "skip", "--overwrite")
            if result.returncode == 3:
                continue
            rows = len(rows_of(tmp_path / "out", "page"))
            assert rows == 13 or result.returncode == 1, (at, rows)


def test_inspect(tmp_path):
    said = helpers.run("inspect", "--full", PAGE).stdout.decode()
    assert "SQL tables" in said and "page_title varbinary(255)" in said and "13 rows" in said
    lines = helpers.run("inspect", "--full", "--json", PAGE, SQL / "several-tables.sql.bz2").stdout.splitlines()
    first, second = map(json.loads, lines)
    assert first["wiki_id"] == "samplewiki" and first["container"] == "gzip" and first["is_whole"]
    assert [(table["name"], table["rows"]) for table in second["sql_tables"]] == [("page", 3), ("user_groups", 2)]
    result = helpers.run("inspect", "--full", BROKEN / "cut-between.sql")
    assert result.returncode == 3 and b"Dump completed" in result.stderr


def test_schema():
    known = json.loads(helpers.run("schema", "sql_page", "--json").stdout)[0]
    assert known["table"] == "sql_page" and known["columns"][1]["name"] == "page_id"
    of_file = json.loads(helpers.run("schema", SQL / "types.sql.gz", "--json").stdout)[0]
    types = {column["name"]: column["type"] for column in of_file["columns"]}
    assert types["dec_a"] == "decimal(11, 8)" and types["at"] == "timestamp(us), zone not said"
    result = helpers.run("schema", "sql_nonsense")
    assert result.returncode == 2 and b"name the file instead" in result.stderr
    assert b"## sql_page\n" in helpers.run("schema", "--markdown").stdout


def test_overwrite_takes_away_what_was_there(tmp_path):
    converted(SQL / "several-tables.sql.bz2", tmp_path / "out")
    converted(PAGE, tmp_path / "out", "--overwrite")
    assert len(rows_of(tmp_path / "out", "page")) == 13
    assert not list((tmp_path / "out").rglob("sql_user_groups/*.parquet"))


def test_rows_larger_than_the_limit(tmp_path):
    text = sql_oracle.read(PAGE).replace(b"Main_Page", b"M" * 100_000)
    dump = tmp_path / "large.sql"
    dump.write_bytes(text)
    for memory in ("16MiB", "256MiB"):
        result = convert(dump, tmp_path / "no", "--max-record-bytes", "64KiB", "--memory", memory)
        assert result.returncode == 3 and b"a row has more than 65536 bytes of SQL" in result.stderr
    assert len(rows_of(converted(dump, tmp_path / "out"), "page")) == 13


def test_readers_agree(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    for name in SOUND:
        folder = converted(SQL / name, tmp_path / name)
        for table in helpers.manifest(folder)["tables"]:
            pattern = f"{folder}/{table}/*.parquet"
            count = helpers.manifest(folder)["tables"][table]["rows"]
            assert duckdb.sql(f"select count(*) from '{pattern}'").fetchall()[0][0] == count
            duckdb.sql(f"select * from '{pattern}'").fetchall()
            assert polars.read_parquet(pattern).height == count
