//! One process's work on one split.

use std::collections::BTreeSet;

use super::Split;
use super::region::{Seams, convert_region};
use crate::engine::convert::Job;
use crate::engine::converted::Converted;
use crate::engine::kept::kept;
use crate::engine::lanes::{Reading, read_inputs};
use crate::engine::plan::Plan;
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::engine::resume::details;
use crate::engine::sequences::{Sequence, sequences};
use crate::error::{Error, Result};
use crate::sink::{JournalHead, OutputFolder, Receipt, Seen, receipts};

/// What became of a split.
#[derive(Debug)]
pub struct DoneSplit {
    /// Counts of what was seen in it.
    pub seen: Seen,
    /// Whether an earlier attempt had done it, so that nothing was to be done.
    pub was_done: bool,
}

/// Converts one split into the job's folder, where others convert theirs at the same time.
///
/// What it writes has temporary names until [`commit_splits`](super::commit_splits) gives it others.  It
/// can be done again, also while it is being done.  `observe` is called some times a second.
pub fn convert_split(
    job: &Job,
    split: &Split,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
) -> Result<DoneSplit> {
    if job.checks_files && !split.is_whole() {
        return Err(Error::usage(
            "--verify checksums needs splits that are whole files, for lists of checksums are of whole files. \
             Without it each bzip2 block is checked as it is decoded, and each stream when the job is \
             committed.  To hold files against their lists, run `mwparquet verify FILE…`, or plan with a \
             --split-size that is larger than the files",
        )
        .in_input(&split.input().name()));
    }
    let head = head_of(job, &split.plan)?;
    split.check_unchanged()?;
    let folder = OutputFolder::for_attempt(&job.output, job.writer.access)?;
    for receipt in receipts(&job.output)?
        .remove(&split.number)
        .unwrap_or_default()
    {
        check_same_job(job, &head, &receipt)?;
        if receipt.is_whole(&job.output) {
            return Ok(DoneSplit {
                seen: receipt.finished.entry.seen,
                was_done: true,
            });
        }
    }
    let plan = Plan::new(job, &folder)?;
    let inputs = split.inputs();
    let sequences = sequences(&inputs, &job.limits, pool, stop)?;
    let reading = Reading {
        inputs: &inputs,
        sequences: &sequences,
        finished: &BTreeSet::new(),
        limits: &job.limits,
        pool,
        progress,
        stop,
    };
    let mut done: Option<(Converted, Seams)> = None;
    read_inputs(
        &reading,
        observe,
        &|lane, sequence: &Sequence| convert_region(&plan, lane, split, sequence),
        &mut |_, outcome| {
            done = Some(outcome);
            Ok(())
        },
    )?;
    stop.check()?;
    drop(plan);
    let (mut converted, seams) = done.ok_or_else(|| Error::internal("a split gave nothing"))?;
    let mut seen = Seen::default();
    let files = converted.files.iter();
    files.for_each(|file| seen.add(&file.entry.seen));
    let seams = serde_json::to_value(&seams)
        .map_err(|error| Error::internal("seams are no JSON").with_source(error))?;
    let finished = kept(split.number, &mut converted)?;
    let receipt = Receipt::new(&folder, head, finished, seams)?;
    folder.leave_receipt(&receipt)?;
    Ok(DoneSplit {
        seen,
        was_done: false,
    })
}

/// What the job is, as far as its output depends on it.
pub(super) fn head_of(job: &Job, plan: &str) -> Result<JournalHead> {
    let inputs = vec![format!("plan {plan}")];
    let mut details = details(job);
    // Those of the files follow from the plan and from what was said; a split knows its own only.
    details.remove("snapshots");
    JournalHead::new(inputs, job.described.clone(), details)
}

/// Refuses a split that was converted otherwise.
pub(super) fn check_same_job(job: &Job, head: &JournalHead, receipt: &Receipt) -> Result<()> {
    match head.difference_from(&receipt.head) {
        None => Ok(()),
        Some(difference) => Err(Error::usage(format!(
            "split {} in {} is one of another job: {difference}.  Give the same plan and options, or \
             name another folder",
            receipt.finished.number,
            job.output.display()
        ))),
    }
}
