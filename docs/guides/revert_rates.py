"""Revert rates: what part of the edits is reverted, by kind of user, and how fast?

    python docs/guides/revert_rates.py DUMP [DUMP …]

Needs the packages mwparquet and duckdb.  Stubs will do: reverts are found by checksums.
"""
# %% The dumps; without any, a sample of this repository.
import pathlib
import sys

import duckdb
import mwparquet

SAMPLE = pathlib.Path(__file__).parents[2] / "sample-dumps/samplewiki-20260101-pages-meta-history.xml.bz2"
dumps = sys.argv[1:] or [SAMPLE]

# %% Two tables are two passes over the dumps.  Reverts come from whole histories of pages, whatever is
# chosen here: a filter on namespaces keeps or leaves out whole pages.
edits = mwparquet.scan(dumps, namespaces=[0], columns=["revision_id", "user_kind"])
reverts = mwparquet.scan(dumps, table="reverts", namespaces=[0], columns=[
    "revert_definition", "reverted_revision_ids", "seconds_to_revert", "is_self_revert"])

# %% Of the two definitions one; who undoes an edit of one's own reverts nobody.
rates = duckdb.sql("""
    WITH reverted AS (
        SELECT unnest(reverted_revision_ids) AS revision_id, seconds_to_revert
        FROM reverts
        WHERE revert_definition = 'mwreverts' AND NOT coalesce(is_self_revert, false)),
    first_time AS (SELECT revision_id, min(seconds_to_revert) AS seconds FROM reverted GROUP BY ALL)
    SELECT user_kind, count(*) AS edits, count(seconds) AS reverted,
           round(count(seconds) / count(*), 3) AS rate, median(seconds) AS median_seconds
    FROM edits LEFT JOIN first_time USING (revision_id)
    GROUP BY user_kind
    ORDER BY user_kind
""")
print("user kind", "edits", "reverted", "rate", "median seconds", sep="\t")
for row in rates.fetchall():
    print(*row, sep="\t")
