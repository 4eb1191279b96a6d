"""mwparquet count: held against counts made in plain Python from the oracle's rows."""
import collections
import csv
import io
import json

import pyarrow.parquet as pq
import pytest

import helpers

LOG = helpers.SAMPLES / "samplewiki-20260101-pages-logging.xml.gz"
HISTORY = helpers.BIG
LOG_NAMES = [LOG.name]
# Pages and a log in one file, which count refuses to mix.
MIXED_NAMES = ["addresses.xml"]
REVISION_MEASURES = "minor,time,pages,users,bytes,reverts"
KEYS_OF_REVISIONS = ["page", "user", "namespace", "user-kind", "model", "day", "month", "year"]
KEYS_OF_LOGS = ["type", "action", "user", "namespace", "user-kind", "day", "month", "year"]
KINDS = ["registered", "temporary", "ip", "imported", "unknown", "hidden"]


# --- the counts by their definition ----------------------------------------

def user_of(row):
    """Who a user is: the account, else the name; None for who cannot be told from others."""
    if row["user_kind"] == "hidden":
        return None
    if (row["user_id"] or 0) > 0:
        return "id", row["user_id"]
    return ("name", row["user_text"]) if row["user_text"] else None


def page_of(row):
    """What a page is known by."""
    if row["page_id"] is not None:
        return "id", row["page_id"]
    return "title", row["page_namespace_id"], row["page_title"]


def time_of(row):
    """When it was made."""
    return row["revision_dt"] if "revision_dt" in row else row["log_dt"]


def key_of(row, key):
    """The value that tells rows apart."""
    time = time_of(row)
    return {
        "page": lambda: page_of(row),
        "user": lambda: user_of(row) or ("nobody", row["user_kind"] == "hidden"),
        "namespace": lambda: row["page_namespace_id"],
        "user-kind": lambda: row["user_kind"],
        "model": lambda: row["content_model"],
        "type": lambda: row["log_type"],
        "action": lambda: row["log_action"],
        "day": lambda: time and time[:10],
        "month": lambda: time and time[:7],
        "year": lambda: time and int(time[:4]),
    }[key]()


def columns_of(rows, key):
    """The columns of a key, of the latest of some rows (of one time the greatest)."""
    # Absent values come first among the labels of one time; the program's own order of labels is that of
    # their bytes, in which what is absent is the greatest.
    def rank(names):
        return lambda row: (time_of(row) or "", [(row[name] is None, row[name] or 0) for name in names])
    if key == "page":
        last = max(rows, key=rank(["page_namespace_id", "page_title"]))
        return {name: last[name] for name in ("page_id", "page_namespace_id", "page_title")}
    if key == "user":
        last = max(rows, key=lambda row: (time_of(row) or "", KINDS.index(row["user_kind"]),
                                          row["user_text"] is None, row["user_text"] or ""))
        user_id = last["user_id"]
        return {"user_id": user_id if (user_id or 0) > 0 else None, "user_text": last["user_text"] or None,
                "user_kind": last["user_kind"]}
    name = {"namespace": "page_namespace_id", "user-kind": "user_kind", "model": "content_model",
            "type": "log_type", "action": "log_action"}.get(key, key)
    return {name: key_of(rows[0], key)}


def with_histories(tables):
    """The rows of revisions with what revision_history says of each."""
    return [{**history, **revision} for revision, history
            in zip(tables["revisions"], tables["revision_history"], strict=True)]


