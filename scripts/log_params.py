"""The parameters of log entries, read slowly: PHP's serialisation, or a line each.

Shares no code with the converter.  Works on bytes, as PHP counts them.
"""
import json
import re

ARRAY = re.compile(rb"a:\d+:\{")
END = b'";'
# What can stand behind a string: a value, or the end of an array.
BEHIND = re.compile(rb"\}|N;|[bidsa]:")
REPAIR_MAX = 128 << 10


class Broken(Exception):
    """The bytes are not what PHP would have written."""


class Reader:
    """Reads one value after the other."""

    def __init__(self, data, repairs):
        self.data, self.at, self.repairs, self.repaired = data, 0, repairs, False

    def match(self, pattern):
        """Pass over what a pattern matches here."""
        match = re.compile(pattern).match(self.data, self.at)
        if match is None:
            raise Broken
        self.at = match.end()
        return match

    def value(self, depth=0):
        """A value in Python's types; floats stay text, in a tuple."""
        kind = self.data[self.at:self.at + 1]
        if kind == b"N":
            self.match(rb"N;")
            return None
        if kind == b"b":
            return self.match(rb"b:([01]);")[1] == b"1"
        if kind == b"i":
            number = int(self.match(rb"i:([+-]?\d+);")[1])
            if not -2 ** 63 <= number < 2 ** 63:
                raise Broken
            return number
        if kind == b"d":
            text = self.match(rb"d:([^;]*);")[1].decode()
            try:
                float(text)
            except ValueError as error:
                raise Broken from error
            return (text,)
        if kind == b"s":
            return self.string()
        if kind == b"a" and depth < 16:
            return self.array(depth)
        raise Broken

    def array(self, depth):
        """An array, as a dict with keys of text."""
        count = int(self.match(rb"a:(\d+):\{")[1])
        entries = {}
        for _ in range(count):
            if self.data[self.at:self.at + 1] not in (b"i", b"s"):
                raise Broken
            key = self.value()
            entries[str(key)] = self.value(depth + 1)
        self.match(rb"\}")
        return entries

    def string(self):
        """A string, whose end is looked for if its length is wrong."""
        length = int(self.match(rb's:(\d+):"')[1])
        ends = [at.start() for at in re.finditer(END, self.data[self.at:])
                if BEHIND.match(self.data, self.at + at.end())]
        if length not in ends:
            if not self.repairs or not ends:
                raise Broken
            length = min(ends, key=lambda end: abs(end - length))
        text = self.data[self.at:self.at + length]
        self.at += length + len(END)
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise Broken from error


def as_json(value):
    """A value inside an array as JSON has it: arrays with keys 0, 1, … are lists."""
    if isinstance(value, tuple):
        number = float(value[0])
        is_finite = number - number == 0
        return (int(number) if number.is_integer() else number) if is_finite else value[0]
    if isinstance(value, dict):
        if list(value) == [str(index) for index in range(len(value))]:
            return [as_json(item) for item in value.values()]
        return {key: as_json(item) for key, item in value.items()}
    return value


def as_text(value):
    """A parameter's value as the table has it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return value[0]
    if isinstance(value, dict):
        return json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":"))
    return str(value)


def read(text):
    """How parameters are written, and their values by name (None if there are none)."""
    if not text:
        return "empty", None
    data = text.encode()
    if not ARRAY.match(data):
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        return "lines", {str(index): line for index, line in enumerate(lines)}
    for form, repairs in (("php", False), ("php-repaired", len(data) <= REPAIR_MAX)):
        reader = Reader(data, repairs)
        try:
            entries = reader.value()
        except Broken:
            continue
        if reader.at == len(data):
            return form, {name: as_text(value) for name, value in entries.items()}
    return "broken", None
