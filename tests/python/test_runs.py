"""Runs: which of a run's files are read, and finding runs in a mirror."""
import json
import os
import shutil

import pytest

from helpers import BIG, SAMPLES, converted, manifest, run, table
from mirror import make_run, write_status

TABLES = ["pages", "revisions", "content", "log_events"]


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A mirror of two wikis: one run that has finished, one that has not, one without histories."""
    root = tmp_path_factory.mktemp("mirror")
    make_run(root, "samplewiki", "20260101", parts=3)
    make_run(root, "samplewiki", "20260120", has_history=False)
    make_run(root, "samplewiki", "20260201", waiting=["metahistory7zdump"])
    make_run(root, "otherwiki", "20260101")
    return root


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows of the samples that runs are made of, converted one by one."""
    folder = tmp_path_factory.mktemp("rows")
    logs = SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"
    return {"pages": table(converted(BIG, folder / "pages", tables=TABLES), "revisions"),
            "logs": table(converted(logs, folder / "logs", tables=TABLES), "log_events")}


def of_mirror(root, output, *arguments, code=0, tables=TABLES):
    """Convert runs of the mirror."""
    result = run("convert", "--root", root, *arguments, "--output", output, "--progress", "off",
                 "--tables", ",".join(tables))
    assert result.returncode == code, result.stderr.decode()
    return output if code == 0 else result.stderr.decode()


def names(folder):
    """Names of the files that a job read."""
    return [os.path.basename(one["name"]) for one in manifest(folder)["inputs"]]


def test_each_revision_of_a_run_is_read_once(mirror, rows, tmp_path):
    folder = converted(mirror / "samplewiki" / "20260101", tmp_path / "out", tables=TABLES)
    assert table(folder, "revisions").equals(rows["pages"])
    assert table(folder, "log_events").equals(rows["logs"])
    assert all("pages-logging" in name or "pages-meta-history" in name for name in names(folder))
    assert len(names(folder)) == 4
    left_out = {os.path.basename(name): why for name, why in manifest(folder)["left_out"].items()}
    assert left_out["samplewiki-20260101-stub-meta-history2.xml.gz"] == \
        "its revisions are in pages-meta-history; --kind takes another kind"
    assert left_out["samplewiki-20260101-pages-meta-history.xml.bz2"] == \
        "the same pages are read from other files of the run"
    assert left_out["samplewiki-20260101-pages-meta-current.xml.bz2.inprog"] == "unfinished, by its name"


def test_by_wiki_and_date(mirror, rows, tmp_path):
    folder = of_mirror(mirror, tmp_path / "out", "--wiki", "samplewiki", "--date", "20260101")
    assert table(folder, "revisions").equals(rows["pages"])


def test_latest_is_the_last_that_has_finished(mirror, rows, tmp_path):
    folder = of_mirror(mirror, tmp_path / "any", "--wiki", "samplewiki")
    assert {name.split("-")[1] for name in names(folder)} == {"20260120"}
    folder = of_mirror(mirror, tmp_path / "history", "--wiki", "samplewiki", "--kind", "pages-meta-history")
    assert {name.split("-")[1] for name in names(folder)} == {"20260201"}
    assert table(folder, "revisions").equals(rows["pages"])


def test_many_wikis(mirror, rows, tmp_path):
    folder = of_mirror(mirror, tmp_path / "out", "--wiki", "*wiki", "--date", "20260101",
                       "--kind", "pages-meta-history")
    assert table(folder, "revisions").num_rows == 2 * rows["pages"].num_rows


def test_root_by_the_environment(mirror, tmp_path):
    environment = {**os.environ, "MWPARQUET_ROOT": str(mirror)}
    result = run("convert", "--wiki", "otherwiki", "--output", tmp_path / "out", "--dry-run", env=environment)
    assert result.returncode == 0
    assert b"otherwiki-20260101-pages-meta-history1.xml" in result.stdout


@pytest.mark.parametrize("arguments, told", [
    (["--wiki", "sampelwiki"], "there is no run of sampelwiki"),
    (["--wiki", "sampelwiki"], "(did you mean samplewiki?)"),
    (["--wiki", "samplewiki", "--date", "20250101"], "no run of 20250101; there are 20260101, 20260120, 20260201"),
    (["--wiki", "samplewiki", "--kind", "pages-articles"], "no run of samplewiki says that it has finished pages-articles"),
    (["--wiki", "otherwiki", "--date", "20260101", "--kind", "stub-articles"], "there is no finished stub-articles"),
    (["--wiki", "otherwiki", "--kind", "pages-meta-history,stub-meta-history"], "hold the same revisions"),
    (["--wiki", "[", "--date", "20260101"], "bad pattern ["),
])
def test_what_is_not_there(mirror, tmp_path, arguments, told):
    assert told in of_mirror(mirror, tmp_path / "out", *arguments, code=2)


