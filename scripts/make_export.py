#!/usr/bin/env python3
"""Write a history as a content file export: `<wiki>/<date>/xml/bzip2/` with its list of checksums.

Revisions are put in the order of (time, id), as exports have them.  The page with the most revisions,
but for the first and the last, is spread over several files; the pages before and behind it are a file
each.  The same input gives the same bytes.

    make-history --pages 20 --output history.xml
    make_export.py history.xml --root mirror --wiki samplewiki --date 2026-01-01 --pieces 4
"""
import argparse
import bz2
import gzip
import hashlib
import pathlib
import re

GENERATOR = "MediaWiki Content File Export 1.0.2"
OPEN = {".bz2": bz2.open, ".gz": gzip.open}


class Page:
    """A page as it stands in the XML: header, revisions in the order of exports, end."""

    def __init__(self, xml):
        head, *rest = re.split(rb"(?=    <revision>)", xml)
        self.head = head
        last, self.end = rest[-1].split(b"  </page>")
        self.revisions = sorted([*rest[:-1], last], key=when)
        self.end = b"  </page>" + self.end
        self.id = number(head)

    def xml(self, revisions=None):
        """The page with all its revisions, or with some."""
        return self.head + b"".join(self.revisions if revisions is None else revisions) + self.end


def number(xml):
    """The first id in a piece of XML."""
    return int(re.search(rb"<id>(\d+)</id>", xml)[1])


def when(revision):
    """What exports sort revisions by."""
    return re.search(rb"<timestamp>([^<]*)</timestamp>", revision)[1], number(revision)


def read(path):
    """A dump's header, its pages, and its footer."""
    with OPEN.get(path.suffix, open)(path, "rb") as file:
        xml = file.read()
    begin, end = xml.index(b"  <page>"), xml.rindex(b"</mediawiki>")
    pages = [Page(b"  <page>" + page) for page in xml[begin:end].split(b"  <page>")[1:]]
    header = re.sub(rb"<generator>[^<]*<", b"<generator>" + GENERATOR.encode() + b"<", xml[:begin])
    return header, pages, xml[end:]


def slices(revisions, pieces):
    """Revisions in so many runs of nearly the same length."""
    ends = [len(revisions) * n // pieces for n in range(pieces + 1)]
    return [revisions[begin:end] for begin, end in zip(ends, ends[1:])]


def piece_name(page, revisions):
    """What the name of a piece of a page says."""
    return f"p{page.id}r{number(revisions[0])}r{number(revisions[-1])}"


def files(pages, pieces):
    """(range in the name, pages in XML) of each file; one page is spread over `pieces` files."""
    inner = pages[1:-1] or pages
    spread = max(inner, key=lambda page: len(page.revisions))
    at = pages.index(spread)
    for some in (pages[:at], pages[at + 1:]):
        if some:
            yield f"p{some[0].id}p{some[-1].id}", b"".join(page.xml() for page in some)
    for revisions in slices(spread.revisions, pieces):
        yield piece_name(spread, revisions), spread.xml(revisions)


def complete(folder):
    """Write the list of checksums, and the mark of an export that is complete."""
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.glob("*.xml.*"))]
    (folder / "SHA256SUMS").write_text("".join(sums))
    (folder / "_SUCCESS").write_bytes(b"")


def make_export(path, root, wiki, date, pieces=4):
    """Make an export of a history below `root`; its folder."""
    folder = pathlib.Path(root) / "other" / "mediawiki_content_history" / wiki / date / "xml" / "bzip2"
    folder.mkdir(parents=True)
    header, pages, footer = read(pathlib.Path(path))
    for span, xml in files(pages, pieces):
        (folder / f"{wiki}-{date}-{span}.xml.bz2").write_bytes(bz2.compress(header + xml + footer))
    complete(folder)
    return folder


def in_one_file(path, folder, wiki, date):
    """The same history in one file of the same form; its path."""
    header, pages, footer = read(pathlib.Path(path))
    one = pathlib.Path(folder) / f"{wiki}-{date}-p{pages[0].id}p{pages[-1].id}.xml.bz2"
    one.write_bytes(bz2.compress(header + b"".join(page.xml() for page in pages) + footer))
    return one


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("history", help="a dump of pages with history: .xml, .bz2 or .gz")
    arguments.add_argument("--root", required=True, help="the mirror to write into")
    arguments.add_argument("--wiki", default="samplewiki")
    arguments.add_argument("--date", default="2026-01-01")
    arguments.add_argument("--pieces", type=int, default=4, help="files of the page that is spread (default 4)")
    options = arguments.parse_args()
    print(make_export(options.history, options.root, options.wiki, options.date, options.pieces))


if __name__ == "__main__":
    main()
