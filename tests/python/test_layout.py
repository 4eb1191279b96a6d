"""Folders of partitions, as Hive has them: --layout hive."""
import json
import shutil

import duckdb
import polars
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

import helpers

DUMPS = [helpers.SAMPLES / name for name in (
    "samplewiki-20260101-pages-meta-history.xml.bz2", "samplewiki-20260101-pages-logging.xml.gz",
    "samplewiki-2026-01-01-p1p99.xml.bz2")]
TABLES = [*helpers.ALL_TABLES, *helpers.DERIVED_TABLES, *helpers.PROFILE_TABLES.values()]
WIKI_DB = ["mediawiki_wikitext_history", "mediawiki_history"]


def convert(inputs, output, *arguments, tables=TABLES):
    return helpers.run("convert", *inputs, "--output", output, "--progress", "off", "--tables",
                       ",".join(tables), *arguments)


@pytest.fixture(scope="module")
def other_wiki(tmp_path_factory):
    """A dump of another wiki, as its own header says."""
    path = tmp_path_factory.mktemp("other") / "otherwiki-20260101-pages-articles.xml"
    text = (helpers.SAMPLES / "reverts.xml").read_text()
    head, rest = text.split("<page>", 1)
    if "<dbname>" in head:
        begin, end = head.index("<dbname>"), head.index("</dbname>")
        head = head[:begin] + "<dbname>otherwiki" + head[end:]
    path.write_text(head + "<page>" + rest)
    return path


@pytest.fixture(scope="module")
def both(tmp_path_factory, other_wiki):
    """The same inputs in both layouts."""
    folder = tmp_path_factory.mktemp("layouts")
    for layout in ("flat", "hive"):
        result = convert([*DUMPS, other_wiki], folder / layout, "--layout", layout, "--part-bytes", "64K")
        assert result.returncode == 0, result.stderr.decode()
    return folder


def wiki_column(table):
    return "wiki_db" if table in WIKI_DB else "wiki_id"


def partition_of(path):
    return tuple(part.partition("=")[2] for part in path.parent.parts[-2:])


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_the_same(both, table):
    flat, hive = both / "flat" / table, both / "hive" / table
    parts = sorted(hive.rglob("*.parquet"))
    assert {path.parent.relative_to(hive) for path in parts} == {
        path.relative_to(hive) for path in hive.glob(f"{wiki_column(table)}=*/snapshot=2026-01-01")}
    assert {partition_of(path) for path in parts} == {
        ("samplewiki", "2026-01-01"), ("otherwiki", "2026-01-01")}
    assert not list(hive.glob("*.parquet"))
    column = wiki_column(table)
    expected = [row for path in sorted(flat.glob("*.parquet")) for row in pq.ParquetFile(path).read().to_pylist()]
    found = []
    for path in parts:
        schema = pq.ParquetFile(path).schema_arrow
        assert column not in schema.names and "snapshot" not in schema.names
        wiki = {column: partition_of(path)[0]} if table != "wikiq" else {}
        found += [{**row, **wiki} for row in pq.ParquetFile(path).read().to_pylist()]
    by_text = lambda row: json.dumps(row, default=str, sort_keys=True)
    assert sorted(map(by_text, found)) == sorted(map(by_text, expected))


def test_readers_see_partitions(both):
    flat, hive = both / "flat" / "revisions", both / "hive" / "revisions"
    expected = duckdb.sql(f"select wiki_id, count(*) n from '{flat}/*.parquet' group by 1 order by 1").fetchall()
    assert len(expected) == 2
    by_duckdb = duckdb.sql(f"select wiki_id, count(*) n from read_parquet('{hive}/*/*/*.parquet', "
                           "hive_partitioning = true) group by 1 order by 1").fetchall()
    frame = polars.scan_parquet(f"{hive}/**/*.parquet", hive_partitioning=True).group_by("wiki_id").len()
    by_arrow = pyarrow.dataset.dataset(hive, format="parquet", partitioning="hive").to_table(["wiki_id"])
    counts = by_arrow["wiki_id"].value_counts().to_pylist()
    assert by_duckdb == sorted(frame.collect().rows()) == expected
    assert sorted((count["values"], count["counts"]) for count in counts) == expected


