"""Edit counts: who edits how much, by namespace and year.

    python docs/guides/edit_counts.py DUMP [DUMP …]

Needs the packages mwparquet and duckdb.  Stubs will do: no text is looked at.
"""
# %% The dumps; without any, a sample of this repository.
import pathlib
import sys

import duckdb
import mwparquet

SAMPLE = pathlib.Path(__file__).parents[2] / "sample-dumps/samplewiki-20260101-stub-meta-history.xml.gz"
dumps = sys.argv[1:] or [SAMPLE]

# %% One pass over the dumps, of which only four columns are decoded.  Nothing is written, and DuckDB
# takes the rows while they are read.
edits = mwparquet.scan(dumps, columns=["page_namespace_id", "revision_dt", "user_text", "user_kind"])

# %% A user's name tells nothing where it is hidden, and an address is many people.
duckdb.sql("SET TimeZone = 'UTC'")
by_user = duckdb.sql("""
    SELECT user_text, count(*) AS edits, count(*) FILTER (page_namespace_id = 0) AS in_articles,
           year(min(revision_dt)) AS first_year, year(max(revision_dt)) AS last_year
    FROM edits
    WHERE user_kind IN ('registered', 'temporary')
    GROUP BY user_text
    ORDER BY edits DESC, user_text
    LIMIT 10
""")
print("user", "edits", "in articles", "from", "to", sep="\t")
for row in by_user.fetchall():
    print(*row, sep="\t")

# %% Where counts are all that is wanted, they need no rows at all.
kinds = mwparquet.count(dumps, by=["year", "user-kind"], measures="minor")
for row in kinds.to_dicts():
    print(row)
