"""Histories of tokens, slowly and word by word from the definition.

A text is a list of tokens, each an object of its own; every text of the page is kept.  The operations of
the diffs are given: (op, a1, a2, texts of the inserted tokens).
"""
import hashlib


class Token:
    """A token, with the numbers of the texts that have it."""

    def __init__(self, text):
        self.text, self.texts = text, []


def tokens_of_texts(diffs, radius):
    """All texts of a page as lists of tokens, and the tokens in the order of their coming."""
    texts, checksums, tokens = [], [], []
    for number, operations in enumerate(diffs):
        before = texts[-1] if texts else []
        after = []
        for op, a1, a2, inserted in operations:
            if op == "equal":
                after += before[a1:a2]
            elif op == "insert":
                after += map(Token, inserted)
        checksum = hashlib.sha1("".join(token.text for token in after).encode()).digest()
        equal = [earlier for earlier in range(number) if checksums[earlier] == checksum]
        if equal and 1 <= number - equal[-1] - 1 <= radius:
            after = texts[equal[-1]]
        texts.append(after)
        checksums.append(checksum)
        seen = set()
        for token in after:
            if not token.texts:
                tokens.append(token)
            if id(token) not in seen:
                token.texts.append(number)
            seen.add(id(token))
    return texts, tokens


def rows(revision_ids, diffs, radius=15):
    """The rows of a page, in the order of their coming."""
    texts, tokens = tokens_of_texts(diffs, radius)
    last = len(texts) - 1
    for number, token in enumerate(tokens):
        has_it = set(token.texts)
        first = token.texts[0]
        later = range(first + 1, last + 1)
        yield {
            "token_id": number,
            "token_text": token.text,
            "origin_revision_id": revision_ids[first],
            "last_revision_id": revision_ids[token.texts[-1]],
            "revisions_survived": len(has_it) - 1,
            "out_revision_ids": [revision_ids[at] for at in later if at - 1 in has_it and at not in has_it],
            "in_revision_ids": [revision_ids[at] for at in later if at - 1 not in has_it and at in has_it],
            "is_in_last_revision": last in has_it,
        }
