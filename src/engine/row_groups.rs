//! Batches on their way to disk: gathered to row groups by table, encoded by workers, appended in
//! order.  Those of a scan go to whoever takes them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;

use super::lane::Lane;
use super::plan::Plan;
use super::pool::Pending;
use super::scan::Handing;
use crate::error::Result;
use crate::sink::{EncodedColumn, Part, RowGroupEncoder, TableWriter};
use crate::tables::{self, TableInfo};

/// Parts by the names of their tables.
pub(super) type PartsByTable = BTreeMap<String, Vec<Part>>;

/// The tables of one input.
pub(super) struct RowGroups<'l> {
    lane: &'l Lane<'l>,
    row_group_bytes: usize,
    tables: BTreeMap<String, Gathering>,
    /// Row groups at the workers, of all tables, the oldest first.
    encoding: VecDeque<Encoding>,
    encoding_bytes: usize,
    /// Where batches go instead, if they do not become parts.
    handing: Option<Handing>,
}

/// A table with the rows of its next row group.
struct Gathering {
    writer: TableWriter,
    batches: Vec<RecordBatch>,
    bytes: usize,
}

struct Encoding {
    table: String,
    bytes: usize,
    encoder: RowGroupEncoder,
    batches: Arc<[RecordBatch]>,
    /// A task a column: an input of few rows, or the end of any, keeps all workers busy.
    columns: Vec<Pending<EncodedColumn>>,
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
            let gathering = Gathering {
                writer: plan.writer(table, input)?,
                batches: Vec::new(),
                bytes: 0,
            };
            Ok((table.to_owned(), gathering))
        };
        Ok(Self {
            lane,
            row_group_bytes: plan.row_group_bytes,
            tables: tables.map(gathering).collect::<Result<_>>()?,
            encoding: VecDeque::new(),
            encoding_bytes: 0,
            handing,
        })
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
        gathering.bytes += batch.get_array_memory_size();
        gathering.batches.push(batch);
        if gathering.bytes >= self.row_group_bytes {
            self.close_row_group(table)?;
        }
        Ok(())
    }

    /// Adds a table that an input turned out to have.  Rows of the others are not expected to come
    /// soon, so their memory is let go.
    pub(super) fn begin_table(&mut self, table: &str, writer: TableWriter) -> Result<()> {
        self.close_all()?;
        let gathering = Gathering {
            writer,
            batches: Vec::new(),
            bytes: 0,
        };
        self.tables.insert(table.to_owned(), gathering);
        Ok(())
    }

    /// Hands a row group to the workers, when there is room for it.
    fn close_row_group(&mut self, table: &str) -> Result<()> {
        let Some(gathering) = self.tables.get_mut(table) else {
            return Ok(());
        };
        let batches: Arc<[_]> = std::mem::take(&mut gathering.batches).into();
        let bytes = std::mem::take(&mut gathering.bytes);
        let encoder = gathering.writer.encoder().clone();
        let share_bytes = self.lane.budget.encoding_bytes();
        while self.encoding_bytes + bytes > share_bytes && !self.encoding.is_empty() {
            self.append_oldest()?;
        }
        self.encoding_bytes += bytes;
        let columns = encoder.columns(&batches)?.into_iter();
        let columns = columns.map(|column| self.lane.pool.spawn(move || column.encode()));
        self.encoding.push_back(Encoding {
            table: table.to_owned(),
            bytes,
            columns: columns.collect(),
            encoder,
            batches,
        });
        Ok(())
    }

    fn append_oldest(&mut self) -> Result<()> {
        let Some(oldest) = self.encoding.pop_front() else {
            return Ok(());
        };
        let columns = oldest.columns.into_iter().map(Pending::wait);
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let group = oldest.encoder.row_group(&oldest.batches, columns);
        self.encoding_bytes -= oldest.bytes;
        if let Some(gathering) = self.tables.get_mut(&oldest.table) {
            let written = gathering.writer.append(group)?;
            let counter = &self.lane.progress.written_bytes;
            counter.fetch_add(written, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Appends all row groups that are at the workers.
    pub(super) fn settle(&mut self) -> Result<()> {
        while !self.encoding.is_empty() {
            self.append_oldest()?;
        }
        Ok(())
    }

    /// Hands all unfinished row groups to the workers.
    fn close_all(&mut self) -> Result<()> {
        let unfinished: Vec<_> = self
            .tables
            .iter()
            .filter(|(_, gathering)| !gathering.batches.is_empty())
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
