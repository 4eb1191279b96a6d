"""What makes tables known to other programs, by running it where they are there."""
import json

import duckdb
import polars
import pyarrow.parquet as pq
import pytest

import helpers

TABLES = [*helpers.ALL_TABLES, *helpers.DERIVED_TABLES, *helpers.PROFILE_TABLES.values()]
SQL_DUMP = helpers.SAMPLES / "sql" / "types.sql.gz"
LAYOUTS = ["flat", "hive"]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """All tables in both layouts; a quote in the path, which code has to spell."""
    folder = tmp_path_factory.mktemp("it's here")
    for layout in LAYOUTS:
        snapshot = ["--snapshot", "2026-01"] if layout == "hive" else []
        result = helpers.run("convert", helpers.BIG, SQL_DUMP, "--output", folder / layout, "--layout", layout, *snapshot,
                             "--tables", ",".join(TABLES), "--progress", "off")
        assert result.returncode == 0, result.stderr.decode()
    return folder


def tables_of(folder):
    return helpers.manifest(folder)["tables"]


def sql_tables(outputs):
    return [name for name in tables_of(outputs / "flat") if name.startswith("sql_")]


def schema(name, dialect, outputs, layout):
    """The text for a table; one of an SQL dump is described by the dump."""
    described = SQL_DUMP if name.startswith("sql_") else name
    result = helpers.run("schema", described, "--dialect", dialect, "--layout", layout,
                         "--location", outputs / layout)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def described_columns(name, layout):
    described = SQL_DUMP if name.startswith("sql_") else name
    (sheet,) = json.loads(helpers.run("schema", described, "--json").stdout)
    names = [column["name"] for column in sheet["columns"] if column["default"]]
    if layout == "flat":
        return names
    wiki = "wiki_db" if "wiki_db" in names else "wiki_id"
    return [column for column in names if column != wiki] + [wiki, "snapshot"]


