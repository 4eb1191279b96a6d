"""What goes wrong, with its place.

Every error of the package is an :class:`Error`.  Which one says whose fault it is:

>>> import mwparquet
>>> try:
...     list(mwparquet.pages("broken/bad-timestamp.xml"))
... except mwparquet.DamagedError as error:
...     print(error.input, error.page_id, error.xml_offset)
broken/bad-timestamp.xml 1 2518
"""

from __future__ import annotations

__all__ = [
    "AccessError",
    "DamagedError",
    "Error",
    "InternalError",
    "MissingFileError",
    "NotADumpError",
    "StoppedError",
    "UsageError",
]


class Error(Exception):
    """Whatever keeps a call from being done.

    ``str(error)`` is one line with all that is known; what is not known of the place is ``None``.
    """

    message: str = ""
    """What was expected and found, without the place."""
    input: str | None = None
    """Name of the input."""
    file_offset: int | None = None
    """Offset in the file as stored, in bytes."""
    xml_offset: int | None = None
    """Offset in the decoded XML, in bytes."""
    sql_offset: int | None = None
    """Offset in the decoded SQL, in bytes."""
    sql_line: int | None = None
    """Line in the decoded SQL, from 1."""
    page_id: int | None = None
    """The page that it lies in."""
    revision_id: int | None = None
    """The revision that it lies in."""


class UsageError(Error, ValueError):
    """Something was asked for that cannot be done as asked."""


class DamagedError(Error):
    """An input is a dump, but cut, altered or not well formed."""


class NotADumpError(Error):
    """An input is something else than a dump of MediaWiki."""


class AccessError(Error, OSError):
    """A file cannot be read or written, a disk is full, memory is short."""


class MissingFileError(AccessError, FileNotFoundError):
    """There is no such file."""


class StoppedError(Error):
    """Somebody asked for an end."""


class InternalError(Error):
    """The package itself is wrong: please report it."""
