#!/usr/bin/env python3
"""Write sample-dumps/: small dumps of an invented wiki, one oddity each.

Every run writes the same bytes.  The .zst sample needs the Python package
zstandard; all else the standard library only.

    make_samples.py [FOLDER]
"""
import base64
import bz2
import gzip
import hashlib
import io
import lzma
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from xml.sax.saxutils import escape

from sql_samples import SQL_SAMPLES

HERE = pathlib.Path(__file__).resolve().parent
EMPTY_SHA1 = "phoiac9h4m842xq45sp7s6u21eteeq1"
NAMESPACES = ((-2, "Media"), (-1, "Special"), (0, ""), (1, "Talk"), (2, "User"),
              (3, "User talk"), (4, "Sample Wiki"), (5, "Sample Wiki talk"), (6, "File"),
              (7, "File talk"), (10, "Template"), (11, "Template talk"), (14, "Category"))
SAMPLES = []


def sample(name, purpose):
    """Register a function that returns the bytes of a sample file."""
    def register(make):
        SAMPLES.append((name, purpose, make))
        return make
    return register


# --- parts of dumps --------------------------------------------------------

def base36_sha1(data):
    """SHA-1 as MediaWiki writes it: 31 digits in base 36."""
    number = int.from_bytes(hashlib.sha1(data).digest(), "big")
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(31, "0")


def root_start(version="0.11"):
    """The root's start tag."""
    uri = f"http://www.mediawiki.org/xml/export-{version}/"
    return (f'<mediawiki xmlns="{uri}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{uri} {uri[:-1]}.xsd" version="{version}" xml:lang="en">\n')


def siteinfo(with_dbname=True, with_case=True, generator="MediaWiki 1.45.0", more=""):
    """The siteinfo element."""
    rows = ""
    for key, name in NAMESPACES:
        case = ' case="first-letter"' if with_case else ""
        rows += f'      <namespace key="{key}"{case}' + (
            f">{name}</namespace>\n" if name else " />\n")
    dbname = "    <dbname>samplewiki</dbname>\n" if with_dbname else ""
    return (f"  <siteinfo>\n    <sitename>Sample Wiki</sitename>\n{dbname}"
            "    <base>https://sample.example/wiki/Main_Page</base>\n"
            f"    <generator>{generator}</generator>\n    <case>first-letter</case>\n{more}"
            f"    <namespaces>\n{rows}    </namespaces>\n  </siteinfo>\n")


def dump(*parts, version="0.11", site=None, end="</mediawiki>\n"):
    """A whole dump with the given elements in it."""
    site = siteinfo() if site is None else site
    return root_start(version) + site + "".join(parts) + end


def page(page_id, title, *parts, ns=0):
    """A page element."""
    return (f"  <page>\n    <title>{escape(title)}</title>\n    <ns>{ns}</ns>\n"
            f"    <id>{page_id}</id>\n{''.join(parts)}  </page>\n")


def text_element(text):
    """A text element with right size and hash."""
    data = text.encode()
    start = f'<text bytes="{len(data)}" sha1="{base36_sha1(data)}"'
    return f'{start} xml:space="preserve">{escape(text)}</text>' if text else start + " />"


def user(name="Ada Example", user_id=7):
    """A contributor element of a registered user."""
    return (f"<contributor><username>{escape(name)}</username><id>{user_id}</id>"
            "</contributor>")


def revision(revision_id, text="", *, parent=None, when="2025-03-01T12:00:00Z", who=None,
             minor=False, comment="", text_xml=None, slots="", sha1=None, comment_xml=None,
             origin=None, more=""):
    """A revision element of schema 0.11; *_xml replaces whole elements."""
    lines = [f"<id>{revision_id}</id>"]
    if parent:
        lines.append(f"<parentid>{parent}</parentid>")
    lines += [f"<timestamp>{when}</timestamp>", who or user()]
    if minor:
        lines.append("<minor/>")
    if comment_xml or comment:
        lines.append(comment_xml or f"<comment>{escape(comment)}</comment>")
    if sha1 is None:
        sha1 = "" if text_xml else base36_sha1(text.encode())
    lines += [f"<origin>{origin or revision_id}</origin>", "<model>wikitext</model>",
              "<format>text/x-wiki</format>", text_xml or text_element(text)]
    lines += [part for part in (slots, more) if part]
    lines.append(f"<sha1>{sha1}</sha1>" if sha1 else "<sha1 />")
    return "    <revision>\n      " + "\n      ".join(lines) + "\n    </revision>\n"


def slot(role, origin, model, text_xml):
    """A content element."""
    return (f"<content>\n        <role>{role}</role>\n        <origin>{origin}</origin>\n"
            f"        <model>{model}</model>\n        <format>application/json</format>\n"
            f"        {text_xml}\n      </content>")


def two_pages():
    """Two ordinary pages."""
    return (page(1, "Lighthouse", revision(101, "The '''lighthouse''' of Nordholm."),
                 revision(102, "The '''lighthouse''' of Nordholm was built in 1871.", parent=101,
                          when="2025-03-02T08:15:30Z", comment="year", minor=True))
            + page(2, "Talk:Lighthouse", revision(103, "Which year? --~~~~", when=march(3)), ns=1))


def march(day):
    """A timestamp in March 2025."""
    return f"2025-03-{day:02d}T00:00:00Z"


# --- containers ------------------------------------------------------------

def gzip_member(data):
    """One gzip member without name or time."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()


def seven_zip_number(value):
    """A number as 7z headers hold it."""
    for extra in range(8):
        if value < 1 << (7 * (extra + 1)):
            first = (0xFF00 >> extra) & 0xFF | value >> (8 * extra)
            return bytes([first]) + value.to_bytes(8, "little")[:extra]
    return b"\xff" + value.to_bytes(8, "little")


def seven_zip(name, data):
    """A 7z archive with one LZMA2 entry."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 24}]
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    number = seven_zip_number
    names = b"\0" + name.encode("utf-16-le") + b"\0\0"
    header = (
        b"\x01\x04"
        + b"\x06" + number(0) + number(1) + b"\x09" + number(len(packed)) + b"\0"
        + b"\x07\x0b" + number(1) + b"\0" + number(1) + b"\x21\x21\x01\x18"
        + b"\x0c" + number(len(data)) + b"\x0a\x01" + struct.pack("<I", zlib.crc32(data)) + b"\0"
        + b"\x08\0\0"
        + b"\x05" + number(1) + b"\x11" + number(len(names)) + names + b"\0\0")
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return (b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start
            + packed + header)


