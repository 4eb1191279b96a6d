"""Encodings of Parquet values: the smallest by default, or those that every reader knows."""
import pyarrow.parquet
import pytest

import helpers

# What Parquet 1 has; `RLE` and `BIT_PACKED` are of levels and of indices of dictionaries.
OLD = {"PLAIN", "RLE", "BIT_PACKED", "PLAIN_DICTIONARY", "RLE_DICTIONARY"}
DUMPS = {
    "samplewiki-20260101-pages-meta-history.xml.bz2": "pages,revisions,content,diffs,reverts,persistence",
    "samplewiki-20260101-pages-logging.xml.gz": "log_events,user_creations",
    "sql/samplewiki-20260101-page.sql.gz": None,
    "sql/types.sql.gz": None,
}


def parts(output):
    """All parts of a folder, by table and in order."""
    return sorted(output.rglob("*.parquet"))


def encodings_of(output):
    """How the values of each column of a folder are encoded."""
    found = {}
    for part in parts(output):
        metadata = pyarrow.parquet.read_metadata(part)
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                found.setdefault((part.parent.name, column.path_in_schema), set()).update(column.encodings)
    return found


@pytest.mark.parametrize("name", DUMPS)
def test_plain_ones_are_known_to_old_readers_and_hold_the_same_rows(name, tmp_path):
    tables = ["--tables", DUMPS[name]] if DUMPS[name] else []
    plain = helpers.converted(helpers.SAMPLES / name, tmp_path / "plain", "--encodings", "plain", *tables)
    smallest = helpers.converted(helpers.SAMPLES / name, tmp_path / "smallest", *tables)
    assert {column: kinds for column, kinds in encodings_of(plain).items() if not kinds <= OLD} == {}
    assert not all(kinds <= OLD for kinds in encodings_of(smallest).values())
    assert helpers.manifest(plain)["options"]["encodings"] == "plain"
    pairs = list(zip(parts(plain), parts(smallest), strict=True))
    assert pairs
    for one, other in pairs:
        assert pyarrow.parquet.read_table(one).equals(pyarrow.parquet.read_table(other)), one


def test_a_job_goes_on_with_the_encodings_that_it_began_with(tmp_path):
    dump = helpers.SAMPLES / next(iter(DUMPS))
    output = helpers.converted(dump, tmp_path / "out", "--encodings", "plain")
    refused = helpers.run("convert", dump, "--output", output, "--skip-unchanged")
    assert refused.returncode == 2
    assert b"encodings" in refused.stderr


def test_others_are_refused_by_name(tmp_path):
    refused = helpers.run("convert", helpers.SAMPLES / next(iter(DUMPS)), "--output", tmp_path / "out",
                          "--encodings", "old")
    assert refused.returncode == 2
    assert b"expected delta or plain" in refused.stderr
