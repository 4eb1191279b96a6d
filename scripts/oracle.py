#!/usr/bin/env python3
"""Read a MediaWiki XML dump slowly and simply, and print its rows as JSON lines.

Shares no code with the converter, so that its output can be compared with the
converter's.  Each line is {"table": NAME, COLUMN: VALUE, ...}; timestamps are
the dump's own strings.

    oracle.py FILE [--table pages] [--table revisions] ...

Needs only the standard library, but for .7z (py7zr) and .zst (zstandard).
"""
import argparse
import bz2
import contextlib
import gzip
import hashlib
import json
import lzma
import os
import re
import sys
import tempfile
from xml.parsers import expat

import log_params

import oracle_history

TABLES = ("pages", "revisions", "content", "revision_history", "reverts", "sessions", "namespaces", "uploads",
          "log_events", "user_creations", "page_moves")
READ_SIZE = 1 << 18

# The children each element may have; anything else is skipped with its subtree.
CHILDREN = {
    "": {"mediawiki"},
    "mediawiki": {"siteinfo", "page", "logitem"},
    "siteinfo": {"sitename", "dbname", "namespaces"},
    "namespaces": {"namespace"},
    "page": {"title", "ns", "id", "redirect", "restrictions", "revision", "upload"},
    "revision": {"id", "parentid", "timestamp", "contributor", "minor", "comment",
                 "origin", "model", "format", "text", "content", "sha1"},
    "content": {"role", "origin", "model", "format", "text"},
    "contributor": {"username", "id", "ip"},
    "logitem": {"id", "timestamp", "contributor", "comment", "type", "action", "text",
                "logtitle", "params"},
    "upload": {"timestamp", "contributor", "comment", "filename", "archivename",
               "src", "size", "sha1base36", "rel", "contents"},
}

IPV4_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|0?[0-9]?[0-9])"
IPV4 = re.compile(IPV4_BYTE + r"(?:\." + IPV4_BYTE + r"){3}")
IPV6_WORDS = re.compile(r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*")
TEMPORARY_NAME = re.compile(r"~2[0-9]{3}-(?:[0-9]{5}-)*[0-9]{1,5}")
DUMP_FILE_NAME = re.compile(r"(.+?)-(?:\d{8}|\d{4}-\d\d-\d\d|latest)-")


class Element:
    """One element of the dump with those of its children that are known."""

    def __init__(self, name, attributes):
        self.name = name
        self.attributes = attributes
        self.children = []
        self.pieces = []

    def child(self, name):
        """The first child of that name, or None."""
        return next((c for c in self.children if c.name == name), None)

    def all(self, name):
        """All children of that name."""
        return [c for c in self.children if c.name == name]

    def text(self):
        """The element's own character data."""
        return "".join(self.pieces)

    def is_deleted(self):
        """Whether revision deletion hides the element's value."""
        return self.attributes.get("deleted") == "deleted"

    def string(self, name):
        """The text of a child, None if it is absent."""
        child = self.child(name)
        return None if child is None else child.text()

    def string_or_null(self, name):
        """The text of a child, None if it is absent or empty."""
        return self.string(name) or None

    def integer(self, name):
        """The number in a child, None if it is absent or empty."""
        value = self.string_or_null(name)
        return None if value is None else int(value)


# --- reading files ---------------------------------------------------------

@contextlib.contextmanager
def open_dump(path):
    """Open the decompressed XML of a dump, whatever its container."""
    with open(path, "rb") as file:
        magic = file.read(6)
    if magic.startswith(b"BZh"):
        stream = bz2.open(path, "rb")
    elif magic.startswith(b"\x1f\x8b"):
        stream = gzip.open(path, "rb")
    elif magic == b"\xfd7zXZ\0" or magic.startswith(b"\x5d\0\0"):
        stream = lzma.open(path, "rb")
    elif magic.startswith(b"\x28\xb5\x2f\xfd"):
        stream = open_zstd(path)
    elif magic == b"7z\xbc\xaf\x27\x1c":
        with open_7z(path) as stream:
            yield stream
        return
    else:
        stream = open(path, "rb")
    with stream:
        yield stream


def open_zstd(path):
    """Open a zstd file of any number of frames."""
    try:
        import zstandard
    except ImportError:
        sys.exit("oracle: to read .zst install the Python package zstandard")
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 31)
    return decompressor.stream_reader(open(path, "rb"), read_across_frames=True)


