//! All groups, once, in order: rows on their way out.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;

use crate::derive::counts::{CountPlan, CountRow, Group, GroupMerger, Groups, Subject, Tally};
use crate::engine::pool::Pool;
use crate::engine::progress::Stop;
use crate::engine::sessions::few_runs;
use crate::error::{Error, Result};
use crate::sink::{Run, TemporaryFolder, for_each_sorted};
use crate::tables::{self, Selection, TableBuilder, count_columns};

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;
/// How often somebody looks whether the job is to stop.
const RECORDS_PER_LOOK: u64 = 1 << 16;

/// What was counted, not yet as rows.
pub struct Counts {
    plan: Arc<CountPlan>,
    selection: Selection,
    groups: Groups,
    runs: Vec<Run>,
    /// Where the runs lie; it goes away behind them.
    _folder: TemporaryFolder,
}

impl Counts {
    pub(super) fn new(
        plan: &Arc<CountPlan>,
        subject: Subject,
        spill: (Groups, Vec<Run>),
        folder: TemporaryFolder,
        pool: &Pool,
        stop: &Stop,
    ) -> Result<Self> {
        let (groups, runs) = spill;
        Ok(Self {
            plan: Arc::clone(plan),
            selection: count_columns(plan, subject)?,
            groups,
            runs: few_runs(folder.path(), pool, stop, runs)?,
            _folder: folder,
        })
    }

    /// The columns of the rows.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Hands on all rows in the order of their keys, and gives their number.
    pub fn for_each_batch(
        &self,
        stop: &Stop,
        take: &mut dyn FnMut(&RecordBatch) -> Result<()>,
    ) -> Result<u64> {
        let mut batches = Batches::new(self, take);
        let rows = self.for_each_group(stop, &mut |group| batches.push(group))?;
        batches.finish()?;
        Ok(rows)
    }

    /// Hands on the rows of the `most` largest groups, the largest first and those of one size in the
    /// order of their keys.  Gives the number of all groups.
    pub fn for_largest(
        &self,
        most: usize,
        stop: &Stop,
        take: &mut dyn FnMut(&RecordBatch) -> Result<()>,
    ) -> Result<u64> {
        let mut largest = BTreeSet::new();
        let mut number = 0_u64;
        self.for_each_group(stop, &mut |group| {
            let records = group.tally.records;
            let is_among = |last: &Ranked| records > last.tally.records;
            if largest.len() < most || largest.last().is_some_and(is_among) {
                largest.insert(Ranked::of(group, number));
            }
            if largest.len() > most {
                largest.pop_last();
            }
            number += 1;
            Ok(())
        })?;
        let mut batches = Batches::new(self, take);
        largest
            .iter()
            .try_for_each(|ranked| batches.push(ranked.group()))?;
        batches.finish()?;
        Ok(number)
    }

    fn for_each_group(
        &self,
        stop: &Stop,
        take: &mut dyn FnMut(Group<'_>) -> Result<()>,
    ) -> Result<u64> {
        let mut groups = 0;
        let mut counted = |group: Group<'_>| {
            groups += 1;
            take(group)
        };
        if self.runs.is_empty() {
            self.groups.for_each_group(&mut counted)?;
            return Ok(groups);
        }
        let mut merger = GroupMerger::new(&self.plan);
        let mut records = 0_u64;
        for_each_sorted(&self.runs, |record| {
            records += 1;
            if records.is_multiple_of(RECORDS_PER_LOOK) {
                stop.check()?;
            }
            merger.push(record, &mut counted)
        })?;
        merger.finish(&mut counted)?;
        Ok(groups)
    }
}

/// A group by its size, the largest first.
struct Ranked {
    /// Which one it is in the order of keys.
    number: u64,
    key: Vec<u8>,
    label: Vec<u8>,
    tally: Tally,
    pages: u64,
    users: u64,
}

impl Ranked {
    fn of(group: Group<'_>, number: u64) -> Self {
        Self {
            number,
            key: group.key.to_vec(),
            label: group.label.to_vec(),
            tally: group.tally,
            pages: group.pages,
            users: group.users,
        }
    }

    fn group(&self) -> Group<'_> {
        Group {
            key: &self.key,
            label: &self.label,
            tally: self.tally,
            pages: self.pages,
            users: self.users,
        }
    }

    fn rank(&self) -> (std::cmp::Reverse<u64>, u64) {
        (std::cmp::Reverse(self.tally.records), self.number)
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// Groups on their way into batches.
struct Batches<'c, 't> {
    plan: &'c CountPlan,
    builder: TableBuilder<tables::Counts>,
    take: &'t mut dyn FnMut(&RecordBatch) -> Result<()>,
}

impl<'c, 't> Batches<'c, 't> {
    fn new(counts: &'c Counts, take: &'t mut dyn FnMut(&RecordBatch) -> Result<()>) -> Self {
        Self {
            plan: &counts.plan,
            builder: TableBuilder::new(&counts.selection),
            take,
        }
    }

    fn push(&mut self, group: Group<'_>) -> Result<()> {
        let row = CountRow::of(group, self.plan)
            .ok_or_else(|| Error::internal("a group was not written as it is read"))?;
        self.builder.push(&row);
        match self.builder.rows() >= BATCH_ROWS {
            true => self.finish(),
            false => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        match self.builder.finish()? {
            Some(batch) => (self.take)(&batch),
            None => Ok(()),
        }
    }
}
