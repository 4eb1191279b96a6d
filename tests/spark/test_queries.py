"""Spark with Hive's catalogue: the DDL of both, and the cookbook's queries."""
import datetime

import duckdb
import pytest

import clusters  # noqa: F401
from test_cookbook import RECIPES, answer, database, output, run_folder, spelt  # noqa: F401
from test_dialects import LAYOUTS, described_columns, everything, outputs, schema, statements, tables_of  # noqa: F401


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dialect", ["spark", "hive"])
def test_ddl(outputs, spark, dialect, layout):
    """Spark with Hive's catalogue runs the DDL of both; its rows are those of the files."""
    database = f"{dialect}_{layout}"
    spark.sql(f"create database {database}")
    spark.sql(f"use {database}")
    counts, expected = [], {}
    for name in everything(outputs):
        for statement in statements(schema(name, dialect, outputs, layout)):
            spark.sql(statement)
        fields = spark.table(name).schema.fields
        assert [field.name for field in fields] == described_columns(name, layout)
        comments = [field.metadata.get("comment", "") for field in fields]
        assert name.startswith("sql_") or all(5 < len(comment) <= 256 for comment in comments[:3]), comments
        counts.append(f"select '{name}' as name, count(*) as row_count from {name}")
        expected[name] = tables_of(outputs / layout)[name]["rows"]
    assert {row.name: row.row_count for row in spark.sql(" union all ".join(counts)).collect()} == expected
    found = spark.sql("select page_id, revision_id, revision_dt, user_text, wiki_id from revisions "
                      "order by 1, 2").collect()
    expected = duckdb.sql("select page_id, revision_id, revision_dt at time zone 'UTC', user_text, wiki_id from "
                          f"'{str(outputs).replace(chr(39), chr(39) * 2)}/flat/revisions/*.parquet' "
                          "order by 1, 2").fetchall()
    naive = lambda value: value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value
    assert [tuple(map(naive, row)) for row in found] == expected
    slots = spark.sql("select sum(revision_content_slots['main'].content_size) from "
                      "mediawiki_content_history_v1").collect()[0][0]
    assert slots > 0
    spark.sql("use default")


@pytest.fixture(scope="module")
def views(spark, output):
    """The tables of the cookbook's run."""
    names = [table.name for table in output.iterdir() if any(table.glob("*.parquet"))]
    for name in names:
        spark.read.parquet(str(output / name)).createOrReplaceTempView(name)
    yield
    for name in names:
        spark.catalog.dropTempView(name)


@pytest.mark.parametrize("title, calls, queries", RECIPES, ids=[title for title, *_ in RECIPES])
def test_recipe(title, calls, queries, database, spark, views):
    (query,) = queries
    rows = spark.sql(query)
    found = [{name: spelt(value, name) for name, value in row.asDict().items()} for row in rows.collect()]
    assert found == answer(database, query)
