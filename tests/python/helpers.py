"""What the tests share: running the program, and reading what it wrote."""
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample-dumps"
BROKEN = SAMPLES / "broken"
BIG = SAMPLES / "samplewiki-20260101-pages-meta-history.xml.bz2"
CONTAINERS = ["containers.xml" + end for end in ("", ".7z", ".bz2", ".gz", ".lzma", ".xz", ".zst")]
ALL_TABLES = ["pages", "revisions", "content", "revision_history", "reverts", "persistence", "sessions",
              "namespaces", "uploads", "log_events", "user_creations", "page_moves", "rejects"]
# Those whose rows the oracle makes.
ROW_TABLES = [name for name in ALL_TABLES if name not in ("persistence", "rejects")]
# Tables that not every dump has, for stubs have no texts to compare, or that only some jobs ask for.
DERIVED_TABLES = ["diffs", "tokens", "differing_texts"]
# Shapes that others have made.
PROFILE_TABLES = {
    "wikitext-history": "mediawiki_wikitext_history",
    "wikitext-history-wiki-id": "mediawiki_wikitext_history_wiki_id",
    "content-history": "mediawiki_content_history_v1",
    "content-current": "mediawiki_content_current_v1",
    "mediawiki-history": "mediawiki_history",
    "wikiq": "wikiq",
}
TIMEOUT = 300

sys.path.insert(0, str(ROOT / "scripts"))


def binary():
    """The program under test; it is built if it is not there."""
    if "MWPARQUET" in os.environ:
        return os.path.abspath(os.environ["MWPARQUET"])
    path = ROOT / "target" / "release" / "mwparquet"
    if not path.exists():
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT, check=True)
    return str(path)


def make_history(folder):
    """A made history with one page of many revisions in the middle."""
    path = folder / "history.xml"
    subprocess.run([sys.executable, ROOT / "scripts" / "make-history", "--pages", "9", "--revisions", "60",
                    "--seed", "4", "--output", path], check=True, capture_output=True)
    return path


def run(*arguments, **options):
    """Run the program; its output as bytes, its exit code unchecked."""
    command = [binary(), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=TIMEOUT, **options)


def convert(dump, output, *arguments, tables=ALL_TABLES, **options):
    """Convert, with progress off."""
    return run("convert", dump, "--output", output, "--progress", "off",
               "--tables", ",".join(tables), *arguments, **options)


def converted(dump, output, *arguments, **options):
    """Convert what must go well, and return the output folder."""
    result = convert(dump, output, *arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return output


def manifest(folder):
    """The manifest of a finished job."""
    return json.loads((folder / "manifest.json").read_text())


def part_files(folder, table):
    """The files of a table, in order."""
    return sorted((folder / table).glob("part-*.parquet"))


def table(folder, name):
    """A table as pyarrow reads it, its parts in order."""
    return pa.concat_tables([pq.read_table(part) for part in part_files(folder, name)])


def plain(value):
    """A value as the oracle spells it."""
    if isinstance(value, datetime.datetime):
        assert value.utcoffset() == datetime.timedelta(0)
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list) and all(isinstance(entry, tuple) for entry in value) and value:
        return dict(value)
    return value


def rows(folder, name):
    """The rows of a table in the oracle's form."""
    return spelt_rows(table(folder, name))


def spelt_rows(table):
    """Rows of an Arrow table in the oracle's form: texts by length and checksum."""
    result = []
    for row in table.to_pylist():
        row = {column: plain(value) for column, value in row.items()}
        if "content_text" in row:
            text = row.pop("content_text")
            data = None if text is None else text.encode()
            row["content_text_bytes"] = None if data is None else len(data)
            row["content_text_sha256"] = None if data is None else hashlib.sha256(data).hexdigest()
        result.append(row)
    return result


def all_rows(folder):
    """The rows of all tables that the oracle knows."""
    return {name: rows(folder, name) for name in ROW_TABLES}


def by_table(pairs):
    """Sort (table, row) pairs into a list of rows a table."""
    result = {name: [] for name in ROW_TABLES}
    for name, row in pairs:
        result[name].append(row)
    return result


def expected_rows(name):
    """The rows of a sound sample, as the oracle once read them."""
    with gzip.open(SAMPLES / "expected" / (name + ".jsonl.gz"), "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return by_table((row.pop("table"), row) for row in lines)


def oracle_rows(path):
    """The rows of any sound dump, by the oracle."""
    import oracle
    return by_table(oracle.rows(str(path)))


def sound_samples():
    """Names of all dumps with expected rows."""
    return sorted(path.name for path in SAMPLES.iterdir()
                  if path.is_file() and path.name != "README.md")


def looks_whole(folder):
    """What a reader could take for a result: part files and the manifest."""
    return [path for pattern in ("*.parquet", "manifest.json") for path in folder.rglob(pattern)]


def base36_sha1(data):
    """SHA-1 as MediaWiki writes it: 31 digits of base 36."""
    number, digits = int(hashlib.sha1(data).hexdigest(), 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(31, "0")
