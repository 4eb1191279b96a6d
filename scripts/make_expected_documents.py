#!/usr/bin/env python3
"""Writes tests/python/peer_documents.jsonl.gz: what mwxml and mwreverts say of samples.

    python3 -m venv new && new/bin/pip install mwxml==0.3.8 mwtypes==0.4.0
    python3 -m venv old && old/bin/pip install mwxml==0.3.3 mwtypes==0.3.2 mwreverts==0.1.5
    scripts/make_expected_documents.py new/bin old/bin

Both are the work of others (MIT) and no part of the tests' own environment: what they answer is kept.
mwxml 0.3.3 is the last that mwreverts works with; it stops at <origin>, which is taken out for it.
"""
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = ["containers.xml", "namespace-prefix.xml", "odd-characters.xml", "out-of-order.xml",
           "restrictions-and-redirect.xml", "reverts.xml", "samplewiki-20070315-schema-0.3.xml",
           "samplewiki-20100315-schema-0.5.xml", "samplewiki-20140315-schema-0.9.xml",
           "samplewiki-20190315-schema-0.10.xml", "samplewiki-20260101-schema-0.11.xml", "text-states.xml",
           "unregistered-namespace.xml"]


def answer(program, *arguments):
    """Documents that a program writes; none where it stops."""
    result = subprocess.run([program, *map(str, arguments), "--threads=1"], capture_output=True)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return lines if result.returncode == 0 and b"Traceback" not in result.stderr else []


def main():
    new, old = map(pathlib.Path, sys.argv[1:])
    target = ROOT / "tests/python/peer_documents.jsonl.gz"
    with tempfile.TemporaryDirectory() as folder, open(target, "wb") as file, \
            gzip.GzipFile("", "wb", 9, file, mtime=0) as output:
        for name in SAMPLES:
            path = ROOT / "sample-dumps" / name
            without_origin = pathlib.Path(folder) / name
            without_origin.write_text(re.sub(r" *<origin>\d*</origin>\n?", "", path.read_text()))
            for program, shape, documents in [
                    ("mwxml", "slots", answer(new / "mwxml", "dump2revdocs", path)),
                    ("mwxml", "flat", answer(old / "mwxml", "dump2revdocs", without_origin)),
                    ("mwreverts", "flat", answer(old / "mwreverts", "dump2reverts", without_origin, "--use-sha1"))]:
                print(f"{len(documents):5} {program} {shape} {name}")
                line = {"sample": name, "format": program, "shape": shape, "documents": documents}
                if documents:
                    output.write((json.dumps(line, sort_keys=True) + "\n").encode())


if __name__ == "__main__":
    main()
