"""The Python package: the same rows as the oracle's, the same objects as mwxml's."""
import bz2
import datetime
import doctest
import gzip
import importlib
import json
import pickle
import shutil
import time

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import helpers
from test_documents import ANSWERS

mwparquet = pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")


def rows(scanned):
    """Rows of Arrow data as the oracle spells them."""
    return helpers.spelt_rows(pa.table(scanned))


@pytest.mark.parametrize("name", [helpers.BIG.name, "uploads.xml", "slots.xml", "contributors.xml",
                                  "samplewiki-20260101-pages-logging.xml.gz", "text-states.xml"])
def test_a_scan_has_the_rows_of_the_oracle(name):
    expected = helpers.expected_rows(name)
    for table in helpers.ROW_TABLES:
        assert rows(mwparquet.scan(helpers.SAMPLES / name, table=table)) == expected[table], table


def test_libraries_take_a_scan():
    scan = mwparquet.scan(helpers.BIG, columns=["revision_id", "user_text", "revision_dt"])
    expected = pa.table(scan)
    assert expected.num_rows > 100 and scan.schema.names == expected.column_names
    assert pa.schema(scan.schema) == expected.schema
    assert pa.RecordBatchReader.from_stream(scan).read_all() == expected
    assert pl.DataFrame(scan).to_arrow().cast(expected.schema) == expected
    assert pa.table(duckdb.sql("SELECT * FROM scan").to_arrow_table()).column("revision_id") \
        == expected.column("revision_id")
    frame = pd.DataFrame.from_arrow(scan)
    assert list(frame["user_text"].dropna()) == [text for text in expected["user_text"].to_pylist() if text]
    batches = list(scan)
    assert sum(len(batch) for batch in batches) == expected.num_rows
    assert pa.Table.from_batches([pa.record_batch(batch) for batch in batches]) == expected


def test_filters_reach_the_dump():
    times = {"since": datetime.date(2020, 1, 1), "until": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)}
    found = rows(mwparquet.scan([helpers.BIG], table="revisions", namespaces=[0, 1], **times))
    wanted = [row for row in helpers.expected_rows(helpers.BIG.name)["revisions"]
              if row["page_namespace_id"] in (0, 1) and "2020-01-01" <= row["revision_dt"] < "2024-01-01"]
    assert found == wanted


def test_a_scan_of_sql():
    [dump] = (helpers.SAMPLES / "sql").glob("*-page.sql.gz")
    scan = mwparquet.scan(dump, table="sql_page", columns=["page_id", "page_title"])
    # What a column cannot hold comes along.
    assert scan.schema.names == ["page_id", "page_title", "raw_values"] and pa.table(scan).num_rows > 0


def test_any_order_gives_the_same_rows():
    paths = [helpers.BIG, helpers.SAMPLES / "reverts.xml", helpers.SAMPLES / "containers.xml.gz"]
    tables = [pa.table(mwparquet.scan(paths, any_order=any_order, memory="512MiB")) for any_order in (False, True)]
    ordered, other = (sorted(table.column("revision_id").to_pylist()) for table in tables)
    assert ordered == other and len(ordered) > 100


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if (answer["format"], answer["shape"])
                                    == ("mwxml", "slots")], ids=lambda answer: answer["sample"])
def test_objects_are_those_of_mwxml(answer):
    path = helpers.SAMPLES / answer["sample"]
    found = [document(revision) for page in mwparquet.pages(path) for revision in page]
    assert found == [shown(document) for document in answer["documents"]]


def shown(document):
    """A document of mwxml without what it tells of hidden and unreadable texts, as the guide has it."""
    for content in document["slots"]["contents"].values():
        if content["deleted"] or content.get("sha1") == "":
            for field in ("bytes", "sha1", "text"):
                content.pop(field, None)
    return document


def document(revision):
    """A revision as mwxml writes it: empty texts and, of main slots, the origin are not there."""
    found = revision.to_json()
    found["slots"]["contents"]["main"].pop("origin", None)
    return without_empty(found)


def without_empty(value):
    """A document without empty texts."""
    if not isinstance(value, dict):
        return value
    return {name: without_empty(one) for name, one in value.items() if one != ""}


def test_pages_over_many_chunks(long_dump):
    dump = mwparquet.Dump.from_file(long_dump, memory="16MiB")
    seen = [(page.title, [revision.id for revision in page]) for page in dump]
    assert seen == [(title, list(range(1, 8001))) for title in ("T1", "T2")]
    assert dump.report["seen"]["revisions"] == 16000


