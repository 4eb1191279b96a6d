"""A page's history: who changed it, when, and by how much.

    python docs/guides/page_history.py DUMP [TITLE]

Needs the package mwparquet alone: pages and revisions come as objects, with the names of mwxml.
"""
# %% The dump and the page; without any, a sample of this repository and its longest page.
import pathlib
import sys

import mwparquet

SAMPLE = pathlib.Path(__file__).parents[2] / "sample-dumps/samplewiki-20260101-pages-meta-history.xml.bz2"
dump = sys.argv[1] if len(sys.argv) > 1 else SAMPLE

# %% Which page?  Without texts a walk takes less time and memory.
if len(sys.argv) > 2:
    title = sys.argv[2]
else:
    lengths = {page.title: sum(1 for _ in page) for page in mwparquet.pages(dump, no_texts=True)}
    title = max(sorted(lengths), key=lengths.get)

# %% Its history.  A text that is hidden is None, and one that is empty is ''.
print(title)
for page in mwparquet.pages(dump):
    if page.title != title:
        continue
    size = 0
    for revision in page:
        user = "(hidden)" if revision.user is None else revision.user.text
        if revision.text is None:
            print(revision.timestamp, user, "(no text)", revision.comment or "", sep="\t")
            continue
        before, size = size, len(revision.text.encode())
        print(revision.timestamp, user, f"{size - before:+}", revision.comment or "", sep="\t")
    break

# %% What links to what in its last version is left to mwparserfromhell and the like: they take
# ``revision.text``.
