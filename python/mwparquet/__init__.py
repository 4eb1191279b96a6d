"""MediaWiki dumps: tables as Arrow, and pages with their revisions.

All of it runs on all cores, in bounded memory, and says where a dump is damaged instead of losing rows.

``scan``
    the rows of a table as a stream, which pyarrow, Polars, DuckDB and pandas take without copies
``pages``, ``Dump``, ``map``
    pages with their revisions, in the manner of mwxml
``plan``
    splits of dumps, for many processes
``convert``
    tables as Parquet files
``count``
    edits or log entries by page, user, month and other keys
``inspect``, ``schema``
    what dumps are, and what the columns of tables mean
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import _native
from ._native import (
    Batch,
    Content,
    Deleted,
    LogItem,
    Namespace,
    Page,
    Revision,
    Scan,
    Schema,
    SiteInfo,
    Slots,
    Table,
    User,
    __version__,
)
from ._options import inputs as _inputs
from ._options import words as _words
from .dumps import Dump, map, pages
from .errors import (
    AccessError,
    DamagedError,
    Error,
    InternalError,
    MissingFileError,
    NotADumpError,
    StoppedError,
    UsageError,
)
from .timestamp import Timestamp

__all__ = [
    "AccessError",
    "Batch",
    "Content",
    "DamagedError",
    "Deleted",
    "Dump",
    "Error",
    "InternalError",
    "LogItem",
    "MissingFileError",
    "Namespace",
    "NotADumpError",
    "Page",
    "Revision",
    "Scan",
    "Schema",
    "SiteInfo",
    "Slots",
    "StoppedError",
    "Table",
    "Timestamp",
    "UsageError",
    "User",
    "__version__",
    "convert",
    "count",
    "inspect",
    "map",
    "pages",
    "plan",
    "scan",
    "schema",
]


def scan(
    paths: Any = (),
    *,
    table: str = "revisions",
    columns: Any = None,
    split: Any = None,
    **options: Any,
) -> Scan:
    """The rows of one table of dumps, as a stream of Arrow batches.

    Nothing is read before rows are asked for, and never more than a few batches ahead.  Each pass over
    the result reads the dumps anew.  The stream's end means that the dumps were read to their proven
    ends; whatever keeps it from that is an error.

    :param paths: dump files, folders or patterns, one or several; ``"-"`` is standard input
    :param table: one of ``mwparquet schema``, or a table of SQL dumps (``sql_page``)
    :param columns: names of columns; all where nothing is said.  What is not named is not decoded
    :param split: instead of paths, one of the ``splits`` that :func:`plan` gives, or its JSON
    :param options: those of ``mwparquet convert``, with underscores.  Records: ``namespaces``,
        ``page_ids``, ``since``, ``until``.  Means: ``threads``, ``memory`` (``"512MiB"``),
        ``max_record_bytes``, ``on_damage`` (``"skip"``; ``report`` tells then what was passed over).
        Runs instead of paths: ``wiki``, ``date``, ``kind``, ``root``.  Derived tables:
        ``revert_radius``, ``revert_order``, ``session_cutoff``, ``persistence_window``,
        ``diff_tokenizer``, ``diff_algorithm``, ``keyframe_every`` and so on.  Personal data: ``ip``,
        ``user``, ``key_file``, ``keep_hidden_sizes``.  And ``any_order=True``: several inputs at once,
        and their rows as they come, which is faster where there are many and each is packed as one
        stream (gzip, xz, 7z)

    >>> import mwparquet, pyarrow
    >>> edits = mwparquet.scan("dump.xml", columns=["revision_id", "user_text"], namespaces=[1])
    >>> pyarrow.table(edits).to_pylist()
    [{'revision_id': 103, 'user_text': 'Ada Example'}]
    >>> import duckdb
    >>> duckdb.sql("SELECT count(*) FROM edits").fetchall()
    [(1,)]
    """
    if isinstance(columns, str):
        columns = [columns]
    if isinstance(split, Mapping):
        split = json.dumps(split)
    return Scan(_words(paths, {"table": table, "columns": columns, "split": split, **options}))


def plan(paths: Any = (), *, split_size: Any = None, **options: Any) -> dict[str, Any]:
    """Cuts dumps into splits, which processes scan side by side, on one machine or on many.

    Each record is of one split, and each page with all its revisions, wherever the cuts fall: the rows of
    all splits, in their order, are those of one scan, with all that is derived from histories.
    ``namespaces`` and ``sessions`` are made of all inputs, and are of no split.  A split is read to the end
    only if those behind it begin where it ends; if none raises an error, nothing is missing or twice.

    :param paths: dump files, folders or patterns, one or several
    :param split_size: about how many bytes of a file, as stored, make a split: ``"128MiB"``, or a number.
        Files that can be read from their begin only (gzip, 7z, SQL) are one split each, and those over
        which a page is spread one together
    :param options: runs instead of paths: ``wiki``, ``date``, ``kind``, ``root``
    :returns: ``splits``, and what `mwparquet plan` tells besides

    >>> import mwparquet
    >>> splits = mwparquet.plan("dump.xml", split_size=200)["splits"]
    >>> len(splits) > 1, splits[0]["begin_bytes"]
    (True, 0)
    >>> sum(batch.num_rows for split in splits for batch in mwparquet.scan(split=split))
    3
    """
    return _native.plan(_words(paths, {"split_size": split_size, **options}))


def convert(
    paths: Any = (),
    output: Any = None,
    *,
    tables: Any = None,
    columns: Any = None,
    **options: Any,
) -> dict[str, Any]:
    """Writes tables of dumps as Parquet files, and gives the manifest.

    :param paths: dump files, folders or patterns, one or several
    :param output: the folder to write
    :param tables: names of tables
    :param columns: names of columns by table
    :param options: those of ``mwparquet convert``, with underscores
    :returns: ``manifest``, as it is in the folder; ``seen``, counts over all inputs; ``rejects``, the
        first of what was passed over with ``on_damage="skip"``

    >>> import mwparquet
    >>> job = mwparquet.convert("dump.xml", "out", tables=["revisions"])
    >>> job["manifest"]["tables"]["revisions"]["rows"]
    3
    """
    if output is None:
        raise TypeError("convert() needs an output")
    named = {"output": output, "tables": tables, "columns": columns}
    return _native.convert(_words(paths, {"progress": "off", **named, **options}))


def count(paths: Any = (), *, by: Any, measures: Any = None, **options: Any) -> Table:
    """Counts edits or log entries without making tables; all rows are held in memory.

    :param paths: dump files, or folders that :func:`convert` has written
    :param by: what counts are told apart by: ``page``, ``user``, ``month`` and so on, one or several
    :param measures: what to tell beside the number, or ``"all"``
    :param options: those of ``mwparquet count``, with underscores, such as ``top``

    >>> import mwparquet
    >>> users = mwparquet.count("dump.xml", by="user", measures="minor")
    >>> [(row["user_text"], row["edits"]) for row in users.to_dicts()]
    [('Ada Example', 3)]
    """
    return _native.count(_words(paths, {"by": by, "measures": measures, **options}))


def inspect(paths: Any, *, full: bool = False, **options: Any) -> list[dict[str, Any]]:
    """Tells what dumps are, by their beginnings, or by all of them.

    >>> import mwparquet
    >>> [dump] = mwparquet.inspect("dump.xml", full=True)
    >>> dump["container"], dump["wiki_id"], dump["seen"]["revisions"]
    ('plain', 'samplewiki', 3)
    """
    return _native.inspect(_words(paths, {"full": full, **options}))


def schema(table: Any = None) -> list[dict[str, Any]]:
    """Tells the columns of a table, of the tables of an SQL dump, or of all tables.

    >>> import mwparquet
    >>> [pages] = mwparquet.schema("pages")
    >>> [column["name"] for column in pages["columns"]][:3]
    ['wiki_id', 'page_id', 'page_namespace_id']
    """
    return _native.schema(None if table is None else _inputs(table)[0])