def zstd(data):
    """Two zstd frames with a skippable one between."""
    try:
        import zstandard
    except ImportError:
        sys.exit("make_samples: to write .zst install the Python package zstandard")
    half = len(data) // 2
    skippable = struct.pack("<II", 0x184D2A50, 5) + b"hello"
    compress = zstandard.ZstdCompressor(level=3, write_checksum=True).compress
    return compress(data[:half]) + skippable + compress(data[half:])


# --- old schema versions ---------------------------------------------------

@sample("samplewiki-20040315-schema-0.1.xml",
        "schema 0.1: no siteinfo, no ns, no parent ids; wiki id from the file name")
def schema_0_1():
    return root_start("0.1") + """  <page>
    <title>Nordholm</title>
    <id>11</id>
    <restrictions>edit=sysop:move=sysop</restrictions>
    <revision>
      <id>1101</id>
      <timestamp>2003-11-05T06:07:08Z</timestamp>
      <contributor><ip>192.0.2.44</ip></contributor>
      <comment>*</comment>
      <text>Nordholm is an island.</text>
    </revision>
    <revision>
      <timestamp>2003-11-06T06:07:08Z</timestamp>
      <contributor><username>Ada Example</username></contributor>
      <minor/>
      <text>Nordholm is an ''island''.</text>
    </revision>
  </page>
  <page>
    <title>Talk:Nordholm</title>
    <revision>
      <timestamp>2003-11-07T00:00:00Z</timestamp>
      <contributor><username>Bo Sample</username><id>8</id></contributor>
      <text></text>
    </revision>
  </page>
</mediawiki>
"""


@sample("samplewiki-20070315-schema-0.3.xml",
        "schema 0.3: siteinfo without dbname, namespaces by title prefix")
def schema_0_3():
    return dump("""  <page>
    <title>User talk:Ada Example</title>
    <id>12</id>
    <revision>
      <id>1201</id>
      <timestamp>2007-01-02T03:04:05Z</timestamp>
      <contributor><username>Bo Sample</username><id>8</id></contributor>
      <text xml:space="preserve">Welcome &amp; &quot;enjoy&quot;!</text>
    </revision>
  </page>
  <page>
    <title>Mission: Nordholm</title>
    <id>13</id>
    <revision>
      <id>1202</id>
      <timestamp>2007-01-03T03:04:05Z</timestamp>
      <contributor><ip>2001:DB8:0:0:0:0:0:1</ip></contributor>
      <comment>the prefix is no namespace</comment>
      <text xml:space="preserve" />
    </revision>
  </page>
""", version="0.3", site=siteinfo(False, False))


@sample("samplewiki-20090315-schema-0.4.xml",
        "schema 0.4: redirect as a flag, the first hidden elements")
def schema_0_4():
    return dump("""  <page>
    <title>Holm</title>
    <id>14</id>
    <redirect />
    <revision>
      <id>1301</id>
      <timestamp>2009-01-02T03:04:05Z</timestamp>
      <contributor deleted="deleted" />
      <comment deleted="deleted" />
      <text deleted="deleted" />
    </revision>
    <revision>
      <id>1302</id>
      <timestamp>2009-01-02T03:05:05Z</timestamp>
      <contributor><username>Ada Example</username><id>7</id></contributor>
      <text xml:space="preserve">#REDIRECT [[Nordholm]]</text>
    </revision>
  </page>
""", version="0.4", site=siteinfo(False, False))


@sample("samplewiki-20100315-schema-0.5.xml", "schema 0.5: bytes in a stub's text, id of text")
def schema_0_5():
    return dump("""  <page>
    <title>Category:Islands</title>
    <id>15</id>
    <revision>
      <id>1401</id>
      <timestamp>2010-01-02T03:04:05Z</timestamp>
      <contributor><username>Ada Example</username><id>7</id></contributor>
      <text id="9001" bytes="17" />
    </revision>
  </page>
""", version="0.5", site=siteinfo(False))


@sample("samplewiki-20120315-schema-0.6.xml", "schema 0.6: ns, redirect with text, sha1 in front of text")
def schema_0_6():
    text = "{{Infobox island}}"
    return dump(f"""  <page>
    <title>Template:Infobox island</title>
    <ns>10</ns>
    <id>16</id>
    <redirect>Template:Infobox</redirect>
    <revision>
      <id>1501</id>
      <timestamp>2012-01-02T03:04:05Z</timestamp>
      <contributor><username>Ada Example</username><id>7</id></contributor>
      <sha1>{base36_sha1(text.encode())}</sha1>
      <text xml:space="preserve">{text}</text>
    </revision>
  </page>
""", version="0.6", site=siteinfo(False))


@sample("samplewiki-20130315-schema-0.8.xml",
        "schema 0.8: parentid; text, sha1, model, format in this order")
def schema_0_8():
    return dump(SCHEMA_0_8_PAGE, version="0.8", site=siteinfo(False))


@sample("samplewiki-20140315-schema-0.9.xml", "schema 0.9: dbname in siteinfo")
def schema_0_9():
    return dump(SCHEMA_0_8_PAGE, version="0.9")


SCHEMA_0_8_PAGE = f"""  <page>
    <title>Sample Wiki:About</title>
    <ns>4</ns>
    <id>17</id>
    <redirect title="Sample Wiki:About &quot;us&quot;" />
    <revision>
      <id>1602</id>
      <parentid>1601</parentid>
      <timestamp>2013-01-02T03:04:05Z</timestamp>
      <contributor><username>Ada Example</username><id>7</id></contributor>
      <text xml:space="preserve">About</text>
      <sha1>{base36_sha1(b"About")}</sha1>
      <model>wikitext</model>
      <format>text/x-wiki</format>
    </revision>
  </page>
"""


