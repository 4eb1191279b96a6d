"""No address of any sample is in any byte of an output, whatever the rules: all samples and tables in one job."""
import ipaddress

import pytest

import helpers
from test_privacy import STUBS, addresses_of, key_file, leaks  # noqa: F401 (a fixture)

TABLES = helpers.ALL_TABLES + helpers.DERIVED_TABLES
RULES = [("drop", "keep"), ("hash", "hash"), ("drop", "hash"), ("hash", "drop")]
# Alone it is a token of any talk that is indented, whoever else may have it for an address.
MARKUP = {ipaddress.ip_address("::")}
# Stubs have no texts to compare; of one dump in many containers one is enough, and the largest takes long.
DUMPS = [helpers.SAMPLES / name for name in helpers.sound_samples()
         if name not in [*STUBS, helpers.BIG.name] and not name.startswith("containers.xml.")]


@pytest.fixture(scope="module")
def secret():
    """All addresses of all samples."""
    return set().union(*map(addresses_of, DUMPS)) - MARKUP


def rules(ip, user, key):
    keyed = ["--key-file", key] if "hash" in (ip, user) else []
    return ["--ip", ip, "--user", user, *keyed, "--tables", ",".join(TABLES), "--keyframe-every", "3",
            "--progress", "off"]


def scan_of_all(folder, secret):
    """Leaks in an output, each table of which has rows."""
    tables = helpers.manifest(folder)["tables"]
    assert {name for name, table in tables.items() if table["rows"] == 0} <= {"rejects", "sessions"}
    assert set(tables) == set(TABLES)
    return leaks(folder, secret)


@pytest.mark.parametrize(("ip", "user"), RULES)
def test_no_address_is_in_any_table(ip, user, tmp_path, key_file, secret):  # noqa: F811
    result = helpers.run("convert", *DUMPS, "--output", tmp_path / "out", *rules(ip, user, key_file))
    assert result.returncode == 0, result.stderr.decode()
    assert len(secret) > 20 and scan_of_all(tmp_path / "out", secret) == set()


def test_the_scan_finds_all_that_is_kept(tmp_path, secret):
    result = helpers.run("convert", *DUMPS, "--output", tmp_path / "out", *rules("keep", "keep", None))
    assert result.returncode == 0, result.stderr.decode()
    assert {number for _, number in scan_of_all(tmp_path / "out", secret)} == secret


@pytest.mark.parametrize(("ip", "user"), [("drop", "keep"), ("hash", "hash")])
def test_no_address_is_in_what_a_failed_job_keeps(ip, user, tmp_path, key_file, secret):  # noqa: F811
    """The journal, finished parts, and edits that are sorted on disk."""
    broken = helpers.BROKEN / "truncated.xml"
    result = helpers.run("convert", *DUMPS, broken, "--output", tmp_path / "out", *rules(ip, user, key_file))
    assert result.returncode == 3, result.stderr.decode()
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert {".mwparquet-journal.tmp", ".mwparquet-sorting.tmp", "diffs", "tokens", "content"} <= left
    assert leaks(tmp_path / "out", secret) == set()
    text = result.stderr.decode()
    assert not any(str(number) in text for number in secret)


def test_tables_of_a_database_are_refused(tmp_path, key_file):  # noqa: F811
    """Nobody looks for addresses in them."""
    for ip, user in RULES:
        result = helpers.run("convert", helpers.SAMPLES / "sql" / "samplewiki-20260101-page.sql.gz",
                             "--output", tmp_path / "out", *rules(ip, user, key_file))
        assert result.returncode == 2, result.stderr.decode()
        assert not (tmp_path / "out").exists()
