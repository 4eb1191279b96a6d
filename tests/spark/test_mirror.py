"""A mirror by wiki and date on two workers, one of which dies: the rows of one machine, read back by the DDL."""
import json

import duckdb
import polars
import pyarrow as pa
import pytest

import helpers
import make_export as exports
from clusters import Submitted, converted_alone, script, wait_until
from mirror import add_tables, make_run
from test_convert_dumps import JOB
from test_dialects import statements

DATE = "20260101"
EXPORT = "exportwiki"
TABLES = helpers.ALL_TABLES
RUNS = ["--wiki", "awiki,bwiki", "--date", DATE]
OF_EXPORT = ["--wiki", EXPORT, "--date", "2026-01-01", "--kind", "content-history"]
# Made of all inputs at once, so that those of files by themselves do not add up.
OF_ALL_INPUTS = ["sessions", "namespaces"]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return helpers.make_history(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def root(history, tmp_path_factory):
    """Three wikis: histories, logs and tables; stubs and logs; an export with one page over four files."""
    root = tmp_path_factory.mktemp("mirror")
    add_tables(make_run(root, "awiki", DATE, parts=3))
    make_run(root, "bwiki", DATE, has_history=False)
    exports.make_export(history, root, EXPORT, "2026-01-01", pieces=4)
    return root


def job(cluster, root, output, chosen, program):
    words = ["--root", root, *chosen, "--output", output, "--split-size", "100KiB", "--mwparquet", program,
             "--", "--tables", ",".join(TABLES)]
    return Submitted(cluster.master, output.with_suffix(".log"), JOB, *words)


def watched(tmp_path, place):
    """The program, which in a place leaves a note where it has done a split, and comes back a second later."""
    marks = tmp_path / "marks"
    marks.mkdir()
    return marks, script(tmp_path / "mwparquet", f"""
{helpers.binary()} "$@"
code=$?
case "$PWD" in {place}*) touch {marks}/$$; sleep 1;; esac
exit $code
""")


@pytest.fixture(scope="module")
def done(one_cluster, root, tmp_path_factory):
    """Both jobs; a worker of the first dies when it has done a split and not told of it."""
    one_cluster.mend()
    folder = tmp_path_factory.mktemp("done")
    victim = one_cluster.workers()[-1]
    marks, program = watched(folder, one_cluster.folder / victim)
    runs = job(one_cluster, root, folder / "runs", RUNS, program)
    wait_until(lambda: len(list(marks.iterdir())) >= 2 or runs.process.poll() is not None, runs.text)
    one_cluster.kill(victim)
    assert runs.wait() == 0, runs.text()
    assert "splits were done before" in runs.text(), "what was done and not told of is not done again"
    one_cluster.mend()
    export = job(one_cluster, root, folder / "export", OF_EXPORT, helpers.binary())
    assert export.wait() == 0, export.text()
    return {"runs": folder / "runs", "export": folder / "export"}


@pytest.fixture(scope="module")
def alone(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    return {"runs": converted_alone(folder / "runs", "--root", root, *RUNS, tables=TABLES),
            "export": converted_alone(folder / "export", "--root", root, *OF_EXPORT, tables=TABLES)}


def tables_of(folder):
    return helpers.manifest(folder)["tables"]


@pytest.mark.parametrize("name", ["runs", "export"])
def test_rows_are_those_of_one_machine(done, alone, name):
    """Row for row in their order, and what the manifest says of the inputs; nothing is left over."""
    assert list(tables_of(done[name])) == list(tables_of(alone[name]))
    for table in tables_of(alone[name]):
        assert helpers.table(done[name], table).equals(helpers.table(alone[name], table)), table
    found, expected = (sorted(helpers.manifest(folder[name])["inputs"], key=lambda entry: entry["name"])
                       for folder in (done, alone))
    for entry in found:
        assert entry.pop("splits")[-1]["end_bytes"] == entry["bytes"]
    assert found == expected
    assert [str(path) for path in done[name].rglob(".*")] == []
    verified = helpers.run("verify", done[name])
    assert verified.returncode == 0, verified.stdout.decode()


def spelt(table):
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist())


def test_rows_are_those_of_the_files(done, root, history, tmp_path):
    """Each file by itself, and the page over four files in one file, on one machine."""
    files = [entry["name"] for entry in helpers.manifest(done["runs"])["inputs"]]
    kinds = {name.split(f"-{DATE}-")[1].split(".")[0].rstrip("123") for name in files}
    assert {"pages-meta-history", "stub-meta-history", "pages-logging", "user_groups"} <= kinds
    folders = [converted_alone(tmp_path / str(number), name, tables=TABLES) for number, name in enumerate(files)]
    for table in tables_of(done["runs"]):
        if table in OF_ALL_INPUTS:
            continue
        pieces = [helpers.table(folder, table) for folder in folders if table in tables_of(folder)]
        assert spelt(helpers.table(done["runs"], table)) == spelt(pa.concat_tables(pieces)), table
    assert helpers.table(done["runs"], "sql_user_groups").num_rows == 4
    one = exports.in_one_file(history, tmp_path, EXPORT, "2026-01-01")
    whole = converted_alone(tmp_path / "whole", one, tables=TABLES)
    follows = [entry for entry in helpers.manifest(done["export"])["inputs"] if "follows" in entry]
    assert len(follows) == 3
    for table in TABLES:
        assert spelt(helpers.table(done["export"], table)) == spelt(helpers.table(whole, table)), table


def ddl(folder, table, dialect, root):
    """What makes a table known to others; one of an SQL dump is described by the dump."""
    (described, *_) = root.glob(f"awiki/*/*-{table.removeprefix('sql_')}.sql.gz") if table.startswith("sql_") else [table]
    result = helpers.run("schema", described, "--dialect", dialect, "--location", folder)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


@pytest.mark.parametrize("name", ["runs", "export"])
def test_others_read_it_by_the_ddl(spark, done, root, name):
    folder = done[name]
    spark.sql(f"create database mirror_{name}")
    spark.sql(f"use mirror_{name}")
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    for table, told in tables_of(folder).items():
        for statement in statements(ddl(folder, table, "spark", root)):
            spark.sql(statement)
        expected = helpers.table(folder, table)
        assert expected.num_rows == told["rows"]
        found = spark.table(table).toArrow()
        assert found.column_names == expected.column_names
        assert spelt(found) == spelt(expected), table
        database.execute(ddl(folder, table, "duckdb", root))
        assert spelt(database.execute(f'from "{table}"').to_arrow_table()) == spelt(expected), table
        scope = {}
        exec(ddl(folder, table, "polars", root), scope)
        assert scope[table].collect().height == expected.num_rows
        assert isinstance(scope[table].collect(), polars.DataFrame)
    spark.sql("use default")


def test_as_data_frames(source, alone, root):
    """The same mirror without files between, by options; four files are one task's.  An export may lack the mark that
    it is complete, where that is allowed."""
    read = source.read.format("mwparquet").option("root", str(root)).option("split_size", "100KiB")
    by_date = read.option("wiki", "awiki,bwiki").option("date", DATE)
    for table in ("revisions", "log_events", "sql_user_groups"):
        found = by_date.option("table", table).load().toArrow()
        assert spelt(found) == spelt(helpers.table(alone["runs"], table)), table
    # The files before and behind the page, and its four.
    export = read.option("split_size", "128MiB").option("wiki", EXPORT).option("date", "2026-01-01").option("kind", "content-history")
    complete = root / "other" / "mediawiki_content_history" / EXPORT / "2026-01-01" / "xml" / "bzip2" / "_SUCCESS"
    complete.unlink()
    with pytest.raises(Exception, match="_SUCCESS"):
        export.option("table", "pages").load().count()
    export = export.option("incomplete", "true")
    for table in ("revisions", "reverts", "pages"):
        found = export.option("table", table).load()
        assert found.rdd.getNumPartitions() == 3
        assert spelt(found.toArrow()) == spelt(helpers.table(alone["export"], table)), table
