#!/usr/bin/env python3
"""Writes tests/suite/tokens/deltas.jsonl.gz: texts with the tokens and diffs that deltas 0.7.0 gives.

    pip install deltas==0.7.0
    scripts/make_expected_tokens.py

deltas is the work of others (MIT) and no part of the tests' own environment: what it answers is kept.
Ends of tokens count bytes of UTF-8.
"""

import bz2
import gzip
import json
import pathlib
import random
import re

from deltas import SegmentMatcher, text_split, wikitext_split

ROOT = pathlib.Path(__file__).resolve().parent.parent
HISTORY = ROOT / "sample-dumps/samplewiki-20260101-pages-meta-history.xml.bz2"
OUTPUT = ROOT / "tests/suite/tokens/deltas.jsonl.gz"

# What the lexicon of wikitext_split is about, and what is near to it.
PARTS = """
http https:// ftp: ftps://a.b mailto:x news: // / $ ' '' ''' ’ don't dogs' < <ref <ref> <ref/> <ref//>
</ref> <references> <br/> <br <a_ <!-- --> > &amp; &nbsp &a1; & {| |} {{ }} }}} [[ ]] [ ] { } = == | || .
... ? ?? ! , : ;; । ॥ 漢 字 カ ｶ 한 글 é ß _ 1 12 ½ ٣ ९ क ि ् ا ً ؐ ۝ x² a1b A zz 😀 ⅷ Ⓐ 、 〇 ㈠ # % ( )
sips: sip: tel:+1 telnet://q urn: worldwind:// wiki
""".split() + [
    "\n", "\r", "\r\n", "\n\r", " ", "  ", "\t", "\n\n", "<ref name=\"a/b\"/>", "<ref / >", "\u3000",
    "\u2028", "\x85", "\xa0", "\u200c", "\u200d", "\u0301", "\U0002a6de", "\x1c", "\x0b", "\x7f", "\x07",
]
WORDS = "the of a house river old Rome is was in king north [[link]] (see below) {{cite}} 1905".split()


def ends(tokens):
    found, end = [], 0
    for token in tokens:
        end += len(token.encode())
        found.append(end)
    return found


def sentence(chance):
    words = [chance.choice(WORDS) for _ in range(chance.randint(4, 12))]
    return " ".join(words) + str(chance.randint(0, 10**6)) + "."


def paragraphs(chance, count):
    return [" ".join(sentence(chance) for _ in range(chance.randint(1, 5))) for _ in range(count)]


def shuffled(chance, old):
    """What an editor does who moves things about: sentences stay what they are."""
    new = list(old)
    for _ in range(chance.randint(0, 3)):
        new.insert(chance.randint(0, len(new)), new.pop(chance.randrange(len(new))))
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(new))
        sentences = new[at].split(". ")
        chance.shuffle(sentences)
        new[at] = ". ".join(sentences)
    if chance.random() < 0.5:
        new.insert(chance.randint(0, len(new)), paragraphs(chance, 1)[0])
    return new


def main():
    chance = random.Random(1)
    texts = ["", "a"]
    texts += ["".join(chance.choice(PARTS) for _ in range(chance.randint(1, 60))) for _ in range(1500)]
    dump = bz2.decompress(HISTORY.read_bytes()).decode()
    texts += re.findall(r"<text[^>]*>([^<]*)</text>", dump)[:40]
    lines = []
    for text in texts:
        lines.append({
            "text": text,
            "wikitext": ends(wikitext_split.tokenize(text)),
            "text_split": ends(text_split.tokenize(text)),
        })
    for _ in range(150):
        old = paragraphs(chance, chance.randint(2, 8))
        new = shuffled(chance, old)
        processor = SegmentMatcher(wikitext_split).processor()
        processor.process("\n\n".join(old))
        operations, before, after = processor.process("\n\n".join(new))
        lines.append({
            "before": "\n\n".join(old),
            "after": "\n\n".join(new),
            "operations": [[op.name, op.a1, op.a2, op.b1, op.b2] for op in operations],
        })
    OUTPUT.parent.mkdir(exist_ok=True)
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    OUTPUT.write_bytes(gzip.compress(data, mtime=0))


if __name__ == "__main__":
    main()