@contextlib.contextmanager
def open_7z(path):
    """Open the only entry of a 7z archive."""
    try:
        import py7zr
    except ImportError:
        sys.exit("oracle: to read .7z install the Python package py7zr")
    with tempfile.TemporaryDirectory() as folder:
        with py7zr.SevenZipFile(path) as archive:
            archive.extractall(folder)
        (name,) = os.listdir(folder)
        with open(os.path.join(folder, name), "rb") as stream:
            yield stream


# --- rules for single values -----------------------------------------------

def is_ip_address(name):
    """MediaWiki's test for one IPv4 or IPv6 address (not a range)."""
    if IPV4.fullmatch(name):
        return True
    if name.count("::") > 1 or ":::" in name:
        return False
    sides = name.split("::")
    if not all(side == "" or IPV6_WORDS.fullmatch(side) for side in sides):
        return False
    words = sum(side.count(":") + 1 for side in sides if side)
    return words <= 7 if len(sides) == 2 else words == 8


def user_columns(contributor):
    """The four columns that tell who did it."""
    visible = contributor is None or not contributor.is_deleted()
    user_id = name = None
    in_ip_element = False
    if contributor is not None and visible:
        user_id = contributor.integer("id")
        in_ip_element = contributor.child("ip") is not None
        name = contributor.string("ip" if in_ip_element else "username")
    return {"user_id": user_id, "user_text": name,
            "user_kind": user_kind(visible, user_id, name or "", in_ip_element),
            "user_is_visible": visible}


def user_kind(visible, user_id, name, in_ip_element):
    """Classify a contributor."""
    if not visible:
        return "hidden"
    has_id = user_id is not None and user_id > 0
    if not has_id and is_ip_address(name):
        return "ip"
    if in_ip_element or name == "":
        return "unknown"
    is_temporary = TEMPORARY_NAME.fullmatch(name) is not None
    if has_id:
        return "temporary" if is_temporary else "registered"
    if ">" in name:
        return "imported"
    return "temporary" if is_temporary else "unknown"


def comment_and_visibility(parent):
    """The comment ("" if there is none, None if hidden) and whether it shows."""
    comment = parent.child("comment")
    if comment is None:
        return "", True
    if comment.is_deleted():
        return None, False
    return comment.text(), True


def declared_size(text):
    """The size the dump states for a text, None if it states none or the text is hidden."""
    value = text.attributes.get("bytes")
    if not value or text.is_deleted():
        return None
    size = int(value)
    if size < 0 or (size == 0 and text.attributes.get("sha1") == ""):
        return None
    return size


def text_state(text):
    """One of hidden, present, missing, stub, empty."""
    attributes = text.attributes
    size = int(attributes.get("bytes") or 0)
    if text.is_deleted():
        return "hidden"
    if text.text():
        return "present"
    if attributes.get("location", "").startswith("bad:"):
        return "missing"
    if "location" in attributes or "id" in attributes:
        return "stub"
    if size > 0:
        return "missing"
    if "bytes" in attributes and size == 0 and attributes.get("sha1") == "":
        return "missing"
    return "empty"


def visible_text(text):
    """The text in UTF-8, None where the dump does not give it."""
    return text.text().encode() if text_state(text) in ("present", "empty") else None


def slot_size(text):
    """The size of a slot: the stated one, else that of the text."""
    if text is None:
        return None
    if "bytes" in text.attributes:
        return declared_size(text)
    visible = visible_text(text)
    return None if visible is None else len(visible)


# --- rows ------------------------------------------------------------------

