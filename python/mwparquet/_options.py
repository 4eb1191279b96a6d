"""Keyword arguments become the words that the command line has."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping
from typing import Any


def words(paths: Any, options: Mapping[str, Any]) -> list[str]:
    """Options first, then the inputs, which can begin with a hyphen."""
    made = [word for name, value in options.items() for word in _option(name, value)]
    return [*made, "--", *inputs(paths)]


def inputs(paths: Any) -> list[str]:
    """One path, or several."""
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    return [os.fsdecode(path) for path in paths]


def _option(name: str, value: Any) -> list[str]:
    flag = "--" + name.replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if isinstance(value, Mapping):
        # Columns by table.
        return [f"{flag}={key}={_text(one)}" for key, one in value.items()]
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, os.PathLike)):
        value = list(value)
        if not value:
            raise ValueError(f"{name} is empty: leave it out for no restriction")
    return [f"{flag}={_text(value)}"]


def _text(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs a time zone, such as datetime.timezone.utc")
        utc = value.astimezone(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
        return datetime.datetime.isoformat(utc) + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (bytes, os.PathLike)):
        return os.fsdecode(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(_text(one) for one in value)
    return str(value)
