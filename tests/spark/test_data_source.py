"""Dumps as data frames on a real Spark: the rows that one machine writes as files."""
import json

import pytest

import helpers
from clusters import converted_alone, submit

mwparquet = pytest.importorskip("mwparquet", reason="the Python package is not installed")
spark_source = pytest.importorskip("mwparquet.spark")
DUMPS = [helpers.BIG, helpers.SAMPLES / "reverts.xml", helpers.SAMPLES / "containers.xml.7z"]
TABLES = ["revisions", "pages", "reverts"]
# What a job does with the source: it writes what it has read.
JOB = """
import sys
from pyspark.sql import SparkSession
import mwparquet.spark
tables, output, *paths = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
mwparquet.spark.register(spark)
for table in tables.split(","):
    frame = spark.read.format("mwparquet").option("table", table).option("split_size", "100KiB").load(paths)
    frame.write.parquet(f"{output}/{table}")
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The same dumps on one machine, in one piece."""
    return converted_alone(tmp_path_factory.mktemp("alone") / "out", *DUMPS, tables=TABLES)


def rows(table):
    """Rows whose order nobody promises, as text."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist())


def frame(source, table, paths=DUMPS, **options):
    reader = source.read.format("mwparquet").option("table", table).options(**options)
    return reader.load([str(path) for path in paths])


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_those_of_one_machine(source, alone, table):
    found = frame(source, table, split_size="100KiB")
    assert found.rdd.getNumPartitions() > len(DUMPS)
    expected = helpers.table(alone, table)
    assert expected.num_rows > 0
    assert found.columns == expected.column_names
    assert rows(found.toArrow()) == rows(expected)


def test_tables_of_all_inputs_are_one_task(source, tmp_path):
    output = helpers.converted(helpers.BIG, tmp_path / "out", tables=["sessions", "namespaces"])
    for table in ("sessions", "namespaces"):
        found = frame(source, table, [helpers.BIG], split_size="100KiB")
        assert found.rdd.getNumPartitions() == 1
        assert rows(found.toArrow()) == rows(helpers.table(output, table))


def test_columns_by_option_and_by_schema(source, alone):
    names = ["revision_dt", "revision_id"]
    expected = rows(helpers.table(alone, "revisions").select(names))
    by_option = frame(source, "revisions", columns=" revision_dt, revision_id")
    assert rows(by_option.toArrow().select(names)) == expected
    reader = source.read.schema("revision_dt timestamp, revision_id long").format("mwparquet")
    by_schema = reader.load([str(path) for path in DUMPS])
    assert rows(by_schema.toArrow()) == expected


FILTERS = [
    ("revisions", "page_namespace_id = 0", "page_namespace_id"),
    ("revisions", "page_namespace_id in (1, 4) and user_id > 1", "page_namespace_id"),
    ("revisions", "revision_dt >= '2004-01-01' and revision_dt < '2005-06-01 12:00:00.5'", "revision_dt"),
    ("pages", "page_id in (1, 2, 3)", "page_id"),
    ("reverts", "page_id > 2 and revision_dt <= '2015-01-01'", "revision_dt"),
]


def explained(found, capsys):
    capsys.readouterr()
    found.explain()
    return capsys.readouterr().out


@pytest.mark.parametrize("table, where, pushed", FILTERS)
def test_filters_reach_the_parser(source, alone, table, where, pushed, capsys):
    import duckdb
    expected = helpers.table(alone, table)
    duckdb.sql("SET TimeZone = 'UTC'")
    wanted = duckdb.sql(f"SELECT * FROM expected WHERE {where}").to_arrow_table()
    found = frame(source, table).where(where)
    told = explained(found, capsys)
    assert "BatchScan mwparquet" in told
    # What is left for Spark to look at, but for nulls.
    left = [line.replace(f"isnotnull({pushed}#", "") for line in told.splitlines() if " Filter " in line]
    assert not any(f"{pushed}#" in line for line in left), told
    assert found.count() == wanted.num_rows
    ids = "page_id" if table == "pages" else "revision_id"
    assert sorted(found.toArrow()[ids].to_pylist()) == sorted(wanted[ids].to_pylist())


def test_without_the_setting_spark_filters(source, alone):
    """The plain source works in any session."""
    source.conf.set("spark.sql.python.filterPushdown.enabled", "false")
    try:
        source.dataSource.register(spark_source.DumpSource)
        found = frame(source, "revisions").where("page_namespace_id = 0").count()
    finally:
        spark_source.register(source)
    namespaces = helpers.table(alone, "revisions")["page_namespace_id"].to_pylist()
    assert found == namespaces.count(0) > 0


def test_errors_say_what_is_wrong(source):
    for options, path, told in [
        ({}, "hdfs://name/dumps/a.xml", "Mount hdfs:, or copy the dumps"),
        ({}, "/no/such/dump.xml", "/no/such/dump.xml"),
        ({"columns": "revision_ids"}, str(helpers.BIG), "revision_ids"),
        ({"no_option": "1"}, str(helpers.BIG), "--no-option"),
    ]:
        with pytest.raises(Exception, match=told):
            frame(source, "revisions", [path], **options).count()
    with pytest.raises(Exception, match="page 1"):
        frame(source, "revisions", [helpers.BROKEN / "bad-timestamp.xml"]).count()


def run_job(cluster, tmp_path, tables, configuration=()):
    """Run the job; its exit code, what it said, and where it wrote."""
    job = tmp_path / "job.py"
    job.write_text(JOB)
    # Spark's own default are times of 96 bits, which know no zone.
    configuration = {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS", **dict(configuration)}
    output = tmp_path / "out"
    code, told = submit(cluster.master, tmp_path / "log", job, ",".join(tables), output, *DUMPS,
                        configuration=configuration)
    return code, told, output


def test_two_workers(cluster, alone, tmp_path):
    import pyarrow.parquet as pq
    tables = ["revisions", "reverts"]
    code, told, output = run_job(cluster, tmp_path, tables)
    assert code == 0, told
    for table in tables:
        assert rows(pq.read_table(output / table)) == rows(helpers.table(alone, table))


def test_an_executor_without_the_package(cluster, tmp_path):
    """The driver's Python has it.  Spark starts the driver's helpers as it starts executors' Pythons, but in
    another folder."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(f"""
import os, sys
if os.getcwd().startswith({str(cluster.folder)!r}):
    sys.modules["mwparquet"] = None
""")
    code, told, _ = run_job(cluster, tmp_path, ["revisions"], {"spark.executorEnv.PYTHONPATH": site})
    assert code != 0
    assert "the Python package mwparquet is not installed on" in told, told
