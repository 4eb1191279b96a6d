"""Every sound sample gives exactly the rows that the oracle found."""
import hashlib

import pytest

import helpers


def assert_same_rows(actual, expected):
    """Compare tables row by row, and tell the first difference."""
    for name in helpers.ROW_TABLES:
        for number, (got, wanted) in enumerate(zip(actual[name], expected[name])):
            differing = {column: (got.get(column, "no such column"), wanted.get(column, "no such column"))
                         for column in got.keys() | wanted.keys()
                         if got.get(column, "no such column") != wanted.get(column, "no such column")}
            assert not differing, f"{name}, row {number}: (actual, expected) {differing}"
        assert len(actual[name]) == len(expected[name]), f"rows of {name}"


@pytest.mark.parametrize("name", helpers.sound_samples())
def test_rows(name, tmp_path):
    folder = helpers.converted(helpers.SAMPLES / name, tmp_path / "out")
    assert_same_rows(helpers.all_rows(folder), helpers.expected_rows(name))
    assert helpers.rows(folder, "rejects") == []


def test_every_sample_has_expected_rows():
    expected = {path.name.removesuffix(".jsonl.gz")
                for path in (helpers.SAMPLES / "expected").glob("*.jsonl.gz")}
    assert expected == set(helpers.sound_samples())


def test_small_parts_hold_the_same_rows(big):
    assert len(helpers.part_files(big, "content")) > 1
    assert_same_rows(helpers.all_rows(big), helpers.expected_rows(helpers.BIG.name))


def test_containers_give_equal_tables(tmp_path):
    tables = [helpers.all_rows(helpers.converted(helpers.SAMPLES / name, tmp_path / name))
              for name in helpers.CONTAINERS]
    assert tables[0]["revisions"]
    assert all(other == tables[0] for other in tables[1:])


@pytest.mark.parametrize("name", [helpers.BIG.name, "containers.xml.7z", "containers.xml.gz",
                                  "samplewiki-20260101-pages-articles-multistream.xml.bz2"])
def test_threads_change_nothing(name, tmp_path):
    results = []
    for threads in (1, 2, 3, 16):
        folder = helpers.converted(helpers.SAMPLES / name, tmp_path / str(threads),
                                   "--threads", threads, "--part-bytes", "64K",
                                   "--row-group-bytes", "1M")
        manifest = helpers.manifest(folder)
        assert manifest.pop("run")["threads"] == threads
        sums = {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in folder.rglob("*.parquet")}
        results.append((manifest, sums))
    assert results[0][1]
    for other in results[1:]:
        assert other == results[0]


SEVERAL = ["containers.xml.gz", helpers.BIG.name, "containers.xml.7z", "slots.xml", "containers.xml.xz",
           "contributors.xml", "containers.xml.zst", "uploads.xml"]


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A job of several inputs, by number of threads."""
    folder = tmp_path_factory.mktemp("several")
    inputs = [helpers.SAMPLES / name for name in SEVERAL]
    return {threads: helpers.converted(inputs[0], folder / str(threads), *inputs[1:], "--threads", threads,
                                       "--part-bytes", "64K", "--row-group-bytes", "1M")
            for threads in (1, 2, 3, 16)}


def test_several_inputs_keep_their_order(several):
    expected = [helpers.expected_rows(name) for name in SEVERAL]
    actual = helpers.all_rows(several[3])
    for name in ("pages", "revisions", "content", "uploads"):
        assert actual[name] == [row for rows in expected for row in rows[name]], name
    namespaces = []
    for row in (row for rows in expected for row in rows["namespaces"]):
        if row not in namespaces:
            namespaces.append(row)
    assert [row for row in namespaces if row not in actual["namespaces"]] == []
    manifest = helpers.manifest(several[3])
    assert [entry["name"].rpartition("/")[2] for entry in manifest["inputs"]] == SEVERAL
    for entry in manifest["tables"].values():
        paths = [part["path"] for part in entry["parts"]]
        assert paths and paths == sorted(paths)


def test_threads_change_nothing_of_several_inputs(several):
    results = []
    for folder in several.values():
        manifest = helpers.manifest(folder)
        manifest.pop("run")
        results.append((manifest, {path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
                                   for path in folder.rglob("*.parquet")}))
    assert len(results[0][1]) > 2 * len(SEVERAL)
    assert all(other == results[0] for other in results[1:])


@pytest.mark.parametrize("name", [name for name in helpers.CONTAINERS if not name.endswith(".7z")])
def test_standard_input_gives_the_same_rows(name, tmp_path):
    with open(helpers.SAMPLES / name, "rb") as file:
        folder = helpers.converted("-", tmp_path / "out", stdin=file)
    assert_same_rows(helpers.all_rows(folder), helpers.expected_rows(name))


def test_7z_on_standard_input_is_refused(tmp_path):
    data = (helpers.SAMPLES / "containers.xml.7z").read_bytes()
    result = helpers.convert("-", tmp_path / "out", input=data)
    assert result.returncode == 2
    assert b"7z" in result.stderr and b"name the file" in result.stderr


def test_a_pipe_gives_the_same_rows(tmp_path):
    name = "containers.xml.bz2"
    data = (helpers.SAMPLES / name).read_bytes()
    folder = helpers.converted("-", tmp_path / "out", input=data)
    assert_same_rows(helpers.all_rows(folder), helpers.expected_rows(name))


def test_manifest_tells_the_truth(big):
    manifest = helpers.manifest(big)
    assert manifest["complete"] is True
    for name, entry in manifest["tables"].items():
        assert [part["path"] for part in entry["parts"]] == [
            f"{name}/{path.name}" for path in helpers.part_files(big, name)]
        assert entry["rows"] == sum(part["rows"] for part in entry["parts"])
        assert entry["columns"] == helpers.table(big, name).column_names
        for part in entry["parts"]:
            data = (big / part["path"]).read_bytes()
            assert part["bytes"] == len(data)
            assert part["sha256"] == hashlib.sha256(data).hexdigest()
