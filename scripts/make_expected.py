#!/usr/bin/env python3
"""Write sample-dumps/expected/: the rows of every sound sample, by oracle.py.

One gzip file of JSON lines a sample, the same bytes on every run.

    make_expected.py [FOLDER]
"""
import gzip
import pathlib
import sys

import oracle

DEFAULT_FOLDER = pathlib.Path(__file__).resolve().parent.parent / "sample-dumps"


def write_rows(dump, target):
    """Write the rows of one dump, and return how many there are."""
    count = 0
    with open(target, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as output:
        for table, columns in oracle.rows(str(dump)):
            output.write((oracle.to_json(table, columns) + "\n").encode())
            count += 1
    return count


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    expected = folder / "expected"
    expected.mkdir(exist_ok=True)
    for old in expected.glob("*.jsonl.gz"):
        old.unlink()
    for dump in sorted(folder.iterdir()):
        if dump.is_file() and dump.name != "README.md":
            count = write_rows(dump, expected / (dump.name + ".jsonl.gz"))
            print(f"{count:7} rows  {dump.name}")


if __name__ == "__main__":
    main()
