"""What a data frame was asked for, by its options."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import mwparquet

# Tables that are made of all inputs at once.
_OF_ALL_INPUTS = ("namespaces", "sessions")
# What chooses inputs, and is no business of the reading of a split.
_RUNS = ("wiki", "date", "kind", "root", "incomplete")
_FILTERS = ("namespaces", "page_ids", "since", "until")
# Larger than any file: where damage is skipped, files cannot be cut.
_WHOLE_FILES = str(1 << 62)


@dataclass(frozen=True)
class Request:
    """The inputs, the table, and options of the reading."""

    paths: tuple[str, ...]
    table: str
    columns: tuple[str, ...]
    split_size: str
    options: Mapping[str, Any]

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Request:
        """Reads options as Spark hands them on: names without case, values as text."""
        named = {name.lower(): value for name, value in options.items()}
        paths = json.loads(named.pop("paths", "[]"))
        paths += [named.pop("path")] if "path" in named else []
        split_size = named.pop("splitsize", None) or named.pop("split_size", "128MiB")
        columns = [name.strip() for name in named.pop("columns", "").split(",")]
        table = named.pop("table", "revisions")
        if "on_damage" in named and named["on_damage"] != "fail":
            split_size = _WHOLE_FILES
        return cls(
            paths=tuple(_local(path) for path in paths),
            table=table,
            columns=tuple(name for name in columns if name),
            split_size=split_size,
            options={name: _value(value) for name, value in named.items()},
        )

    @property
    def is_divisible(self) -> bool:
        """Whether tasks can make the table side by side."""
        return self.table not in _OF_ALL_INPUTS and not self.table.startswith("sql_")

    @property
    def filtered(self) -> frozenset[str]:
        """The filters that are given as options."""
        return frozenset(name for name in _FILTERS if name in self.options)

    def plan(self) -> dict[str, Any]:
        """The splits, a task each."""
        runs = {name: self.options[name] for name in _RUNS if name in self.options}
        return mwparquet.plan(self.paths, split_size=self.split_size, **runs)

    def scan(
        self,
        split: str | None = None,
        columns: Iterable[str] | None = None,
        threads: int | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> mwparquet.Scan:
        """The rows of all inputs, or of a split."""
        named = {**({"threads": threads} if threads else {}), **self.options, **(filters or {})}
        columns = list(columns or self.columns) or None
        if split is None:
            return mwparquet.scan(self.paths, table=self.table, columns=columns, **named)
        named = {name: value for name, value in named.items() if name not in _RUNS}
        return mwparquet.scan(split=split, table=self.table, columns=columns, **named)


def _value(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)


def _local(path: str) -> str:
    """The path of a file that is reached as one."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):/", path)
    if not scheme:
        return path
    if scheme[1].lower() == "file":
        return unquote(urlsplit(path).path)
    raise mwparquet.UsageError(
        f"{path} is on no file system of these machines: dumps are read by path, the same on the driver "
        f"and the executors.  Mount {scheme[1]}:, or copy the dumps to where all machines see them"
    )
