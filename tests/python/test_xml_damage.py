"""Damage in XML: of a broken record nothing is kept, and all of the others is."""
import re

import pytest

import helpers

SAMPLE = helpers.SAMPLES / "reverts.xml"
XML = SAMPLE.read_text()
IDS = r"<revision>\s*<id>(\d+)</id>"
PAGES = re.findall(r"  <page>.*?</page>\n", XML, re.S)
# A page with several revisions, which is neither the first nor the last.
NUMBER = 1
PAGE = PAGES[NUMBER]
OF_PAGE = list(map(int, re.findall(IDS, PAGE)))
FIRST, SECOND, LAST = OF_PAGE[0], OF_PAGE[1], OF_PAGE[-1]
ALL = set(map(int, re.findall(IDS, XML)))


def revision_at(place):
    """The revision of the page that a place in it lies in; none in the header and behind the last."""
    for found in re.finditer(r"<revision>\s*<id>(\d+)</id>.*?</revision>", PAGE, re.S):
        if found.start() <= place < found.end():
            return int(found[1])
    return None


def kept(xml, tmp_path, is_damaged=True):
    """Ids of the revisions that are kept, and the reasons of rejects; what is kept is as in the sound dump."""
    path, output = tmp_path / "dump.xml", tmp_path / "out"
    path.write_text(xml)
    refused = helpers.convert(path, tmp_path / "refused")
    assert refused.returncode == (3 if is_damaged else 0), refused.stderr.decode()
    result = helpers.convert(path, output, "--on-damage", "skip")
    assert result.returncode == (1 if is_damaged else 0), result.stderr.decode()
    expected = helpers.expected_rows(SAMPLE.name)
    rows = helpers.rows(output, "revisions")
    assert all(row in expected["revisions"] for row in rows)
    assert all(row in expected["content"] for row in helpers.rows(output, "content"))
    reasons = [row["reason"] for row in helpers.rows(output, "rejects")]
    return {row["revision_id"] for row in rows}, reasons


def with_page(page):
    """The dump with another page in the place of the one that is broken."""
    return XML.replace(PAGE, page)


# One of each name, opening and closing, in the page.
TAGS = {found[0].split(" ")[0].rstrip(">"): found.start()
        for found in reversed(list(re.finditer(r"</?[a-z0-9]+[ >]", PAGE)))}


@pytest.mark.parametrize("tag", sorted(TAGS))
def test_a_letter_of_a_tag(tag, tmp_path):
    place = TAGS[tag] + len(tag) - 1
    broken = PAGE[:place] + "q" + PAGE[place + 1:]
    found, reasons = kept(with_page(broken), tmp_path)
    revision = revision_at(place)
    allowed = set(OF_PAGE) if revision is None else {revision}
    if tag == "</page":
        allowed = set()
    assert ALL - found <= allowed, reasons
    assert reasons


def without(text, count=1):
    """The page without the first so many of a tag."""
    assert text in PAGE
    return with_page(PAGE.replace(text, "", count))


def test_an_end_of_a_page_is_missing(tmp_path):
    found, reasons = kept(without("</page>"), tmp_path)
    assert found == ALL and reasons == ["<page> inside a page"]


def test_an_end_of_a_revision_is_missing(tmp_path):
    found, reasons = kept(without("</revision>"), tmp_path)
    assert ALL - found == {FIRST} and reasons == ["<revision> inside a record: the end of that is missing"]


def test_the_end_of_the_last_revision_is_missing(tmp_path):
    head, _, tail = PAGE.rpartition("</revision>")
    found, reasons = kept(with_page(head + tail), tmp_path)
    assert ALL - found == {LAST} and reasons == ["</page> where </revision> is expected"]


def test_a_hole_from_one_revision_into_the_next(tmp_path):
    begin = PAGE.index("<text", PAGE.index(f"<id>{FIRST}</id>")) + 20
    end = PAGE.index("<model>", PAGE.index(f"<id>{SECOND}</id>"))
    found, _ = kept(with_page(PAGE[:begin] + PAGE[end:]), tmp_path)
    assert ALL - found <= {FIRST, SECOND} and FIRST not in found


def test_a_hole_up_to_the_next_page(tmp_path):
    begin = PAGE.rindex("<text") + 20
    found, _ = kept(with_page(PAGE[:begin]), tmp_path)
    assert ALL - found == {LAST}


def test_what_is_no_record_does_not_become_one(tmp_path):
    trap = f"<!-- <page><title>x</title><ns>0</ns><id>9</id>{'<revision>'} -->"
    broken = re.sub(r"(<timestamp>)[^<]*(</timestamp>)", rf"\1never\2{trap}", PAGE, count=1)
    found, _ = kept(with_page(broken), tmp_path)
    assert ALL - found == {FIRST}


@pytest.mark.parametrize("element", ["id", "title"])
def test_a_page_that_cannot_be_told_has_no_rows(element, tmp_path):
    """Not even in old schemas, in which pages need no ids."""
    sample = (helpers.SAMPLES / "samplewiki-20070315-schema-0.3.xml").read_text()
    path = tmp_path / "old.xml"
    path.write_text(re.sub(rf"<{element}>[^<]*</{element}>", rf"<{element}>&no;</{element}>", sample, count=1))
    result = helpers.convert(path, tmp_path / "out", "--on-damage", "skip")
    assert result.returncode == 1
    rows = helpers.rows(tmp_path / "out", "revisions")
    first = re.search(r"<page>.*?</page>", sample, re.S)[0]
    lost = set(map(int, re.findall(IDS, first)))
    assert rows and lost and not {row["revision_id"] for row in rows} & lost
    assert all(row["page_id"] is not None for row in rows)


def test_a_header_that_breaks_keeps_what_it_has_told(tmp_path):
    path = tmp_path / "dump.xml"
    path.write_text(XML.replace("</namespaces>", "&no;</namespaces>"))
    result = helpers.convert(path, tmp_path / "out", "--on-damage", "skip")
    assert result.returncode == 1
    rows = helpers.rows(tmp_path / "out", "revisions")
    assert {row["revision_id"] for row in rows} == ALL and {row["wiki_id"] for row in rows} != {None}