def test_a_page_that_nobody_reads_is_passed_over(long_dump):
    first, second = mwparquet.pages(long_dump)
    assert (first.title, second.title) == ("T1", "T2") and list(first) == []


def test_files_that_were_opened():
    path = helpers.SAMPLES / "containers.xml"
    for opened in (open(path, encoding="utf-8"), open(path, "rb"), gzip.open(f"{path}.gz", "rt"),
                   bz2.open(f"{path}.bz2", "rt"), bz2.open(f"{path}.bz2")):
        with opened as file:
            assert next(mwparquet.Dump.from_file(file).pages).title == "Lighthouse"
    with open(path, encoding="utf-8") as file:
        file.read(10)
        with pytest.raises(ValueError, match="was read from before"):
            mwparquet.Dump.from_file(file)
    with pytest.raises(TypeError):
        mwparquet.Dump.from_file(iter(()))


def test_logs():
    name = "samplewiki-20260101-pages-logging.xml.gz"
    found = list(mwparquet.Dump(helpers.SAMPLES / name).log_items)
    expected = helpers.expected_rows(name)["log_events"]
    assert [item.id for item in found] == [row["log_id"] for row in expected]
    assert [str(item.timestamp) for item in found] == [row["log_dt"] for row in expected]
    assert [item.user and item.user.text for item in found] == [row["user_text"] for row in expected]


def test_where_the_texts_of_a_stub_are():
    name = "samplewiki-20260101-stub-meta-history.xml.gz"
    found = [(content.id, content.location, content.origin, content.state, content.text)
             for page in mwparquet.pages(helpers.SAMPLES / name) for revision in page
             for content in revision.slots.contents.values()]
    assert found == [(row["text_id"], row["text_location"], row["origin_rev_id"], row["content_state"], None)
                     for row in helpers.expected_rows(name)["content"]]


