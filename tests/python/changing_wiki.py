"""A wiki at two times: what was deleted, hidden, moved and merged in between is known, as are all texts."""
import dataclasses
import datetime
import random
from xml.sax.saxutils import escape

import helpers

START = datetime.datetime(2025, 1, 1)
NAMESPACES = {0: "", 1: "Talk", 2: "User", 3: "User talk"}
WORDS = ["ferry", "harbour", "lighthouse", "island", "north", "storm", "rope", "sail"]


@dataclasses.dataclass
class Revision:
    """A revision; what is hidden of it is in `hidden`: user, comment, text."""
    id: int
    parent: int
    time: datetime.datetime
    user: tuple
    comment: str
    text: str
    hidden: frozenset = frozenset()


@dataclasses.dataclass
class Page:
    id: int
    title: str
    revisions: list


@dataclasses.dataclass
class LogEntry:
    """An entry of the log; of its parts user, comment and action can be hidden."""
    id: int
    time: datetime.datetime
    user: tuple
    comment: str
    kind: tuple
    title: str
    params: str
    hidden: frozenset = frozenset()


def contributor(user, is_hidden):
    name, number = user
    if is_hidden:
        return '<contributor deleted="deleted" />'
    if number is None:
        return f"<contributor><ip>{name}</ip></contributor>"
    return f"<contributor><username>{escape(name)}</username><id>{number}</id></contributor>"


def comment(text, is_hidden):
    return '<comment deleted="deleted" />' if is_hidden else f"<comment>{escape(text)}</comment>"


def revision_xml(revision, is_stub):
    data, hidden = revision.text.encode(), revision.hidden
    sha1, parent = helpers.base36_sha1(data), revision.parent
    known = f'bytes="{len(data)}" sha1="{sha1}"'
    if "text" in hidden:
        text, sha1_element = f'<text {known} deleted="deleted" />', "<sha1 />"
    else:
        where = f' location="tt:{revision.id}" id="{revision.id}"'
        text = f"<text {known}{where} />" if is_stub else f"<text {known}>{escape(revision.text)}</text>"
        sha1_element = f"<sha1>{sha1}</sha1>"
    return (f"<revision><id>{revision.id}</id>{f'<parentid>{parent}</parentid>' if parent else ''}"
            f"<timestamp>{revision.time:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"{contributor(revision.user, 'user' in hidden)}{comment(revision.comment, 'comment' in hidden)}"
            f"<origin>{revision.id}</origin><model>wikitext</model><format>text/x-wiki</format>"
            f"{text}{sha1_element}</revision>\n")


def log_xml(entry):
    hidden = entry.hidden
    target = '<text deleted="deleted" />' if "action" in hidden else (
        f'<logtitle>{escape(entry.title)}</logtitle><params xml:space="preserve">{escape(entry.params)}</params>')
    return (f"<logitem><id>{entry.id}</id><timestamp>{entry.time:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"{contributor(entry.user, 'user' in hidden)}{comment(entry.comment, 'comment' in hidden)}"
            f"<type>{entry.kind[0]}</type><action>{entry.kind[1]}</action>{target}</logitem>\n")


def document(body, wiki="samplewiki"):
    names = "".join(f'<namespace key="{number}" case="first-letter">{name}</namespace>'
                    for number, name in NAMESPACES.items())
    return ('<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">'
            f"<siteinfo><sitename>S</sitename><dbname>{wiki}</dbname><namespaces>{names}</namespaces></siteinfo>\n"
            f"{body}</mediawiki>\n")


def pages_xml(pages, is_stub=False, wiki="samplewiki"):
    """A dump of pages."""
    def page_xml(page):
        namespace = next((number for number, name in NAMESPACES.items()
                          if name and page.title.startswith(name + ":")), 0)
        return (f"<page><title>{escape(page.title)}</title><ns>{namespace}</ns><id>{page.id}</id>\n"
                + "".join(revision_xml(revision, is_stub) for revision in page.revisions) + "</page>\n")
    return document("".join(map(page_xml, sorted(pages, key=lambda page: page.id))), wiki)


def logs_xml(entries):
    """A dump of the log."""
    return document("".join(map(log_xml, entries)))


def user_of(chance, number):
    if chance.random() < 0.2:
        return (f"192.0.2.{number % 250}", None)
    return (f"Person{number}", 100 + number)


def old_wiki(seed, pages=24):
    """Pages and log entries; each revision has a word and a comment of its own."""
    chance = random.Random(seed)
    wiki, next_id, time = [], 1000, START
    for number in range(1, pages + 1):
        title = f"User:Person{number}" if number % 6 == 0 else f"Page {number}"
        revisions, kept = [], []
        for index in range(chance.randint(1, 9)):
            next_id += chance.randint(1, 3)
            time += datetime.timedelta(minutes=chance.choice([2, 30, 90, 3000]))
            if index > 2 and chance.random() < 0.3:
                text = chance.choice(revisions).text
            else:
                kept = [word for word in kept if chance.random() < 0.8] + [f"word{next_id}x"]
                text = " ".join(kept + chance.choices(WORDS, k=6)) + "\n" + chance.choice(WORDS)
            parent = revisions[-1].id if revisions else 0
            user = user_of(chance, chance.randint(1, 8))
            revisions.append(Revision(next_id, parent, time, user, f"said{next_id}x", text))
        wiki.append(Page(number * 10, title, revisions))
    entries = []
    for number in range(1, 31):
        kind = chance.choice([("move", "move"), ("newusers", "create"), ("newusers", "create2"),
                              ("block", "block"), ("delete", "delete")])
        time += datetime.timedelta(minutes=7)
        title = f"User:Log{number}x" if kind[0] == "newusers" else f"Page log{number}x"
        params = {"move": f"Page to{number}x", "newusers": str(100 + number)}.get(kind[0], f"param{number}x")
        entries.append(LogEntry(number, time, user_of(chance, number), f"logged{number}x", kind, title, params))
    return wiki, entries