def test_several_runs_at_once(mirror, tmp_path):
    result = run("convert", mirror / "samplewiki", "--output", tmp_path / "out")
    assert result.returncode == 2
    assert b"there are several runs of samplewiki" in result.stderr


def test_a_root_that_is_not_there(tmp_path):
    result = run("convert", "--root", tmp_path / "none", "--wiki", "w", "--output", tmp_path / "out")
    assert result.returncode == 4
    assert b"cannot list the folder" in result.stderr


def test_a_run_of_which_a_file_is_gone(mirror, tmp_path):
    folder = shutil.copytree(mirror / "otherwiki" / "20260101", tmp_path / "otherwiki" / "20260101")
    (gone,) = folder.glob("*pages-meta-history2.xml-*")
    gone.unlink()
    # The same pages are there in one file.
    output = converted(folder, tmp_path / "recombined", tables=TABLES)
    assert "otherwiki-20260101-pages-meta-history.xml.bz2" in names(output)
    (folder / "otherwiki-20260101-pages-meta-history.xml.bz2").unlink()
    result = run("convert", folder, "--output", tmp_path / "out")
    assert result.returncode == 2
    assert f"{gone.name} is not in".encode() in result.stderr


def test_a_file_of_another_size(mirror, tmp_path):
    folder = shutil.copytree(mirror / "otherwiki" / "20260101", tmp_path / "otherwiki" / "20260101")
    logs = folder / "otherwiki-20260101-pages-logging.xml.gz"
    logs.write_bytes(logs.read_bytes()[:-1])
    result = run("convert", folder, "--output", tmp_path / "out")
    assert result.returncode == 3
    assert b"by dumpstatus.json" in result.stderr


def test_two_attempts_at_the_same_pages(mirror, tmp_path):
    folder = make_run(tmp_path, "samplewiki", "20260101")
    (folder / "dumpstatus.json").unlink()
    (folder / "samplewiki-20260101-pages-meta-history.xml.bz2").unlink()
    first = min(folder.glob("*pages-meta-history1.xml-*"))
    shutil.copy(first, folder / "samplewiki-20260101-pages-meta-history1.xml-p1p2.bz2")
    result = run("convert", folder, "--output", tmp_path / "out")
    assert result.returncode == 2
    assert b"hold the same pages" in result.stderr


def test_cat_of_a_run(mirror, rows):
    result = run("cat", "--root", mirror, "--wiki", "otherwiki")
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) == rows["pages"].num_rows


def test_runs_are_listed(mirror):
    result = run("runs", "--root", mirror, "--json")
    assert result.returncode == 0, result.stderr.decode()
    runs = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["wiki"], one["date"], one["finished"]) for one in runs] == [
        ("otherwiki", "20260101", True),
        ("samplewiki", "20260101", True),
        ("samplewiki", "20260120", True),
        ("samplewiki", "20260201", False)]
    kinds = runs[1]["kinds"]
    files = list((mirror / "samplewiki" / "20260101").glob("*pages-meta-history*"))
    assert kinds["pages-meta-history"] == {
        "files": len(files), "bytes": sum(file.stat().st_size for file in files), "states": ["done"]}
    assert "pages-meta-history" not in runs[2]["kinds"]
    text = run("runs", "other*", "--root", mirror).stdout.decode()
    assert text.startswith("otherwiki 20260101 finished\n  pages-meta-history ")
    assert run("runs", "none", "--root", mirror).returncode == 2


def test_exports_of_content(tmp_path, rows):
    export = tmp_path / "other" / "mediawiki_content_history" / "samplewiki" / "2026-01-01" / "xml" / "bzip2"
    export.mkdir(parents=True)
    shutil.copy(BIG, export / "samplewiki-2026-01-01-p1p99999.xml.bz2")
    message = of_mirror(tmp_path, tmp_path / "out", "--wiki", "samplewiki", "--kind", "content-history", code=2)
    assert "no run of samplewiki says that it has finished content-history" in message
    (export / "_SUCCESS").write_bytes(b"")
    (export / "SHA256SUMS").write_text("")
    folder = of_mirror(tmp_path, tmp_path / "out", "--wiki", "samplewiki", "--kind", "content-history")
    assert table(folder, "revisions").equals(rows["pages"])
    listed = run("runs", "--root", tmp_path).stdout.decode()
    assert "content-history" in listed and "done" in listed
