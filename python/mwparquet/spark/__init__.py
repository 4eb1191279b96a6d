"""A data source for Spark 4: tables of dumps as data frames, without files between.

>>> import mwparquet.spark                                          # doctest: +SKIP
>>> mwparquet.spark.register(spark)                                 # doctest: +SKIP
>>> revisions = (spark.read.format("mwparquet")
...     .option("table", "revisions").load("dumps/*.bz2"))          # doctest: +SKIP

Needs PySpark 4 and pyarrow, and this package on the driver and on each machine that runs tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    from pyspark.sql.datasource import DataSourceReader
except ImportError as error:
    raise ImportError(
        "mwparquet.spark needs PySpark 4.0 or later, and here is none: pip install 'pyspark[sql]>=4'"
    ) from error

from .source import DumpSource, FilteringDumpSource

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["DumpSource", "FilteringDumpSource", "register"]

_PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


def register(spark: SparkSession, *, push_filters: bool = True) -> None:
    """Makes ``spark.read.format("mwparquet")`` known to a session.

    :param spark: the session
    :param push_filters: whether filters on namespaces, page ids and times are to reach the parser.  That
        needs Spark 4.1 and its setting ``spark.sql.python.filterPushdown.enabled``, which is set for this
        session; before 4.1 Spark does all filtering
    """
    if push_filters and hasattr(DataSourceReader, "pushFilters"):
        spark.conf.set(_PUSHDOWN, "true")
        spark.dataSource.register(FilteringDumpSource)
    else:
        spark.dataSource.register(DumpSource)