@sample("samplewiki-20190315-schema-0.10.xml",
        "schema 0.10: model and format before text, no origin, no slots")
def schema_0_10():
    return dump(f"""  <page>
    <title>Template:Data.css</title>
    <ns>10</ns>
    <id>18</id>
    <revision>
      <id>1702</id>
      <timestamp>2019-01-02T03:04:05Z</timestamp>
      <contributor><username>Ada Example</username><id>7</id></contributor>
      <minor />
      <comment>style</comment>
      <model>sanitized-css</model>
      <format>text/css</format>
      <text xml:space="preserve">p > a {{ color: red }}</text>
      <sha1>{base36_sha1(b"p > a { color: red }")}</sha1>
    </revision>
  </page>
""", version="0.10")


@sample("samplewiki-20260101-schema-0.11.xml", "schema 0.11, two ordinary pages")
def schema_0_11():
    return dump(two_pages())


# --- texts, users, slots ---------------------------------------------------

@sample("text-states.xml", "text present, empty, hidden, missing and stub, in every spelling")
def text_states():
    sha1 = base36_sha1(b"gone")
    texts = (
        text_element("present"),
        "<text>no attributes</text>",
        "<text> </text>",
        f'<text bytes="0" sha1="{EMPTY_SHA1}" />',
        '<text bytes="0" />', "<text/>", "<text></text>", '<text xml:space="preserve" />',
        f'<text bytes="4" sha1="{sha1}" deleted="deleted" />',
        '<text bytes="-1" deleted="deleted" />', '<text deleted="deleted" />',
        '<text deleted="deleted">shown in spite of it</text>',
        f'<text bytes="4" sha1="{sha1}" />', '<text bytes="4"></text>',
        '<text bytes="0" sha1="" />',
        f'<text bytes="4" sha1="{sha1}" location="bad:tt%3A77" id="77" />',
        f'<text bytes="4" sha1="{sha1}" location="tt:77" id="77" />',
        f'<text bytes="4" sha1="{sha1}" location="es:DB://cluster3/99/0?flags=utf-8" '
        'id="65733a44423a2f2f" />',
        '<text id="78" bytes="4" />', '<text id="79" />',
        f'<text bytes="0" sha1="{EMPTY_SHA1}" location="tt:80" id="80" />')
    return dump(page(20, "Text states", *(
        revision(2000 + number, text_xml=text, comment=f"text {number}",
                 sha1="" if "deleted" in text else sha1)
        for number, text in enumerate(texts))))


@sample("contributors.xml", "every shape of contributor, and names near to addresses")
def contributors():
    inner = [
        "<username>Ada Example</username><id>7</id>",
        "<username>O&#039;Neill &amp; &quot;Co&quot; éß日本</username><id>9</id>",
        "<username>~2025-12345-6</username><id>70001</id>",
        "<username>~2025-1501</username><id>70002</id>",
        "<username>~2025-12345-678901</username><id>70003</id>",
        "<username>~2025-1234-5</username><id>70004</id>",
        "<username>~2026-10002-33</username>",
        "<username>~1999-12345</username><id>0</id>",
        "<username>oldwiki&gt;Ada</username><id>0</id>",
        "<username>w:de&gt;Ada</username>",
        "<username>Conversion script</username><id>0</id>",
        "<username>24.2.3.xxx</username><id>0</id>",
        "<username>Maintenance script</username><id />",
        "<username>Maintenance script</username><id></id>",
        "<username>Long ago</username><id>-1</id>",
        "<username /><id>0</id>", "<username></username><id>5</id>",
        "<ip>192.0.2.7</ip>", "<ip>010.001.002.003</ip>", "<ip>099.0.00.000</ip>",
        "<ip>256.1.1.1</ip>", "<ip>1.2.3</ip>", "<ip>192.0.2.0/24</ip>", "<ip>1.2.3.4.5</ip>",
        "<ip>2001:DB8:0:0:0:0:0:1</ip>", "<ip>2001:db8::1</ip>", "<ip>::</ip>", "<ip>::1</ip>",
        "<ip>1::</ip>", "<ip>1:2:3:4:5:6:7::</ip>", "<ip>::1:2:3:4:5:6:7</ip>",
        "<ip>1:2:3::4:5:6:7</ip>", "<ip>1:2:3:4::5:6:7:8</ip>", "<ip>1::2::3</ip>",
        "<ip>1:::2</ip>", "<ip>1:2:3:4:5:6:7</ip>", "<ip>::ffff:192.0.2.1</ip>",
        "<ip>12345::</ip>", "<ip>g::1</ip>", "<ip>:1:2:3:4:5:6:7:8</ip>",
        "<ip>proxy.example</ip>", "<ip>oldwiki&gt;Ada</ip>", "<ip>~2025-12345-6</ip>",
        "<ip />", "<ip></ip>",
        "<username>192.0.2.9</username><id>0</id>", "<username>192.0.2.9</username>",
        "<username>192.0.2.9</username><id>12</id>", "<username>192.0.2.0/24</username>",
        "<id>6</id>",
    ]
    elements = [f"<contributor>{shape}</contributor>" for shape in inner] + [
        '<contributor deleted="deleted" />', '<contributor deleted="deleted"></contributor>',
        "<contributor />", "<contributor></contributor>"]
    return dump(page(21, "Contributors", *(
        revision(2100 + number, f"Line {number}.", who=who, when=march(number % 28 + 1))
        for number, who in enumerate(elements))))


