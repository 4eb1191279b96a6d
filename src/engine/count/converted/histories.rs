//! Revisions with what the table revision_history tells of each: its rows come in the same order.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::Int64Type;

use super::rows::{Flags, Numbers, Rows};
use super::{JobFolder, Means, wanted};
use crate::derive::counts::{Counter, Derived, Measure, Subject};
use crate::engine::count::spill::Spill;
use crate::error::{Error, Result};
use crate::sink::{PartReader, TableEntry};
use crate::tables::{self, TableInfo};

/// Counts are handed on where they take so much.
const GROUPS_BYTES: usize = 8 << 20;

/// Counts the rows of both tables, side by side.
pub(super) fn count(
    means: &Means<'_>,
    folder: &JobFolder,
    entry: &TableEntry,
    columns: &[&'static str],
    spill: &mut Spill<'_>,
) -> Result<()> {
    let plan = &means.counting.plan;
    let mut told = vec!["page_id", "revision_id"];
    if plan.has(Measure::Bytes) {
        told.push("revision_text_bytes_diff");
    }
    if plan.has(Measure::Reverts) {
        told.extend([
            "revision_is_identity_reverted",
            "revision_is_identity_revert",
        ]);
    }
    let history = folder.table(&tables::REVISION_HISTORY, &told)?;
    let mut histories = Stream::new(&tables::REVISION_HISTORY, folder.parts(history), &told);
    let mut revisions = Stream::new(&tables::REVISIONS, folder.parts(entry), columns);
    let mut counter = Counter::new(plan, None);
    while let Some(batch) = revisions.next_batch()? {
        means.stop.check()?;
        let rows = Rows::of(&batch, Subject::Revisions)?;
        let mut row = 0;
        while row < batch.num_rows() {
            let beside = histories.at_most(batch.num_rows() - row)?;
            let beside = beside.ok_or_else(|| not_beside(&rows, row))?;
            let told = Told::of(&beside)?;
            for other in 0..beside.num_rows() {
                if !told.is_of(other, &rows, row) {
                    return Err(not_beside(&rows, row));
                }
                rows.count(row, means.counting, &mut counter, Some(told.derived(other)));
                row += 1;
            }
        }
        if counter.bytes() > GROUPS_BYTES {
            spill.add(counter.take(), means.pool)?;
        }
    }
    spill.add(counter.take(), means.pool)
}

fn not_beside(rows: &Rows<'_>, row: usize) -> Error {
    Error::damaged("the rows of revision_history are not those of revisions: write both in one job")
        .in_record(rows.page_ids.value(row), rows.revision_ids.value(row))
}

/// Columns of revision_history.
struct Told<'b> {
    page_ids: Numbers<'b, Int64Type>,
    revision_ids: Numbers<'b, Int64Type>,
    bytes_diffs: Numbers<'b, Int64Type>,
    are_reverted: Flags<'b>,
    are_reverts: Flags<'b>,
}

impl<'b> Told<'b> {
    fn of(batch: &'b RecordBatch) -> Result<Self> {
        Ok(Self {
            page_ids: Numbers::of(batch, "page_id")?,
            revision_ids: Numbers::of(batch, "revision_id")?,
            bytes_diffs: Numbers::of(batch, "revision_text_bytes_diff")?,
            are_reverted: Flags::of(batch, "revision_is_identity_reverted")?,
            are_reverts: Flags::of(batch, "revision_is_identity_revert")?,
        })
    }

    fn is_of(&self, other: usize, rows: &Rows<'_>, row: usize) -> bool {
        self.page_ids.value(other) == rows.page_ids.value(row)
            && self.revision_ids.value(other) == rows.revision_ids.value(row)
    }

    fn derived(&self, row: usize) -> Derived {
        Derived {
            bytes_diff: self.bytes_diffs.value(row),
            is_reverted: self.are_reverted.is_set(row),
            is_revert: self.are_reverts.is_set(row),
        }
    }
}

/// The rows of a table, part by part.
struct Stream<'s> {
    table: &'static TableInfo,
    parts: std::vec::IntoIter<PathBuf>,
    columns: &'s [&'static str],
    reader: Option<PartReader>,
    /// What is left of a batch.
    rest: Option<RecordBatch>,
}

impl<'s> Stream<'s> {
    fn new(table: &'static TableInfo, parts: Vec<PathBuf>, columns: &'s [&'static str]) -> Self {
        Self {
            table,
            parts: parts.into_iter(),
            columns,
            reader: None,
            rest: None,
        }
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(reader) = &mut self.reader
                && let Some(batch) = reader.next_batch()?
            {
                return Ok(Some(batch));
            }
            let Some(part) = self.parts.next() else {
                return Ok(None);
            };
            let wanted = wanted(self.columns, None);
            self.reader = Some(PartReader::open(&part, self.table.name, &wanted)?);
        }
    }

    /// The next rows, of which there are not more than `most`.
    fn at_most(&mut self, most: usize) -> Result<Option<RecordBatch>> {
        let rest = self.rest.take();
        let Some(batch) = rest.map_or_else(|| self.next_batch(), |rest| Ok(Some(rest)))? else {
            return Ok(None);
        };
        let taken = batch.num_rows().min(most);
        if taken < batch.num_rows() {
            self.rest = Some(batch.slice(taken, batch.num_rows() - taken));
        }
        Ok(Some(batch.slice(0, taken)))
    }
}