def test_what_describes_itself_as_mwxml_does():
    dump = mwparquet.Dump(helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz")
    site = dump.site_info.to_json()
    assert (site["dbname"], site["namespaces"][0]) == ("samplewiki", {"id": -2, "name": "Media", "case": "first-letter"})
    item = next(dump.log_items)
    assert json.loads(json.dumps(item.to_json())) == {
        "id": 1, "timestamp": "2024-05-01T07:08:09Z", "user": {"id": 7, "text": "Ada Example"},
        "page": {"namespace": 0, "title": "Holm"}, "comment": "why", "type": "move", "action": "move",
        "params": 'a:2:{s:9:"4::target";s:13:"Talk:Nordholm";s:10:"5::noredir";s:1:"0";}',
        "deleted": {"action": False, "comment": False, "user": False}}
    # Of which dumps say nothing.
    assert item.text is None and item.deleted.restricted is None


def test_map_is_that_of_mwxml():
    paths = [helpers.SAMPLES / "containers.xml", helpers.SAMPLES / "containers.xml.7z"]
    found = list(mwparquet.map(lambda dump, path: ((path, page.title) for page in dump), paths))
    titles = [row["page_title"] for row in helpers.expected_rows("containers.xml")["pages"]]
    assert found == [(str(path), title) for path in paths for title in titles]


def test_calls(tmp_path):
    job = mwparquet.convert([helpers.BIG], tmp_path / "out", tables=["revisions", "pages"],
                            columns={"revisions": ["revision_id", "user_text"]}, threads=2)
    assert job["manifest"]["options"] == helpers.manifest(tmp_path / "out")["options"]
    assert helpers.table(tmp_path / "out", "revisions").column_names == ["revision_id", "user_text"]
    expected = helpers.expected_rows(helpers.BIG.name)
    assert job["seen"]["revisions"] == len(expected["revisions"])
    counted = mwparquet.count(helpers.BIG, by=["namespace"], measures="all")
    assert sum(row["edits"] for row in counted.to_dicts()) == len(expected["revisions"])
    assert pa.table(counted).num_rows == len(counted)
    assert counted.to_dicts()[0].keys() == set(pa.table(counted).column_names)
    told = helpers.run("inspect", "--json", "--full", helpers.BIG)
    assert mwparquet.inspect(helpers.BIG, full=True) == [json.loads(told.stdout)]
    assert mwparquet.schema() == json.loads(helpers.run("schema", "--json").stdout)


def test_errors_have_their_place(tmp_path):
    broken = helpers.BROKEN / "bad-timestamp.xml"
    told = helpers.convert(broken, tmp_path / "out").stderr.decode().strip().removeprefix("mwparquet: ")
    for call in (lambda: list(mwparquet.pages(broken)), lambda: list(mwparquet.scan(broken)),
                 lambda: mwparquet.convert(broken, tmp_path / "other")):
        with pytest.raises(mwparquet.DamagedError) as caught:
            call()
            pytest.fail("no error")
        error = caught.value
        assert str(error) == told and isinstance(error, mwparquet.Error)
        assert (error.input, error.page_id, error.sql_line) == (str(broken), 1, None) and error.xml_offset > 0
    scan = mwparquet.scan(broken)
    with pytest.raises(Exception, match="bad-timestamp"):
        pa.table(scan)
    assert isinstance(scan.error, mwparquet.DamagedError) and scan.error.page_id == 1


@pytest.mark.parametrize("cut", ["truncated.xml", "truncated.xml.bz2", "truncated.xml.gz",
                                 "truncated-after-stream.xml.bz2"])
def test_what_is_cut_is_no_end(cut):
    path = helpers.BROKEN / cut
    for read in (lambda: list(mwparquet.scan(path)), lambda: [list(page) for page in mwparquet.pages(path)],
                 lambda: mwparquet.count(path, by="user")):
        with pytest.raises(mwparquet.DamagedError):
            read()
    for read in (pa.table, pl.DataFrame, pd.DataFrame.from_arrow, lambda scan: duckdb.sql("FROM scan").fetchall()):
        with pytest.raises(Exception, match="truncated"):
            read(mwparquet.scan(path))


def test_what_is_passed_over_is_told():
    broken = helpers.BROKEN / "bad-timestamp.xml"
    scan = mwparquet.scan(broken, on_damage="skip")
    assert scan.report is None
    assert pa.table(scan).num_rows > 0
    [reject] = scan.report["rejects"]
    assert reject["page_id"] == 1 and "timestamp" in reject["reason"]


def test_mistakes_of_the_caller(tmp_path):
    for call, message in [
        (lambda: mwparquet.scan(helpers.BIG, table="revision"), "revision"),
        (lambda: mwparquet.scan(helpers.BIG, columns=["user"]), "has no column"),
        (lambda: mwparquet.scan(helpers.BIG, namespace=0), "namespace"),
        (lambda: mwparquet.scan(helpers.BIG, namespaces=[]), "empty"),
        (lambda: mwparquet.scan(helpers.BIG, memory="1"), "16MiB"),
        (lambda: mwparquet.pages(helpers.BIG, since=datetime.datetime(2020, 1, 1)), "time zone"),
        (lambda: mwparquet.scan(tmp_path), "no dump"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(FileNotFoundError):
        list(mwparquet.scan(tmp_path / "nothing.xml"))
    with pytest.raises(mwparquet.NotADumpError):
        list(mwparquet.scan(helpers.ROOT / "README.md"))


def test_other_threads_run_meanwhile(long_dump):
    import threading
    results = []
    threads = [threading.Thread(target=lambda: results.append(pa.table(mwparquet.scan(long_dump)).num_rows))
               for _ in range(3)]
    for thread in threads:
        thread.start()
    beats = 0
    while any(thread.is_alive() for thread in threads):
        beats += 1
        time.sleep(0.001)
    assert results == [16000] * 3 and beats > 3


def test_objects_outlive_their_dump():
    kept = [revision for page in mwparquet.pages(helpers.BIG) for revision in page][:50]
    assert all(revision.page.id and revision.slots["main"].role == "main" for revision in kept)
    assert hash(kept[0].user) == hash(kept[0].user) and kept[0].user == kept[0].user


def test_times_are_datetimes():
    time = mwparquet.Timestamp.from_string("2009-02-13T23:31:30Z")
    assert time == datetime.datetime(2009, 2, 13, 23, 31, 30, tzinfo=datetime.timezone.utc)
    assert int(time) == 1234567890 and str(time) == "2009-02-13T23:31:30Z" and time.short_format() == "20090213233130"
    assert pickle.loads(pickle.dumps(time)) == time
    assert str(time + datetime.timedelta(seconds=1)) == "2009-02-13T23:31:31Z"


@pytest.mark.parametrize("name", ["", ".dumps", ".errors", ".timestamp"])
def test_docstrings(name, tmp_path, monkeypatch):
    (tmp_path / "broken").mkdir()
    shutil.copy(helpers.SAMPLES / "no-final-newline.xml", tmp_path / "dump.xml")
    shutil.copy(helpers.BROKEN / "bad-timestamp.xml", tmp_path / "broken")
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module("mwparquet" + name)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


def test_version_is_that_of_the_program():
    assert helpers.run("--version").stdout.decode().split() == ["mwparquet", mwparquet.__version__]