class Change:
    """The wiki some time later, and what of the old is left of it."""

    def __init__(self, seed):
        chance = random.Random(seed + 1)
        self.old_pages, self.old_entries = old_wiki(seed)
        self.hide(chance)
        several = [page for page in self.left if len(page.revisions) > 3]
        gone, moved, self.merged_from, self.merged_into, thinned = chance.sample(several, 5)
        self.left.remove(gone)
        for page in (thinned, chance.choice(several)):
            page.revisions.pop(chance.randrange(len(page.revisions)))
        self.entries = [entry for entry in self.entries if chance.random() < 0.9]
        self.add_later(chance, moved)

    def hide(self, chance):
        """Hide parts of some revisions and entries; a few were hidden before."""
        def part(names):
            return frozenset(name for name in names if chance.random() < 0.5) if chance.random() < 0.25 else frozenset()
        for page in self.old_pages:
            page.revisions = [dataclasses.replace(revision, hidden=part(["user", "comment", "text"])
                                                  if chance.random() < 0.2 else frozenset())
                              for revision in page.revisions]
        self.left = [Page(page.id, page.title, [
            dataclasses.replace(revision, hidden=revision.hidden | part(["user", "comment", "text"]))
            for revision in page.revisions]) for page in self.old_pages]
        self.entries = [dataclasses.replace(entry, hidden=part(["user", "comment", "action"]))
                        for entry in self.old_entries]

    def add_later(self, chance, moved):
        """The newer wiki: pages moved and merged, edits and pages added."""
        later = [Page(page.id, page.title, list(page.revisions)) for page in self.left]
        by_id = {page.id: page for page in later}
        by_id[moved.id].title = "Talk:Elsewhere"
        source, target = by_id[self.merged_from.id], by_id[self.merged_into.id]
        target.revisions = sorted(target.revisions + source.revisions, key=lambda revision: revision.id)
        later.remove(source)
        number, time = 9000, START + datetime.timedelta(days=300)
        for page in [*later, Page(5000, "New page", [])]:
            if page.id == 5000 or chance.random() < 0.5:
                parent = page.revisions[-1].id if page.revisions else 0
                number += 1
                page.revisions.append(Revision(number, parent, time, ("Later", 77), "later", f"later{number}"))
                later = later if page in later else later + [page]
        self.newer_pages = later
        self.newer_entries = self.entries + [
            LogEntry(99, time, ("Later", 77), "later", ("block", "block"), "User:Late", "")]

    @property
    def old_revisions(self):
        return {revision.id: (page.id, revision) for page in self.old_pages for revision in page.revisions}

    @property
    def left_revisions(self):
        return {revision.id: (page.id, revision) for page in self.left for revision in page.revisions}

    def touched_pages(self):
        """Pages of which revisions went or a text was hidden."""
        left = self.left_revisions
        return {page for number, (page, revision) in self.old_revisions.items()
                if number not in left or "text" in left[number][1].hidden - revision.hidden}

    def secrets(self):
        """Strings of the old wiki that nothing public has any more."""
        left, secret = self.left_revisions, set()
        for number, (_, revision) in self.old_revisions.items():
            shown = left[number][1] if number in left else None
            if "comment" not in revision.hidden and (shown is None or "comment" in shown.hidden):
                secret.add(revision.comment)
            if "text" not in revision.hidden:
                secret.update(word for word in revision.text.split() if word.startswith("word"))
        for _, revision in left.values():
            if "text" not in revision.hidden:
                secret -= set(revision.text.split())
        entries = {entry.id: entry for entry in self.entries}
        for entry in self.old_entries:
            hidden = entries[entry.id].hidden if entry.id in entries else {"user", "comment", "action"}
            secret |= {entry.comment} if "comment" in hidden else set()
            # Titles of new accounts are the names of those that made them.
            secret |= {entry.title, entry.params} if "action" in hidden and entry.kind[0] != "newusers" else set()
        return secret - {""}

    def write(self, folder):
        """The dumps: old, newer as stubs and log, and what is left of the old."""
        old, new, left = (folder / name for name in ("old", "new", "left"))
        for path in (old, new, left):
            path.mkdir(parents=True)
        name = "samplewiki-{}-{}.xml"
        for path, date, pages, entries in ((old, "20260101", self.old_pages, self.old_entries),
                                           (left, "20260101", self.left, self.entries)):
            (path / name.format(date, "pages-meta-history")).write_text(pages_xml(pages))
            (path / name.format(date, "pages-logging")).write_text(logs_xml(entries))
        (new / name.format("20260201", "stub-meta-history")).write_text(pages_xml(self.newer_pages, is_stub=True))
        (new / name.format("20260201", "pages-logging")).write_text(logs_xml(self.newer_entries))
        return old, new, left
