"""Spark's filters as options of a scan."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

# Tables whose records are chosen with their page.
_OF_PAGES = ("pages", "revisions", "content", "revision_history", "reverts", "persistence", "tokens",
             "diffs", "uploads")
# The time by which --since and --until choose rows.  Not of pages: there they choose what is counted.
_TIMES = {"revisions": "revision_dt", "reverts": "revision_dt", "tokens": "origin_dt", "uploads": "upload_dt",
          "log_events": "log_dt", "user_creations": "log_dt", "page_moves": "log_dt"}
_SECOND = datetime.timedelta(seconds=1)


class Pushed:
    """The filters that the parser sees to.

    Only what it does exactly as Spark would is taken; Spark sees to the rest.  All times in dumps are of
    whole seconds.
    """

    def __init__(self, table: str, given: Iterable[str] = ()):
        """``given`` filters are options of the user's, and not touched."""
        self._given = frozenset(given)
        self._sets: dict[str, str] = {}
        if table in _OF_PAGES:
            self._sets = {"page_namespace_id": "namespaces", "page_id": "page_ids"}
        elif table == "log_events":
            # An entry of a log names no page by its id.
            self._sets = {"page_namespace_id": "namespaces"}
        self._time = _TIMES.get(table)
        self._chosen: dict[str, frozenset[int]] = {}
        self._since: datetime.datetime | None = None
        self._until: datetime.datetime | None = None

    def options(self) -> dict[str, Any]:
        """What a scan is told."""
        told: dict[str, Any] = {name: sorted(chosen) for name, chosen in self._chosen.items()}
        if self._since:
            told["since"] = self._since
        if self._until:
            told["until"] = self._until
        return told

    def take(self, one: Any) -> bool:
        """Whether Spark need not look at this filter any more."""
        attribute: tuple[str, ...] = getattr(one, "attribute", ())
        if len(attribute) != 1:
            return False
        name, kind = attribute[0].lower(), type(one).__name__
        if name in self._sets:
            return self._take_set(self._sets[name], kind, getattr(one, "value", None))
        if name == self._time:
            return self._take_time(kind, getattr(one, "value", None))
        return False

    def _take_set(self, option: str, kind: str, value: Any) -> bool:
        values = {"EqualTo": (value,), "In": value}.get(kind)
        # No row has the value null, and none equals it.
        numbers = frozenset(number for number in values or () if number is not None)
        if option in self._given or not all(type(number) is int for number in numbers):
            return False
        wanted = self._chosen.get(option, numbers) & numbers
        if not wanted:
            # Nothing at all: there is no option for that.
            return False
        self._chosen[option] = wanted
        return True

    def _take_time(self, kind: str, value: Any) -> bool:
        if not isinstance(value, datetime.datetime) or value.tzinfo is None:
            return False
        bounds = _BOUNDS.get(kind)
        if bounds is None or self._given & {"since", "until"}:
            return False
        try:
            since, until = bounds(value.astimezone(datetime.timezone.utc))
        except OverflowError:
            return False
        if since:
            self._since = max(since, self._since or since)
        if until:
            self._until = min(until, self._until or until)
        return True


_Bounds = tuple["datetime.datetime | None", "datetime.datetime | None"]


def _floor(time: datetime.datetime) -> datetime.datetime:
    return time.replace(microsecond=0)


def _ceiling(time: datetime.datetime) -> datetime.datetime:
    return _floor(time) + (_SECOND if time.microsecond else 0 * _SECOND)


# The first second that is wanted, and the first that is not any more.
_BOUNDS: dict[str, Callable[[datetime.datetime], _Bounds]] = {
    "GreaterThanOrEqual": lambda time: (_ceiling(time), None),
    "GreaterThan": lambda time: (_floor(time) + _SECOND, None),
    "LessThan": lambda time: (None, _ceiling(time)),
    "LessThanOrEqual": lambda time: (None, _floor(time) + _SECOND),
}
