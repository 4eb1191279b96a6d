"""Dumps as pages with their revisions, in the manner of mwxml."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, TypeVar

from . import _native
from ._native import LogItem, Page
from ._options import inputs, words

__all__ = ["Dump", "map", "pages"]

T = TypeVar("T")


class Dump(_native.Dump):
    """Pages, or entries of a log, one after another; nothing before is held.

    Where mwxml has a file, this has paths: dumps are read packed as they are, on all cores.

    >>> import mwparquet
    >>> dump = mwparquet.Dump("dump.xml")
    >>> dump.site_info.dbname
    'samplewiki'
    >>> for page in dump:
    ...     for revision in page:
    ...         print(page.title, revision.id, revision.user.text, revision.timestamp)
    Lighthouse 101 Ada Example 2025-03-01T12:00:00Z
    Lighthouse 102 Ada Example 2025-03-02T08:15:30Z
    Talk:Lighthouse 103 Ada Example 2025-03-03T00:00:00Z

    Pages, revisions and what they hold give dictionaries for JSON, as those of mwxml do:

    >>> first = next(next(mwparquet.Dump("dump.xml")))
    >>> first.user.to_json(), first.deleted.to_json()
    ({'id': 7, 'text': 'Ada Example'}, {'text': False, 'comment': False, 'user': False})
    """

    _file: IO[bytes]

    def __new__(cls, paths: Any, **options: Any) -> Dump:
        return super().__new__(cls, words(paths, options))

    @classmethod
    def from_file(cls, file: Any, **options: Any) -> Dump:
        """A dump by its path, or by a file that was opened by its path, packed or not."""
        return cls(_path_of(file), **options)

    @classmethod
    def from_page_xml(cls, page_xml: Any, **options: Any) -> Dump:
        """A dump of one ``<page>``: its XML, or a file of it.

        >>> xml = "<page><title>Pond</title><ns>0</ns><id>1</id></page>"
        >>> import mwparquet
        >>> [page.title for page in mwparquet.Dump.from_page_xml(xml)]
        ['Pond']
        """
        xml = page_xml if isinstance(page_xml, (str, bytes)) else page_xml.read()
        xml = xml.encode() if isinstance(xml, str) else xml
        # Dumps are read from files; this one goes when nobody has the dump any more.
        file = tempfile.NamedTemporaryFile(prefix="mwparquet-page-", suffix=".xml")
        file.write(b"<mediawiki><siteinfo></siteinfo>" + xml + b"</mediawiki>")
        file.flush()
        dump = cls(file.name, **options)
        dump._file = file
        return dump

    @property
    def items(self) -> Dump:
        """Pages and entries of logs."""
        return self

    @property
    def pages(self) -> Iterator[Page]:
        """The pages."""
        return (item for item in self if isinstance(item, Page))

    @property
    def log_items(self) -> Iterator[LogItem]:
        """The entries of logs."""
        return (item for item in self if isinstance(item, LogItem))


def pages(paths: Any, **options: Any) -> Iterator[Page]:
    """The pages of dumps, each of which iterates over its revisions.

    Options are those of :func:`mwparquet.scan` that choose records and bound memory:
    ``namespaces``, ``page_ids``, ``since``, ``until``, ``threads``, ``memory``, ``max_record_bytes``,
    ``on_damage``, and those that choose a run: ``wiki``, ``date``, ``kind``, ``root``.  With
    ``no_texts=True`` texts are left out.

    >>> import mwparquet
    >>> for page in mwparquet.pages("dump.xml"):
    ...     print(page.title, sum(1 for revision in page))
    Lighthouse 2
    Talk:Lighthouse 1
    """
    return Dump(paths, **options).pages


def map(
    process: Callable[[Dump, str], Iterable[T]], paths: Iterable[Any], threads: int | None = None
) -> Iterator[T]:
    """What ``process(dump, path)`` gives for each dump, in the order of the paths.

    Each dump is read on all cores (or ``threads``) already, so they are processed one after another,
    by this thread: ``process`` needs to be neither pickled nor guarded.
    """
    for path in inputs(paths):
        yield from process(Dump(path, threads=threads), path)


def _path_of(file: Any) -> str:
    """The path behind an open file."""
    if isinstance(file, (str, bytes, os.PathLike)):
        return os.fsdecode(file)
    if file in (sys.stdin, getattr(sys.stdin, "buffer", None)):
        return "-"
    layer = file
    while layer is not None:
        name = getattr(layer, "name", None)
        if isinstance(name, (str, bytes, os.PathLike)) and os.path.isfile(name):
            if file.tell() != 0:
                raise ValueError(f"{os.fsdecode(name)} was read from before: give its path")
            return os.fsdecode(name)
        # Text is decoded from a buffer, and unpacked from a file.
        inner = ("buffer", "raw", "_fp", "fileobj")
        layer = next((found for found in (getattr(layer, one, None) for one in inner) if found), None)
    raise TypeError("expected a path, or a file that was opened by its path")
