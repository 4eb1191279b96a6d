"""SQL dumps against the database that they are of: MariaDB loads each and is asked for all values.

Runs where mariadbd is installed, or apt-get may install it (MWPARQUET_APT=1, as .ci/run does it);
skipped elsewhere.  MWPARQUET_SQL_DUMPS names more dumps or folders of them, separated by colons.
"""
import datetime
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest

import helpers
import sql_oracle
import sql_values

SQL = helpers.SAMPLES / "sql"


def dumps():
    """The samples, and what the environment names."""
    found = [path for path in SQL.iterdir() if path.is_file()]
    for word in filter(None, os.environ.get("MWPARQUET_SQL_DUMPS", "").split(":")):
        path = pathlib.Path(word)
        files = path.rglob("*.sql*") if path.is_dir() else [path]
        # A file of queries is no dump.
        found += [file for file in files if b"CREATE TABLE" in sql_oracle.read(file)[:65536]]
    return sorted(found)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A server of its own in a folder that goes away, as a function that runs statements."""
    if not shutil.which("mariadbd") and os.environ.get("MWPARQUET_APT") == "1":
        subprocess.run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "mariadb-server"], check=True,
                       env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    if not shutil.which("mariadbd"):
        pytest.skip("mariadbd is not installed, and apt-get was not allowed (MWPARQUET_APT=1)")
    # Sockets have short names.
    with tempfile.TemporaryDirectory(prefix="mw-") as folder:
        data, socket = f"{folder}/data", f"{folder}/s"
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                        "--skip-test-db", *user], check=True, capture_output=True)
        server = subprocess.Popen(["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
                                   "--max-allowed-packet=256M", "--innodb-buffer-pool-size=64M",
                                   "--innodb-flush-log-at-trx-commit=0", *user],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        account = "root"

        def run(statement, database=None, text=None):
            command = ["mariadb", "--no-defaults", f"--socket={socket}", f"--user={account}", "--batch",
                       "--skip-column-names", "--max-allowed-packet=256M"]
            command += ([database] if database else []) + (["-e", statement] if statement else [])
            return subprocess.run(command, input=text, capture_output=True, timeout=helpers.TIMEOUT)

        try:
            for _ in range(300):
                if run("select 1").returncode == 0:
                    break
                assert server.poll() is None, "mariadbd has ended"
                time.sleep(0.1)
            yield run
        finally:
            server.terminate()
            server.wait(timeout=60)


def asked(rule):
    """How the database is asked for a column: texts and bytes in hexadecimal digits."""
    name = f"`{rule.name}`"
    if rule.kind in sql_values.INTS | {"decimal", "double"}:
        return name
    if rule.kind == "float":
        return f"cast({name} as char)"
    if rule.kind == "bit":
        return f"{name} + 0"
    if rule.kind in ("char", "varchar", "text", "tinytext", "mediumtext", "longtext", "enum", "set"):
        return f"hex(convert({name} using utf8mb4))"
    return f"hex(cast({name} as char))" if rule.kind in ("timestamp", "date", "datetime", "time") else f"hex({name})"


def answered(rule, text):
    """The value behind an answer, as the oracle has values."""
    if text == b"NULL":
        return None
    is_number = rule.kind in sql_values.INTS | {"decimal", "double", "float", "bit"}
    return (int(text) if rule.kind == "bit" else text.decode()) if is_number else bytes.fromhex(text.decode())


def key(row):
    """Rows come in no order; times of one moment are one, whatever names the zone."""
    def told(value):
        return value.isoformat() if isinstance(value, datetime.datetime) else value
    return repr(sorted((name, told(value)) for name, value in row.items()))


@pytest.mark.parametrize("dump", dumps(), ids=lambda dump: dump.name)
def test_all_values_are_those_of_the_database(dump, client, tmp_path):
    output = tmp_path / "out"
    result = helpers.run("convert", dump, "--output", output, "--progress", "off")
    assert result.returncode == 0, result.stderr.decode()
    assert client("drop database if exists d; create database d").returncode == 0
    # Dumps of MySQL 4 and 8 have words that MariaDB does not know.
    text = sql_oracle.read(dump).replace(b") TYPE=InnoDB", b") ENGINE=InnoDB")
    loaded = client(None, "d", b"SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO'; SET TIME_ZONE='+00:00'; SET NAMES utf8mb4;\n" + text)
    assert loaded.returncode == 0, loaded.stderr.decode()
    tables = sql_oracle.tables(dump)
    names = client("select table_name from information_schema.tables where table_type = 'BASE TABLE'"
                   " and table_schema = 'd'").stdout.decode().split()
    assert sorted(names) == sorted(tables) and set(helpers.manifest(output)["tables"]) == {"sql_" + t for t in names} | {"rejects"}
    for table, (columns, _) in tables.items():
        generated = {name for name, _, _, _, is_generated in columns if is_generated}
        rules = [sql_values.Rule(name, kind, argument) for name, kind, argument, _, _ in columns]
        asked_for = ", ".join(asked(rule) for rule in rules)
        answer = client(f"set time_zone = '+00:00'; select {asked_for} from `{table}`", "d")
        assert answer.returncode == 0, answer.stderr.decode()
        rows = [{rule.name: None if rule.name in generated else answered(rule, text)
                 for rule, text in zip(rules, line.split(b"\t"))} for line in answer.stdout.splitlines()]
        found = helpers.table(output, "sql_" + table).to_pylist()
        wiki_id = found[0]["wiki_id"] if found else None
        wanted = sql_values.written_rows(columns, rows, wiki_id)
        # The database keeps no more digits of a float, and no zeros behind a field of bits.
        assert sorted(map(key, found)) == sorted(map(key, wanted)), table