@sample("slots.xml", "revisions of two and three slots, with combined sha1")
def slots():
    main, media, notes = "A map of Nordholm.", '{"labels":{"en":"map"}}', '{"a": ["<b>", 1]}'
    hashes = [base36_sha1(text.encode()) for text in (main, media, notes)]
    two = base36_sha1((hashes[0] + hashes[1]).encode())
    three = base36_sha1((two + hashes[2]).encode())
    declared = text_element(media).replace(f'bytes="{len(media)}"', 'bytes="61"')
    media_slot = slot("mediainfo", 2202, "wikibase-mediainfo", declared)
    notes_slot = slot("notes", 2203, "json", text_element(notes))
    hidden = '<text bytes="18" sha1="%s" deleted="deleted" />'
    return dump(page(
        22, "File:Map.png",
        revision(2201, main),
        revision(2202, main, parent=2201, origin=2201, slots=media_slot, sha1=two),
        revision(2203, main, parent=2202, origin=2201, sha1=three,
                 slots=notes_slot + "\n      " + media_slot),
        revision(2204, main, parent=2203, sha1="", text_xml=hidden % hashes[0],
                 slots=slot("mediainfo", 2202, "wikibase-mediainfo", hidden % hashes[1])),
        revision(2205, main, parent=2204, sha1=two,
                 slots=slot("mediainfo", 2202, "wikibase-mediainfo",
                            '<text bytes="0" sha1="" />')),
        revision(2206, main, parent=2205, text_xml="<text>without size</text>", sha1=two,
                 slots=slot("notes", 2206, "json", "<text>{}</text>")),
        ns=6))


@sample("uploads.xml", "file versions, one with its body in base64")
def uploads():
    body = base64.encodebytes(bytes(range(256))).decode().replace("\n", "\r\n")
    sha1 = base36_sha1(bytes(range(256)))
    return dump(page(23, "File:Harbour.jpg", revision(2301, "The harbour."), f"""    <upload>
      <timestamp>2024-05-06T07:08:09Z</timestamp>
      {user()}
      <comment>from my camera &amp; lens</comment>
      <filename>Harbour.jpg</filename>
      <archivename>20240601000000!Harbour.jpg</archivename>
      <src>https://sample.example/images/archive/a/ab/20240601000000%21Harbour.jpg</src>
      <size>256</size>
      <sha1base36>{sha1}</sha1base36>
      <rel>archive/a/ab/20240601000000!Harbour.jpg</rel>
      <contents encoding="base64">
{body}      </contents>
    </upload>
    <upload>
      <timestamp>2024-06-01T00:00:00Z</timestamp>
<contributor deleted="deleted" />
      <comment deleted="deleted" />
      <filename>Harbour.jpg</filename>
      <src>https://sample.example/images/a/ab/Harbour.jpg</src>
      <size>0</size>
      <sha1base36>{EMPTY_SHA1}</sha1base36>
      <rel>a/ab/Harbour.jpg</rel>
    </upload>
    <upload>
      <timestamp>2004-06-01T00:00:00Z</timestamp>
      <contributor><ip>192.0.2.7</ip></contributor>
      <filename>Harbour.jpg</filename>
      <src>https://sample.example/images/Harbour.jpg</src>
      <size>31</size>
    </upload>
""", ns=6))


# --- pages -----------------------------------------------------------------

@sample("restrictions-and-redirect.xml", "restrictions, twice on one page, and a redirect target")
def restrictions_and_redirect():
    return dump(page(24, "Holm (island)", '    <redirect title="Nordholm &amp; Süd: &#039;A&#039;" />\n',
                     "    <restrictions>edit=sysop:move=sysop</restrictions>\n",
                     "    <restrictions>upload=autoconfirmed</restrictions>\n",
                     revision(2401, "#REDIRECT [[Nordholm & Süd: 'A']]")),
                page(25, "Ferry", "    <restrictions>move=:edit=</restrictions>\n",
                     revision(2402, "A ferry.")))


@sample("discussion-threading.xml", "a LiquidThreads block in the page")
def discussion_threading():
    return dump(page(26, "Thread:Talk:Ferry/Timetable", """	<DiscussionThreading>
		<ThreadSubject>Timetable</ThreadSubject>
		<ThreadPage>Talk:Ferry</ThreadPage>
		<ThreadID>3</ThreadID>
		<ThreadAuthor>Ada Example</ThreadAuthor>
		<ThreadEditStatus>has-reply</ThreadEditStatus>
		<ThreadType>normal</ThreadType>
		<ThreadSignature>[[User:Ada Example|Ada]]</ThreadSignature>
	</DiscussionThreading>
""", revision(2601, "When does it leave?"), ns=90))


@sample("unknown-elements.xml", "elements and attributes of the future at every level, nested")
def unknown_elements():
    unknown = ('<future kind="x"><id>999</id><title>no</title><text>no</text><deep><deeper>'
               "<id>998</id>tail</deeper></deep><empty/></future>")
    who = f"<contributor extra='1'>{unknown}<username>Ada Example</username><id>7</id></contributor>"
    one_slot = slot("notes", 2701, "json", unknown + text_element("{}"))
    hashes = [base36_sha1(text.encode()) for text in ("Body.", "{}")]
    text = text_element("Body.").replace("<text ", '<text lang="en" ')
    return dump(
        f"  {unknown}\n",
        page(27, "Future", f"    {unknown}\n",
             revision(2701, who=who, text_xml=text, slots=one_slot, more=unknown,
                      sha1=base36_sha1("".join(hashes).encode())),
             f"    {unknown}\n    <contributors>{user()}{user('Bo Sample', 8)}</contributors>\n"),
        f"  {unknown}\n",
        site=siteinfo(more=f"    {unknown}\n"))


@sample("page-without-revisions.xml", "pages without revisions, between pages that have some")
def page_without_revisions():
    return dump(page(28, "Nothing here"), page(29, "Ferry", revision(2901, "A ferry.")),
                page(30, "Nothing here either"))


@sample("unregistered-namespace.xml", "a page whose namespace siteinfo does not list")
def unregistered_namespace():
    return dump(page(31, "Timetable", revision(3101, "Topic."), ns=2600),
                page(32, "Timetable", revision(3102, "Article.")))


@sample("no-siteinfo.xml", "no siteinfo and an undated name: neither wiki id nor namespaces known")
def no_siteinfo():
    without_ns = page(33, "Talk:Ferry", revision(3301, "x")).replace("    <ns>0</ns>\n", "")
    return dump(without_ns, page(34, "Talk:Map", revision(3302, "y"), ns=1), site="")


