//! All groups, once, in order: rows on their way out.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::CountReport;
use crate::derive::counts::{
    CountPlan, CountRow, Group, GroupMerger, Groups, KeptGroups, Subject, Tally,
};
use crate::engine::pool::{Pending, Pool};
use crate::engine::progress::Stop;
use crate::engine::sessions::few_runs;
use crate::error::{Error, Result};
use crate::sink::{Run, TemporaryFolder, for_each_sorted};
use crate::tables::{self, Selection, TableBuilder, count_columns};

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;
/// How often somebody looks whether the job is to stop.
const RECORDS_PER_LOOK: u64 = 1 << 16;

/// What becomes of a batch of rows, made by any thread.
pub type Form<T> = Arc<dyn Fn(&RecordBatch) -> Result<T> + Send + Sync>;

/// What was counted, as rows in memory.
#[derive(Debug)]
pub struct CountedRows {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// What has been read.
    pub report: CountReport,
}

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

    /// Hands on all rows in the order of their keys, in batches that workers have given their form, and
    /// gives the number of rows.
    pub fn for_each_batch<T: Send + 'static>(
        &self,
        pool: &Pool,
        stop: &Stop,
        form: &Form<T>,
        take: &mut dyn FnMut(T) -> Result<()>,
    ) -> Result<u64> {
        let mut batches = Batches::new(self, pool, form, take);
        let rows = self.for_each_group(stop, &mut |group| batches.push(group))?;
        batches.finish()?;
        Ok(rows)
    }

    /// Hands on the rows of the `most` largest groups, the largest first and those of one size in the
    /// order of their keys.  Gives the number of all groups.
    pub fn for_largest<T: Send + 'static>(
        &self,
        most: usize,
        pool: &Pool,
        stop: &Stop,
        form: &Form<T>,
        take: &mut dyn FnMut(T) -> Result<()>,
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
        let mut batches = Batches::new(self, pool, form, take);
        largest
            .iter()
            .try_for_each(|ranked| batches.push(ranked.group()))?;
        batches.finish()?;
        Ok(number)
    }

    /// All rows, or those of the `top` largest groups, in memory.
    pub fn collect(
        &self,
        top: Option<usize>,
        report: CountReport,
        pool: &Pool,
        stop: &Stop,
    ) -> Result<CountedRows> {
        let form: Form<RecordBatch> = Arc::new(|batch: &RecordBatch| Ok(batch.clone()));
        let mut batches = Vec::new();
        let mut take = |batch| {
            batches.push(batch);
            Ok(())
        };
        match top {
            Some(top) => self.for_largest(top, pool, stop, &form, &mut take)?,
            None => self.for_each_batch(pool, stop, &form, &mut take)?,
        };
        Ok(CountedRows {
            schema: self.selection.schema(),
            batches,
            report,
        })
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

/// Groups on their way into batches, some of which are at the workers.
struct Batches<'c, 't, T> {
    counts: &'c Counts,
    pool: &'c Pool,
    form: &'c Form<T>,
    take: &'t mut dyn FnMut(T) -> Result<()>,
    gathered: KeptGroups,
    making: VecDeque<Pending<T>>,
}

impl<'c, 't, T: Send + 'static> Batches<'c, 't, T> {
    fn new(
        counts: &'c Counts,
        pool: &'c Pool,
        form: &'c Form<T>,
        take: &'t mut dyn FnMut(T) -> Result<()>,
    ) -> Self {
        Self {
            counts,
            pool,
            form,
            take,
            gathered: KeptGroups::default(),
            making: VecDeque::new(),
        }
    }

    fn push(&mut self, group: Group<'_>) -> Result<()> {
        self.gathered.push(group);
        match self.gathered.len() >= BATCH_ROWS {
            true => self.hand_out(),
            false => Ok(()),
        }
    }

    /// Has a batch made, when there is room for it.
    fn hand_out(&mut self) -> Result<()> {
        while self.making.len() > self.pool.threads() {
            self.take_oldest()?;
        }
        let groups = std::mem::take(&mut self.gathered);
        let plan = Arc::clone(&self.counts.plan);
        let selection = self.counts.selection.clone();
        let form = Arc::clone(self.form);
        let task = move || form(&batch_of(&groups, &plan, &selection)?);
        self.making.push_back(self.pool.spawn(task));
        Ok(())
    }

    fn take_oldest(&mut self) -> Result<()> {
        match self.making.pop_front() {
            Some(oldest) => (self.take)(oldest.wait()?),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<()> {
        if !self.gathered.is_empty() {
            self.hand_out()?;
        }
        while !self.making.is_empty() {
            self.take_oldest()?;
        }
        Ok(())
    }
}

fn batch_of(groups: &KeptGroups, plan: &CountPlan, selection: &Selection) -> Result<RecordBatch> {
    let mut builder = TableBuilder::<tables::Counts>::new(selection);
    for group in groups.iter() {
        let row = CountRow::of(group, plan)
            .ok_or_else(|| Error::internal("a group was not written as it is read"))?;
        builder.push(&row);
    }
    let batch = builder.finish()?;
    batch.ok_or_else(|| Error::internal("a batch has no rows"))
}