def expected(rows, keys, wiki_key="wiki_id"):
    """The counts of rows by keys, all measures, as a list of dictionaries."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[(row[wiki_key], *(key_of(row, key) for key in keys))].append(row)
    counted = []
    for (wiki, *_), group in groups.items():
        result = {"wiki_id": wiki}
        for key in keys:
            for name, value in columns_of(group, key).items():
                # A key of its own goes before what another key brings along.
                if name not in result or name in ("page_namespace_id", "user_kind") and key in (
                        "namespace", "user-kind"):
                    result[name] = value
        times = [time_of(row) for row in group if time_of(row)]
        users = len({user_of(row) for row in group} - {None})
        if "log_dt" in group[0]:
            result |= {"log_entries": len(group), "first_log_dt": min(times, default=None),
                       "last_log_dt": max(times, default=None), "users": users}
        else:
            diffs = [row["revision_text_bytes_diff"] for row in group]
            known = [diff for diff in diffs if diff is not None]
            result |= {
                "edits": len(group), "minor_edits": sum(row["revision_is_minor_edit"] for row in group),
                "first_edit_dt": min(times, default=None), "last_edit_dt": max(times, default=None),
                "pages": len({page_of(row) for row in group}), "users": users,
                "bytes_added": sum(diff for diff in known if diff > 0), "bytes_net": sum(known),
                "bytes_unknown_edits": len(diffs) - len(known),
                "reverted_edits": sum(row["revision_is_identity_reverted"] for row in group),
                "reverting_edits": sum(row["revision_is_identity_revert"] for row in group)}
        if "page" in keys:
            result.pop("pages", None)
        if "user" in keys:
            result.pop("users", None)
        counted.append(result)
    return counted


# --- running ---------------------------------------------------------------

def counted(*arguments, code=0, **options):
    """What the program counts, as it comes."""
    result = helpers.run("count", *arguments, "--format", "json", "--progress", "off", **options)
    assert result.returncode == code, result.stderr.decode()
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def in_any_order(rows):
    """Rows to compare as sets."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def assert_counts(found, rows, keys):
    """Hold counts against their definition."""
    assert in_any_order(found) == in_any_order(expected(rows, keys))


def pairs(keys):
    """Each key alone, and with the one after it."""
    return [[key] for key in keys] + [list(pair) for pair in zip(keys, keys[1:] + keys[:1])]


# --- tests -----------------------------------------------------------------

@pytest.mark.parametrize("keys", pairs(KEYS_OF_REVISIONS), ids=",".join)
def test_a_history_by_all_keys(keys):
    rows = with_histories(helpers.expected_rows(HISTORY.name))
    assert_counts(counted(HISTORY, "--by", ",".join(keys), "--measures", "all"), rows, keys)


@pytest.mark.parametrize("keys", pairs(KEYS_OF_LOGS), ids=",".join)
def test_a_log_by_all_keys(keys):
    rows = helpers.expected_rows(LOG.name)["log_events"]
    assert_counts(counted(LOG, "--by", ",".join(keys), "--measures", "all"), rows, keys)


@pytest.mark.parametrize("name", sorted(set(helpers.sound_samples()) - set(LOG_NAMES) - set(MIXED_NAMES)))
def test_every_sample(name):
    rows = with_histories(helpers.expected_rows(name))
    for keys in (["page"], ["user"], ["namespace", "user", "year"]):
        found = counted(helpers.SAMPLES / name, "--by", ",".join(keys), "--measures", "all")
        assert_counts(found, rows, keys)


def test_several_dumps_at_once():
    names = ["slots.xml", "contributors.xml", HISTORY.name, "reverts.xml"]
    rows = [row for name in names for row in with_histories(helpers.expected_rows(name))]
    found = counted(*(helpers.SAMPLES / name for name in names), "--by", "user,month", "--measures", "all")
    assert_counts(found, rows, ["user", "month"])


@pytest.mark.parametrize("filters", [
    ["--namespaces", "0,2"], ["--since", "2023-01-01"], ["--until", "2022-06-01T00:00:00Z"],
    ["--since", "2022-03-01", "--until", "2023-03-01", "--namespaces", "0"], ["--page-ids", "3,7,9"]])
def test_filters(filters, tmp_path):
    def is_wanted(row):
        options = dict(zip(filters[::2], filters[1::2]))
        numbers = {name: [int(number) for number in value.split(",")]
                   for name, value in options.items() if name in ("--namespaces", "--page-ids")}
        return (row["page_namespace_id"] in numbers.get("--namespaces", [row["page_namespace_id"]])
                and row["page_id"] in numbers.get("--page-ids", [row["page_id"]])
                and options.get("--since", "") <= row["revision_dt"] < options.get("--until", "9"))
    rows = [row for row in with_histories(helpers.expected_rows(HISTORY.name)) if is_wanted(row)]
    assert rows
    arguments = ["--by", "user", "--measures", "all", *filters]
    found = counted(HISTORY, *arguments)
    assert_counts(found, rows, ["user"])
    folder = helpers.converted(HISTORY, tmp_path / "out", tables=["revisions", "revision_history"])
    assert counted(folder, *arguments) == found