@sample("repeated-page.xml", "one page in two page elements, and a revision id met twice")
def repeated_page():
    return dump(page(35, "Ferry", revision(3501, "A."), revision(3502, "B.", parent=3501)),
                page(35, "Ferry", revision(3502, "B.", parent=3501),
                     revision(3503, "C.", parent=3502)))


@sample("out-of-order.xml", "revision ids and times that do not rise, a parent in another page")
def out_of_order():
    return dump(page(36, "Old news", revision(3603, "c", when="2001-01-15T00:00:00Z"),
                     revision(3601, "b", when="2025-12-31T23:59:59Z", parent=101),
                     revision(3602, "a", when="1999-12-31T23:59:59Z", parent=3699)))


def edits(first_id, *edits):
    """A page's revisions, an hour apart: (text, user) or (text, user, {more of revision()}).

    A parent is the number of an edit on the page; it is the one before where none is given.
    """
    made = []
    for number, (text, name, *rest) in enumerate(edits):
        more = dict(rest[0]) if rest else {}
        parent = more.pop("parent", number - 1)
        who = user(*name) if isinstance(name, tuple) else name
        made.append(revision(
            first_id + number, text, who=who, parent=first_id + parent if parent >= 0 else None,
            when=more.pop("when", f"2025-04-{1 + number // 24:02}T{number % 24:02}:00:00Z"), **more))
    return "".join(made)


@sample("reverts.xml", "reverts near and far, of oneself, of the hidden, out of order; and what is none")
def reverts():
    ada, ben, cas = ("Ada Example", 7), ("Ben Example", 8), ("Cas Example", 9)
    ip = "<contributor><ip>192.0.2.77</ip></contributor>"
    hidden = '<contributor deleted="deleted" />'
    imported = "<contributor><username>de>Ada Example</username><id>0</id></contributor>"
    gone = {"text_xml": '<text bytes="4" sha1="" deleted="deleted" />', "sha1": ""}

    def far(between):
        return [("far", ada), *((f"step {number}", ben) for number in range(between)), ("far", cas)]

    return dump(
        page(500, "Plain", edits(50000, ("good", ada), ("bad", ip), ("good", ada), ("better", ben))),
        page(501, "Self", edits(50100, ("good", ada), ("oops", ben), ("good", ben), ("x", ip), ("good", ip))),
        page(502, "Nothing changed", edits(
            50200, ("same", ada), ("same", ben), ("same", ben), ("other", ip), ("same", ada), ("same", cas))),
        page(503, "Same again but another parent", edits(
            50300, ("a", ada), ("b", ben), ("a", cas), ("a", ben, {"parent": 1}), ("c", ip), ("a", ada))),
        page(504, "Wide and narrow", edits(
            50400, ("one", ada), ("two", ben), ("three", ip), ("two", ben), ("four", ip), ("one", ada),
            ("five", ip), ("two", ben))),
        page(505, "Fifteen between", edits(50500, *far(15))),
        page(506, "Sixteen between", edits(50600, *far(16))),
        page(507, "Hidden", edits(
            50700, ("good", ada), ("bad", hidden), ("good", ada), ("?", ben, gone), ("good", ada),
            ("?", ben, gone), ("bad", ip), ("good", hidden))),
        page(508, "Blank", edits(50800, ("text", ada), ("", ip), ("text", ben), ("", ip), ("text", ben))),
        page(509, "Imported", edits(
            50900, ("new", ada, {"when": "2025-04-02T00:00:00Z"}),
            ("old", imported, {"when": "2005-01-01T00:00:00Z", "parent": -1}),
            ("older", imported, {"when": "2004-01-01T00:00:00Z"}),
            ("old", imported, {"when": "2006-01-01T00:00:00Z"}),
            ("new", ben, {"when": "2025-04-03T00:00:00Z", "parent": 0}))),
        page(510, "One second", edits(
            51000, *((text, ada, {"when": "2025-04-04T00:00:00Z"}) for text in "abacab"))),
        page(511, "Parts", edits(51100, ("p", ada), ("q", ben))),
        page(511, "Parts", edits(51102, ("p", cas, {"parent": -1}), ("r", ip))),
        page(512, "Other parts", edits(51200, ("p", ada))))


# --- XML -------------------------------------------------------------------

@sample("declaration-bom-comments-cdata.xml",
        "byte order mark, XML declaration, comments, CDATA and processing instructions")
def declaration_bom_comments_cdata():
    text = ("<text>one <!-- not shown <page> --> two <![CDATA[<b>&amp;</b> ]] >]]> three "
            "<?skip me <revision> ?>four</text>")
    xml = dump("<!-- <page><title>no</title></page> -->\n<?note <page>?>\n",
               page(37, "CDATA", revision(3701, text_xml=text, comment_xml=(
                   "<comment><![CDATA[a <page> & ]]>b<!-- c --></comment>"))),
               end="</mediawiki>\n<!-- end -->\n<?done?>\n")
    return '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- start -->\n' + xml


@sample("namespace-prefix.xml", "all elements with a prefix: mw:page")
def namespace_prefix():
    xml = dump(two_pages()).replace("xmlns=", "xmlns:mw=")
    return re.sub(r"<(/?)(?=\w)", r"<\1mw:", xml)


@sample("utf-16.xml", "UTF-16, little endian, with byte order mark")
def utf_16():
    xml = '<?xml version="1.0" encoding="UTF-16"?>\n' + dump(
        page(38, "Füße 日本 😀", revision(3801, "Straße, 東京, 😀 & <b>")))
    return b"\xff\xfe" + xml.encode("utf-16-le")


@sample("carriage-returns.xml", "CR, CRLF and &#13; in text and comment")
def carriage_returns():
    return dump(page(39, "Line ends", revision(
        3901, text_xml="<text>a\r\nb\rc\r\r\nd&#13;e&#13;\nf&#xD;</text>",
        comment_xml="<comment>x\r\ny\rz&#13;</comment>"))).replace("    <ns>", "\r\n    <ns>")


