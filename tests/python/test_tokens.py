"""The table tokens against its definition, over pages of many chunks."""
import random
import re

import pytest

import helpers
import oracle_tokens

WORDS = "the town lies by a river and has an old bridge".split()
COLUMNS = list(next(oracle_tokens.rows([1], [[("insert", 0, 0, ["one"])]])))


def paragraph(rng):
    """Some sentences."""
    return " ".join(" ".join(rng.choices(WORDS, k=rng.randrange(3, 9))).capitalize() + "."
                    for _ in range(rng.randrange(1, 5)))


def edited(rng, texts):
    """The next text of a page: a change, something moved, blank, or an earlier text."""
    kind, paragraphs = rng.random(), texts[-1].split("\n\n")
    if kind < 0.3:
        return texts[max(0, len(texts) - rng.randrange(2, 22))]
    if kind < 0.35:
        return ""
    at = rng.randrange(len(paragraphs))
    if kind < 0.5:
        paragraphs.insert(at, paragraph(rng))
    elif kind < 0.6:
        paragraphs.append(paragraphs.pop(at))
    elif kind < 0.7:
        paragraphs.insert(at, rng.choice(paragraphs))
    elif kind < 0.8 and len(paragraphs) > 4:
        del paragraphs[at]
    else:
        words = paragraphs[at].split(" ")
        words[rng.randrange(len(words))] = rng.choice(WORDS)
        paragraphs[at] = " ".join(words)
    return "\n\n".join(paragraphs)


def write_history(path, pages, revisions):
    """A dump of pages with histories; the ids of their revisions."""
    rng, number, ids = random.Random(3), 100, {}
    with open(path, "w") as file:
        file.write('<mediawiki version="0.11"><siteinfo><dbname>w</dbname></siteinfo>\n')
        for page in range(1, pages + 1):
            file.write(f"<page><title>P{page}</title><ns>0</ns><id>{page}</id>\n")
            texts, ids[page] = ["\n\n".join(paragraph(rng) for _ in range(6))], []
            for _ in range(revisions):
                number += rng.randrange(1, 5)
                ids[page].append(number)
                file.write(f"<revision><id>{number}</id><timestamp>2025-01-01T00:00:00Z</timestamp><contributor>"
                           f"<username>U{number % 7}</username><id>{number % 7 + 1}</id></contributor>"
                           f"<text>{texts[-1]}</text></revision>\n")
                texts.append(edited(rng, texts))
            file.write("</page>\n")
        file.write("</mediawiki>\n")
    return ids


def operations_of(row):
    """A row of diffs as the oracle takes it."""
    for op in row["operations"]:
        inserted = re.findall(r"\n+| +|[A-Za-z]+|.", op["text"]) if op["op"] == "insert" else None
        yield op["op"], op["a1"], op["a2"], inserted


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A dump, and the ids of its revisions by page."""
    path = tmp_path_factory.mktemp("history") / "history.xml"
    return path, write_history(path, 4, 250)


@pytest.mark.parametrize("radius", [15, 3])
def test_as_the_definition_says(history, radius, tmp_path):
    path, ids = history
    folder = helpers.converted(path, tmp_path / "out", "--diff-tokenizer", "wikitext", "--diff-algorithm", "segments",
                               "--memory", "16M", "--revert-radius", radius, tables=["diffs", "tokens"])
    diffs = {page: [] for page in ids}
    for row in helpers.table(folder, "diffs").to_pylist():
        diffs[row["page_id"]].append(list(operations_of(row)))
    found = helpers.rows(folder, "tokens")
    assert [row["page_id"] for row in found] == sorted(row["page_id"] for row in found)
    for page, revision_ids in ids.items():
        rows = sorted((row for row in found if row["page_id"] == page), key=lambda row: row["token_id"])
        expected = list(oracle_tokens.rows(revision_ids, diffs[page], radius))
        assert len(rows) == len(expected) > 500
        assert any(len(row["in_revision_ids"]) > (5 if radius == 15 else 0) for row in expected)
        for row, wanted in zip(rows, expected):
            assert {name: row[name] for name in COLUMNS} == wanted
            assert row["out_count"] == len(row["out_revision_ids"]) and row["are_all_listed"]
            assert row["user_text"] == f"U{row['origin_revision_id'] % 7}"
            assert row["user_id"] == row["origin_revision_id"] % 7 + 1


def test_the_same_bytes_on_any_number_of_threads(history, tmp_path):
    path, _ = history
    parts = []
    for threads in (1, 2, 3, 16):
        folder = helpers.converted(path, tmp_path / str(threads), "--threads", threads, "--memory", "16M",
                                   tables=["tokens"])
        parts.append([part.read_bytes() for part in helpers.part_files(folder, "tokens")])
    assert all(other == parts[0] for other in parts)


def test_the_same_rows_whatever_the_chunks(history, tmp_path):
    path, _ = history
    small, large = (helpers.rows(helpers.converted(path, tmp_path / memory, "--memory", memory, tables=["tokens"]),
                                 "tokens") for memory in ("16M", "1G"))
    assert small == large


def test_a_stub_has_no_tokens(tmp_path):
    stub = helpers.SAMPLES / "samplewiki-20260101-stub-meta-history.xml.gz"
    result = helpers.convert(stub, tmp_path / "out", tables=["tokens"])
    assert result.returncode == 2 and b"the table tokens needs a dump with texts" in result.stderr
