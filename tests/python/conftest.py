"""Results that several tests look at, made once."""
import bz2

import pytest

import helpers


@pytest.fixture(scope="session")
def big(tmp_path_factory):
    """The large sample in all tables, in several small part files."""
    return helpers.converted(helpers.BIG, tmp_path_factory.mktemp("big") / "out",
                             "--part-bytes", "64K", "--row-group-bytes", "1M",
                             tables=[*helpers.ALL_TABLES, *helpers.DERIVED_TABLES,
                                     *helpers.PROFILE_TABLES.values()])


@pytest.fixture(scope="session")
def long_dump(tmp_path_factory):
    """A dump that is read for a while, and a page of it many chunks long."""
    path = tmp_path_factory.mktemp("long") / "long.xml.bz2"
    text = "a word and another, and some more. " * 60
    revisions = "".join(
        f"<revision><id>{number}</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor>"
        f"<username>U{number % 7}</username><id>{1 + number % 7}</id></contributor><text>{number} {text}</text>"
        "</revision>" for number in range(1, 8001))
    page = "<page><title>T{0}</title><ns>0</ns><id>{0}</id>" + revisions + "</page>"
    xml = "<mediawiki><siteinfo></siteinfo>" + "".join(page.format(number) for number in (1, 2)) + "</mediawiki>"
    with bz2.open(path, "wt", compresslevel=1) as file:
        file.write(xml)
    return path
