"""Packing and unpacking dumps, and what a plain one holds."""
import bz2
import dataclasses
import gzip
import hashlib
import lzma
import os
import pathlib
import shutil
import subprocess

PIECE_BYTES = 4 << 20
# By the ending of a file's name; the plain one first.
CONTAINERS = ("xml", "bz2", "gz", "7z", "xz", "zst")
OPENERS = {"bz2": bz2.open, "gz": gzip.open, "xz": lzma.open}


class NotInstalled(Exception):
    """A program that packs or unpacks is not there."""


def container_of(path):
    """The container that a file's name tells."""
    ending = pathlib.Path(path).suffix.removeprefix(".")
    return ending if ending in CONTAINERS else "xml"


def seven_zip():
    """The name of 7-Zip's program here, if it has one."""
    return next((name for name in ("7zz", "7z") if shutil.which(name)), None)


def whole(path, write):
    """Write a file under another name first, so that it is whole once it has its own."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    write(partial)
    partial.rename(path)
    return path


def pack(plain, path):
    """Pack a plain dump as the name of the result says, in one stream."""
    container = container_of(path)
    if container == "bz2":
        return whole(path, lambda to: copy(plain, to, open, lambda name, how: bz2.open(name, how, 9)))
    if container == "gz":
        return whole(path, lambda to: copy(plain, to, open, lambda name, how: gzip.open(name, how, 6)))
    if container == "xz":
        return whole(path, lambda to: copy(plain, to, open, lzma.open))
    if container == "zst":
        return whole(path, lambda to: call([needed("zstd"), "-q", "-f", plain, "-o", to]))
    return whole(path, lambda to: call([needed(seven_zip() or "7zz"), "a", "-t7z", "-bd", "-y", to, plain]))


def unpack(packed, path):
    """Write the plain dump that a packed one holds."""
    container = container_of(packed)
    if container in OPENERS:
        return whole(path, lambda to: copy(packed, to, OPENERS[container], open))
    if container == "zst":
        return whole(path, lambda to: call([needed("zstd"), "-q", "-d", "-f", packed, "-o", to]))
    program = needed(seven_zip() or "7zz")
    with open(os.devnull, "rb") as nothing:
        def write(to):
            with open(to, "wb") as output:
                subprocess.run([program, "x", "-so", packed], stdin=nothing, stdout=output, check=True)
        return whole(path, write)


def copy(source, target, open_source, open_target):
    """Copy a file piece by piece."""
    with open_source(source, "rb") as reading, open_target(target, "wb") as writing:
        shutil.copyfileobj(reading, writing, PIECE_BYTES)


def needed(program):
    """The program, if it is installed."""
    if not shutil.which(program):
        raise NotInstalled(f"{program} is not installed")
    return program


def call(command):
    """Run a command that says nothing."""
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a plain dump holds, counted as bytes: no text of a dump has a raw `<`."""
    xml_bytes: int
    sha256: str
    pages: int
    revisions: int
    texts: int
    less_thans: int


def contents(plain):
    """Read a plain dump once and count."""
    marks = {b"<page>": 0, b"<revision>": 0, b"<text": 0, b"<": 0}
    overlap = max(map(len, marks)) - 1
    digest, size, tail = hashlib.sha256(), 0, b""
    with open(plain, "rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            window = tail + piece
            for mark in marks:
                # Of the tail, only what is too short to hold the mark itself.
                marks[mark] += window.count(mark, max(0, len(tail) - len(mark) + 1))
            tail = window[-overlap:]
    return Contents(size, digest.hexdigest(), *marks.values())
