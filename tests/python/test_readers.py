"""The files can be read by the usual programs, which all see the same."""
import datetime

import duckdb
import pandas
import polars
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

import helpers


def pattern(folder, name):
    """All part files of a table."""
    return str(folder / name / "*.parquet")


@pytest.mark.parametrize("name", helpers.ALL_TABLES + helpers.DERIVED_TABLES)
def test_counts_agree(big, name):
    expected = helpers.manifest(big)["tables"][name]["rows"]
    counts = {
        "pyarrow": pyarrow.dataset.dataset(big / name, format="parquet").count_rows(),
        "duckdb": duckdb.sql(f"select count(*) from '{pattern(big, name)}'").fetchall()[0][0],
        "polars": polars.scan_parquet(pattern(big, name)).collect().height,
        "pandas": len(pandas.read_parquet(big / name)),
    }
    assert counts == dict.fromkeys(counts, expected)


def test_sums_agree(big):
    expected = sum(row["revision_size"] or 0 for row in helpers.rows(big, "revisions"))
    assert expected > 0
    query = f"select sum(revision_size) from '{pattern(big, 'revisions')}'"
    assert duckdb.sql(query).fetchall()[0][0] == expected
    assert polars.scan_parquet(pattern(big, "revisions")).collect()["revision_size"].sum() == expected
    assert pandas.read_parquet(big / "revisions")["revision_size"].sum() == expected


def test_values_agree(big):
    columns = ["revision_id", "page_title", "user_text", "user_kind", "revision_is_minor_edit"]
    expected = [tuple(row[column] for column in columns) for row in helpers.rows(big, "revisions")]
    by_polars = polars.read_parquet(pattern(big, "revisions"), columns=columns).select(columns).rows()
    by_duckdb = duckdb.sql(f"select {','.join(columns)} from '{pattern(big, 'revisions')}'").fetchall()
    assert sorted(by_polars, key=repr) == sorted(expected, key=repr)
    assert sorted(by_duckdb, key=repr) == sorted(expected, key=repr)


def test_tables_join(big):
    query = (f"select count(*) from '{pattern(big, 'content')}' c join "
             f"'{pattern(big, 'revisions')}' r using (wiki_id, revision_id) join "
             f"'{pattern(big, 'pages')}' p on p.page_id = r.page_id")
    assert duckdb.sql(query).fetchall()[0][0] == helpers.manifest(big)["tables"]["content"]["rows"]


def test_texts_have_the_declared_checksum(big):
    content = helpers.table(big, "content").to_pylist()
    present = [row for row in content if row["content_state"] in ("present", "empty")]
    assert present
    for row in present:
        assert helpers.base36_sha1(row["content_text"].encode()) == row["content_sha1"], row["revision_id"]
    assert all(row["content_text"] is None for row in content if row not in present)


def test_times_are_utc(big):
    for name, column in (("pages", "first_revision_dt"), ("revisions", "revision_dt"),
                         ("uploads", "upload_dt")):
        kind = helpers.table(big, name).schema.field(column).type
        assert (kind.unit, kind.tz) == ("us", "UTC")
    frame = pandas.read_parquet(big / "revisions")
    assert str(frame["revision_dt"].dt.tz) == "UTC"
    assert polars.read_parquet(pattern(big, "revisions"))["revision_dt"].dtype.time_zone == "UTC"
    first = duckdb.sql(f"select typeof(revision_dt), epoch(min(revision_dt)) from "
                       f"'{pattern(big, 'revisions')}' group by 1").fetchall()[0]
    expected = min(row["revision_dt"] for row in helpers.rows(big, "revisions"))
    moment = datetime.datetime.strptime(expected, "%Y-%m-%dT%H:%M:%S%z")
    assert first == ("TIMESTAMP WITH TIME ZONE", moment.timestamp())


@pytest.mark.parametrize("name", helpers.ALL_TABLES + helpers.DERIVED_TABLES)
def test_columns_are_described(big, name):
    for field in pq.read_schema(helpers.part_files(big, name)[0]):
        metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        texts = [value for key, value in metadata.items() if not key.startswith("PARQUET:")]
        assert any(len(text) > 5 for text in texts), f"{name}.{field.name}: {metadata}"


def sorting(folder, table):
    """What each row group of a table says that it is sorted by."""
    names = []
    for path in helpers.part_files(folder, table):
        file = pq.ParquetFile(path)
        for index in range(file.metadata.num_row_groups):
            columns = file.metadata.row_group(index).sorting_columns
            names.append([file.schema.column(column.column_index).name for column in columns])
    return names


def test_sorted_row_groups_say_so(big, tmp_path):
    order = ["page_id", "revision_id"]
    assert set(map(tuple, sorting(big, "revisions"))) == {tuple(order)}
    assert set(map(tuple, sorting(big, "content"))) == {tuple(order)}
    assert sorting(big, "pages") == [["page_id"]]
    keys = [(row["page_id"], row["revision_id"]) for row in helpers.rows(big, "revisions")]
    assert keys == sorted(keys)
    shuffled = helpers.converted(helpers.SAMPLES / "out-of-order.xml", tmp_path / "out")
    keys = [(row["page_id"], row["revision_id"]) for row in helpers.rows(shuffled, "revisions")]
    assert keys != sorted(keys)
    assert sorting(shuffled, "revisions") == [[]]
    few = helpers.converted(helpers.BIG, tmp_path / "few", "--columns", "revisions=page_id,user_text")
    assert sorting(few, "revisions") == [["page_id"]]


def test_bloom_filters(big):
    for path in helpers.part_files(big, "revisions"):
        query = f"select distinct path_in_schema from parquet_metadata('{path}') where bloom_filter_offset is not null"
        columns = {name for name, in duckdb.sql(query).fetchall()}
        assert columns == {"page_title", "user_id", "user_text"}
        probe = "select bool_and(bloom_filter_excludes) from parquet_bloom_probe(?, 'user_text', ?)"
        assert duckdb.execute(probe, [str(path), "No user of this name"]).fetchall() == [(True,)]
        for user in set(pq.read_table(path, columns=["user_text"])["user_text"].to_pylist()) - {None}:
            assert duckdb.execute(probe, [str(path), user]).fetchall() == [(False,)], user