@sample("references.xml", "predefined entities and numeric references everywhere")
def references():
    title = "R&amp;D &lt;&#x41;&#66;&gt; &quot;&apos;&#039; &#128512;"
    text = "<text>&amp;nbsp; &amp;amp; &#38;lt; &#x1F600;&#0009;&#10;]]&gt; &#xe9; &#x0000E9;</text>"
    return dump(page(40, "TITLE", revision(
        4001, text_xml=text, comment_xml=f"<comment>{title}</comment>",
        who=f"<contributor><username>{title}</username><id>7</id></contributor>"))
        ).replace("TITLE", title)


@sample("attribute-quotes.xml", "attributes in any order, single quotes, spaces in tags")
def attribute_quotes():
    return dump(page(41, "Quotes", "    <redirect   title = 'a > \"b\" &lt;'\n/>\n", revision(
        4101, sha1=base36_sha1(b"x"), text_xml=f"<text\n  sha1 = '{base36_sha1(b'x')}'\n\tbytes='1' >x</text\n>",
        comment_xml="<comment\t>c</comment >"))).replace(
            "<page>", "<page >", 1).replace("</page>", "</page\n>", 1)


@sample("odd-characters.xml", "replacement characters, rare planes, C1 controls, long text lines")
def odd_characters():
    return dump(page(42, "\ufffd \u25cc\u0301 \U0010fffd", revision(
        4201, "\ufffd\x7f\x85\u2028\u200e\ufdd0\U0001f1e9\U0001f1ea" + "x" * 70000 + "\n\n",
        comment="  spaces kept \t\n ")))


@sample("no-final-newline.xml", "the root end tag ends the file")
def no_final_newline():
    return dump(two_pages(), end="</mediawiki>")


@sample("samplewiki-20260101-pages-meta-history1.xml-p000000000p000000000.bz2",
        "an empty checkpoint file: header and footer only")
def empty_checkpoint():
    return bz2.compress(dump().encode())


# --- kinds of files --------------------------------------------------------

@sample("samplewiki-20260101-stub-meta-history.xml.gz",
        "a stub, in two gzip members, the second empty")
def stub():
    sha1 = base36_sha1(b"abcde")
    media = ('<text bytes="61" sha1="%s" location="tt:5003" />' % base36_sha1(b"{}"))
    text = '<text bytes="5" sha1="%s" location="tt:500%d" id="500%d" />'
    xml = dump(
        page(50, "Ferry \"Nord\"",
             revision(5001, text_xml=text % (sha1, 1, 1), sha1=sha1, comment="it's \"new\""),
             revision(5002, text_xml=text.replace("bytes", 'xml:space="preserve" bytes')
                      % (sha1, 2, 2), sha1=sha1, parent=5001),
             revision(5004, sha1="", parent=5002, text_xml=(
                 f'<text bytes="5" sha1="{sha1}" location="tt:5004" id="5004" deleted="deleted" />'))),
        page(51, "File:Map.png", revision(
            5003, text_xml=text % (sha1, 3, 3),
            slots=slot("mediainfo", 5003, "wikibase-mediainfo", media),
            sha1=base36_sha1((sha1 + base36_sha1(b"{}")).encode())), ns=6))
    return gzip_member(xml.encode()) + gzip_member(b"")


@sample("samplewiki-20260101-pages-articles-multistream.xml.bz2",
        "multistream bzip2: header, pages in groups, footer, an empty stream")
def multistream():
    groups = ["".join(page(number, f"Article {number}", revision(
        6000 + number, f"Article ''{number}'' & more. " * 40)) for number in range(start, start + 5))
        for start in range(60, 80, 5)]
    parts = [root_start() + siteinfo(), *groups, "</mediawiki>", ""]
    return b"".join(bz2.compress(part.encode()) for part in parts)


@sample("samplewiki-2026-01-01-p1p99.xml.bz2",
        "a Content File Export: raw quotes, -1 for unknown, bare empty and hidden texts")
def content_file_export():
    hidden = '<contributor deleted="deleted" />'
    return bz2.compress(dump(
        page(1, "Lighthouse's \"keeper\"",
             revision(102, "It's \"old\".\r\nAnd\rtall.", when="2025-03-01T00:00:00Z"),
             revision(101, parent=-1, text_xml='<text bytes="-1" deleted="deleted" />', sha1="",
                      who=hidden, origin=-1, comment_xml='<comment deleted="deleted" />',
                      when="2025-03-02T00:00:00Z"),
             revision(103, text_xml='<text bytes="0" />', sha1=EMPTY_SHA1, parent=101,
                      when="2025-03-03T00:00:00Z",
                      who="<contributor><ip>Conversion script</ip></contributor>"),
             revision(104, "x", parent=103, when="2025-03-04T00:00:00Z",
                      who="<contributor><username>~2025-12345-6</username><id>-1</id></contributor>"
                      ).replace("<model>wikitext", "<model>error-no-model")
             .replace("<format>text/x-wiki", "<format>error-no-format")),
        site=siteinfo(generator="MediaWiki Content File Export 1.0.2")).encode())


def log_item(number, kind, action, title=None, params=None, *, who=None, comment="", hidden=False):
    """A log entry as MediaWiki writes it; `params` as they are stored."""
    target = '<text deleted="deleted" />'
    if not hidden:
        escaped = escape(params or "")
        target = "<logtitle />" if title is None else f"<logtitle>{escape(title)}</logtitle>"
        target += "\n    " + (f'<params xml:space="preserve">{escaped}</params>' if params
                             else '<params xml:space="preserve" />')
    return f"""  <logitem>
    <id>{number}</id>
    <timestamp>2024-05-{number:02}T07:08:09Z</timestamp>
    {who or user()}
    {comment or "<comment>why</comment>"}
    <type>{kind}</type>
    <action>{action}</action>
    {target}
  </logitem>
"""


@sample("samplewiki-20260101-pages-logging.xml.gz",
        "a log: no pages; parameters by PHP, in lines, with wrong lengths, not legible, hidden")
