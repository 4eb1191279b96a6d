#!/usr/bin/env python3
"""The rows of an SQL dump, read slowly and plainly, without our code.

    sql_oracle.py DUMP

A dump is read whole, cut into words by one regular expression, and put
together again.  Values come as Python's own: None, numbers, and bytes.
"""
import bz2
import gzip
import re
import sys
from decimal import Decimal

# One word of SQL each, tried in this order.
WORDS = re.compile(rb"""
    (?P<blank> \s+ | --[ \t\r\n][^\n]* | --$ | \#[^\n]* | /\*(?!!|M!).*?\*/ | /\*M?!\d*(?=[ \\]) | \*/ )
  | (?P<string> '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" )
  | (?P<name> `(?:[^`]|``)*` )
  | (?P<hex> 0x[0-9a-fA-F]+ | [xX]'[0-9a-fA-F]*' )
  | (?P<bits> [bB]'[01]*' )
  | (?P<number> [-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)? (?![\w]) )
  | (?P<word> [\w@$\x80-\xff]+ )
  | (?P<symbol> . )
""", re.VERBOSE | re.DOTALL)
ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a"}
NO_COLUMNS = {b"PRIMARY", b"UNIQUE", b"KEY", b"INDEX", b"FULLTEXT", b"SPATIAL", b"CONSTRAINT", b"FOREIGN", b"CHECK"}


def read(path):
    """The decoded bytes of a dump."""
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    return bz2.decompress(data) if data.startswith(b"BZh") else data


def unquoted(text):
    """The bytes that a quoted string stands for."""
    def one(match):
        return ESCAPES.get(match[1], match[1]) if match[1] is not None else b"'"
    return re.sub(rb"\\(.)|''", one, text[1:-1], flags=re.DOTALL)


def words(data):
    """(kind, text) of all words but comments."""
    data = re.sub(rb"^DELIMITER ;;$.*?^DELIMITER ;$", b"", data, flags=re.DOTALL | re.MULTILINE)
    # Of comments for some versions nothing matters here.
    data = re.sub(rb"^/\*M?!.*?\*/", b"", data, flags=re.MULTILINE)
    for match in WORDS.finditer(data):
        if match.lastgroup != "blank":
            yield match.lastgroup, match[match.lastgroup]


def statements(data):
    """Lists of words, each up to a semicolon."""
    statement = []
    for kind, text in words(data):
        if (kind, text) == ("symbol", b";"):
            if statement:
                yield statement
            statement = []
        else:
            statement.append((kind, text))


def split(tokens):
    """Pieces between commas outside of parentheses."""
    pieces, depth = [[]], 0
    for token in tokens:
        depth += {b"(": 1, b")": -1}.get(token[1], 0) if token[0] == "symbol" else 0
        if token == ("symbol", b",") and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def table(statement):
    """Name and columns, as (name, type, argument, NOT NULL, generated), of a CREATE TABLE."""
    name = next(text for kind, text in statement if kind == "name")[1:-1].decode()
    begin = statement.index(("symbol", b"("))
    end = max(index for index, token in enumerate(statement) if token == ("symbol", b")"))
    columns = []
    for piece in split(statement[begin + 1:end]):
        if piece[0][0] != "name" or piece[0][1].upper() in NO_COLUMNS:
            continue
        texts = [text for _, text in piece]
        rest = [text.upper() for text in texts]
        argument = texts[3].decode() if len(texts) > 3 and texts[2] == b"(" else ""
        not_null = any(rest[at:at + 2] == [b"NOT", b"NULL"] for at in range(len(rest)))
        columns.append((texts[0][1:-1].decode(), texts[1].decode().lower(), argument, not_null, b"GENERATED" in rest))
    return name, columns


def value(tokens):
    """The value that the words between two commas stand for."""
    kind, text = tokens[-1]
    if kind == "string":
        return unquoted(text)
    if kind == "hex":
        return bytes.fromhex(text.decode().lower().removeprefix("0x").removeprefix("x").strip("'"))
    if kind == "bits":
        return int(text[2:-1], 2)
    if kind == "number":
        return Decimal(text.decode())
    assert text.upper() == b"NULL", text
    return None


def tables(path):
    """Of each table: name, columns, and its rows as dictionaries by column, in order."""
    found = {}
    for statement in statements(read(path)):
        first = [text.upper() for _, text in statement[:2]]
        if first == [b"CREATE", b"TABLE"]:
            name, columns = table(statement)
            found[name] = (columns, [])
        elif first[0] in (b"INSERT", b"REPLACE"):
            at = next(index for index, token in enumerate(statement) if token[1].upper() == b"VALUES")
            names = [text[1:-1].decode() for kind, text in statement[:at] if kind == "name"]
            columns, rows = found[names[0]]
            order = names[1:] or [column[0] for column in columns]
            for piece in split(statement[at + 1:]):
                values = [value(tokens) for tokens in split(piece[1:-1])]
                assert len(values) == len(order), (names[0], values)
                rows.append(dict(zip(order, values)))
    return found


if __name__ == "__main__":
    for table_name, (table_columns, table_rows) in tables(sys.argv[1]).items():
        print(table_name, [column[0] for column in table_columns])
        for row in table_rows:
            print(row)
