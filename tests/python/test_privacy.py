"""What is to be kept from outputs is in none of their bytes; hashes and replacements by Python's own means."""
import hmac
import ipaddress
import json
import re
import stat
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

import helpers

KEY = bytes(range(32))
SAMPLE = helpers.SAMPLES / "addresses.xml"
STUBS = ["samplewiki-20260101-stub-meta-history.xml.gz", "samplewiki-20100315-schema-0.5.xml"]
V4 = re.compile(r"(?<![0-9])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
V6 = re.compile(r"(?<![0-9A-Za-z:])[0-9A-Fa-f:]{2,39}(?![0-9A-Za-z:])")
AFTER_COLON = re.compile(r"(?<=[A-Za-z]:)[0-9A-Fa-f][0-9A-Fa-f:]{2,38}(?![0-9A-Za-z:])")


def address(text):
    """A text as an address, None if it is none."""
    try:
        if ":" in text:
            return ipaddress.IPv6Address(text)
        return ipaddress.IPv4Address(".".join(str(int(part)) for part in text.split(".")))
    except ValueError:
        return None


def addresses_in(text):
    """All addresses in a text, of any spelling but the shortest, which any talk has (::, ::1)."""
    text = text.replace("%3A", ":").replace("%3a", ":")
    found = set()
    for pattern in (V4, V6, AFTER_COLON):
        for match in pattern.finditer(text):
            word = match.group().rstrip(":") if "::" not in match.group()[-2:] else match.group()
            number = address(word)
            if number is not None and (word.count(":") in (0, 7) or len(word.split(":")[0]) == 4):
                found.add(number)
    return found


def addresses_of(dump):
    """All addresses that a dump names, as Python's own parsers read it: whatever stands alone, whatever its
    spelling, and what stands in longer texts."""
    import oracle
    found = set()
    with oracle.open_dump(dump) as stream:
        for _, element in ElementTree.iterparse(stream):
            for text in (element.text, *element.attrib.values()):
                if text:
                    found |= addresses_in(text)
                    if element.tag.endswith("}ip") and address(text) is not None:
                        found.add(address(text))
            if element.tag.endswith(("}page", "}logitem")):
                element.clear()
    return found


def network(number):
    """The network that stays of an address."""
    return ipaddress.ip_network((number, 24 if number.version == 4 else 48), strict=False)


def strings_in(value):
    """All strings in a value of a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from strings_in(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from strings_in(entry)


def texts_of(folder):
    """All that can be read in an output: each file's bytes, all values, statistics and metadata."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield str(path.relative_to(folder)), path.read_bytes().decode("latin-1")
        if path.suffix != ".parquet":
            continue
        file = pq.ParquetFile(path)
        yield path.name, repr(file.metadata.to_dict()) + repr(file.metadata.metadata)
        for row in file.read().to_pylist():
            for text in strings_in(row):
                yield path.name, text


def leaks(folder, secret):
    """Addresses of an input that are in an output, with where they are."""
    found = set()
    for place, text in texts_of(folder):
        alone = address(text) if len(text) < 40 else None
        found |= {(place, number) for number in (addresses_in(text) | {alone}) & secret}
    return found


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_bytes(KEY)
    path.chmod(0o600)
    return path


def protected(dump, output, key_file, *arguments, tables=None):
    """Convert with rules, unpacked, so that all bytes can be read."""
    key = ["--key-file", key_file] if "hash" in arguments else []
    if tables is None:
        tables = [*helpers.ALL_TABLES, *helpers.PROFILE_TABLES.values()]
        tables += [] if dump.name in STUBS else helpers.DERIVED_TABLES
    diffs = ["--keyframe-every", "2"] if "diffs" in tables else []
    return helpers.converted(dump, output, *arguments, *key, *diffs, "--compression", "none", tables=tables)


def hashed(number_or_name):
    """What stands for an address or a name, by Python."""
    if isinstance(number_or_name, str):
        what, data = b"user", number_or_name.encode()
    else:
        what, data = b"ip", number_or_name.packed
    digits = hmac.new(KEY, what + b"\0" + data, "sha256").hexdigest()[:32]
    return f"{what.decode()}-{digits}"


@pytest.mark.parametrize("name", helpers.sound_samples())
def test_no_address_is_in_any_byte(name, tmp_path, key_file):
    dump = helpers.SAMPLES / name
    secret = addresses_of(dump)
    for rule in ("drop", "hash", "truncate"):
        folder = protected(dump, tmp_path / rule, key_file, "--ip", rule)
        hidden = {number for number in secret
                  if rule != "truncate" or number != network(number).network_address}
        assert leaks(folder, hidden) == set(), rule
        assert KEY not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_scan_finds_what_is_kept(tmp_path, key_file):
    """The test above can fail."""
    secret = addresses_of(SAMPLE)
    assert len(secret) > 7
    folder = protected(SAMPLE, tmp_path / "out", key_file)
    assert {number for _, number in leaks(folder, secret)} == secret
    everyone = addresses_of(helpers.SAMPLES / "contributors.xml")
    folder = protected(helpers.SAMPLES / "contributors.xml", tmp_path / "contributors", key_file)
    assert {number for _, number in leaks(folder, everyone)} == everyone


def test_rejects_and_messages_quote_no_address(tmp_path):
    broken = SAMPLE.read_text().replace("<id>9002</id>", "<id>192.0.2.56</id>")
    dump = tmp_path / "broken.xml"
    dump.write_text(broken)
    result = helpers.convert(dump, tmp_path / "none", "--ip", "drop")
    assert result.returncode == 3 and b"ip-left-out" in result.stderr and b"192.0.2" not in result.stderr
    result = helpers.run("convert", dump, "--output", tmp_path / "out", "--ip", "drop", "--on-damage", "skip")
    assert result.returncode == 1 and b"192.0.2" not in result.stderr
    assert "ip-left-out" in helpers.rows(tmp_path / "out", "rejects")[0]["reason"]
    assert leaks(tmp_path / "out", addresses_of(dump)) == set()


FIRST, SECOND = ipaddress.ip_address("192.0.2.55"), ipaddress.ip_address("192.0.2.56")
SIXTH = ipaddress.ip_address("2001:db8:0:ab::12")
NET = ipaddress.ip_address("198.51.100.7")


def column(folder, table, name):
    """A column as a list."""
    return helpers.table(folder, table).column(name).to_pylist()


def test_what_hashes_stand_for(tmp_path, key_file):
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--ip", "hash")
    first, second, sixth, net = map(hashed, (FIRST, SECOND, SIXTH, NET))
    account = hashed(ipaddress.ip_address("198.51.100.200"))
    assert column(folder, "revisions", "user_text") == [
        "Ada Example", second, first, sixth, sixth, net, account, "Ada Example", first, "Ada Example"]
    kinds = column(folder, "revisions", "user_kind")
    assert kinds == ["registered", "ip", "ip", "ip", "ip", "ip", "registered", "registered", "ip", "registered"]
    assert column(folder, "revisions", "revision_comment")[:3] == [
        f"for [[User:{first}]]", "", f"Undid 9002 by [[Special:Contributions/{second}|{second}]]"]
    titles = column(folder, "pages", "page_title")
    assert titles[:2] == [f"User talk:{first}", f"User:{sixth}/Notes"]
    assert column(folder, "pages", "page_redirect_target")[1] == f"User:{first}"
    texts = column(folder, "content", "content_text")
    last = hashed(ipaddress.ip_address("198.51.100.8"))
    assert texts[:3] == [f"Hello {first}.", f"Hello {second}.", f"Hello {first}."]
    assert texts[3] == f"* [[User:{first}]] {{{{vandal|{sixth}}}}} v1.2.3, 12:30:45\n::Added by std::abc"
    assert texts[5] == (f"{net} & http://w.example/?u={sixth}&{last} "
                        f"({hashed(ipaddress.ip_address('10.1.2.3'))}.4)")
    assert texts[8] == '{"by":"%s"}' % net
    logs = helpers.rows(folder, "log_events")
    assert [row["page_title"] for row in logs][0::2] == [f"User:{first}", f"User:{sixth}", "User:Ada Example"]
    assert logs[0]["log_params"] == {"5::duration": "24 hours", "from": f"[[{net}]] é"}
    assert logs[0]["log_params_form"] == "php"
    assert logs[2]["log_params"]["1"] == hashed(ipaddress.ip_address("::1"))
    assert helpers.rows(folder, "page_moves")[0]["page_title_after"] == f"User:{first}/Mill"
    upload = helpers.rows(folder, "uploads")[0]
    assert upload["upload_filename"] == f"At_{hashed(ipaddress.ip_address('203.0.113.9'))}.png"


def test_networks_and_ranges(tmp_path, key_file):
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--ip", "truncate")
    users = column(folder, "revisions", "user_text")
    assert users[1] == users[2] == "192.0.2.0/24" and users[3] == users[4] == "2001:DB8:0:0:0:0:0:0/48"
    assert column(folder, "log_events", "page_title")[1] == "User:192.0.2.0/24"
    assert column(folder, "pages", "page_title")[2] == "Net 198.51.100.0/24"
    folder = protected(SAMPLE, tmp_path / "drop", key_file, "--ip", "drop")
    assert column(folder, "revisions", "user_text")[1:6] == [None] * 5
    assert column(folder, "revisions", "user_kind")[1] == "ip"
    assert column(folder, "pages", "page_title")[2] == "Net ip-left-out"


def test_checksums_that_would_tell_are_gone_and_what_follows_from_them_stays(tmp_path, key_file):
    kept = protected(SAMPLE, tmp_path / "keep", key_file)
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--ip", "hash")
    texts = zip(column(kept, "content", "content_text"), column(folder, "content", "content_text"))
    changed = [before != after for before, after in texts]
    sha1s = zip(column(kept, "content", "content_sha1"), column(folder, "content", "content_sha1"), changed)
    assert all(after == (None if is_changed else before) for before, after, is_changed in sha1s)
    revisions = column(folder, "revisions", "revision_sha1")
    # The sixth has no checksum, the eighth a slot that is not main.
    assert [sha1 is None for sha1 in revisions] == [True] * 6 + [False, True, False, False]
    for table in ("reverts", "revision_history"):
        names = [name for name in helpers.table(kept, table).column_names
                 if not name.startswith(("user_", "page_title"))]
        assert helpers.table(folder, table).select(names) == helpers.table(kept, table).select(names), table
    assert helpers.table(folder, "reverts").num_rows > 0
    assert column(folder, "revisions", "revision_size") == column(kept, "revisions", "revision_size")
    # Equal hashes for equal addresses: the same sessions, under other names.
    assert sorted(column(folder, "sessions", "revision_ids")) == sorted(column(kept, "sessions", "revision_ids"))


@pytest.mark.parametrize("rule", ["drop", "hash", "truncate"])
def test_diffs_lead_to_the_texts_without_addresses(rule, tmp_path, key_file):
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--ip", rule)
    result = helpers.run("apply", folder)
    assert result.returncode == 0, result.stderr.decode()
    rebuilt = {row["revision_id"]: row["text"] for row in map(json.loads, result.stdout.splitlines())}
    content = helpers.table(folder, "content").to_pylist()
    assert rebuilt == {row["revision_id"]: row["content_text"] for row in content if row["slot_role"] == "main"}
    assert any(rebuilt.values())


def test_sha1_of_texts_without_declared_ones_is_that_of_the_dump(tmp_path, key_file):
    """Two texts that differ by an address are not one: a revert would be found that is none."""
    dump = tmp_path / "old.xml"
    page = "<page><title>A</title><id>1</id>" + "".join(
        f"<revision><id>{number}</id><timestamp>2003-01-0{number}T00:00:00Z</timestamp>"
        f"<contributor><username>U</username></contributor><text>{text}</text></revision>"
        for number, text in enumerate(("by 192.0.2.1", "x", "by 192.0.2.2", "by 192.0.2.1"), 1)) + "</page>"
    dump.write_text(f'<mediawiki version="0.3">{page}</mediawiki>')
    kept = protected(dump, tmp_path / "keep", key_file, tables=["reverts"])
    folder = protected(dump, tmp_path / "drop", key_file, "--ip", "drop", tables=["reverts"])
    assert helpers.rows(kept, "reverts") == helpers.rows(folder, "reverts")
    assert {row["revision_id"] for row in helpers.rows(folder, "reverts")} == {4}


def test_users_by_hash(tmp_path, key_file):
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--user", "hash", "--ip", "hash")
    ada = hashed("Ada Example")
    ada_id = int.from_bytes(hmac.new(KEY, b"id\0" + (7).to_bytes(8, "big"), "sha256").digest()[:8], "big") >> 2
    rows = helpers.rows(folder, "revisions")
    assert [row["user_text"] for row in rows][::7] == [ada, ada] and rows[0]["user_id"] == ada_id
    assert rows[1]["user_text"] == hashed(SECOND) and rows[1]["user_id"] is None
    assert rows[6]["user_text"] == hashed("198.51.100.200") and rows[6]["user_kind"] == "registered"
    assert {row["revision_comment"] for row in rows} == {None}
    assert {row["revision_comment_is_visible"] for row in rows} == {True}
    assert column(folder, "pages", "page_title")[-1] == f"User:{ada}/Box"
    logs = helpers.rows(folder, "log_events")
    assert logs[-1]["page_title"] == f"User:{ada}" and logs[0]["page_title"] == f"User:{hashed(FIRST)}"
    assert {(row["log_comment"], row["log_params_raw"], row["log_params"]) for row in logs} == {(None, None, None)}
    stays = [text for place, text in texts_of(folder) if "Ada Example" in text]
    assert all("wrote" in text for text in stays) and stays  # in the text of a page, as documented


@pytest.mark.parametrize("name", [name for name in helpers.sound_samples()])
def test_no_name_of_a_contributor_is_left(name, tmp_path, key_file):
    tables = [table for table in helpers.ALL_TABLES if table not in ("content", "namespaces")]
    dump = helpers.SAMPLES / name
    names = {row["user_text"] for table in ("revisions", "uploads", "log_events")
             for row in helpers.expected_rows(name)[table]} - {None, ""}
    # A title outside the namespaces of users is no name, whatever it says.
    names -= {row["page_title"] for row in helpers.expected_rows(name)["pages"]}
    for rule in ("drop", "hash"):
        folder = protected(dump, tmp_path / rule, key_file, "--user", rule, "--ip", "drop", tables=tables)
        values = {text for path in folder.rglob("*.parquet")
                  for text in strings_in(pq.ParquetFile(path).read().to_pylist())}
        assert not names & values
        kinds = [row["user_kind"] for row in helpers.rows(folder, "revisions")]
        assert kinds == [row["user_kind"] for row in helpers.expected_rows(name)["revisions"]]
        if rule == "drop":
            assert set(column(folder, "revisions", "user_id")) <= {None, 0}


def test_rules_stand_in_manifest_and_parts(tmp_path, key_file):
    kept = protected(SAMPLE, tmp_path / "keep", key_file)
    folder = protected(SAMPLE, tmp_path / "out", key_file, "--ip", "hash", "--user", "drop")
    fingerprint = hmac.new(KEY, b"key\0", "sha256").hexdigest()[:32]
    expected = {"ip": "hash", "user": "drop", "keep_hidden_sizes": "false", "key_fingerprint": fingerprint}
    options = helpers.manifest(folder)["options"]
    assert {name: options[name] for name in expected} == expected
    for path in folder.rglob("*.parquet"):
        metadata = pq.ParquetFile(path).metadata.metadata
        assert {name: metadata[f"mwparquet.{name}".encode()].decode() for name in expected} == expected
    assert helpers.manifest(kept)["options"]["ip"] == "keep"
    assert "key_fingerprint" not in helpers.manifest(kept)["options"]


@pytest.mark.parametrize("arguments, message", [
    (["--ip", "hash"], "--key-file"),
    (["--user", "hash"], "--key-file"),
    (["--key-file", "KEY"], "of use only with"),
    (["--ip", "hash", "--key-file", "SHORT"], "can be guessed"),
    (["--ip", "hash", "--key-file", "MISSING"], "cannot read the key"),
    (["--expires", "soon"], "expected a number of days"),
])
def test_refused(arguments, message, tmp_path, key_file):
    short = tmp_path / "short"
    short.write_bytes(b"123456789012345")
    places = {"KEY": key_file, "SHORT": short, "MISSING": tmp_path / "missing"}
    result = helpers.convert(SAMPLE, tmp_path / "out", *(places.get(word, word) for word in arguments))
    assert result.returncode in (2, 4) and message in result.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_warnings(tmp_path, key_file):
    open_key = tmp_path / "key"
    open_key.write_bytes(KEY)
    open_key.chmod(0o644)
    result = helpers.convert(SAMPLE, tmp_path / "out", "--user", "hash", "--key-file", open_key)
    assert b"others can read the key" in result.stderr and b"names in texts stay" in result.stderr
    result = helpers.convert(SAMPLE, tmp_path / "again", "--user", "hash", "--key-file", key_file, tables=["pages"])
    assert result.stderr == b""


def test_threads_and_chunks_change_nothing(tmp_path, key_file):
    results = []
    for threads in (1, 3):
        folder = helpers.converted(helpers.BIG, tmp_path / str(threads), "--ip", "hash", "--user", "hash",
                                   "--key-file", key_file, "--threads", threads,
                                   tables=helpers.ALL_TABLES + helpers.DERIVED_TABLES)
        results.append({name: [part["sha256"] for part in entry["parts"]]
                        for name, entry in helpers.manifest(folder)["tables"].items()})
    assert results[0] == results[1]


def test_hidden_texts_have_no_size_and_no_checksum(tmp_path):
    names = ("text-states.xml", "slots.xml", "samplewiki-20260101-stub-meta-history.xml.gz")
    kept_sizes = 0
    for name in names:
        folder = helpers.converted(helpers.SAMPLES / name, tmp_path / name)
        hidden = [row for row in helpers.rows(folder, "content") if row["content_state"] == "hidden"]
        assert hidden and all(row["content_size"] is row["content_sha1"] is None for row in hidden)
        ids = {row["revision_id"] for row in hidden}
        revisions = [row for row in helpers.rows(folder, "revisions") if row["revision_id"] in ids]
        assert all(row["revision_size"] is row["revision_sha1"] is None for row in revisions)
        folder = helpers.converted(helpers.SAMPLES / name, tmp_path / (name + "-kept"), "--keep-hidden-sizes")
        hidden = [row for row in helpers.rows(folder, "content") if row["content_state"] == "hidden"]
        kept_sizes += sum(row["content_size"] is not None for row in hidden)
        lines = map(json.loads, helpers.run("cat", helpers.SAMPLES / name).stdout.splitlines())
        slots = [slot for line in lines for slot in line["slots"] if slot["content_state"] == "hidden"]
        assert slots and all(slot["content_size"] is slot["content_sha1"] is None for slot in slots)
    assert kept_sizes > 0


def modes(folder):
    """Modes of a folder and all that is in it."""
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.rglob("*")]}


def test_private(tmp_path):
    tables = helpers.ALL_TABLES
    folder = helpers.converted(helpers.BIG, tmp_path / "above" / "out", "--private", tables=tables)
    assert modes(folder) == {(True, 0o700), (False, 0o600)}
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    helpers.converted(SAMPLE, there, tables=tables)
    assert (False, 0o600) not in modes(there)
    helpers.converted(SAMPLE, there, "--private", "--overwrite", tables=tables)
    assert modes(there) == {(True, 0o700), (False, 0o600)}


def test_expiry_is_in_the_manifest_alone(tmp_path):
    folder = helpers.converted(SAMPLE, tmp_path / "a", "--expires", "2031-02-03")
    other = helpers.converted(SAMPLE, tmp_path / "b")
    manifest = helpers.manifest(folder)
    assert manifest["run"]["expires"] == "2031-02-03"
    assert "expires" not in helpers.manifest(other)["run"]
    assert manifest["tables"] == helpers.manifest(other)["tables"]