def logging():
    hidden = '<contributor deleted="deleted" />'
    items = [
        ("move", "move", "Holm", 'a:2:{s:9:"4::target";s:13:"Talk:Nordholm";s:10:"5::noredir";s:1:"0";}'),
        ("move", "move_redir", "Talk:Old & new", "Plain name\n1"),
        ("newusers", "create", "User:Ö", 'a:1:{s:9:"4::userid";i:17;}'),
        ("newusers", "create2", "User:A:b", "18"),
        ("newusers", "byemail", None, ""),
        ("newusers", "newusers", None, ""),
        ("newusers", "autocreate", "User:~2024-1", 'a:1:{s:9:"4::userid";i:19;}'),
        ("rights", "rights", "User:Ö", 'a:3:{s:12:"4::oldgroups";a:0:{}s:12:"5::newgroups";a:2:{i:0;s:5:"sysop";'
         'i:1;s:9:"a"b\\c;d\t";}s:11:"newmetadata";a:1:{i:5;a:2:{s:6:"expiry";N;s:2:"ok";b:1;}}}'),
        ("block", "block", "User:#12", "24 hours\r\nanononly,nocreate"),
        ("protect", "protect", "Special:Odd", 'a:3:{i:4;s:9:"é\ufffd";i:5;d:0.5;i:4;s:3:"a";";}'),
        ("protect", "modify", "Ferry", 'a:2:{i:0;s:3:"cut'),
        ("tag", "update", "Ferry", 'a:1:{i:0;O:8:"stdClass":0:{}}'),
        ("upload", "upload", "File:X.png", "a:b"),
        ("", "", "Ferry", 'a:1:{i:0;s:14:"x";i:1;s:1:"y"";}'),
    ]
    text = "".join(log_item(number, *item) for number, item in enumerate(items, 1))
    text += log_item(15, "delete", "delete", hidden=True, who=hidden,
                     comment='<comment deleted="deleted" />')
    text += log_item(16, "newusers", "create", hidden=True)
    text += log_item(17, "newusers", "create", "User:Gone", who=hidden)
    return gzip_member(dump(text).encode())


@sample("addresses.xml", "IP addresses in names, titles, comments, parameters, texts and a redirect")
def addresses():
    anonymous = "<contributor><ip>%s</ip></contributor>"
    who = anonymous % "192.0.2.55"
    text = "* [[User:192.0.2.55]] {{vandal|2001:DB8:0:AB:0:0:0:12}} v1.2.3, 12:30:45\n::Added by std::abc"
    logs = [
        ("block", "block", "User:192.0.2.55", 'a:2:{s:11:"5::duration";s:8:"24 hours";s:4:"from";'
         's:19:"[[198.51.100.7]] é";}'),
        ("block", "block", "User:192.0.2.128/25", "31 hours\nanononly"),
        ("block", "block", "User:2001:db8:0:ab::12", "31 hours, not 2001:DB8:0:AB::12\n::1"),
        ("move", "move", "Ferry", 'a:2:{s:9:"4::target";s:20:"User:192.0.2.55/Mill";s:10:"5::noredir";s:1:"0";}'),
        ("block", "block", "User:Ada Example", "24 hours"),
    ]
    upload = """    <upload>
      <timestamp>2025-01-10T00:00:00Z</timestamp>
      <contributor><ip>203.0.113.9</ip></contributor>
      <comment>from 203.0.113.9</comment>
      <filename>At_203.0.113.9.png</filename>
      <src>https://sample.example/At_203.0.113.9.png</src>
      <size>3</size>
      <sha1base36>%s</sha1base36>
      <rel>a/a0/At_203.0.113.9.png</rel>
    </upload>
""" % base36_sha1(b"png")
    return dump(
        page(90, "User talk:192.0.2.55", revision(9001, "Hello 192.0.2.55.", comment="for [[User:192.0.2.55]]"),
             revision(9002, "Hello 192.0.2.56.", parent=9001, when=march(2), who=anonymous % "192.0.2.56"),
             revision(9003, "Hello 192.0.2.55.", parent=9002, when=march(3), who=who,
                      comment="Undid 9002 by [[Special:Contributions/192.0.2.56|192.0.2.56]]"), ns=3),
        page(91, "User:2001:DB8:0:AB:0:0:0:12/Notes", "    <redirect title=\"User:192.0.2.55\" />\n",
             revision(9101, text, who=anonymous % "2001:DB8:0:AB:0:0:0:12"),
             revision(9102, text + "1", parent=9101, when=march(2), who=anonymous % "2001:db8:0:ab::12"), ns=2),
        page(92, "Net 198.51.100.0/24", revision(
            9201, text_xml="<text>198.51.&#49;00.7 &amp; http://w.example/?u=2001%3ADB8%3A0%3AAB%3A0%3A0%3A0%3A12"
                           "<![CDATA[&198.51]]>.100.8 (10.1.2.3.4)</text>", who=anonymous % "198.51.100.7"),
             revision(9202, "No address.", parent=9201, when=march(2), comment="1.2.3",
                      who=user("198.51.100.200", 55)),
             revision(9203, "", parent=9202, when=march(3), who=user("Ada Example"),
                      slots=slot("notes", 9203, "json", text_element('{"by":"198.51.100.7"}')),
                      sha1=base36_sha1(b"of both"))),
        page(93, "File:At 203.0.113.9.png", revision(9301, "x", who=who), upload, ns=6),
        page(94, "User:Ada Example/Box", revision(9401, "Ada Example wrote", comment="Ada"), ns=2),
        *(log_item(number, *item, who=who, comment="<comment>192.0.2.55 again</comment>")
          for number, item in enumerate(logs, 1)))


