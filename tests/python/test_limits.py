"""Dumps that were made to cost more than they are worth: each limit has a clear error, or a row in rejects."""
import json

import pytest

import helpers

HEAD = ('<mediawiki version="0.11"><siteinfo><dbname>hostilewiki</dbname><namespaces>'
        '<namespace key="0"/></namespaces></siteinfo>\n')
TAIL = "</mediawiki>\n"


def page(number, title=None, header="", revision="", comment="c"):
    """A page of two revisions, the first of which is strange if anything is."""
    return (f"<page><title>{title or f'T{number}'}</title><ns>0</ns><id>{number}</id>{header}"
            f"<revision><id>{number}1</id><timestamp>2025-01-01T00:00:00Z</timestamp>"
            f"<contributor><ip>192.0.2.1</ip></contributor><comment>{comment}</comment>{revision}"
            f"<text>x</text></revision>"
            f"<revision><id>{number}2</id><timestamp>2025-01-02T00:00:00Z</timestamp>"
            f"<contributor><ip>192.0.2.1</ip></contributor><text>y</text></revision></page>\n")


def nested(depth):
    return "<a>" * depth + "</a>" * depth


# Name: the option, a value that lets it pass, what of page 2 is strange, what is said, rows of revisions left.
CASES = {
    "page header": ("--max-page-header-bytes", "4MiB", {"header": "<x>" + "h" * 2_000_000 + "</x>"},
                    "more than 1048576 bytes of XML, the limit of --max-page-header-bytes", [11, 12, 31, 32]),
    "title": ("--max-title-bytes", "1MiB", {"title": "t" * 20_000},
              "a title of 20000 bytes, and 16384 are the limit of --max-title-bytes", [11, 12, 31, 32]),
    "comment": ("--max-comment-bytes", "4MiB", {"comment": "c" * 1_100_000},
                "a comment of 1100000 bytes, and 1048576 are the limit of --max-comment-bytes", [11, 12, 22, 31, 32]),
    "attributes": ("--max-attributes", "1000",
                   {"revision": "<comment " + " ".join(f"a{n}='{n}'" for n in range(100)) + ">c</comment>"},
                   "<comment> has more than 64 attributes, the limit of --max-attributes", [11, 12, 22, 31, 32]),
    "depth": ("--max-depth", "1000", {"revision": nested(100)},
              "in <a> elements stand deeper than 64 in each other, the limit of --max-depth", [11, 12, 22, 31, 32]),
}
ALL = [11, 12, 21, 22, 31, 32]


def made(folder, strange, prefix=""):
    path = folder / "dump.xml"
    text = HEAD + page(1) + page(2, **strange) + page(3) + TAIL
    if prefix:
        text = text.replace("</", "</mw:").replace("<", "<mw:").replace("<mw:/mw:", "</mw:")
    path.write_text(text)
    return path


def revisions(folder):
    return [row["revision_id"] for row in helpers.rows(folder, "revisions")]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("prefix", ["", "mw:"], ids=["plain", "prefixed"])
def test_limits(name, prefix, tmp_path):
    option, enough, strange, said, left = CASES[name]
    dump = made(tmp_path, strange, prefix)
    result = helpers.run("convert", dump, "-o", tmp_path / "out", "--progress", "off")
    told = result.stderr.decode()
    assert result.returncode == 3 and said in told, told
    assert str(dump) in told and " of the XML" in told and (name == "title" or "page 2" in told), told
    assert not (tmp_path / "out").exists()
    verified = helpers.run("verify", dump)
    assert (verified.returncode, verified.stderr.decode()) == (3, told)

    for memory in ("16MiB", "256MiB"):
        folder = tmp_path / f"skipped-{memory}"
        skip = ["--on-damage", "skip", "--memory", memory]
        result = helpers.run("convert", dump, "-o", folder, "--progress", "off", *skip)
        assert result.returncode == 1, result.stderr.decode()
        assert revisions(folder) == left
        reject, *others = helpers.rows(folder, "rejects")
        assert said in reject["reason"] and reject["lost_bytes"] > 0
        # A title stands before the page's id, and revisions of a page without title cannot be placed.
        assert name == "title" or (reject["page_id"] == 2 and not others), others
        assert reject["xml_offset_bytes"] >= dump.read_text().index("T1")

    folder = tmp_path / "enough"
    result = helpers.run("convert", dump, "-o", folder, "--progress", "off", option, enough)
    assert result.returncode == 0, result.stderr.decode()
    assert revisions(folder) == ALL
    assert option[2:].replace("-", "_") in helpers.manifest(folder)["options"]
    for command in (["verify"], ["inspect", "--full"], ["cat"], ["count", "--by", "user"]):
        result = helpers.run(*command, dump, option, enough)
        assert result.returncode == 0, result.stderr.decode()