def statements(text):
    """The statements of a script; none has a semicolon within."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [statement.strip() for statement in lines.split(";\n") if statement.strip()]


def everything(outputs):
    return TABLES + sql_tables(outputs)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_duckdb(outputs, layout):
    database = duckdb.connect()
    for name in everything(outputs):
        database.execute(schema(name, "duckdb", outputs, layout))
        described = database.execute(f'describe "{name}"').fetchall()
        assert [row[0] for row in described] == described_columns(name, layout)
        (count,) = database.execute(f'select count(*) from "{name}"').fetchone()
        assert count == tables_of(outputs / layout)[name]["rows"], name
        comments = database.execute("select count(comment) from duckdb_columns() where table_name = ?", [name])
        columns = len(described) - (2 if layout == "hive" else 0)
        assert comments.fetchone()[0] == columns
    if layout == "hive":
        wikis = database.execute("select distinct wiki_id, snapshot, typeof(snapshot) from revisions").fetchall()
        assert wikis == [("samplewiki", "2026-01", "VARCHAR")]
    bodies = database.execute("select revision_content_slots['main'].content_model, count(*) from "
                              "mediawiki_content_history_v1 group by 1 having count(*) > 10").fetchall()
    assert bodies


@pytest.mark.parametrize("layout", LAYOUTS)
def test_polars(outputs, layout):
    for name in everything(outputs):
        scope = {}
        exec(schema(name, "polars", outputs, layout), scope)
        frame = scope[name].collect()
        assert isinstance(frame, polars.DataFrame)
        assert sorted(frame.columns) == sorted(described_columns(name, layout))
        assert frame.height == tables_of(outputs / layout)[name]["rows"]
        if layout == "hive" and frame.height:
            assert frame["snapshot"].unique().to_list() == ["2026-01"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dialect", ["hive", "spark", "trino"])
def test_syntax(outputs, dialect, layout):
    """Columns and types as another parser of the dialect reads them."""
    sqlglot = pytest.importorskip("sqlglot")
    for name in everything(outputs):
        first = statements(schema(name, dialect, outputs, layout))[0]
        tree = sqlglot.parse_one(first, read=dialect)
        assert isinstance(tree, sqlglot.exp.Create), first
        found = [column.name for column in tree.this.find_all(sqlglot.exp.ColumnDef)
                 if column.parent is tree.this]
        expected = described_columns(name, layout)
        assert found == (expected[:-2] if dialect == "hive" and layout == "hive" else expected)


@pytest.mark.parametrize("dialect", ["hive", "spark", "trino"])
def test_comments_have_room_in_a_metastore(outputs, dialect):
    """256 characters are kept: of what is longer whole sentences or words; what has no meaning has no comment."""
    sqlglot = pytest.importorskip("sqlglot")
    shortened = 0
    for name in everything(outputs):
        tree = sqlglot.parse_one(statements(schema(name, dialect, outputs, "flat"))[0], read=dialect)
        described = SQL_DUMP if name.startswith("sql_") else name
        (sheet,) = json.loads(helpers.run("schema", described, "--json").stdout)
        meanings = {column["name"]: column["meaning"].replace(";", ",") for column in sheet["columns"]}
        for column in tree.this.find_all(sqlglot.exp.ColumnDef):
            comments = [kind.kind.this for kind in column.constraints
                        if isinstance(kind.kind, sqlglot.exp.CommentColumnConstraint)]
            if column.parent is tree.this and meanings[column.name]:
                (comment,) = [comment.this if hasattr(comment, "this") else comment for comment in comments]
                assert len(comment) <= 256
                if comment != meanings[column.name]:
                    assert len(meanings[column.name]) > 256
                    assert comment[-1] in ".…" and meanings[column.name].startswith(comment.rstrip("…")), comment
                    shortened += 1
            elif column.parent is tree.this:
                assert comments == []
    assert shortened > 0


def test_iceberg(outputs):
    text = schema("mediawiki_content_history_v1", "iceberg", outputs, "hive")
    create, call = statements(text)
    assert "USING ICEBERG\nPARTITIONED BY (`wiki_id`, `snapshot`)" in create
    assert call.startswith("CALL system.add_files(table => 'mediawiki_content_history_v1', source_table => ")


def test_r(outputs):
    """Names and types of the schema, in R's words."""
    types = {"string": "utf8()", "int64": "int64()", "int32": "int32()", "bool": "boolean()",
             "timestamp[us, tz=UTC]": 'timestamp("us", "UTC")'}
    for layout in LAYOUTS:
        text = schema("revisions", "r", outputs, layout)
        assert text.count("(") == text.count(")")
        (part, *_) = sorted((outputs / layout / "revisions").rglob("*.parquet"))
        for field in pq.ParquetFile(part).schema_arrow:
            kind = types.get(str(field.type), "list_of(utf8())")
            assert f"    {field.name} = {kind}" in text
        assert ("hive_partition(wiki_id = utf8(), snapshot = utf8())" in text) == (layout == "hive")


def test_what_is_refused():
    for arguments in (["--dialect", "duckdb"], ["revisions", "--layout", "hive"],
                      ["revisions", "--dialect", "spark", "--json"], ["revisions", "--dialect", "mysql"]):
        assert helpers.run("schema", *arguments).returncode == 2, arguments


def test_paths_of_clusters_are_whole(tmp_path):
    for dialect in ("hive", "spark", "trino", "iceberg"):
        text = helpers.run("schema", "pages", "--dialect", dialect, cwd=tmp_path).stdout.decode()
        assert f"{tmp_path}/out/pages" in text
        text = helpers.run("schema", "pages", "--dialect", dialect, "--location", "s3://b/x/").stdout.decode()
        assert "'s3://b/x/pages'" in text or "`s3://b/x/pages`" in text
    text = helpers.run("schema", "pages", "--dialect", "duckdb", cwd=tmp_path).stdout.decode()
    assert "read_parquet('out/pages/part-*.parquet')" in text
