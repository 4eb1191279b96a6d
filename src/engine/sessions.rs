//! Sessions of users: their edits come from all inputs, and are sorted on disk.
//!
//! Each lane gathers the edits that its workers wrote down and has them sorted into runs.  When all
//! inputs are read, the runs are merged, and breaks cut the edits of a user into sessions.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::lane::Lane;
use super::options::Limits;
use super::partitions::Partitions;
use super::plan::Plan;
use super::pool::{Pending, Pool};
use super::progress::Stop;
use super::row_groups::{PartsByTable, RowGroups};
use crate::derive::sessions::{Event, Session, Sessionizer};
use crate::error::{Error, Result};
use crate::sink::{MERGED_RUNS, Part, Records, Run, for_each_sorted};
use crate::tables::{self, TableBuilder};

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;

/// How often a merge looks whether it is to stop.
const RECORDS_PER_LOOK: u64 = 1 << 16;

/// The edits of one input.
pub(super) struct Edits<'l> {
    lane: &'l Lane<'l>,
    folder: PathBuf,
    input: usize,
    /// What stands behind the numbers in names of runs.
    suffix: String,
    /// A run is written of so many bytes.
    run_bytes: usize,
    gathered: Vec<Records>,
    gathered_bytes: usize,
    sorting: VecDeque<Pending<Run>>,
    runs: Vec<Run>,
    begun_runs: usize,
}

impl<'l> Edits<'l> {
    /// Those of the input of a number; `None` where nobody wants sessions.
    pub(super) fn new(plan: &Plan<'_>, lane: &'l Lane<'l>, input: usize) -> Option<Self> {
        plan.wanted.selection(&tables::SESSIONS)?;
        Some(Self {
            lane,
            folder: plan.sorting_folder.clone(),
            input,
            suffix: plan
                .attempt()
                .map_or_else(String::new, |name| format!("-{name}")),
            run_bytes: run_bytes(lane.limits),
            gathered: Vec::new(),
            gathered_bytes: 0,
            sorting: VecDeque::new(),
            runs: Vec::new(),
            begun_runs: 0,
        })
    }

    /// Takes the edits of a chunk.
    pub(super) fn add(&mut self, edits: Records) -> Result<()> {
        self.gathered_bytes += edits.bytes();
        self.gathered.push(edits);
        match self.gathered_bytes >= self.run_bytes {
            true => self.sort(),
            false => Ok(()),
        }
    }

    /// Has what is gathered sorted into a run; one run is at the workers at a time.
    fn sort(&mut self) -> Result<()> {
        self.settle()?;
        let records = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let (input, number, suffix) = (self.input, self.begun_runs, &self.suffix);
        let name = format!("run-{input:05}-{number:05}{suffix}");
        self.begun_runs += 1;
        let path = self.folder.join(name);
        let task = self.lane.pool.spawn(move || Run::write(path, &records));
        self.sorting.push_back(task);
        Ok(())
    }

    /// Waits for what is at the workers.
    pub(super) fn settle(&mut self) -> Result<()> {
        while let Some(task) = self.sorting.pop_front() {
            self.runs.push(task.wait()?);
        }
        Ok(())
    }

    /// All runs.
    pub(super) fn finish(mut self) -> Result<Vec<Run>> {
        if !self.gathered.is_empty() {
            self.sort()?;
        }
        self.settle()?;
        Ok(self.runs)
    }
}

fn run_bytes(limits: &Limits) -> usize {
    (limits.sizing_bytes / 16).max(1 << 20)
}

/// Merges the runs of all inputs and writes the table.
pub(super) fn write_sessions(
    plan: &Plan<'_>,
    lane: &Lane<'_>,
    runs: Vec<Run>,
    partitions: &Partitions,
) -> Result<PartsByTable> {
    let Some(selection) = plan.wanted.selection(&tables::SESSIONS) else {
        return Ok(PartsByTable::new());
    };
    let runs = few_runs(&plan.sorting_folder, lane.pool, &lane.stop, runs)?;
    let mut rows = SessionRows {
        plan,
        lane,
        partitions,
        groups: None,
        builder: TableBuilder::new(selection),
        wiki_id: None,
        parts: Vec::new(),
    };
    let mut sessionizer = Sessionizer::new(plan.wanted.history.session_cutoff_seconds);
    let mut records = 0_u64;
    for_each_sorted(&runs, |record| {
        records += 1;
        if records.is_multiple_of(RECORDS_PER_LOOK) {
            lane.stop.check()?;
        }
        let event = Event::read(record)
            .ok_or_else(|| Error::internal("an edit was not written as it is read"))?;
        sessionizer
            .push(&event)
            .map_or(Ok(()), |session| rows.push(&session))
    })?;
    if let Some(session) = sessionizer.finish() {
        rows.push(&session)?;
    }
    rows.finish()
}

/// Rows in the order of wikis, each of which can have a partition of its own.
struct SessionRows<'r> {
    plan: &'r Plan<'r>,
    lane: &'r Lane<'r>,
    partitions: &'r Partitions,
    groups: Option<RowGroups<'r>>,
    builder: TableBuilder<tables::Sessions>,
    /// The wiki that rows come of.
    wiki_id: Option<String>,
    parts: Vec<Part>,
}

impl SessionRows<'_> {
    fn push(&mut self, session: &Session) -> Result<()> {
        let is_partitioned = self.plan.is_partitioned();
        if is_partitioned && self.groups.is_some() && self.wiki_id != session.wiki_id {
            self.end_groups()?;
        }
        self.wiki_id.clone_from(&session.wiki_id);
        if self.groups.is_none() {
            let mut groups = RowGroups::of_job(self.plan, self.lane, &tables::SESSIONS)?;
            groups.enter(self.partitions.of_wiki(self.wiki_id.as_deref()));
            self.groups = Some(groups);
        }
        self.builder.push(session);
        match self.builder.rows() >= BATCH_ROWS {
            true => self.push_batch(),
            false => Ok(()),
        }
    }

    fn push_batch(&mut self) -> Result<()> {
        let batch = self.builder.finish()?;
        let groups = self.groups.as_mut();
        groups.map_or(Ok(()), |groups| groups.push(&tables::SESSIONS, batch))
    }

    fn end_groups(&mut self) -> Result<()> {
        self.push_batch()?;
        if let Some(groups) = self.groups.take() {
            self.parts.extend(groups.finish()?.into_values().flatten());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<PartsByTable> {
        self.end_groups()?;
        Ok(PartsByTable::from([(
            tables::SESSIONS.name.to_owned(),
            self.parts,
        )]))
    }
}

/// Merges runs, in a folder, until there are few enough to be merged at once.
pub(super) fn few_runs(
    folder: &Path,
    pool: &Pool,
    stop: &Stop,
    mut runs: Vec<Run>,
) -> Result<Vec<Run>> {
    let mut names = 0..;
    while runs.len() > MERGED_RUNS {
        let mut tasks = Vec::new();
        while !runs.is_empty() {
            stop.check()?;
            let rest = runs.split_off(runs.len().min(MERGED_RUNS));
            let merged = std::mem::replace(&mut runs, rest);
            let name = format!("merged-{:05}", names.next().unwrap_or(0));
            let path = folder.join(name);
            tasks.push(pool.spawn(move || Run::merge(path, merged)));
        }
        runs = tasks
            .into_iter()
            .map(Pending::wait)
            .collect::<Result<_>>()?;
    }
    Ok(runs)
}