def test_types_of_logs(tmp_path):
    rows = [row for row in helpers.expected_rows(LOG.name)["log_events"] if row["log_type"] == "newusers"]
    assert rows
    arguments = ["--type", "newusers", "--by", "month", "--measures", "time,users"]
    found = counted(LOG, *arguments)
    assert_counts(found, rows, ["month"])
    folder = helpers.converted(LOG, tmp_path / "out", tables=["log_events"])
    assert counted(folder, *arguments) == found
    assert counted(LOG, "--type", "nothing", "--by", "month") == []


@pytest.mark.parametrize("name", [HISTORY.name, "contributors.xml", "repeated-page.xml", "out-of-order.xml",
                                  "samplewiki-20040315-schema-0.1.xml", "slots.xml", LOG.name,
                                  "samplewiki-20260101-stub-meta-history.xml.gz"])
def test_a_converted_folder_gives_the_same(name, tmp_path):
    folder = helpers.converted(helpers.SAMPLES / name, tmp_path / "out", "--row-group-bytes", "32K",
                               "--part-bytes", "16K")
    for keys in pairs(KEYS_OF_LOGS if name in LOG_NAMES else KEYS_OF_REVISIONS):
        arguments = ["--by", ",".join(keys), "--measures", "all"]
        found = counted(helpers.SAMPLES / name, *arguments)
        assert counted(folder, *arguments) == found
        assert counted(folder, "--by", ",".join(keys)) == counted(helpers.SAMPLES / name, "--by", ",".join(keys))


def test_rows_come_in_the_order_of_keys_and_the_absent_last():
    found = counted(helpers.SAMPLES / "contributors.xml", "--by", "user")
    keys = [(row["user_id"] is None, row["user_id"] or 0, row["user_kind"] == "hidden", row["user_text"] is None,
             (row["user_text"] or "").encode()) for row in found]
    assert keys == sorted(keys) and len(keys) > 5
    hidden = [row for row in found if row["user_kind"] == "hidden"]
    assert len(hidden) == 1 and hidden[0] == found[-1]
    assert hidden[0]["user_id"] is hidden[0]["user_text"] is None
    months = [row["month"] for row in counted(HISTORY, "--by", "month")]
    assert months == sorted(months)


def test_the_largest_first():
    everything = counted(HISTORY, "--by", "user")
    largest = sorted(everything, key=lambda row: -row["edits"])  # the sort keeps the order of keys
    for top in (1, 3, len(everything), len(everything) + 5):
        assert counted(HISTORY, "--by", "user", "--top", top) == largest[:top]