@pytest.mark.parametrize("by", [1, 1000])
def test_names_that_are_not_known(by, tmp_path):
    """However many stand in a page: the 1001st name is the one that is told."""
    names = [f"n{number:05}" for number in range(3000)]
    dump = tmp_path / "dump.xml"
    pages = [page(number + 1, header="".join(f"<{name}/>" for name in names[begin:begin + by]))
             for number, begin in enumerate(range(0, len(names), by))]
    dump.write_text(HEAD + "".join(pages) + TAIL)
    at = dump.read_text().index("<n01000/>")
    for more in ([], ["--memory", "16MiB"], ["--threads", "1"]):
        result = helpers.run("convert", dump, "-o", tmp_path / "out", "--progress", "off", *more)
        told = result.stderr.decode()
        assert result.returncode == 3, told
        assert "<n01000> is one more than 1000 different elements that are not known" in told
        assert "--max-unknown-elements" in told and f"byte {at} of the XML" in told, told
        assert helpers.run("verify", dump, *more).stderr.decode() == told
    folder = tmp_path / "skipped"
    result = helpers.run("convert", dump, "-o", folder, "--progress", "off", "--on-damage", "skip")
    assert result.returncode == 1
    (reject,) = helpers.rows(folder, "rejects")
    assert reject["xml_offset_bytes"] == at
    assert len(revisions(folder)) == 2 * len(pages), "nothing known is lost"
    counts = helpers.manifest(folder)["inputs"][0]["seen"]["skipped_elements"]
    assert len(counts) == 1001 and counts["…"] == 2000 and counts["n00999"] == 1
    folder = tmp_path / "enough"
    result = helpers.run("convert", dump, "-o", folder, "--progress", "off", "--max-unknown-elements", "3000")
    assert result.returncode == 0
    assert len(helpers.manifest(folder)["inputs"][0]["seen"]["skipped_elements"]) == 3000


def test_long_names_are_not_kept(tmp_path):
    dump = made(tmp_path, {"revision": "<" + "n" * 100_000 + "/>"})
    folder = tmp_path / "out"
    assert helpers.run("convert", dump, "-o", folder, "--progress", "off").returncode == 0
    (name,) = helpers.manifest(folder)["inputs"][0]["seen"]["skipped_elements"]
    assert name == "n" * 40 + "…"


def test_many_attributes_take_no_time(tmp_path):
    """They are compared with each other: a million of them would take a day."""
    attributes = " ".join(f"a{number}='x'" for number in range(1_000_000))
    dump = made(tmp_path, {"revision": f"<comment {attributes}>c</comment>"})
    result = helpers.run("convert", dump, "-o", tmp_path / "out", "--progress", "off")
    assert result.returncode == 3 and b"more than 64 attributes" in result.stderr


def test_titles_of_logs(tmp_path):
    dump = tmp_path / "log.xml"
    item = ("<logitem><id>{}</id><timestamp>2025-01-01T00:00:00Z</timestamp><type>block</type><action>block</action>"
            "<logtitle>{}</logtitle></logitem>")
    dump.write_text(HEAD + item.format(1, "t" * 20_000) + item.format(2, "T") + TAIL)
    result = helpers.run("convert", dump, "-o", tmp_path / "out", "--progress", "off", "--on-damage", "skip")
    assert result.returncode == 1, result.stderr
    assert [row["log_id"] for row in helpers.rows(tmp_path / "out", "log_events")] == [2]
    (reject,) = helpers.rows(tmp_path / "out", "rejects")
    assert "a title of 20000 bytes" in reject["reason"]


def test_real_dumps_are_within_the_limits(tmp_path):
    """And far from them: a sixteenth is enough for every sample, where it is not below what can be said."""
    samples = [path for path in sorted(helpers.SAMPLES.glob("*.xml*")) if path.name in helpers.sound_samples()]
    few = ["--max-page-header-bytes", "64KiB", "--max-title-bytes", "1KiB", "--max-comment-bytes", "64KiB",
           "--max-attributes", "8", "--max-depth", "4", "--max-unknown-elements", "60"]
    for sample in samples:
        tables = []
        for more in ([], few):
            folder = tmp_path / f"{sample.name}-{len(more)}"
            result = helpers.run("convert", sample, "-o", folder, "--progress", "off", *more)
            assert result.returncode == 0, (sample, result.stderr.decode())
            tables.append(json.dumps(helpers.manifest(folder)["tables"]))
        assert tables[0] == tables[1]


@pytest.mark.parametrize("arguments, said", [
    (["--max-attributes", "7"], "expected a number, 8 or more"),
    (["--max-depth", "0"], "expected a number, 1 or more"),
    (["--max-title-bytes", "long"], "--max-title-bytes"),
])
def test_limits_that_are_none(arguments, said, tmp_path):
    result = helpers.run("convert", helpers.SAMPLES / "slots.xml", "-o", tmp_path / "out", *arguments)
    assert result.returncode == 2 and said in result.stderr.decode()