CONTAINERS = (
    ("containers.xml", "one dump in every container", lambda data: data),
    ("containers.xml.bz2", "the same in bzip2", bz2.compress),
    ("containers.xml.gz", "the same in gzip", gzip_member),
    ("containers.xml.7z", "the same in 7z", lambda data: seven_zip("containers.xml", data)),
    ("containers.xml.xz", "the same in xz", lzma.compress),
    ("containers.xml.lzma", "the same in lzma",
     lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    ("containers.xml.zst", "the same in zstd: two frames, a skippable one between", zstd),
)


def containers():
    """The dump that is packed in all ways."""
    return dump(two_pages(), *(page(number, f"Container {number}", revision(
        7000 + number, f"Container ''{number}'' of {number * 37 % 101} & so on.\n" * number))
        for number in range(70, 110))).encode()


for _name, _purpose, _pack in CONTAINERS:
    sample(_name, _purpose)(lambda pack=_pack: pack(containers()))


@sample("samplewiki-20260101-pages-meta-history.xml.bz2",
        "a larger, realistic full history, made by scripts/make-history")
def history():
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder, "history.xml")
        subprocess.run([sys.executable, HERE / "make-history", "--pages", "60", "--revisions",
                        "60", "--seed", "2026", "--bytes", "30000000", "--output", target],
                       check=True)
        return bz2.compress(target.read_bytes())


# --- broken files ----------------------------------------------------------

def small():
    """A small dump to break."""
    return dump(two_pages(), page(3, "Ferry", revision(104, "A ferry.")))


def broken_value(old, new):
    """The small dump with something replaced in its middle page."""
    xml = small()
    assert xml.count(old) == 1, old
    return xml.replace(old, new)


@sample("broken/truncated.xml.bz2", "bzip2 that stops in a block")
def truncated_bz2():
    data = bz2.compress(containers())
    return data[:len(data) * 2 // 3]


@sample("broken/truncated-after-stream.xml.bz2", "several whole streams, but no root end tag")
def truncated_after_stream():
    xml = containers()
    half = xml.index(b"<page>", len(xml) // 2)
    return bz2.compress(xml[:half // 2]) + bz2.compress(xml[half // 2:half])


@sample("broken/truncated.xml.gz", "gzip that stops in the data")
def truncated_gz():
    data = gzip_member(containers())
    return data[:len(data) * 2 // 3]


@sample("broken/truncated.xml", "XML that stops in a text")
def truncated_xml():
    xml = small()
    return xml[:xml.index("was built")]


@sample("broken/flipped-bit.xml.bz2", "bzip2 with one bit changed: a checksum fails")
def flipped_bit():
    data = bytearray(bz2.compress(containers()))
    data[len(data) // 2] ^= 0x10
    return bytes(data)


@sample("broken/html-page.xml.bz2", "a web server's error page under a dump's name")
def html_page():
    return ("<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head>\n"
            "<body><h1>Not Found</h1></body></html>\n")


@sample("broken/empty.xml", "an empty file")
def empty_file():
    return b""


@sample("broken/entity-attack.xml", "a document type with entities that explode")
def entity_attack():
    entities = "".join(f'  <!ENTITY e{n} "{f"&e{n - 1};" * 10}">\n' for n in range(1, 10))
    return ('<?xml version="1.0"?>\n<!DOCTYPE mediawiki [\n  <!ENTITY e0 "boom">\n'
            f"{entities}]>\n" + broken_value("Which year?", "&e9;"))


@sample("broken/unknown-entity.xml", "an entity XML does not know")
def unknown_entity():
    return broken_value("Which year?", "Which&nbsp;year?")


@sample("broken/unclosed-element.xml", "a comment that is not closed")
def unclosed_element():
    return broken_value("<comment>year</comment>", "<comment>year")


@sample("broken/bad-id.xml", "a revision id that is no number")
def bad_id():
    return broken_value("<id>103</id>", "<id>10x3</id>")


@sample("broken/too-large-id.xml", "a revision id above 2^63 - 1")
def too_large_id():
    return broken_value("<id>103</id>", "<id>9223372036854775808</id>")


@sample("broken/missing-id.xml", "a page without id and a revision without id in schema 0.11")
def missing_id():
    return broken_value("<id>103</id>", "").replace("    <id>3</id>\n", "")


@sample("broken/bad-timestamp.xml", "a day and an hour that do not exist")
def bad_timestamp():
    return broken_value("2025-03-02T08:15:30Z", "2007-02-30T25:61:00Z")


@sample("broken/two-dumps.xml", "two dumps in one file")
def two_dumps():
    return small() + small()


@sample("broken/garbage-after-end.xml", "text after the root end tag")
def garbage_after_end():
    return small() + "garbage & more\n"


@sample("broken/garbage-after-end.xml.bz2", "bytes that are no bzip2 after the last stream")
def garbage_after_bz2():
    return bz2.compress(small().encode()) + b"garbage after the end"


@sample("broken/zeros-after-end.xml.bz2", "zero bytes after the last stream (harmless padding)")
def zeros_after_bz2():
    return bz2.compress(small().encode()) + bytes(512)


@sample("broken/invalid-utf-8.xml", "bytes in a text that are no UTF-8")
def invalid_utf_8():
    return small().encode().replace(b"Which year?", b"Which \xff\xc3( year?")


@sample("broken/control-character.xml", "control characters, raw and as a reference, in a text")
def control_character():
    return broken_value("Which year?", "Which \x01\x0c year? &#1;")


@sample("broken/log-items.xml", "log entries without id and without a time")
def broken_log_items():
    whole = log_item(1, "move", "move", "Holm", "Nordholm")
    return dump(whole, log_item(2, "move", "move").replace("    <id>2</id>\n", "", 1),
                log_item(3, "move", "move").replace("    <timestamp>2024-05-03T07:08:09Z</timestamp>\n", ""),
                log_item(4, "block", "block", "User:X"))


# --- writing ---------------------------------------------------------------

def readme():
    """The list of samples."""
    lines = ["# Sample dumps", "",
             "Small dumps of an invented wiki, one oddity each, written by",
             "`scripts/make_samples.py`. `expected/` holds the rows of each as JSON lines, written",
             "by `scripts/make_expected.py`; those of SQL dumps are read by `scripts/sql_oracle.py` when",
             "they are tested.", "", "| file | what it is for |", "|---|---|"]
    lines += [f"| `{name}` | {purpose} |" for name, purpose, _ in SAMPLES + SQL_SAMPLES]
    return "\n".join(lines) + "\n"


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "sample-dumps"
    for below in ("broken", "sql/broken"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    for name, _, make in SAMPLES + SQL_SAMPLES:
        data = make()
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (folder / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    main()
