"""Newcomer survival: of those who begin in a month, how many still edit two months later?

    python docs/guides/newcomer_survival.py DUMP [DUMP …]

Needs the packages mwparquet and polars.  By the definition of Wikimedia's research pages a newcomer
survives who edits in the second month (days 30 to 60) after the first edit.
"""
# %% The dumps; without any, a sample of this repository.
import pathlib
import sys

import mwparquet
import polars as pl

SAMPLE = pathlib.Path(__file__).parents[2] / "sample-dumps/samplewiki-20260101-pages-meta-history.xml.bz2"
dumps = sys.argv[1:] or [SAMPLE]

# %% Edits of accounts.  Temporary accounts and addresses do not come back under the same name.
edits = pl.DataFrame(mwparquet.scan(dumps, columns=["revision_dt", "user_id", "user_kind"])).filter(
    pl.col("user_kind") == "registered")

# %% Days from each account's first edit.  That is the first one in these dumps: pages that were deleted
# are not in them.
edits = edits.with_columns(first=pl.col("revision_dt").min().over("user_id")).with_columns(
    day=(pl.col("revision_dt") - pl.col("first")).dt.total_days())
users = edits.group_by("user_id").agg(
    pl.col("first").first(), survived=((pl.col("day") >= 30) & (pl.col("day") < 60)).any())

# %% Who began less than 60 days before the dump ends has had no chance to survive.
observed = users.filter(pl.col("first") <= edits["revision_dt"].max() - pl.duration(days=60))
by_month = observed.group_by(pl.col("first").dt.strftime("%Y-%m").alias("month")).agg(
    newcomers=pl.len(), survived=pl.col("survived").sum()).sort("month")
print("month", "newcomers", "survived", "rate", sep="\t")
for month, newcomers, survived in by_month.iter_rows():
    print(month, newcomers, survived, f"{survived / newcomers:.2f}", sep="\t")
