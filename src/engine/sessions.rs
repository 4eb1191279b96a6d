//! Sessions of users: their edits come from all inputs, and are sorted on disk.
//!
//! Each lane gathers the edits that its workers wrote down and has them sorted into runs.  When all
//! inputs are read, the runs are merged, and breaks cut the edits of a user into sessions.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::lane::Lane;
use super::options::Limits;
use super::plan::Plan;
use super::pool::{Pending, Pool};
use super::progress::Stop;
use super::row_groups::{PartsByTable, RowGroups};
use crate::derive::sessions::{Event, Session, Sessionizer};
use crate::error::{Error, Result};
use crate::sink::{MERGED_RUNS, Records, Run, for_each_sorted};
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
) -> Result<PartsByTable> {
    let Some(selection) = plan.wanted.selection(&tables::SESSIONS) else {
        return Ok(PartsByTable::new());
    };
    let runs = few_runs(&plan.sorting_folder, lane.pool, &lane.stop, runs)?;
    let mut groups = RowGroups::of_job(plan, lane, &tables::SESSIONS)?;
    let mut builder = TableBuilder::<tables::Sessions>::new(selection);
    let mut put = |session: Option<Session>, is_last: bool| -> Result<()> {
        if let Some(session) = session {
            builder.push(&session);
        }
        match is_last || builder.rows() >= BATCH_ROWS {
            true => groups.push(&tables::SESSIONS, builder.finish()?),
            false => Ok(()),
        }
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
        put(sessionizer.push(&event), false)
    })?;
    put(sessionizer.finish(), true)?;
    groups.finish()
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