def test_complete_partitions_say_so(both):
    hive = both / "hive"
    partitions = {path.parent for path in hive.rglob("*.parquet")}
    marks = {path.parent for path in hive.rglob("_SUCCESS")}
    assert partitions == marks and len(marks) == 2 * len(TABLES)
    assert all(path.stat().st_size == 0 for path in hive.rglob("_SUCCESS"))
    written = (hive / "manifest.json").stat().st_mtime_ns
    assert all(path.stat().st_mtime_ns >= written for path in hive.rglob("_SUCCESS"))
    assert not list((both / "flat").rglob("_SUCCESS"))


def test_paths_in_the_manifest(both):
    hive = both / "hive"
    manifest = helpers.manifest(hive)
    paths = {part["path"] for table in manifest["tables"].values() for part in table["parts"]}
    assert paths == {str(path.relative_to(hive)) for path in hive.rglob("*.parquet")}
    assert manifest["options"]["layout"] == "hive"
    assert "wiki_id" not in manifest["tables"]["revisions"]["columns"]


def test_verify_list_and_clean_know_it(both, tmp_path):
    out = shutil.copytree(both / "hive", tmp_path / "out")
    assert helpers.run("verify", out).returncode == 0
    listed = helpers.run("list", tmp_path).stdout.decode()
    assert listed.count("out:") == 1 and "samplewiki" in listed and "revisions" in listed
    mark = next(out.rglob("_SUCCESS"))
    mark.unlink()
    missing = helpers.run("verify", out)
    assert missing.returncode == 3 and b"_SUCCESS" in missing.stdout + missing.stderr
    stranger = mark.parent / "part-00009-00000.parquet"
    shutil.copy(next(out.rglob("*.parquet")), stranger)
    told = helpers.run("verify", out)
    assert stranger.name.encode() in told.stdout + told.stderr
    stranger.unlink()
    keep = mark.parent / "mine.txt"
    keep.write_text("x")
    assert helpers.run("clean", out).returncode == 1
    assert [path for path in out.rglob("*") if path.is_file()] == [keep]
    keep.unlink()
    shutil.rmtree(out)
    out = shutil.copytree(both / "hive", out)
    assert helpers.run("clean", out).returncode == 0 and not out.exists()


def test_overwrite_leaves_nothing_of_an_older_snapshot(tmp_path):
    for snapshot in ("2025-12-01", "2026-01"):
        result = convert(DUMPS[:1], tmp_path / "out", "--layout", "hive", "--snapshot", snapshot, "--overwrite",
                         tables=["pages"])
        assert result.returncode == 0, result.stderr.decode()
    (folder,) = (tmp_path / "out" / "pages" / "wiki_id=samplewiki").iterdir()
    assert folder.name == "snapshot=2026-01"


def test_a_job_that_was_ended_goes_on(tmp_path, other_wiki):
    """The same bytes as in one go; and marks that were lost come back."""
    broken = tmp_path / "samplewiki-20260101-pages-articles.xml"
    broken.write_text("<mediawiki><page>")
    sound = (helpers.SAMPLES / "reverts.xml").read_bytes()
    inputs = [*DUMPS, other_wiki, broken]
    arguments = ["--layout", "hive", "--snapshot", "2026-01"]
    failed = convert(inputs, tmp_path / "out", *arguments)
    assert failed.returncode == 3
    assert list((tmp_path / "out").rglob(".part-*.tmp")) and not list((tmp_path / "out").rglob("_SUCCESS"))
    assert b"not finished" in helpers.run("list", tmp_path / "out").stdout
    broken.write_bytes(sound)
    resumed = convert(inputs, tmp_path / "out", *arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode()
    assert convert(inputs, tmp_path / "whole", *arguments).returncode == 0

    def contents(folder):
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*")
                if path.is_file() and path.name != "manifest.json"}

    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    next((tmp_path / "out").rglob("_SUCCESS")).unlink()
    again = convert(inputs, tmp_path / "out", *arguments, "--resume")
    assert again.returncode == 0 and contents(tmp_path / "out") == contents(tmp_path / "whole")
    other = convert(inputs, tmp_path / "out", "--layout", "hive", "--snapshot", "2026-02", "--resume")
    assert other.returncode == 2 and b"snapshot" in other.stderr


