"""Results that several tests look at, made once."""
import pytest

import helpers


@pytest.fixture(scope="session")
def big(tmp_path_factory):
    """The large sample in all tables, in several small part files."""
    return helpers.converted(helpers.BIG, tmp_path_factory.mktemp("big") / "out",
                             "--part-bytes", "64K", "--row-group-bytes", "1M",
                             tables=[*helpers.ALL_TABLES, *helpers.DERIVED_TABLES,
                                     *helpers.PROFILE_TABLES.values()])
