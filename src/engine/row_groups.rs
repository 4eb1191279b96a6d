//! Batches on their way to disk: gathered to row groups by table, encoded by workers, appended in
//! order.  Those of a scan go to whoever takes them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;
use crossbeam_channel::{Receiver, Sender, unbounded};

use super::lane::Lane;
use super::plan::Plan;
use super::pool::Pending;
use super::scan::Handing;
use crate::error::{Error, Result};
use crate::sink::{EncodedColumn, OpenColumn, OpenRowGroup, Part, Partition, TableWriter};
use crate::tables::{self, TableInfo};

/// Parts by the names of their tables.
pub(super) type PartsByTable = BTreeMap<String, Vec<Part>>;

/// The tables of one input.
pub(super) struct RowGroups<'l> {
    lane: &'l Lane<'l>,
    row_group_bytes: usize,
    tables: BTreeMap<String, Gathering>,
    /// Row groups that have all their rows, of all tables, the oldest first.
    closed: VecDeque<ClosedRowGroup>,
    /// Bytes of rows that wait for their encoding or are in it.
    encoding_bytes: usize,
    encoded: Encoded,
    /// Where batches go instead, if they do not become parts.
    handing: Option<Handing>,
}

/// Rows are encoded when there are so many of a row group, as a part of its bytes.  What of them comes first tells how
/// columns are encoded.
const ENCODED_AT_ONCE: usize = 4;

/// A table with its next row group.
struct Gathering {
    writer: TableWriter,
    /// The row group; none while no row of it is at the workers.
    open: Option<RowsAtWorkers<OpenColumn>>,
    /// Rows that are not at the workers yet.
    batches: Vec<RecordBatch>,
    batches_bytes: usize,
}

/// A row group of which rows are at the workers, who make `T` of each column.
struct RowsAtWorkers<T> {
    group: OpenRowGroup,
    /// A task a column: an input of few rows, or the end of any, keeps all workers busy.
    columns: Vec<Pending<T>>,
    /// Bytes of all rows of the row group.
    bytes: usize,
}

struct ClosedRowGroup {
    table: String,
    rows: RowsAtWorkers<EncodedColumn>,
}

impl<T> RowsAtWorkers<T> {
    /// Whether the workers have done with them.
    fn are_ready(&self) -> bool {
        self.columns.iter().all(Pending::is_ready)
    }

    /// The row group with its columns, when the workers have done with them.
    fn wait(self) -> Result<(OpenRowGroup, Vec<T>)> {
        let columns = self.columns.into_iter().map(Pending::wait);
        Ok((self.group, columns.collect::<Result<_>>()?))
    }
}

/// Tells of rows that hold no memory any more, by their bytes.
struct Encoded {
    tell: Sender<usize>,
    told: Receiver<usize>,
}

/// Goes with the rows of a column through a worker, and tells when they are gone, however that comes.
struct Companion {
    bytes: usize,
    tell: Sender<usize>,
}

impl Drop for Companion {
    fn drop(&mut self) {
        // Nobody listens any more where the job has failed.
        let _ = self.tell.send(self.bytes);
    }
}

impl Gathering {
    fn new(writer: TableWriter) -> Self {
        Self {
            writer,
            open: None,
            batches: Vec::new(),
            batches_bytes: 0,
        }
    }

    /// Bytes of the rows of the next row group.
    fn bytes(&self) -> usize {
        self.batches_bytes + self.open.as_ref().map_or(0, |open| open.bytes)
    }

    /// Whether the workers have nothing to do for the row group.
    fn is_idle(&self) -> bool {
        self.open.as_ref().is_none_or(RowsAtWorkers::are_ready)
    }
}

impl<'l> RowGroups<'l> {
    /// The tables of the input of a number, without those that belong to the job as a whole.
    pub(super) fn new(plan: &Plan<'_>, lane: &'l Lane<'l>, input: usize) -> Result<Self> {
        let of_job = [tables::NAMESPACES.name, tables::SESSIONS.name];
        let tables = plan.tables().filter(|table| !of_job.contains(table));
        Self::of(plan, lane, tables, Some(input))
    }

    /// A table that belongs to the job as a whole.
    pub(super) fn of_job(plan: &Plan<'_>, lane: &'l Lane<'l>, table: &TableInfo) -> Result<Self> {
        Self::of(plan, lane, std::iter::once(table.name), None)
    }

