#!/usr/bin/env python3
"""Read a dump slowly, and print the rows of profiles as JSON lines.

The profiles are the tables of others: their rules are written down here once more, without the
converter's code, upon the parser of oracle.py.

    profile_oracle.py FILE
"""
import json
import sys

import oracle
import oracle_history

EMPTY_SHA1 = "phoiac9h4m842xq45sp7s6u21eteeq1"

WIKITEXT = "mediawiki_wikitext_history"
WIKITEXT_WIKI_ID = "mediawiki_wikitext_history_wiki_id"
CONTENT = "mediawiki_content_history_v1"
CURRENT = "mediawiki_content_current_v1"
HISTORY = "mediawiki_history"
WIKIQ = "wikiq"

# Columns of mediawiki_history that no dump fills.
NEVER = """
event_log_id event_user_central_id event_user_blocks_historical event_user_blocks
event_user_groups_historical event_user_groups event_user_is_bot_by_historical
event_user_is_created_by_self event_user_is_created_by_system event_user_is_created_by_peer
event_user_registration_timestamp event_user_creation_timestamp event_user_first_edit_timestamp
event_user_revision_count event_user_seconds_since_previous_revision page_artificial_id
page_title_historical page_namespace_historical page_namespace_is_content_historical
page_namespace_is_content page_creation_timestamp user_id user_central_id user_text_historical
user_text user_blocks_historical user_blocks user_groups_historical user_groups
user_is_bot_by_historical user_is_bot_by user_is_created_by_self user_is_created_by_system
user_is_created_by_peer user_is_anonymous user_is_temporary user_is_permanent
user_registration_timestamp user_creation_timestamp user_first_edit_timestamp
revision_deleted_parts_are_suppressed revision_deleted_by_page_deletion_timestamp
revision_is_from_before_page_creation revision_tags""".split()


def user_id(contributor):
    """Null of an address, 0 where the dump says so, -1 of who is hidden or has lost it."""
    user = oracle.user_columns(contributor)
    if not user["user_is_visible"]:
        return -1
    in_ip = contributor is not None and contributor.child("ip") is not None
    number = user["user_id"]
    if number is None:
        return None if in_ip or user["user_kind"] == "ip" else -1
    return None if number == 0 and user["user_kind"] == "ip" else number


def slots_of(revision):
    """(role, element) of all slots, main first."""
    main = [("main", revision)] if revision.child("text") is not None else []
    return main + [(content.string("role"), content) for content in revision.all("content")]


def known(value, unknown):
    """A value of an element, None where exports say that they do not know it."""
    return None if value == unknown else value


def text_or_none(slot):
    """The text of a slot, None where it is not there."""
    text = slot.child("text")
    if text is None:
        return ""
    data = oracle.visible_text(text)
    return None if data is None else data.decode()


def size_or_none(slot):
    """The size of a slot; one without an element for its text has an empty one."""
    return 0 if slot.child("text") is None else oracle.slot_size(slot.child("text"))


def is_hidden(slot):
    """Whether a slot's text is hidden."""
    return slot.child("text") is not None and slot.child("text").is_deleted()


def slot_map(revision, revision_sha1):
    """The slots by their roles."""
    slots = slots_of(revision)
    result = {}
    for role, slot in slots:
        text = slot.child("text")
        sha1 = None
        if text is not None and not text.is_deleted():
            sha1 = text.attributes.get("sha1") or None
        if sha1 is None and len(slots) == 1:
            sha1 = revision_sha1
        if sha1 is None and text_or_none(slot) == "":
            sha1 = EMPTY_SHA1
        origin = slot.integer("origin")
        result[role] = {
            "content_body": text_or_none(slot),
            "content_format": known(slot.string("format"), "error-no-format"),
            "content_model": known(slot.string("model"), "error-no-model"),
            "content_sha1": sha1, "content_size": size_or_none(slot),
            "origin_rev_id": origin if origin is not None and origin >= 0 else None}
    return result


def underscored(title):
    """A title as databases have it."""
    return None if title is None else title.replace(" ", "_")


def is_bot_name(name):
    """Whether bot ends a word of the name, in any case."""
    text = name.lower() if name.isascii() else "".join(
        letter.lower() if letter.isascii() else letter for letter in name)
    return any(text.startswith("bot", at) and not ("a" <= text[at + 3:at + 4] <= "z")
               for at in range(len(text)))


