"""What a page's history tells, slowly and word by word from the definitions.

Part of oracle.py; see there.  A revision is a dictionary: id, parent, dt, size, sha1
(bytes, or None where the content is not known), user (the columns of oracle.py).
"""
import calendar
import hashlib
import re
import time

RADIUS = 15
BASE36_SHA1 = re.compile(r"[0-9a-z]{31}")


def checksum(declared, only_text):
    """The declared SHA-1 if it is one, or else that of the only slot's text."""
    if declared and BASE36_SHA1.fullmatch(declared) and int(declared, 36) < 1 << 160:
        return int(declared, 36).to_bytes(20, "big")
    return None if only_text is None else hashlib.sha1(only_text).digest()


def seconds_between(first, second):
    """Seconds from one revision to another, None where a time is not known."""
    if first["dt"] is None or second["dt"] is None:
        return None
    one, two = (calendar.timegm(time.strptime(revision["dt"], "%Y-%m-%dT%H:%M:%SZ"))
                for revision in (first, second))
    return two - one


def is_same_user(one, two):
    """Whether two revisions have one user, None where it cannot be told."""
    accounts = [revision["user"]["user_id"] or 0 for revision in (one, two)]
    accounts = [account if account > 0 else None for account in accounts]
    if None not in accounts:
        return accounts[0] == accounts[1]
    names = [revision["user"]["user_text"] for revision in (one, two)]
    if not all(names):
        return None
    return accounts == [None, None] and names[0] == names[1]


def is_self_revert(reverting, reverted):
    """Whether somebody reverted nobody but themselves."""
    answers = [is_same_user(reverting, revision) for revision in reverted]
    if not answers:
        return None
    if False in answers:
        return False
    return None if None in answers else True


def mwreverts(revisions):
    """Reverts within the radius as (reverted to, reverting): numbers in the dump's order."""
    for number, revision in enumerate(revisions):
        equal = [earlier for earlier in range(number)
                 if revision["sha1"] is not None and revisions[earlier]["sha1"] == revision["sha1"]]
        if equal and 1 <= number - equal[-1] - 1 <= RADIUS:
            yield equal[-1], number


class MediawikiHistory:
    """Reverts to first bases; numbers are places in time."""

    def __init__(self, revisions):
        self.count = len(revisions)
        self.base = {}
        self.reverts = []
        for number, revision in enumerate(revisions):
            equal = [earlier for earlier in range(number)
                     if revision["sha1"] is not None and revisions[earlier]["sha1"] == revision["sha1"]]
            self.base[number] = equal[0] if equal else number
            if equal and (revision["parent"] is None
                          or revision["parent"] != revisions[equal[-1]]["id"]):
                self.reverts.append(number)

    def reverted_by(self, number):
        """The first revert that goes back to before a revision, unless it brings back the same."""
        for revert in self.reverts:
            if revert > number and self.base[revert] < number:
                return None if self.base[revert] == self.base[number] else revert
        return None


def by_time(revisions):
    """Numbers of revisions in the order of time."""
    def key(number):
        revision = revisions[number]
        return (revision["dt"] or "", revision["id"] is not None, revision["id"] or 0, number)
    return sorted(range(len(revisions)), key=key)


def bytes_diff(revisions, revision, has_parents):
    """The size less the parent's."""
    parent = revision["parent"]
    if revision["size"] is None:
        return None
    if parent is None or parent == 0:
        return revision["size"] if has_parents or parent == 0 else None
    sizes = [other["size"] for other in revisions if other["id"] == parent and parent > 0]
    return revision["size"] - sizes[-1] if sizes and sizes[-1] is not None else None


def revert_row(page, definition, reverting, target, reverted, between):
    """A row of reverts."""
    user = reverting["user"]
    return ("reverts", {
        **page, "revert_definition": definition,
        "revision_id": reverting["id"], "revision_dt": reverting["dt"], **user,
        "reverted_to_revision_id": target["id"], "reverted_to_dt": target["dt"],
        "reverted_revision_ids": [revision["id"] for revision in reverted if revision["id"] is not None],
        "reverted_count": len(reverted), "revisions_between": between,
        "seconds_to_revert": seconds_between(reverted[0], reverting) if reverted else None,
        "seconds_since_reverted_to": seconds_between(target, reverting),
        "is_self_revert": is_self_revert(reverting, reverted), "page_history_is_whole": True})


def rows(page, revisions, has_parents):
    """The rows of a page: page has the columns that name it."""
    order = by_time(revisions)
    in_time = [revisions[number] for number in order]
    history = MediawikiHistory(in_time)
    for number, revision in enumerate(revisions):
        place = order.index(number)
        revert = history.reverted_by(place)
        yield "revision_history", {
            "wiki_id": page["wiki_id"], "page_id": page["page_id"], "revision_id": revision["id"],
            "page_revision_count": place + 1,
            "page_seconds_since_previous_revision":
                seconds_between(in_time[place - 1], revision) if place else None,
            "revision_text_bytes_diff": bytes_diff(revisions, revision, has_parents),
            "revision_is_identity_reverted": revert is not None,
            "revision_first_identity_reverting_revision_id":
                None if revert is None else in_time[revert]["id"],
            "revision_seconds_to_identity_revert":
                None if revert is None else seconds_between(revision, in_time[revert]),
            "revision_is_identity_revert": place in history.reverts,
            "page_history_is_whole": True}
    for target, number in mwreverts(revisions):
        reverted = revisions[target + 1:number]
        yield revert_row(page, "mwreverts", revisions[number], revisions[target], reverted, len(reverted))
    reverted_by = {place: history.reverted_by(place) for place in range(len(in_time))}
    for revert in history.reverts:
        base = history.base[revert]
        reverted = [in_time[place] for place in range(len(in_time)) if reverted_by[place] == revert]
        yield revert_row(page, "mediawiki_history", in_time[revert], in_time[base], reverted,
                         revert - base - 1)


# --- sessions --------------------------------------------------------------

CUTOFF_SECONDS = 3600


def user_key(event):
    """What edits of one user have in common, in the order of the table."""
    account = event["user_id"] if (event["user_id"] or 0) > 0 else None
    name = "" if account else event["user_text"]
    return event["wiki_id"] or "", event["wiki_id"] is not None, account is None, account or 0, name.encode()


def sessions(events):
    """The rows of sessions: events have wiki_id, the user's columns, dt and id."""
    known = [event for event in events
             if event["user_is_visible"] and event["user_text"] and event["dt"]]
    known.sort(key=lambda event: (user_key(event), event["dt"], event["id"] is not None, event["id"] or 0,
                                  event["user_text"].encode()))
    rows_made = []
    before = None
    for event in known:
        is_same_user = before is not None and user_key(before) == user_key(event)
        if is_same_user and event["id"] is not None and (event["id"], event["dt"]) == (before["id"], before["dt"]):
            continue
        if not is_same_user or seconds_between(before, event) >= CUTOFF_SECONDS:
            rows_made.append({
                "wiki_id": event["wiki_id"], "user_id": event["user_id"], "user_text": event["user_text"],
                "user_kind": event["user_kind"],
                "session_index": rows_made[-1]["session_index"] + 1 if is_same_user else 0,
                "session_start_dt": event["dt"], "session_events": 0, "revision_ids": []})
        row = rows_made[-1]
        row["session_end_dt"] = event["dt"]
        row["session_events"] += 1
        row["session_seconds"] = seconds_between({"dt": row["session_start_dt"]}, event)
        row["revision_ids"] += [event["id"]] if event["id"] is not None else []
        before = event
    return rows_made