    fn of(
        plan: &Plan<'_>,
        lane: &'l Lane<'l>,
        tables: impl Iterator<Item = &'static str>,
        input: Option<usize>,
    ) -> Result<Self> {
        let handing = plan.outlet().map(Handing::new);
        let tables = tables.take_while(|_| handing.is_none());
        let gathering = |table: &'static str| {
            let writer = plan.writer(table, input)?;
            Ok((table.to_owned(), Gathering::new(writer)))
        };
        let (tell, told) = unbounded();
        Ok(Self {
            lane,
            row_group_bytes: plan.row_group_bytes,
            tables: tables.map(gathering).collect::<Result<_>>()?,
            closed: VecDeque::new(),
            encoding_bytes: 0,
            encoded: Encoded { tell, told },
            handing,
        })
    }

    /// Has the parts of all tables in a partition, or in none.
    pub(super) fn enter(&mut self, partition: Option<&Partition>) {
        for (table, gathering) in &mut self.tables {
            gathering.writer.set_partition(path_of(table, partition));
        }
    }

    /// Adds rows, if the table is wanted.  Where row groups end depends on the rows alone.
    pub(super) fn push(&mut self, table: &TableInfo, batch: Option<RecordBatch>) -> Result<()> {
        self.push_named(table.name, batch)
    }

    /// The same by the name of the table.
    pub(super) fn push_named(&mut self, table: &str, batch: Option<RecordBatch>) -> Result<()> {
        let Some(batch) = batch else {
            return Ok(());
        };
        if let Some(handing) = &mut self.handing {
            return handing.push(table, batch);
        }
        let Some(gathering) = self.tables.get_mut(table) else {
            return Ok(());
        };
        gathering.batches_bytes += batch.get_array_memory_size();
        gathering.batches.push(batch);
        if gathering.bytes() >= self.row_group_bytes {
            self.close_row_group(table)?;
        } else if gathering.batches_bytes >= self.row_group_bytes / ENCODED_AT_ONCE
            && gathering.is_idle()
        {
            self.encode_gathered(table)?;
        }
        self.append_ready()
    }

    /// Adds a table that an input turned out to have.  Rows of the others are not expected to come
    /// soon, so their memory is let go.
    pub(super) fn begin_table(&mut self, table: &str, writer: TableWriter) -> Result<()> {
        self.close_all()?;
        self.tables.insert(table.to_owned(), Gathering::new(writer));
        Ok(())
    }

    /// Hands gathered rows to the workers, whose row group goes on.
    fn encode_gathered(&mut self, table: &str) -> Result<()> {
        let rows = self.hand_over(table, Ok)?;
        if let Some(gathering) = self.tables.get_mut(table) {
            gathering.open = rows;
        }
        Ok(())
    }

    /// Hands the last rows of a row group to the workers.
    fn close_row_group(&mut self, table: &str) -> Result<()> {
        if let Some(rows) = self.hand_over(table, OpenColumn::close)? {
            let table = table.to_owned();
            self.closed.push_back(ClosedRowGroup { table, rows });
        }
        Ok(())
    }

    /// Hands gathered rows to the workers, who do `then` with each column behind them, when there is room for them and
    /// the workers have done with those before; `None` for a table that has none.
    fn hand_over<T: Send + 'static>(
        &mut self,
        table: &str,
        then: fn(OpenColumn) -> Result<T>,
    ) -> Result<Option<RowsAtWorkers<T>>> {
        let gathering = self.tables.get(table);
        self.wait_for_room(gathering.map_or(0, |gathering| gathering.batches_bytes))?;
        let Some(gathering) = self.tables.get_mut(table) else {
            return Ok(None);
        };
        let bytes = gathering.bytes();
        let encoder = gathering.writer.encoder();
        let (mut group, columns) = match gathering.open.take() {
            Some(open) => open.wait()?,
            None => (encoder.begin(), encoder.columns().collect()),
        };
        gathering.batches_bytes = 0;
        let arrays = group.add(std::mem::take(&mut gathering.batches));
        let columns = columns.into_iter().zip(arrays).map(|(mut column, arrays)| {
            let bytes = arrays.iter().map(|array| array.get_array_memory_size());
            let bytes = bytes.sum();
            self.encoding_bytes += bytes;
            let tell = self.encoded.tell.clone();
            let companion = Companion { bytes, tell };
            self.lane.pool.spawn(move || {
                column.add(arrays)?;
                drop(companion);
                then(column)
            })
        });
        Ok(Some(RowsAtWorkers {
            group,
            columns: columns.collect(),
            bytes,
        }))
    }

    /// Waits until so many more bytes may be at the workers, or nothing is.
    fn wait_for_room(&mut self, bytes: usize) -> Result<()> {
        let share_bytes = self.lane.budget.encoding_bytes();
        for bytes in self.encoded.told.try_iter() {
            self.encoding_bytes -= bytes;
        }
        while self.encoding_bytes > 0 && self.encoding_bytes.saturating_add(bytes) > share_bytes {
            let bytes = self.encoded.told.recv();
            let bytes = bytes.map_err(|_| Error::internal("nobody tells of encoded rows"))?;
            self.encoding_bytes -= bytes;
        }
        Ok(())
    }

    /// Appends row groups that are encoded, up to the first that is not.
    fn append_ready(&mut self) -> Result<()> {
        while let Some(oldest) = self.closed.front()
            && oldest.rows.are_ready()
        {
            self.append_oldest()?;
        }
        Ok(())
    }

    fn append_oldest(&mut self) -> Result<()> {
        let Some(oldest) = self.closed.pop_front() else {
            return Ok(());
        };
        let (group, columns) = oldest.rows.wait()?;
        let group = group.encoded(columns);
        if let Some(gathering) = self.tables.get_mut(&oldest.table) {
            let written = gathering.writer.append(group)?;
            let counter = &self.lane.progress.written_bytes;
            counter.fetch_add(written, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Has no rows at the workers any more, and appends all row groups that have all theirs.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.wait_for_room(usize::MAX)?;
        while !self.closed.is_empty() {
            self.append_oldest()?;
        }
        Ok(())
    }

    /// Hands all unfinished row groups to the workers.
    fn close_all(&mut self) -> Result<()> {
        let unfinished: Vec<_> = self
            .tables
            .iter()
            .filter(|(_, gathering)| gathering.bytes() > 0)
            .map(|(table, _)| table.clone())
            .collect();
        unfinished
            .iter()
            .try_for_each(|table| self.close_row_group(table))
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> Result<PartsByTable> {
        if let Some(handing) = self.handing.take() {
            handing.finish()?;
        }
        self.close_all()?;
        self.settle()?;
        for gathering in self.tables.values_mut() {
            gathering.writer.end()?;
        }
        self.tables
            .into_iter()
            .map(|(table, gathering)| Ok((table, gathering.writer.finish()?)))
            .collect()
    }
}

/// Where a partition lies below the folder of a table.
pub(super) fn path_of(table: &str, partition: Option<&Partition>) -> Option<String> {
    let column = tables::by_name(table).map_or(tables::WIKI_ID, TableInfo::wiki_column);
    partition.map(|partition| partition.path(column))
}