class RowMaker:
    """Turns finished elements into rows."""

    def __init__(self, path):
        match = DUMP_FILE_NAME.match(os.path.basename(path))
        self.wiki_id = match.group(1) if match else None
        self.namespaces = {}
        self.rows = []
        self.page_times = []
        self.page_revisions = 0
        self.has_parents = False
        # The page whose history may go on: its columns and revisions.
        self.history = None
        self.edits = []

    def add(self, table, **columns):
        """Append a row."""
        self.rows.append((table, {"wiki_id": self.wiki_id, **columns}))

    def siteinfo(self, siteinfo):
        """Take the wiki's names from siteinfo, and list its namespaces."""
        self.wiki_id = siteinfo.string("dbname") or self.wiki_id
        parent = siteinfo.child("namespaces")
        for namespace in parent.all("namespace") if parent else []:
            key = int(namespace.attributes["key"])
            self.namespaces[namespace.text()] = key
            self.add("namespaces", namespace_id=key, namespace_name=namespace.text(),
                     namespace_case=namespace.attributes.get("case"),
                     wiki_name=siteinfo.string("sitename"))

    def namespace_id(self, page):
        """The namespace of a page: stated, else by the prefix of its title."""
        stated = page.integer("ns")
        if stated is not None:
            return stated
        return self.namespace_of_title(page.string("title") or "")

    def history_revisions(self, page):
        """The revisions of the page's history: elements of one id in a row are one page."""
        columns = {"wiki_id": self.wiki_id, "page_id": page.integer("id"),
                   "page_namespace_id": self.namespace_id(page), "page_title": page.string("title")}
        element, columns_before, revisions = self.history or (None, {}, [])
        if element is page or (columns["page_id"] is not None
                               and columns_before.get("page_id") == columns["page_id"]):
            self.history = (page, columns_before, revisions)
        else:
            self.end_history()
            self.history = (page, columns, [])
        return self.history[2]

    def end_history(self):
        """The rows of the page whose history cannot go on."""
        if self.history:
            _, columns, revisions = self.history
            self.rows += oracle_history.rows(columns, revisions, self.has_parents)
        self.history = None

    def page(self, page):
        """The row of a page, at its end."""
        self.history_revisions(page)
        redirect = page.child("redirect")
        times = self.page_times
        self.add("pages", page_id=page.integer("id"),
                 page_namespace_id=self.namespace_id(page),
                 page_title=page.string("title"),
                 page_redirect_target=redirect and redirect.attributes.get("title"),
                 page_is_redirect=redirect is not None,
                 page_restrictions=[r.text() for r in page.all("restrictions")],
                 revision_count=self.page_revisions,
                 first_revision_dt=min(times, default=None),
                 last_revision_dt=max(times, default=None))
        self.page_times, self.page_revisions = [], 0

    def revision(self, page, revision):
        """The rows of a revision and its slots."""
        main_text = revision.child("text")
        others = revision.all("content")
        slots = ([("main", revision)] if main_text is not None else []) + [
            (content.string("role"), content) for content in others]
        sizes = [slot_size(slot.child("text")) for _, slot in slots]
        known = main_text is not None and None not in sizes
        hides = any(text.is_deleted() for _, slot in slots for text in slot.all("text"))
        sha1 = None if hides else revision.string_or_null("sha1")
        comment, comment_visible = comment_and_visibility(revision)
        timestamp = revision.string_or_null("timestamp")
        self.page_revisions += 1
        if timestamp:
            self.page_times.append(timestamp)
        self.add(
            "revisions", page_id=page.integer("id"),
            page_namespace_id=self.namespace_id(page), page_title=page.string("title"),
            revision_id=revision.integer("id"),
            revision_parent_id=revision.integer("parentid"), revision_dt=timestamp,
            **user_columns(revision.child("contributor")),
            revision_is_minor_edit=revision.child("minor") is not None,
            revision_comment=comment, revision_comment_is_visible=comment_visible,
            revision_content_is_visible=main_text is None or not main_text.is_deleted(),
            revision_sha1=sha1,
            revision_size=sum(sizes) if known else None,
            content_model=revision.string("model"),
            content_format=revision.string("format"),
            origin_rev_id=revision.integer("origin"),
            slot_roles=[role for role, _ in slots])
        self.edits.append({"wiki_id": self.wiki_id, "id": revision.integer("id"), "dt": timestamp,
                           **user_columns(revision.child("contributor"))})
        only_text = visible_text(main_text) if main_text is not None and not others else None
        self.history_revisions(page).append({
            "id": revision.integer("id"), "parent": revision.integer("parentid"), "dt": timestamp,
            "size": sum(sizes) if known else None,
            "sha1": oracle_history.checksum(sha1, only_text),
            "user": user_columns(revision.child("contributor"))})
        for role, slot in slots:
            self.content(page, revision, role, slot)

    def content(self, page, revision, role, slot):
        """The row of one slot."""
        text = slot.child("text")
        if text is None:
            text = Element("text", {})
        visible = visible_text(text)
        self.add(
            "content", page_id=page.integer("id"), revision_id=revision.integer("id"),
            slot_role=role, content_model=slot.string("model"),
            content_format=slot.string("format"),
            content_sha1=None if text.is_deleted() else text.attributes.get("sha1") or None,
            content_size=declared_size(text),
            content_text_bytes=None if visible is None else len(visible),
            content_text_sha256=(None if visible is None
                                 else hashlib.sha256(visible).hexdigest()),
            content_state=text_state(text), origin_rev_id=slot.integer("origin"),
            text_id=text.attributes.get("id"),
            text_location=text.attributes.get("location"))

    def upload(self, page, upload):
        """The row of one version of a file."""
        comment, comment_visible = comment_and_visibility(upload)
        self.add(
            "uploads", page_id=page.integer("id"), page_title=page.string("title"),
            upload_dt=upload.string_or_null("timestamp"),
            **user_columns(upload.child("contributor")),
            upload_comment=comment, upload_comment_is_visible=comment_visible,
            upload_filename=upload.string("filename"),
            upload_archive_name=upload.string("archivename"),
            upload_src=upload.string("src"), upload_size=upload.integer("size"),
            upload_sha1=upload.string_or_null("sha1base36"),
            upload_rel=upload.string("rel"),
            upload_has_contents=upload.child("contents") is not None)


    def namespace_of_title(self, title):
        """The namespace of a title by its prefix, None if that cannot be told."""
        if title is None or not self.namespaces:
            return None
        prefix, colon, _ = title.partition(":")
        return self.namespaces.get(prefix, 0) if colon else 0

    def logitem(self, item):
        """The rows of a log entry."""
        hidden = any(text.is_deleted() for text in item.all("text"))
        title = None if hidden else item.string_or_null("logtitle")
        raw = None if hidden else item.string("params")
        form, params = log_params.read(raw)
        comment, comment_visible = comment_and_visibility(item)
        user = user_columns(item.child("contributor"))
        common = {"log_id": item.integer("id"), "log_dt": item.string_or_null("timestamp")}
        kind, action = item.string("type"), item.string("action")
        self.add("log_events", **common, **user, log_type=kind, log_action=action,
                 log_action_is_visible=not hidden, page_namespace_id=self.namespace_of_title(title),
                 page_title=title, log_comment=comment, log_comment_is_visible=comment_visible,
                 log_params_raw=raw, log_params_form=form, log_params=params)

        def param(name, line):
            return (params or {}).get(line if form == "lines" else name)

        if kind == "newusers":
            self.user_creation(common, action, user, hidden, title, param("4::userid", "0"))
        if kind == "move":
            target = param("4::target", "0") or None
            noredir = param("5::noredir", "1")
            self.add("page_moves", **common, **user, log_action=action,
                     page_namespace_id_before=self.namespace_of_title(title), page_title_before=title,
                     page_namespace_id_after=self.namespace_of_title(target), page_title_after=target,
                     leaves_redirect=None if target is None else noredir != "1")

    def user_creation(self, common, action, user, hidden, title, told_id):
        """The row of a new account."""
        by_self = action in ("create", "newusers")
        by_system = action in ("autocreate", "migrated")
        own = by_self or by_system
        user_id = int(told_id) if told_id and re.fullmatch("[0-9]+", told_id) else None
        if user_id is None and own:
            user_id = user["user_id"]
        name = title.partition(":")[2] if title and ":" in title else None
        if name is None and own:
            name = user["user_text"]
        self.add("user_creations", **common, log_action=action, user_id=user_id,
                 user_text=None if hidden else name, is_created_by_self=by_self,
                 is_created_by_system=by_system,
                 is_created_by_peer=action in ("create2", "byemail", "forcecreatelocal"),
                 creator_user_id=user["user_id"], creator_user_text=user["user_text"],
                 creator_is_visible=user["user_is_visible"])


