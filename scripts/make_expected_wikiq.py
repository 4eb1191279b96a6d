#!/usr/bin/env python3
"""Writes tests/python/peer_wikiq_tokens.json.gz: what mwpersistence says of tokens, counted as wikiq does.

    python3 -m venv peers && peers/bin/pip install mwpersistence==0.2.4 deltas==0.7.0
    peers/bin/python scripts/make_expected_wikiq.py

The package is the work of others (MIT) and no part of the tests' own environment: what it answers is kept.
Tokens of deltas 0.7.0 that are equal and stand in one text are one object, which lasts as long as any of them;
here each is made an object of its own, as in earlier versions.
"""
import collections
import gzip
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import deltas
import mwpersistence
from deltas.tokenizers import wikitext_split
from deltas.tokenizers.tokenizer import RegexTokenizer

ROOT = pathlib.Path(__file__).resolve().parent.parent
RADIUS = 7
MATCHERS = {"sequence": deltas.SequenceMatcher, "segment": deltas.SegmentMatcher}
# Each with the options of make-history, or none for a sample whose texts are all there, a page an element.
DUMPS = {"containers.xml": None, "references.xml": None, "out-of-order.xml": None, "slots.xml": None,
         "made": ["--pages", "4", "--revisions", "60"],
         "made again": ["--pages", "3", "--revisions", "90", "--seed", "9"]}


def own_tokens(self, text, token_class=None):
    """An object for each token."""
    for match in self.regex.finditer(text):
        yield token_class(match.group(0), type=match.lastgroup)


def pages(path):
    """Pages as lists of (id, text) by revision; hidden texts are None."""
    for _, page in ElementTree.iterparse(path):
        if page.tag.rsplit("}")[-1] != "page":
            continue
        revisions = []
        for revision in page.iterfind("{*}revision"):
            text = revision.find("{*}text")
            shown = None if "deleted" in text.attrib else text.text or ""
            revisions.append((int(revision.find("{*}id").text), shown))
        yield revisions
        page.clear()


def measures(revisions, matcher):
    """Of each revision token_revs, tokens_added, tokens_removed and tokens_window."""
    state = mwpersistence.DiffState(matcher(tokenizer=wikitext_split), revert_radius=RADIUS)
    told, window = {}, collections.deque()

    def tell():
        number, added, removed = window.popleft()
        lasted = sum(len(token.revisions) - 1 for token in added)
        told[number] = [lasted, len(added), len(removed), len(window)]

    for number, text in revisions:
        told[number] = [None] * 4
        if text is None:
            continue
        _, added, removed = state.update(text, number)
        window.append((number, added, removed))
        if len(window) == RADIUS:
            tell()
    while window:
        tell()
    return told


def main():
    RegexTokenizer._tokenize = own_tokens
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for name, options in DUMPS.items():
            path = ROOT / "sample-dumps" / name
            if options:
                path = pathlib.Path(folder) / "made.xml"
                subprocess.run([sys.executable, ROOT / "scripts/make-history", *options, "--output", path], check=True)
            for matching, matcher in MATCHERS.items():
                rows = [[number, *row] for page in pages(path) for number, row in measures(page, matcher).items()]
                print(f"{len(rows):5} {matching} {name}")
                answers.append({"dump": name, "options": options, "matching": matching, "rows": rows,
                                "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    target = ROOT / "tests/python/peer_wikiq_tokens.json.gz"
    with open(target, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as output:
        output.write(json.dumps(answers).encode())


if __name__ == "__main__":
    main()
