//! Counting: dump files, or folders of finished jobs, to counts by keys.
//!
//! Workers count each chunk into groups of its own (`chunk`).  Lanes merge these, and the job merges
//! what lanes have left at their ends (`spill`); where groups take more memory than they may, they go
//! to disk in the order of their keys.  At the end all groups come by once, in that order (`result`).
//! The order in which groups are merged does not matter, so nothing here depends on threads.

mod chunk;
mod converted;
mod histories;
mod input;
mod result;
mod spill;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::input_tables::REPORTED_REJECTS;
use super::lane::Lane;
use super::lanes::{Reading, read_inputs};
use super::options::{Filters, Limits};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::sequences::{Sequence, sequences};
use crate::derive::counts::{CountPlan, Subject};
use crate::error::{Error, Result};
use crate::sink::{Seen, TemporaryFolder};
use crate::source::Input;
use crate::tables::Reject;

use spill::{Spill, Spilling};

pub use converted::is_finished_job;
pub use result::{CountedRows, Counts, Form};

/// What is to be counted.
#[derive(Debug, Clone)]
pub struct CountJob {
    /// Dump files.
    pub inputs: Vec<Input>,
    /// Folders that `convert` has written.
    pub folders: Vec<PathBuf>,
    /// By what, and with which measures.
    pub plan: Arc<CountPlan>,
    /// The records wanted.
    pub filters: Filters,
    /// The kinds of log wanted; empty for all.
    pub log_types: Vec<String>,
    /// What bounds memory, and what happens at damage.
    pub limits: Limits,
    /// Where groups are sorted on disk, if they are.
    pub sorting_parent: PathBuf,
}

/// What has been read.
#[derive(Debug)]
pub struct CountReport {
    /// What was counted.
    pub subject: Subject,
    /// Counts over all inputs; of folders what their manifests say of damage.
    pub seen: Seen,
    /// What was passed over, the first of many.
    pub rejects: Vec<Reject>,
}

/// Counts.  `observe` is called some times a second, by the calling thread.
pub fn count(
    job: &CountJob,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
) -> Result<(Counts, CountReport)> {
    let folder = TemporaryFolder::below(&job.sorting_parent);
    let spilling = Spilling::new(&folder);
    let sequences = sequences(&job.inputs, &job.limits, pool, stop)?;
    let reading = Reading {
        inputs: &job.inputs,
        sequences: &sequences,
        finished: &BTreeSet::new(),
        limits: &job.limits,
        pool,
        progress,
        stop,
    };
    let counting = Arc::new(chunk::Counting::of(job));
    let mut all = Spill::new(&spilling, job.limits.groups_bytes());
    let mut seen = Seen::default();
    let mut rejects = std::collections::BTreeMap::new();
    let read = |lane: &Lane<'_>, sequence: &Sequence| {
        input::count_sequence(&counting, &spilling, lane, sequence, &job.inputs)
    };
    read_inputs(&reading, observe, &read, &mut |number, counted| {
        seen.add(&counted.seen);
        rejects.insert(number, counted.rejects);
        all.take_rest(counted.spill)
    })?;
    let means = converted::Means {
        counting: &counting,
        pool,
        stop,
    };
    for folder in &job.folders {
        converted::count_folder(&means, folder, &mut all, &mut seen)?;
    }
    stop.check()?;
    let report = CountReport {
        subject: subject(&job.plan, &seen)?,
        seen,
        rejects: rejects
            .into_values()
            .flatten()
            .take(REPORTED_REJECTS)
            .collect(),
    };
    let counts = Counts::new(&job.plan, report.subject, all.finish()?, folder, pool, stop)?;
    Ok((counts, report))
}

/// What was counted: revisions where there was nothing.
fn subject(plan: &CountPlan, seen: &Seen) -> Result<Subject> {
    match (plan.subject(), seen.revisions > 0, seen.log_items > 0) {
        (Some(subject), ..) => Ok(subject),
        (None, true, true) => Err(Error::usage(
            "there are revisions and log entries in the inputs: count them apart, or name what is of one of them (--type, --by type or page)",
        )),
        (None, false, true) => Ok(Subject::LogEntries),
        (None, ..) => Ok(Subject::Revisions),
    }
}
