"""Texts of revisions in the Python package: whatever their characters, however they are spelt, however long they are
kept."""
import gzip
import io
import subprocess
import sys
from xml.etree import ElementTree

import pytest

mwparquet = pytest.importorskip("mwparquet", reason="the package is not installed: pip install ./python")

LONG = "several words in a row that mean what they say. "
SPELT = [
    "", "a", LONG * 30, "é" + LONG * 30, LONG * 30 + "é", "я " + LONG * 30, LONG * 30 + "山", "😀" + LONG * 30,
    LONG * 30 + "😀", "Ünï " * 200, "Строка " * 200, "&lt;b&gt; &amp;amp; &quot;x&quot; &#039;y&#039; " * 30,
    "я &lt;&#1103;&#x1F600;&gt; " * 50, "a\r\nb\rc\n" * 90, "\ufeffbegins with a mark " + LONG * 10,
    f"<![CDATA[a & b < c]]>{LONG * 10}<!-- no -->&amp;", "\ufffd" * 300, "\t" * 300, "\x7f" * 300, "\u0085" * 300,
]
REVISION = ("<revision><id>{}</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>U</username>"
            "<id>1</id></contributor><text xml:space=\"preserve\">{}</text></revision>")


def dump_of(pages):
    """A dump of pages, each of which is a list of texts as they are spelt."""
    yield '<mediawiki><siteinfo></siteinfo>'
    for number, texts in enumerate(pages, 1):
        yield f"<page><title>T{number}</title><ns>0</ns><id>{number}</id>"
        for revision, text in enumerate(texts, 1):
            yield REVISION.format(revision, text)
        yield "</page>"
    yield "</mediawiki>"


@pytest.fixture(scope="module", name="spelt")
def fixture_spelt(tmp_path_factory):
    """A dump, and what Python's own parser says of its texts."""
    path = tmp_path_factory.mktemp("texts") / "spelt.xml"
    path.write_bytes("".join(dump_of([SPELT] * 40)).encode())
    return path, [text.text or "" for text in ElementTree.parse(path).iter("text")]


@pytest.mark.parametrize("memory", ["16MiB", None])
def test_texts_are_those_of_another_parser(spelt, memory):
    path, expected = spelt
    options = {"memory": memory} if memory else {}
    found = [revision.text for page in mwparquet.pages(path, **options) for revision in page]
    assert len(expected) == 40 * len(SPELT) and found == expected


def test_texts_that_are_kept_stay_what_they_are(spelt):
    path, expected = spelt
    kept = [revision for page in mwparquet.pages(path, memory="16MiB") for revision in page]
    assert [revision.slots["main"].text for revision in reversed(kept)] == expected[::-1]
    assert [revision.text for revision in kept] == expected


def test_a_text_can_be_read_again(spelt):
    path, expected = spelt
    for page in mwparquet.pages(path):
        for revision, text in zip(page, expected):
            contents = revision.slots.contents["main"]
            assert revision.text == contents.text == revision.text == contents.to_json().get("text") == text


MEASURED = """
import sys, mwparquet

def held_kib():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("RssAnon")).split()[1])

kept = []
for page in mwparquet.pages(sys.argv[1], memory="16MiB", threads=1):
    before = before if kept else held_kib()
    kept.append(next(page))
print(len(kept), held_kib() - before, sum(len(revision.text) for revision in kept))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux how much memory is held")
def test_a_revision_that_is_kept_does_not_hold_those_about_it(tmp_path):
    # Each page is as long as a chunk, of which one text in 64 is kept.
    path, pages = tmp_path / "long.xml.gz", 400
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(dump_of([[LONG * 85] * 64] * pages))
    said = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True).stdout
    kept, more_kib, characters = map(int, said.split())
    assert kept == pages and characters == pages * 85 * len(LONG)
    assert more_kib < 32 * 1024, "what is kept is 1.6 MiB; the chunks are 100"


def test_a_page_alone():
    xml = "<page><title>Pönd</title><ns>0</ns><id>7</id>" + REVISION.format(8, "a &amp; b") + "</page>"
    for source in (xml, xml.encode(), io.StringIO(xml), io.BytesIO(xml.encode())):
        dump = mwparquet.Dump.from_page_xml(source)
        page, = dump
        assert (page.title, page.id, page.namespace) == ("Pönd", 7, 0)
        assert dump.report["seen"]["pages"] == 1
    revision, = next(mwparquet.Dump.from_page_xml(xml))
    assert (revision.id, revision.text) == (8, "a & b")
    with pytest.raises(mwparquet.DamagedError):
        list(mwparquet.Dump.from_page_xml(xml[:-20]))


def test_what_is_wrong_with_an_option_is_told_line_by_line(spelt):
    with pytest.raises(mwparquet.UsageError) as raised:
        mwparquet.pages(spelt[0], thread=2)
    assert str(raised.value).splitlines() == ["unexpected argument '--thread' found",
                                              "tip: a similar argument exists: '--threads'"]