def test_all_formats_say_the_same(tmp_path):
    arguments = ["count", HISTORY, "--by", "page,user-kind", "--measures", "all"]
    rows = counted(*arguments[1:])
    for ending in ("parquet", "csv", "jsonl", "txt"):
        result = helpers.run(*arguments, "--output", tmp_path / ("out." + ending), "--progress", "off")
        assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    table = pq.read_table(tmp_path / "out.parquet")
    assert [{name: helpers.plain(value) for name, value in row.items()} for row in table.to_pylist()] == rows
    assert str(table.schema.field("first_edit_dt").type) == "timestamp[us, tz=UTC]"
    assert table.schema.field("edits").metadata[b"description"]
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows
    with open(tmp_path / "out.csv", encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert read == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    view = (tmp_path / "out.txt").read_text().splitlines()
    assert view[0].split() == list(rows[0]) and len(view) == 22 and "more" in view[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.jsonl", "out.parquet", "out.txt"]


def test_csv_can_be_read_whatever_names_hold(tmp_path):
    names = ['a,b', 'say "x"', "x\ny", "=1+1", "", "é\u202e"]
    escaped = [name.replace('"', "&quot;") for name in names]
    dump = write_dump(tmp_path / "dump.xml", [
        (1, name, number, f"2020-01-01T00:00:0{number}Z") for number, name in enumerate(escaped, 1)])
    result = helpers.run("count", dump, "--by", "user", "--format", "csv", "--progress", "off")
    rows = list(csv.DictReader(io.StringIO(result.stdout.decode(), newline="")))
    assert [row["user_text"] for row in rows] == names
    assert [int(row["user_id"]) for row in rows] == [1, 2, 3, 4, 5, 6]


def write_dump(path, revisions, page_id=1, title="P"):
    """A dump of a page with revisions given as id, user name, user id, time."""
    path.write_text('<mediawiki version="0.11"><siteinfo><dbname>w</dbname></siteinfo>'
                    f"<page><title>{title}</title><ns>0</ns><id>{page_id}</id>" + "".join(
                        f"<revision><id>{number}</id><timestamp>{time}</timestamp><contributor>"
                        f"<username>{name}</username><id>{user}</id></contributor><text>x</text></revision>"
                        for number, name, user, time in revisions) + "</page></mediawiki>", encoding="utf-8")
    return path


def test_who_was_renamed_is_one_user_with_the_last_name(tmp_path):
    old = write_dump(tmp_path / "old.xml", [(1, "Old", 5, "2020-01-01T00:00:00Z")], title="Before")
    new = write_dump(tmp_path / "new.xml", [(2, "New", 5, "2021-01-01T00:00:00Z")], title="After")
    for order in ([old, new], [new, old]):
        (row,) = counted(*order, "--by", "user")
        assert (row["user_id"], row["user_text"], row["edits"]) == (5, "New", 2)
        (row,) = counted(*order, "--by", "page")
        assert (row["page_id"], row["page_title"], row["edits"]) == (1, "After", 2)


def test_wikis_are_not_mixed(tmp_path):
    write_dump(tmp_path / "one.xml", [(1, "Ann", 5, "2020-01-01T00:00:00Z")])
    other = write_dump(tmp_path / "two.xml", [(1, "Bob", 5, "2020-01-01T00:00:00Z")])
    other.write_text(other.read_text().replace("<dbname>w<", "<dbname>v<"))
    found = counted(tmp_path, "--by", "user")
    assert [(row["wiki_id"], row["user_text"]) for row in found] == [("v", "Bob"), ("w", "Ann")]


@pytest.fixture(scope="module")
def many_groups(tmp_path_factory):
    """A dump of so many pages and users that the least memory does not hold its counts."""
    path = tmp_path_factory.mktemp("many") / "many.xml"
    state, revision = 1, 0

    def below(number):
        nonlocal state
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        return (state >> 8) % number
    with open(path, "w", encoding="utf-8") as file:
        file.write('<mediawiki version="0.11"><siteinfo><dbname>w</dbname></siteinfo>')
        for page in range(1, 2001):
            file.write(f"<page><title>Page {page}</title><ns>{below(3)}</ns><id>{page}</id>")
            for number in range(40):
                revision += 1
                parent = f"<parentid>{revision - 1}</parentid>" if number else ""
                user = below(3000) + 1
                file.write(
                    f"<revision><id>{revision}</id>{parent}<timestamp>20{below(20):02}-0{below(9) + 1}-"
                    f"{below(28) + 1:02}T12:00:00Z</timestamp><contributor><username>Somebody {user}</username>"
                    f'<id>{user}</id></contributor><text bytes="{below(5000)}" />'
                    f"<sha1>{below(4):031}</sha1></revision>")
            file.write("</page>")
        file.write("</mediawiki>")
    return path


@pytest.mark.parametrize("by, measures", [
    ("page,user,day", "minor,time,bytes,reverts"), ("namespace", "pages,users"), ("user", "pages")])
def test_what_memory_does_not_hold_goes_to_disk_and_counts_the_same(by, measures, many_groups, tmp_path):
    arguments = [many_groups, "--by", by, "--measures", measures, "--temporary"]
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    roomy = counted(*arguments, no_folder)
    failed = helpers.run("count", *arguments, no_folder, "--memory", "16MiB")
    assert (failed.returncode == 4) == (by != "namespace")
    assert counted(*arguments, tmp_path, "--memory", "16MiB") == roomy
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_any_number_of_threads_gives_the_same_bytes(form, many_groups, tmp_path):
    outputs = set()
    for threads in (1, 2, 3):
        for memory in ("16MiB", "256MiB"):
            path = tmp_path / f"{threads}-{memory}"
            result = helpers.run("count", many_groups, HISTORY, "--by", "user,month", "--measures", "all",
                                 "--threads", threads, "--memory", memory, "--format", form, "--output", path,
                                 "--progress", "off")
            assert result.returncode == 0, result.stderr.decode()
            outputs.add(path.read_bytes())
    assert len(outputs) == 1


def test_damage_is_an_error_with_its_place_or_counted(tmp_path):
    dump = write_dump(tmp_path / "dump.xml", [
        (1, "Ann", 5, "2020-01-01T00:00:00Z"), (2, "Ann", "5x", "2020-01-01T00:00:00Z"),
        (3, "Ann", 5, "2020-01-01T00:00:00Z")])
    result = helpers.run("count", dump, "--by", "page", "--progress", "off", "--output", tmp_path / "out.csv")
    assert result.returncode == 3 and b"revision 2" in result.stderr and b"5x" in result.stderr
    assert not (tmp_path / "out.csv").exists() and len(list(tmp_path.iterdir())) == 1
    (row,) = counted(dump, "--by", "page", "--on-damage", "skip", code=1)
    assert row["edits"] == 2
    folder = tmp_path / "out"
    helpers.convert(dump, folder, "--on-damage", "skip")
    assert counted(folder, "--by", "page", code=1) == [row]


@pytest.mark.parametrize("path", sorted(helpers.BROKEN.iterdir()), ids=lambda path: path.name)
def test_broken_samples_are_told_as_convert_tells_them(path, tmp_path):
    if path.name == "README.md":
        return
    converted = helpers.convert(path, tmp_path / "out", tables=["revisions", "log_events"])
    result = helpers.run("count", path, "--by", "year", "--progress", "off", "--output", tmp_path / "out.csv")
    assert result.returncode == converted.returncode
    assert result.stderr == converted.stderr
    assert (tmp_path / "out.csv").exists() == (result.returncode == 0)


@pytest.mark.parametrize("arguments, message", [
    (["--by", "page,type"], "they cannot be counted together"),
    (["--by", "model", "--type", "move"], "they cannot be counted together"),
    (["--by", "user", "--measures", "users"], "there is one in each row"),
    (["--by", "page,page"], "named twice"),
    (["--by", "pages"], "possible values"),
    (["--by", "type"], "holds revisions"),
    (["--by", "page", "--format", "parquet"], "--output"),
    (["--by", "page", "--output", "out.xls"], "--format"),
    (["--by", "page", "--top", "0"], "how many rows"),
    ([], "--by")])
def test_what_makes_no_sense_is_refused(arguments, message, tmp_path):
    result = helpers.run("count", HISTORY, *arguments, cwd=tmp_path)
    assert result.returncode == 2 and message in result.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_log_has_no_pages_and_is_not_mixed_with_revisions():
    result = helpers.run("count", LOG, "--by", "page")
    assert result.returncode == 2 and b"holds log entries" in result.stderr
    result = helpers.run("count", LOG, HISTORY, "--by", "month")
    assert result.returncode == 2 and b"count them apart" in result.stderr


def test_a_file_is_only_replaced_if_asked(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("mine")
    result = helpers.run("count", HISTORY, "--by", "year", "--output", path)
    assert result.returncode == 2 and path.read_text() == "mine"
    result = helpers.run("count", HISTORY, "--by", "year", "--output", path, "--overwrite")
    assert result.returncode == 0 and path.read_text().startswith("wiki_id,year,edits")
    assert b"written to" in result.stderr


def test_a_folder_without_what_is_needed_is_refused(tmp_path):
    folder = helpers.converted(HISTORY, tmp_path / "out", "--columns", "revisions=wiki_id,page_id,revision_dt",
                               tables=["revisions"])
    result = helpers.run("count", folder, "--by", "user")
    assert result.returncode == 2 and b"has no column page_" not in result.stderr
    assert b"has no column user_id" in result.stderr
    result = helpers.run("count", folder, "--by", "year", "--measures", "bytes")
    assert result.returncode == 2 and b"revision" in result.stderr
    assert [row["edits"] for row in counted(folder, "--by", "year", "--measures", "time")] == [
        row["edits"] for row in counted(HISTORY, "--by", "year")]
    log = helpers.run("count", folder, "--by", "type")
    assert log.returncode == 2 and b"has no table log_events" in log.stderr


def test_a_part_that_was_cut_is_an_error(tmp_path):
    folder = helpers.converted(HISTORY, tmp_path / "out", tables=["revisions"])
    (part,) = helpers.part_files(folder, "revisions")
    part.write_bytes(part.read_bytes()[:-100])
    result = helpers.run("count", folder, "--by", "user")
    assert result.returncode == 3 and part.name.encode() in result.stderr
