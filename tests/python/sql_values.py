"""What the values of an SQL dump become, by the rules that the README states."""
import datetime
import math
import re
from decimal import Decimal

UTC = datetime.timezone.utc
TIME_ENDINGS = ("timestamp", "touched", "updated", "expiry", "expires", "registration", "authenticated", "since",
                "time", "created", "changed", "date")
INTS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year"}


class Rule:
    """How the values of one column are told, and back."""

    def __init__(self, name, kind, argument):
        self.name, self.kind, self.argument = name, kind, argument
        self.is_wiki_time = (kind in ("binary", "varbinary", "char", "varchar") and argument == "14"
                             and name.endswith(TIME_ENDINGS))
        self.is_expiry = self.is_wiki_time and name.endswith(("expiry", "expires"))
        self.is_bytes = not self.is_wiki_time and (kind == "binary" or name == "cl_sortkey")

    def expected(self, value):
        """(value, raw value, whether it is infinite) of a value as the oracle reads it."""
        if value is None:
            return None, None, None
        if self.kind in INTS:
            return int(value), None, None
        if self.kind in ("float", "double"):
            return float(value), None, None
        if self.kind == "decimal":
            return Decimal(value), None, None
        if self.kind == "bit":
            return (value if isinstance(value, int) else int.from_bytes(value, "big")), None, None
        if self.is_bytes:
            return value, None, None
        text = value.rstrip(b"\0") if self.is_wiki_time else value
        if self.is_expiry and text == b"infinity":
            return None, None, True
        form = {"timestamp": "%Y-%m-%d %H:%M:%S", "date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S.%f"}.get(self.kind)
        form = "%Y%m%d%H%M%S" if self.is_wiki_time else form
        if form is None:
            try:
                return value.decode(), None, None
            except UnicodeDecodeError:
                return None, value, None
        if not re.search(rb"[1-9]", text):
            return None, value, False if self.is_expiry else None
        time = datetime.datetime.strptime(text.decode(), form)
        if self.kind == "date":
            return time.date(), None, None
        return (time if self.kind == "datetime" else time.replace(tzinfo=UTC)), None, False if self.is_expiry else None

    def same(self, found, wanted):
        """Whether both are the same value; floating-point numbers to the last bit."""
        if isinstance(wanted, float) and isinstance(found, float):
            return math.copysign(1, found) == math.copysign(1, wanted) and found == wanted
        return type(found) is type(wanted) and found == wanted


def written_rows(columns, rows, wiki_id):
    """The rows of a table as they are to be written, of what the oracle read."""
    rules = [Rule(name, kind, argument) for name, kind, argument, _, _ in columns]
    result = []
    for row in rows:
        written, raw = {"wiki_id": wiki_id}, []
        for rule in rules:
            value, raw_value, infinite = rule.expected(row.get(rule.name))
            written[rule.name] = value
            if rule.is_expiry:
                written[rule.name + "_is_infinite"] = infinite
            if raw_value is not None:
                raw.append((rule.name, raw_value))
        if any(rule.kind not in INTS | {"float", "double", "decimal", "bit"} and not rule.is_bytes for rule in rules):
            written["raw_values"] = raw or None
        result.append(written)
    return result
