"""What is done with a dump in Python, timed from the first call to the last object.

    python package_works.py WORK FILE THREADS

Prints JSON: the seconds, and what was counted. Starting Python and importing are not counted.
"""
import json
import sys
import time


def counted_objects(dump, with_texts=True):
    """Go over all pages and revisions, and look at what most programs look at: the texts, or not."""
    pages = revisions = characters = 0
    for page in dump:
        pages += page.title is not None
        for revision in page:
            revisions += revision.timestamp is not None
            if with_texts:
                characters += len(revision.text or "")
            if revision.user is not None and revision.user.text:
                characters += len(revision.user.text)
    return {"pages": pages, "revisions": revisions, "characters": characters}


def iterate_mwxml(path, threads, with_texts=True):
    import mwxml

    with open(path, "rb") as file:
        yield
        yield counted_objects(mwxml.Dump.from_file(file), with_texts)


def iterate_mwparquet(path, threads, with_texts=True):
    import mwparquet

    yield
    yield counted_objects(mwparquet.Dump.from_file(path, threads=threads), with_texts)


def iterate_mwxml_without_texts(path, threads):
    return iterate_mwxml(path, threads, with_texts=False)


def iterate_mwparquet_without_texts(path, threads):
    return iterate_mwparquet(path, threads, with_texts=False)


def scan_revisions(path, threads):
    import mwparquet
    import pyarrow

    # The first table that pyarrow makes in a process has it import pandas, if it is there.
    pyarrow.table({"nothing": []})
    yield
    table = pyarrow.table(mwparquet.scan(path, table="revisions", threads=threads))
    yield {"revisions": table.num_rows}


WORKS = {work.__name__: work for work in (
    iterate_mwxml, iterate_mwparquet, iterate_mwxml_without_texts, iterate_mwparquet_without_texts, scan_revisions)}


def main():
    work, path, threads = sys.argv[1:]
    steps = WORKS[work](path, int(threads))
    next(steps)
    begin = time.perf_counter()
    counted = next(steps)
    print(json.dumps({"seconds": time.perf_counter() - begin, "counted": counted}))


if __name__ == "__main__":
    main()