class ProfileMaker(oracle.RowMaker):
    """Makes rows of profiles of pages whose histories are complete."""

    def __init__(self, path):
        super().__init__(path)
        self.profile_rows = []

    def revision(self, page, revision):
        super().revision(page, revision)
        self.history[2][-1].update(page=page, element=revision)

    def end_history(self):
        if self.history and self.history[2]:
            _, columns, revisions = self.history
            self.page_rows(columns, revisions)
        super().end_history()

    def page_rows(self, columns, revisions):
        """The rows of a page."""
        derived = [row for table, row in oracle_history.rows(columns, revisions, self.has_parents)
                   if table == "revision_history"]
        reverts = dict((number, target) for target, number in oracle_history.mwreverts(revisions))
        order = oracle_history.by_time(revisions)
        first = revisions[order[0]]["dt"]
        contents = []
        for number, (revision, told) in enumerate(zip(revisions, derived)):
            row = self.content_row(revision)
            contents.append(row)
            self.put(CONTENT, row)
            self.put(WIKITEXT, self.wikitext_row(revision, row, "wiki_db", "page_namespace",
                                                 "revision_timestamp"))
            self.put(WIKITEXT_WIKI_ID, self.wikitext_row(revision, row, "wiki_id", "page_namespace_id",
                                                         "revision_dt"))
            self.put(HISTORY, self.event_row(revision, row, told, first))
            target = reverts.get(number)
            reverted = None if target is None else [
                str(other["id"]) for other in revisions[target + 1:number] if other["id"] is not None]
            self.put(WIKIQ, self.wikiq_row(revision, row, reverted))
        latest = max(range(len(revisions)), key=lambda number: (
            revisions[number]["dt"] or "", revisions[number]["id"] is not None,
            revisions[number]["id"] or 0, number))
        self.put(CURRENT, contents[latest])

    def put(self, table, row):
        self.profile_rows.append((table, row))

    def content_row(self, revision):
        """A row of the content tables."""
        page, element = revision["page"], revision["element"]
        redirect = page.child("redirect")
        comment, comment_visible = oracle.comment_and_visibility(element)
        hides = any(is_hidden(slot) for _, slot in slots_of(element))
        sha1 = None if hides else element.string_or_null("sha1")
        user = oracle.user_columns(element.child("contributor"))
        return {
            "page_id": page.integer("id"), "page_namespace_id": self.namespace_id(page),
            "page_title": underscored(page.string("title")),
            "page_redirect_target": underscored(redirect and redirect.attributes.get("title")),
            "user_id": user_id(element.child("contributor")), "user_central_id": None,
            "user_text": user["user_text"], "user_is_visible": user["user_is_visible"],
            "revision_id": revision["id"], "revision_parent_id": revision["parent"],
            "revision_dt": revision["dt"],
            "revision_is_minor_edit": element.child("minor") is not None,
            "revision_comment": comment, "revision_comment_is_visible": comment_visible,
            "revision_sha1": sha1, "revision_size": revision["size"],
            "revision_content_slots": slot_map(element, sha1),
            "revision_content_is_visible": not is_hidden(element), "wiki_id": self.wiki_id,
            "row_content_update_dt": None, "row_visibility_update_dt": None, "row_move_update_dt": None}

    def wikitext_row(self, revision, row, wiki, namespace, time):
        """A row of the wikitext table in either spelling."""
        page, element = revision["page"], revision["element"]
        redirect = page.child("redirect")
        has_main = element.child("text") is not None
        body = {
            "page_id": -1 if row["page_id"] is None else row["page_id"],
            namespace: row["page_namespace_id"], "page_title": page.string("title"),
            "page_redirect_title": (redirect and redirect.attributes.get("title")) or "",
            "page_restrictions": [text.text() for text in page.all("restrictions")],
            "user_id": row["user_id"], "user_text": row["user_text"] or "",
            "revision_id": row["revision_id"], "revision_parent_id": row["revision_parent_id"],
            time: row["revision_dt"], "revision_minor_edit": row["revision_is_minor_edit"],
            "revision_comment": row["revision_comment"] or "",
            "revision_text_bytes": (oracle.slot_size(element.child("text")) if has_main else 0) or 0,
            "revision_text_sha1": row["revision_sha1"] or "",
            "revision_text": (text_or_none(element) if has_main else "") or "",
            "revision_content_model": self.main(element, "model"),
            "revision_content_format": self.main(element, "format"),
            "user_is_visible": row["user_is_visible"],
            "comment_is_visible": row["revision_comment_is_visible"],
            "content_is_visible": row["revision_content_is_visible"]}
        wiki_column = {wiki: self.wiki_id}
        return {**wiki_column, **body} if wiki == "wiki_id" else {**body, **wiki_column}

    @staticmethod
    def main(element, name):
        """What is said of the main slot."""
        return known(element.string(name), "error-no-" + name)

    def title_alone(self, page):
        """The title behind its namespace, with underscores."""
        title = page.string("title")
        number = self.namespace_id(page)
        names = [name for name, key in self.namespaces.items() if key == number and name]
        if title is not None and names and title.startswith(names[0] + ":"):
            title = title[len(names[0]) + 1:]
        return underscored(title)

    def event_row(self, revision, row, told, first):
        """A row of mediawiki_history."""
        page, element = revision["page"], revision["element"]
        user = oracle.user_columns(element.child("contributor"))
        kind, name = user["user_kind"], user["user_text"]
        in_ip = user["user_is_visible"] and element.child("contributor") is not None \
            and element.child("contributor").child("ip") is not None
        shown = user["user_is_visible"]

        def spelt(time):
            return None if time is None else time.replace("T", " ").replace("Z", ".0")

        values = dict.fromkeys(NEVER)
        values.update({
            "wiki_db": self.wiki_id, "event_entity": "revision", "event_type": "create",
            "event_timestamp": spelt(revision["dt"]), "event_comment": row["revision_comment"],
            "event_user_id": user["user_id"],
            "event_user_text_historical": name if kind == "ip" else None, "event_user_text": name,
            "event_user_is_bot_by": None if name is None else (
                ["name"] if kind != "ip" and is_bot_name(name) else []),
            "event_user_is_anonymous": (in_ip or kind == "ip") if shown else None,
            "event_user_is_temporary": kind == "temporary" if shown else None,
            "event_user_is_permanent": kind == "registered" if shown else None,
            "event_user_is_cross_wiki": (kind == "imported" or (
                kind == "unknown" and ">" in (name or ""))) if shown else None,
            "page_id": row["page_id"], "page_title": self.title_alone(page),
            "page_namespace": row["page_namespace_id"],
            "page_is_redirect": page.child("redirect") is not None, "page_is_deleted": False,
            "page_first_edit_timestamp": spelt(first),
            "page_revision_count": told["page_revision_count"],
            "page_seconds_since_previous_revision": told["page_seconds_since_previous_revision"],
            "revision_id": row["revision_id"], "revision_parent_id": row["revision_parent_id"],
            "revision_minor_edit": row["revision_is_minor_edit"],
            "revision_deleted_parts": [part for part, visible in (
                ("text", row["revision_content_is_visible"]),
                ("comment", row["revision_comment_is_visible"]), ("user", shown)) if not visible],
            "revision_text_bytes": row["revision_size"],
            "revision_text_bytes_diff": told["revision_text_bytes_diff"],
            "revision_text_sha1": row["revision_sha1"],
            "revision_content_model": self.main(element, "model") if element.child("text") else None,
            "revision_content_format": self.main(element, "format") if element.child("text") else None,
            "revision_is_deleted_by_page_deletion": False})
        for name in ("revision_is_identity_reverted", "revision_first_identity_reverting_revision_id",
                     "revision_seconds_to_identity_revert", "revision_is_identity_revert"):
            values[name] = told[name]
        return values

    def wikiq_row(self, revision, row, reverted):
        """A row of wikiq."""
        page, element = revision["page"], revision["element"]
        contributor = element.child("contributor")
        user = oracle.user_columns(contributor)
        in_ip = contributor is not None and contributor.child("ip") is not None
        body = text_or_none(element) if element.child("text") is not None else None
        shown = row["revision_content_is_visible"]
        return {
            "anon": (in_ip or user["user_id"] is None) if user["user_is_visible"] else None,
            "articleid": row["page_id"], "date_time": row["revision_dt"],
            "deleted": not shown, "editor": user["user_text"], "editor_id": user["user_id"],
            "minor": row["revision_is_minor_edit"], "namespace": row["page_namespace_id"],
            "revert": (reverted is not None) if shown else None,
            "reverteds": None if reverted is None else ",".join(reversed(reverted)),
            "revid": row["revision_id"], "sha1": row["revision_sha1"],
            "text_chars": None if body is None else len(body), "title": page.string("title")}


def rows(path):
    """Yield (table, row) for all rows of the profiles."""
    parser = oracle.DumpParser(path)
    parser.maker = ProfileMaker(path)
    with oracle.open_dump(path) as stream:
        while data := stream.read(oracle.READ_SIZE):
            parser.feed(data, False)
            yield from take(parser.maker)
    parser.feed(b"", True)
    yield from take(parser.maker)


def take(maker):
    """The rows that are made."""
    rows_made, maker.profile_rows = maker.profile_rows, []
    return rows_made


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for table, row in rows(sys.argv[1]):
        print(json.dumps({"table": table, **row}, ensure_ascii=False))


if __name__ == "__main__":
    main()