class DumpParser:
    """Drives expat and hands finished elements to a RowMaker."""

    def __init__(self, path):
        self.maker = RowMaker(path)
        self.stack = [Element("", {})]
        self.skipped = 0
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.characters
        self.expat.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_):
        """Dumps have no document type; entities are not expanded."""
        raise ValueError("document type declaration")

    def start(self, name, attributes):
        """Open an element, or begin to skip an unknown one."""
        name = name.rpartition(":")[2]
        parent = self.stack[-1]
        if self.skipped or name not in CHILDREN.get(parent.name, ()):
            if parent.name == "" and not self.skipped:
                raise ValueError(f"root element is {name}, not mediawiki")
            self.skipped += 1
            return
        self.stack.append(Element(name, attributes))
        if name == "mediawiki":
            version = re.fullmatch(r"(\d+)\.(\d+)", attributes.get("version", ""))
            self.maker.has_parents = bool(version) and tuple(map(int, version.groups())) >= (0, 8)

    def characters(self, data):
        """Collect the text of the innermost element."""
        element = self.stack[-1]
        if not self.skipped and element.name not in CHILDREN and element.name != "contents":
            element.pieces.append(data)

    def end(self, _):
        """Close an element: make its rows, or keep it for its parent."""
        if self.skipped:
            self.skipped -= 1
            return
        element = self.stack.pop()
        parent = self.stack[-1]
        if element.name == "siteinfo":
            self.maker.siteinfo(element)
        elif element.name == "page":
            self.maker.page(element)
        elif element.name == "revision":
            self.maker.revision(parent, element)
        elif element.name == "upload":
            self.maker.upload(parent, element)
        elif element.name == "logitem":
            self.maker.logitem(element)
        elif element.name == "mediawiki":
            self.maker.end_history()
        else:
            parent.children.append(element)

    def feed(self, data, is_last):
        """Parse some bytes and return the rows they finish."""
        self.expat.Parse(data, is_last)
        rows, self.maker.rows = self.maker.rows, []
        return rows


def rows(path):
    """Yield (table, columns) for every row of the dump at path."""
    parser = DumpParser(path)
    with open_dump(path) as stream:
        while data := stream.read(READ_SIZE):
            yield from parser.feed(data, False)
    yield from parser.feed(b"", True)
    for row in oracle_history.sessions(parser.maker.edits):
        yield "sessions", row


def to_json(table, columns):
    """One row as a line of JSON."""
    return json.dumps({"table": table, **columns}, ensure_ascii=False)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("file")
    arguments.add_argument("--table", action="append", choices=TABLES,
                           help="print only this table (may be repeated)")
    options = arguments.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    try:
        for table, columns in rows(options.file):
            if not options.table or table in options.table:
                print(to_json(table, columns))
    except (ValueError, OSError, EOFError, lzma.LZMAError, expat.ExpatError) as error:
        sys.exit(f"oracle: {options.file}: {error}")


if __name__ == "__main__":
    main()