def test_sql_dumps_have_partitions_too(tmp_path):
    dump = helpers.SAMPLES / "sql" / "types.sql.gz"
    named = tmp_path / "samplewiki-20260101-types.sql.gz"
    shutil.copy(dump, named)
    result = helpers.run("convert", named, "--output", tmp_path / "out", "--layout", "hive", "--progress", "off")
    assert result.returncode == 0, result.stderr.decode()
    tables = helpers.manifest(tmp_path / "out")["tables"]
    names = [name for name in tables if name.startswith("sql_")]
    assert names
    for name in names:
        assert "wiki_id" not in tables[name]["columns"]
        for part in tables[name]["parts"]:
            assert f"{name}/wiki_id=" in part["path"] and "/snapshot=2026-01-01/" in part["path"]


@pytest.mark.parametrize("name, arguments, message", [
    ("reverts.xml", ["--layout", "hive"], b"give --snapshot"),
    ("reverts.xml", ["--snapshot", "2026-01-01"], b"only with --layout hive"),
    ("reverts.xml", ["--layout", "hive", "--snapshot", "latest"], b"such as 2026-01-01"),
    ("reverts.xml", ["--layout", "hive", "--snapshot", "2026-02-30"], b"no such day"),
])
def test_what_is_not_known_is_said_before_work(tmp_path, name, arguments, message):
    result = convert([helpers.SAMPLES / name], tmp_path / "out", *arguments, tables=["pages"])
    assert result.returncode == 2 and message in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()


def test_two_days_of_a_wiki_are_refused(tmp_path):
    text = (helpers.SAMPLES / "reverts.xml").read_bytes()
    inputs = [tmp_path / f"xwiki-{day}-pages-articles.xml" for day in ("20260101", "20260201")]
    for path in inputs:
        path.write_bytes(text)
    result = convert(inputs, tmp_path / "out", "--layout", "hive", tables=["pages"])
    assert result.returncode == 2 and b"one snapshot of a wiki" in result.stderr
    result = convert(inputs, tmp_path / "out", "--layout", "hive", "--snapshot", "2026-02", tables=["pages"])
    assert result.returncode == 0, result.stderr.decode()


def test_two_wikis_in_one_file_are_refused(tmp_path):
    archive = pytest.importorskip("py7zr")
    head = "<mediawiki version='0.11'><siteinfo><dbname>{}</dbname></siteinfo>"
    page = "<page><title>A</title><ns>0</ns><id>1</id></page></mediawiki>"
    path = tmp_path / "x.7z"
    with archive.SevenZipFile(path, "w") as file:
        for wiki in ("awiki", "bwiki"):
            file.writestr((head.format(wiki) + page).encode(), f"{wiki}.xml")
    arguments = ["--layout", "hive", "--snapshot", "2026-01-01"]
    result = convert([path], tmp_path / "out", *arguments, tables=["pages"])
    assert result.returncode == 2 and b"two wikis, awiki and bwiki" in result.stderr


def test_dry_run_tells_folders(tmp_path):
    result = convert(DUMPS[:1], tmp_path / "out", "--layout", "hive", "--dry-run", tables=["pages"])
    assert b"pages/wiki_id=*/snapshot=*/part-*.parquet" in result.stdout


def test_private_partitions(tmp_path):
    result = convert(DUMPS[:1], tmp_path / "out", "--layout", "hive", "--private", tables=["pages"])
    assert result.returncode == 0
    for path in (tmp_path / "out").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_count_and_apply_read_partitions(both, tmp_path):
    counts = [helpers.run("count", both / layout, "--by", "page,month", "--measures", "minor,reverts",
                          "--format", "csv", "--progress", "off") for layout in ("flat", "hive")]
    assert counts[0].stdout == counts[1].stdout and counts[0].stdout.count(b"\n") > 10
    texts = [helpers.run("apply", both / layout) for layout in ("flat", "hive")]
    lines = [sorted(result.stdout.splitlines()) for result in texts]
    assert lines[0] == lines[1] and len(lines[0]) > 100
    assert b"otherwiki" in texts[1].stdout
