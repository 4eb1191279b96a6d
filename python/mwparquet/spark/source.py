"""The data source and its readers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import mwparquet
from pyspark import TaskContext
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType

from .filters import Pushed
from .request import Request
from .shipping import shipped

if TYPE_CHECKING:
    import pyarrow


class DumpSource(DataSource):
    """``spark.read.format("mwparquet")``, where Spark does all filtering."""

    @classmethod
    def name(cls) -> str:
        return "mwparquet"

    def schema(self) -> StructType:
        import pyarrow

        request = Request.of(self.options)
        return from_arrow_schema(pyarrow.schema(request.scan().schema))

    def reader(self, schema: StructType) -> DataSourceReader:
        return DumpReader(Request.of(self.options), schema)

    def __reduce__(self) -> tuple[Any, ...]:
        return shipped(type(self), dict(self.options))


class FilteringDumpSource(DumpSource):
    """The same, but filters reach the parser; Spark refuses it where its setting for that is off."""

    def reader(self, schema: StructType) -> DataSourceReader:
        return FilteringDumpReader(Request.of(self.options), schema)


class DumpReader(DataSourceReader):
    """Reads the splits of a plan, a task each."""

    def __init__(self, request: Request, schema: StructType, pushed: Pushed | None = None):
        self.request = request
        self.schema = schema
        self.pushed = pushed or Pushed(request.table, request.filtered)

    def __reduce__(self) -> tuple[Any, ...]:
        return shipped(type(self), self.request, self.schema, self.pushed)

    def partitions(self) -> list[InputPartition]:
        if not self.request.is_divisible:
            return [InputPartition(None)]
        return [InputPartition(json.dumps(split)) for split in self.request.plan()["splits"]]

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        wanted = to_arrow_schema(self.schema, timezone="UTC")
        scan = self.request.scan(
            split=partition.value,
            columns=self.schema.fieldNames(),
            threads=_task_threads(),
            filters=self.pushed.options(),
        )
        for batch in scan:
            rows = pyarrow.record_batch(batch).select(wanted.names)
            yield rows if rows.schema.equals(wanted) else rows.cast(wanted)


class FilteringDumpReader(DumpReader):
    """The same, with filters."""

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:
        return [one for one in filters if not self.pushed.take(one)]


def _task_threads() -> int:
    """As many as Spark has set aside for the task."""
    task = TaskContext.get()
    return task.cpus() if task else 1
