"""Pages that are spread over several files: all that is told of them is what the same page in one file gives.

The judge is the same history in one file, which the oracle and other tests hold against the truth.
"""
import bz2
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

import helpers
from helpers import ALL_TABLES, converted, manifest, run, table

import make_export as exports

WIKI, DATE = "samplewiki", "2026-01-01"
TABLES = [*ALL_TABLES, "diffs", "tokens"]
EXPORT = ["--kind", "content-history", "--wiki", WIKI]
KILLS = int(os.environ.get("MWPARQUET_KILLS", "12"))


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return helpers.make_history(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def root(history, tmp_path_factory):
    """A mirror with that history as an export."""
    root = tmp_path_factory.mktemp("mirror")
    exports.make_export(history, root, WIKI, DATE)
    return root


@pytest.fixture(scope="module")
def export(root):
    """The export's folder."""
    return root / "other" / "mediawiki_content_history" / WIKI / DATE / "xml" / "bzip2"


@pytest.fixture(scope="module")
def pieces(export):
    """The files of the page that is spread, in the order of time."""
    files = sorted(export.glob("*r*.xml.bz2"), key=lambda path: exports.when(bz2.open(path).read().split(b"<revision>")[1]))
    assert len(files) == 4
    return files


@pytest.fixture(scope="module")
def one(history, tmp_path_factory):
    """The same history in one file."""
    return exports.in_one_file(history, tmp_path_factory.mktemp("one"), WIKI, DATE)


@pytest.fixture(scope="module")
def whole(one, tmp_path_factory):
    """All tables of that one file."""
    return converted(one, tmp_path_factory.mktemp("whole") / "out", tables=TABLES)


def assert_same(folder, whole, tables=TABLES):
    """All tables are equal, rows in their order."""
    for name in tables:
        assert table(folder, name).equals(table(whole, name)), name


def by_key(rows):
    """Rows in an order that does not depend on that of files."""
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def assert_same_rows(folder, whole, tables=TABLES):
    """All tables have the same rows."""
    for name in tables:
        assert by_key(table(folder, name).to_pylist()) == by_key(table(whole, name).to_pylist()), name


def contents(folder):
    """All files of a finished job; the manifest without what differs from run to run."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = json.loads(files.pop("manifest.json"))
    told.pop("run")
    return files, json.dumps(told)


def test_the_history_is_worth_the_name(whole, pieces):
    """The page that is spread is reverted, its texts persist, over the seams too."""
    page = int(re.search(r"-p(\d+)r", pieces[0].name)[1])
    ids = [{exports.number(b"<id>" + part.split(b"<id>", 1)[1]) for part in bz2.open(piece).read().split(b"<revision>")[1:]}
           for piece in pieces]
    place = {revision: number for number, some in enumerate(ids) for revision in some}
    reverts = [row for row in table(whole, "reverts").to_pylist() if row["page_id"] == page]
    across = [row for row in reverts if place[row["revision_id"]] != place[row["reverted_to_revision_id"]]]
    assert across
    assert sum(len(some) for some in ids) == sum(row["page_id"] == page for row in table(whole, "revisions").to_pylist())
    assert table(whole, "pages").num_rows == 9


@pytest.mark.parametrize("threads", [1, 2, 16])
def test_all_tables_are_those_of_one_file(root, whole, tmp_path, threads):
    result = run("convert", "--root", root, *EXPORT, "--output", tmp_path / "out", "--progress", "off", "--threads", threads,
                 "--tables", ",".join(TABLES))
    assert result.returncode == 0, result.stderr.decode()
    assert_same(tmp_path / "out", whole)
    seen = [sum(entry["seen"][what] for entry in manifest(folder)["inputs"])
            for folder in (tmp_path / "out", whole) for what in ("pages", "revisions", "slots", "filtered_pages")]
    assert seen[:4] == seen[4:]


def test_bytes_do_not_depend_on_threads_and_rows_not_on_memory(export, whole, tmp_path):
    options = ["--row-group-bytes", "64KiB", "--part-bytes", "100KiB", "--memory", "16MiB"]
    folders = [converted(export, tmp_path / str(threads), *options, "--threads", threads, tables=TABLES) for threads in (1, 2, 16)]
    first = contents(folders[0])
    assert all(contents(folder) == first for folder in folders[1:])
    assert_same(folders[0], whole)


def test_files_by_name_in_any_order(export, pieces, whole, tmp_path):
    files = list(export.glob("*.xml.bz2"))
    random.Random(7).shuffle(files)
    for number, order in enumerate((files, files[::-1])):
        result = run("convert", *order, "--output", tmp_path / f"{number}", "--progress", "off", "--tables", ",".join(TABLES))
        assert result.returncode == 0, result.stderr.decode()
        assert_same_rows(tmp_path / f"{number}", whole)
    # Spread over folders, too.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = [shutil.copy(path, elsewhere) if number % 2 else path for number, path in enumerate(files)]
    result = run("convert", *moved, "--output", tmp_path / "moved", "--progress", "off", "--tables", ",".join(TABLES))
    assert result.returncode == 0, result.stderr.decode()
    assert_same_rows(tmp_path / "moved", whole)


def test_what_the_manifest_says(export, pieces, tmp_path):
    folder = converted(export, tmp_path / "out")
    inputs = manifest(folder)["inputs"]
    follows = {os.path.basename(entry["name"]): os.path.basename(entry.get("follows", "")) for entry in inputs}
    names = [piece.name for piece in pieces]
    assert {name: before for name, before in follows.items() if before} == dict(zip(names[1:], names))
    number = [os.path.basename(entry["name"]) for entry in inputs].index(names[0])
    numbers = {path.name.split("-")[1] for path in (folder / "revisions").iterdir()}
    assert f"{number:05}" in numbers and len(numbers) == 3
    assert [entry["seen"]["pages"] for entry in inputs if os.path.basename(entry["name"]) in names] == [1, 0, 0, 0]
    told = run("convert", export, "--output", tmp_path / "dry", "--dry-run").stdout.decode()
    assert told.count(", which goes on") == 3


def revision(number, when, text, parent=None):
    """A revision in XML."""
    return (f"    <revision>\n      <id>{number}</id>\n" + (f"      <parentid>{parent}</parentid>\n" if parent else "") +
            f"      <timestamp>{when}</timestamp>\n      <contributor><username>A</username><id>1</id></contributor>\n"
            f"      <origin>{number}</origin>\n      <model>wikitext</model>\n      <format>text/x-wiki</format>\n"
            f'      <text bytes="{len(text)}" sha1="{helpers.base36_sha1(text.encode())}" xml:space="preserve">{text}</text>\n'
            f"      <sha1>{helpers.base36_sha1(text.encode())}</sha1>\n    </revision>\n").encode()


def write(folder, span, *pages, wiki=WIKI, header=None):
    """Write a file of an export: (page id, revisions) of each page."""
    head = header or (f'<mediawiki version="0.11" xml:lang="en">\n  <siteinfo>\n    <sitename>W</sitename>\n'
                      f"    <dbname>{wiki}</dbname>\n    <namespaces><namespace key=\"0\" case=\"first-letter\" /></namespaces>\n"
                      f"  </siteinfo>\n").encode()
    body = b"".join(f"  <page>\n    <title>Page {page}</title>\n    <ns>0</ns>\n    <id>{page}</id>\n".encode() +
                    b"".join(revisions) + b"  </page>\n" for page, revisions in pages)
    path = folder / f"{wiki}-{DATE}-{span}.xml.bz2"
    path.write_bytes(bz2.compress(head + body + b"</mediawiki>\n"))
    return path


def a_page(ids):
    """Revisions of these ids in the order of time; every third goes back to the text of two before."""
    texts = []
    for place in range(len(ids)):
        texts.append(texts[-2] if place % 3 == 2 else f"some words and word {place} and more of them")
    parents = [None, *ids]
    return [revision(number, f"2020-01-01T{place:02}:00:00Z", text, parent)
            for place, (number, text, parent) in enumerate(zip(ids, texts, parents))]


def test_pieces_whose_numbers_do_not_rise_with_time(tmp_path):
    """Imported revisions have late numbers and early times: times decide."""
    ids = [500, 501, 400, 401, 7, 8, 300, 301, 302, 9, 10, 11]
    revisions = a_page(ids)
    export, one = tmp_path / "export", tmp_path / "one"
    export.mkdir(), one.mkdir()
    for begin in range(0, 12, 3):
        some = ids[begin:begin + 3]
        write(export, f"p17r{some[0]}r{some[-1]}", (17, revisions[begin:begin + 3]))
    names = sorted(path.name for path in export.iterdir())
    assert names != [path.name for path in sorted(export.iterdir(), key=lambda path: ids.index(int(path.name.split("r")[1])))]
    write(one, "p17p17", (17, revisions))
    whole = converted(one, tmp_path / "whole", tables=TABLES)
    assert table(whole, "reverts").num_rows > 0
    assert_same(converted(export, tmp_path / "out", tables=TABLES), whole)
    # Before February 2026 names had the first revision only, and before that a word more.
    for number, path in enumerate(sorted(export.iterdir())):
        name = re.sub(r"r(\d+)r\d+", r"r\1", path.name)
        path.rename(export / (name.replace("-p17", "-pages-meta-history-p17") if number % 2 else name))
    assert_same(converted(export, tmp_path / "older", tables=TABLES), whole)


def test_ranges_that_share_a_border(tmp_path):
    """The last page of a range goes on alone, and in the range behind."""
    revisions = a_page(list(range(100, 112)))
    first, behind = a_page([1, 2, 3]), a_page([200, 201])
    export, one = tmp_path / "export", tmp_path / "one"
    export.mkdir(), one.mkdir()
    write(export, "p3p17", (3, first), (17, revisions[:2]))
    write(export, "p17r102r105", (17, revisions[2:6]))
    write(export, "p17r106r107", (17, revisions[6:8]))
    write(export, "p17p20", (17, revisions[8:]), (20, behind))
    write(one, "p3p20", (3, first), (17, revisions), (20, behind))
    whole = converted(one, tmp_path / "whole", tables=TABLES)
    assert_same(converted(export, tmp_path / "out", tables=TABLES), whole)
    # A border that is not shared after all is none.
    write(export, "p17p20", (20, behind))
    folder = converted(export, tmp_path / "less", tables=TABLES)
    assert table(folder, "pages").num_rows == 3


def test_filters(root, one, tmp_path):
    for number, filters in enumerate((["--namespaces", "1,2"], ["--since", "2012-01-01T00:00:00Z", "--until", "2020-01-01"])):
        folders = []
        for name, source in (("spread", ["--root", root, *EXPORT]), ("one", [one])):
            folder = tmp_path / f"{name}-{number}"
            result = run("convert", *source, "--output", folder, "--progress", "off", "--tables", ",".join(TABLES), *filters)
            assert result.returncode == 0, result.stderr.decode()
            folders.append(folder)
        assert_same(*folders)
        seen = [sum(entry["seen"][what] for entry in manifest(folder)["inputs"]) for folder in folders
                for what in ("pages", "filtered_pages", "filtered_revisions")]
        assert seen[:3] == seen[3:]


@pytest.mark.parametrize("by", ["page", "user", "namespace", "year"])
def test_counts(root, one, by):
    arguments = ["count", "--by", by, "--measures", "all", "--format", "csv"]
    results = [run(*arguments, *source) for source in (["--root", root, *EXPORT], [one])]
    assert [result.returncode for result in results] == [0, 0], results[0].stderr.decode()
    assert results[0].stdout == results[1].stdout
    assert results[0].stdout.count(b"\n") > 1


@pytest.mark.parametrize("format", ["json", "mwxml", "mwdiffs", "mwreverts", "mwpersistence"])
def test_documents(root, one, format):
    results = [run("cat", "--format", format, *source) for source in (["--root", root, *EXPORT], [one])]
    assert [result.returncode for result in results] == [0, 0], results[0].stderr.decode()
    assert results[0].stdout == results[1].stdout
    assert results[0].stdout.count(b"\n") > 1


def test_verify_and_inspect(root, export, pieces, one, tmp_path):
    told = run("verify", "--root", root, *EXPORT, "--json")
    assert told.returncode == 0, told.stderr.decode()
    found = {os.path.basename(line["name"]): line for line in map(json.loads, told.stdout.splitlines())}
    whole = json.loads(run("verify", one, "--json").stdout)
    for what, count in whole["history"].items():
        assert sum(line["history"][what] for line in found.values()) == count, what
    assert [os.path.basename(found[piece.name].get("goes_on_from", "")) for piece in pieces] == ["", *[piece.name for piece in pieces[:-1]]]
    assert all(line["checksums"][0]["algorithm"] == "sha256" for line in found.values())
    inspected = json.loads(run("inspect", pieces[0], "--json").stdout)
    assert f"-p{inspected['only_page']}r" in pieces[0].name
    # A file of another sum.
    copy = shutil.copytree(export, tmp_path / "copy")
    sums = (copy / "SHA256SUMS").read_text()
    (copy / "SHA256SUMS").write_text(sums.replace(sums.split("  ")[0], "0" * 64))
    wrong = run("verify", copy)
    assert wrong.returncode == 3 and b"SHA256SUMS" in wrong.stderr


def job(files, output, *more):
    return [helpers.binary(), "convert", *map(str, files), "--output", str(output), "--progress", "off", "--threads", "2",
            "--tables", ",".join(TABLES), "--row-group-bytes", "64KiB", "--part-bytes", "100KiB", *more]


def test_resumed_after_kills(export, tmp_path):
    files = sorted(export.glob("*.xml.bz2"))
    began = time.monotonic()
    assert subprocess.run(job(files, tmp_path / "whole"), capture_output=True).returncode == 0
    seconds = time.monotonic() - began
    expected = contents(tmp_path / "whole")
    chance = random.Random(20260101)
    kills = 0
    for trial in range(100):
        if kills >= KILLS:
            break
        folder = tmp_path / f"out-{trial}"
        for _ in range(3):
            process = subprocess.Popen(job(files, folder, "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(chance.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            kills += process.wait(helpers.TIMEOUT) == -signal.SIGKILL
        assert subprocess.run(job(files, folder, "--resume"), capture_output=True).returncode == 0
        assert contents(folder) == expected
        shutil.rmtree(folder)
    assert kills >= KILLS


def test_resumed_behind_a_page_that_was_spread(export, pieces, tmp_path):
    """The files of a page are finished together; one that changes afterwards is noticed."""
    files = [shutil.copy2(path, tmp_path / path.name) for path in sorted(export.glob("*.xml.bz2"), key=lambda path: "r" not in path.name[20:])]
    last = files[-1]
    bytes_of_last = open(last, "rb").read()
    open(last, "wb").write(bytes_of_last[:-200])
    result = subprocess.run(job(files, tmp_path / "out"), capture_output=True)
    assert result.returncode == 3, result.stderr.decode()
    assert b"of 6 inputs are finished and kept" in result.stderr
    lines = [json.loads(line) for line in (tmp_path / "out" / ".mwparquet-journal.tmp").read_text().splitlines()[1:]]
    spread = next(line for line in lines if line["rest"]["following"])
    assert len(spread["rest"]["following"]) == 3
    open(last, "wb").write(bytes_of_last)
    name = tmp_path / pieces[2].name
    os.utime(name, (1, 1))
    refused = subprocess.run(job(files, tmp_path / "out", "--resume"), capture_output=True)
    assert refused.returncode == 2 and pieces[2].name.encode() in refused.stderr and b"has changed" in refused.stderr
    shutil.copystat(pieces[2], name)
    assert subprocess.run(job(files, tmp_path / "out", "--resume"), capture_output=True).returncode == 0
    assert subprocess.run(job(files, tmp_path / "left-alone"), capture_output=True).returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "left-alone")


def damaged(export, pieces, folder, how):
    """A copy of the export whose second piece is damaged."""
    copy = shutil.copytree(export, folder)
    path = copy / pieces[1].name
    data = bytearray(path.read_bytes())
    path.write_bytes(how(data))
    return copy, path


def test_a_damaged_piece(export, pieces, whole, tmp_path):
    copy, path = damaged(export, pieces, tmp_path / "cut", lambda data: data[:len(data) // 2])
    failed = helpers.convert(copy, tmp_path / "failed")
    assert failed.returncode == 3 and path.name.encode() in failed.stderr
    result = helpers.convert(copy, tmp_path / "out", "--on-damage", "skip", tables=TABLES)
    assert result.returncode == 1, result.stderr.decode()
    folder = tmp_path / "out"
    rejects = table(folder, "rejects").to_pylist()
    assert [os.path.basename(row["input"]) for row in rejects] and all(path.name in row["input"] for row in rejects)
    page = int(re.search(r"-p(\d+)r", path.name)[1])
    assert table(folder, "pages").num_rows == 9
    for name in ("revision_history", "tokens"):
        told = {row["page_history_is_whole"] for row in table(folder, name).to_pylist() if row["page_id"] == page}
        assert False in told, name
        assert all(row["page_history_is_whole"] for row in table(folder, name).to_pylist() if row["page_id"] != page)
    kept = {row["revision_id"] for row in table(folder, "revisions").to_pylist()}
    for piece in (pieces[0], pieces[2], pieces[3]):
        assert {exports.number(part) for part in re.split(rb"<revision>", bz2.open(piece).read())[1:]} <= kept
    # What cannot be compared over the hole is not.
    first = exports.number(bz2.open(pieces[2]).read().split(b"<revision>")[1])
    diffs = {row["revision_id"]: row for row in table(folder, "diffs").to_pylist()}
    before = {row["revision_id"]: row for row in table(whole, "diffs").to_pylist()}
    assert diffs[first] != before[first]
    row = next(row for row in table(folder, "pages").to_pylist() if row["page_id"] == page)
    revisions = [one for one in table(folder, "revisions").to_pylist() if one["page_id"] == page]
    assert row["revision_count"] == len(revisions)
    assert row["first_revision_dt"] == min(one["revision_dt"] for one in revisions)


def test_a_piece_without_its_beginning(export, pieces, tmp_path):
    copy, path = damaged(export, pieces, tmp_path / "copy", lambda data: b"BZh9" + bytes(100) + data[104:])
    assert helpers.convert(copy, tmp_path / "failed").returncode == 3
    result = helpers.convert(copy, tmp_path / "out", "--on-damage", "skip", tables=TABLES)
    assert result.returncode == 1, result.stderr.decode()
    assert table(tmp_path / "out", "pages").num_rows == 9


def refused(*arguments, output, code):
    result = run("convert", *arguments, "--output", output, "--progress", "off", "--tables", ",".join(TABLES))
    assert result.returncode == code, result.stderr.decode()
    return result.stderr.decode()


def test_an_export_that_is_not_complete(root, export, pieces, whole, tmp_path):
    copy = tmp_path / "mirror"
    shutil.copytree(root, copy)
    folder = copy / export.relative_to(root)
    (folder / "_SUCCESS").unlink()
    assert "has no _SUCCESS; --incomplete" in refused(folder, output=tmp_path / "a", code=2)
    of_mirror = ["--root", copy, *EXPORT]
    assert "no run of samplewiki says that it has finished content-history" in refused(*of_mirror, output=tmp_path / "a", code=2)
    assert "has no _SUCCESS" in refused(*of_mirror, "--date", DATE, output=tmp_path / "a", code=2)
    assert "not finished" in run("runs", "--root", copy).stdout.decode()
    assert_same(converted(folder, tmp_path / "told", "--incomplete", tables=TABLES), whole)
    (folder / "_SUCCESS").write_bytes(b"")
    (folder / pieces[1].name).unlink()
    missing = f"{pieces[1].name} is not in"
    assert missing in refused(folder, output=tmp_path / "a", code=2)
    assert missing in refused(*of_mirror, output=tmp_path / "a", code=2)
    left = sorted(folder.glob("*.xml.bz2"))
    told = refused(*left, output=tmp_path / "a", code=2)
    assert "is spread over several files" in told and pieces[1].name in told
    output = converted(folder, tmp_path / "holed", "--incomplete", tables=TABLES)
    page = int(re.search(r"-p(\d+)r", pieces[1].name)[1])
    told = {(row["page_id"] == page, row["page_history_is_whole"]) for row in table(output, "revision_history").to_pylist()}
    assert told == {(True, False), (False, True)}
    assert manifest(output)["left_out"][str(folder / pieces[1].name)] == "it is not there, though SHA256SUMS lists it"
    assert table(output, "pages").num_rows == 9
    # A piece alone is one of a page of which more is known.
    assert "is spread over several files" in refused(pieces[2], output=tmp_path / "a", code=2)
    alone = converted(pieces[2], tmp_path / "alone", "--incomplete", tables=TABLES)
    assert not any(row["page_history_is_whole"] for row in table(alone, "revision_history").to_pylist())


def test_files_that_do_not_fit_together(tmp_path):
    ids = list(range(100, 112))
    revisions = a_page(ids)

    def attempt(name, *files):
        folder = tmp_path / name
        folder.mkdir()
        for arguments in files:
            write(folder, *arguments[:-1], **arguments[-1]) if isinstance(arguments[-1], dict) else write(folder, *arguments)
        return refused(*sorted(folder.iterdir()), output=tmp_path / f"{name}-out", code=3)

    told = attempt("overlap", ("p17r100r105", (17, revisions[:6])), ("p17r104r111", (17, revisions[4:])))
    assert "p17r104r111" in told and "does not come behind revision 105" in told and "overlap" in told
    told = attempt("twice", ("p17r100r105", (17, revisions[:6])), ("p17r100r106", (17, revisions[:7])))
    assert "overlap" in told
    told = attempt("stranger", ("p17r100r105", (17, revisions[:6])), ("p17r106r111", (18, revisions[6:])))
    assert "holds page 18, and by its name only page 17" in told
    told = attempt("nested", ("p1p99", (1, a_page([1, 2])), (17, revisions[:6])), ("p17r106r111", (17, revisions[6:])))
    assert "p1p99" in told and "holds page 17, and so do other inputs" in told
    folder = tmp_path / "wikis"
    folder.mkdir()
    write(folder, "p17r100r105", (17, revisions[:6]))
    other = write(folder, "p17r106r111", (17, revisions[6:]), wiki="otherwiki")
    other.rename(folder / f"{WIKI}-{DATE}-p17r106r111.xml.bz2")
    told = refused(*sorted(folder.iterdir()), output=tmp_path / "wikis-out", code=3)
    assert "is of otherwiki, and" in told
    # Counting sees it as well.
    assert run("count", *sorted((tmp_path / "overlap").iterdir()), "--by", "page").returncode == 3


def test_ranges_that_overlap_are_refused(export, pieces, tmp_path):
    copy = shutil.copytree(export, tmp_path / "copy")
    whole = max(set(copy.glob("*.xml.bz2")) - {copy / piece.name for piece in pieces})
    first, last = map(int, re.search(r"-p(\d+)p(\d+)\.", whole.name).groups())
    assert first < last
    shutil.copy(whole, copy / f"{WIKI}-{DATE}-p{first}p{last + 1}.xml.bz2")
    assert "hold the same pages" in refused(copy, output=tmp_path / "a", code=2)


def test_exports_of_many_wikis(history, root, whole, tmp_path):
    copy = tmp_path / "mirror"
    shutil.copytree(root, copy)
    exports.make_export(history, copy, "otherwiki", "2026-01-01", pieces=2)
    exports.make_export(history, copy, "otherwiki", "2025-12-01", pieces=3)
    told = run("runs", "--root", copy, "--json")
    runs = [json.loads(line) for line in told.stdout.splitlines()]
    assert [(one["wiki"], one["date"], one["finished"], one["kinds"]["content-history"]["files"]) for one in runs] == [
        ("otherwiki", "2025-12-01", True, 5), ("otherwiki", "2026-01-01", True, 4), (WIKI, DATE, True, 6)]
    result = run("convert", "--root", copy, "--wiki", "*wiki", "--kind", "content-history", "--output", tmp_path / "out",
                 "--progress", "off", "--tables", ",".join(TABLES))
    assert result.returncode == 0, result.stderr.decode()
    assert len(manifest(tmp_path / "out")["inputs"]) == 10
    assert table(tmp_path / "out", "reverts").num_rows == 2 * table(whole, "reverts").num_rows
    told = refused("--root", copy, "--wiki", "otherwiki", output=tmp_path / "a", code=2)
    assert "exports (--kind content-history)" in told
    assert "there are several runs of otherwiki" in refused(copy / "other", output=tmp_path / "a", code=2)
