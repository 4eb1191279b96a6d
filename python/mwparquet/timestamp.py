"""Points in time, with what mwtypes can do with them."""

from __future__ import annotations

import calendar as _calendar
import datetime as _datetime

__all__ = ["Timestamp"]

_LONG = "%Y-%m-%dT%H:%M:%SZ"
_SHORT = "%Y%m%d%H%M%S"


class Timestamp(_datetime.datetime):
    """A second in UTC: a :class:`datetime.datetime` that reads and writes MediaWiki's forms.

    >>> from mwparquet import Timestamp
    >>> time = Timestamp.from_string("20090213233130")
    >>> str(time), time.unix(), time.short_format()
    ('2009-02-13T23:31:30Z', 1234567890, '20090213233130')
    >>> time < Timestamp.from_unix(1234567891)
    True
    """

    __slots__ = ()

    @classmethod
    def from_unix(cls, seconds: int) -> Timestamp:
        """A number of seconds since 1970."""
        return cls.fromtimestamp(seconds, _datetime.timezone.utc)

    @classmethod
    def from_string(cls, text: str) -> Timestamp:
        """``2009-02-13T23:31:30Z``, or ``20090213233130`` as databases have it."""
        form = _SHORT if text.isdigit() else _LONG
        return cls.strptime(text, form).replace(tzinfo=_datetime.timezone.utc)

    def unix(self) -> int:
        """Seconds since 1970."""
        return _calendar.timegm(self.utctimetuple())

    def long_format(self) -> str:
        """``2009-02-13T23:31:30Z``"""
        return self.strftime(_LONG) if self.year > 999 else self.isoformat()[:19] + "Z"

    def short_format(self) -> str:
        """``20090213233130``"""
        return self.long_format().translate({ord(mark): None for mark in "-:TZ"})

    def to_json(self) -> str:
        """``2009-02-13T23:31:30Z``"""
        return self.long_format()

    def __str__(self) -> str:
        return self.long_format()

    def __int__(self) -> int:
        return self.unix()

    def __repr__(self) -> str:
        return f"Timestamp({self.long_format()!r})"
