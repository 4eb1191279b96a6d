//! From done splits to a finished job.

use std::collections::BTreeMap;

use serde_json::Value;

use super::attempt::{check_same_job, head_of};
use super::join::check_joins;
use super::region::Seams;
use super::{Split, SplitPlan};
use crate::engine::convert::{Job, JobReport, Results, manifest_of};
use crate::engine::converted::Converted;
use crate::engine::input_tables::no_texts;
use crate::engine::kept::{restore, sql_entry};
use crate::engine::lane::Lane;
use crate::engine::plan::Plan;
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::error::{Error, ErrorKind, Result};
use crate::sink::{
    InputEntry, JournalHead, Manifest, OutputFolder, Part, Receipt, Run, SplitEntry, receipts,
};

/// Makes a finished job of splits that are done: one receipt of each, proven to join.
///
/// The job has the options that the splits were converted with.  If something is missing, nothing is
/// changed, and the commit can be done again later.
pub fn commit_splits(
    job: &Job,
    splits: &SplitPlan,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    describe_run: &dyn Fn() -> BTreeMap<String, Value>,
) -> Result<JobReport> {
    let head = head_of(job, &splits.plan)?;
    let folder = OutputFolder::for_commit(&job.output, job.writer.access)?;
    let plan = Plan::new(job, &folder)?;
    let mut done = choose(job, splits, &head)?;
    let mut results = Results::default();
    let mut entries = Vec::new();
    for file in splits.by_file() {
        let mut of_file = Vec::new();
        let mut seams = Vec::new();
        for split in file {
            let receipt = done.remove(&split.number);
            let receipt = receipt.ok_or_else(|| Error::internal("a split was not chosen"))?;
            seams.push(seams_of(&receipt)?);
            receipt.take_back(&job.output)?;
            of_file.push((split, converted(&folder, job, receipt)?));
        }
        check_joins(file, &seams)?;
        entries.extend(entries_of(file, &of_file)?);
        check_texts(&plan, &of_file)?;
        for (split, converted) in of_file {
            results.add(job, split.number, converted)?;
        }
    }
    let (parts, tables) = Lane::alone(&job.limits, pool, progress, stop, |lane| {
        results.write_rest(&plan, lane)
    })?;
    let manifest = Manifest {
        left_out: splits.left_out.clone(),
        ..manifest_of(job, entries, tables, describe_run())
    };
    stop.check()?;
    let all: Vec<Part> = parts.into_values().flatten().collect();
    folder.commit(&all, &manifest)?;
    Ok(JobReport::new(manifest, results.into_rejects()))
}

/// One receipt a split.  Which of several makes no difference: all tell of the same bytes.
fn choose(job: &Job, splits: &SplitPlan, head: &JournalHead) -> Result<BTreeMap<usize, Receipt>> {
    let mut found = receipts(&job.output)?;
    let mut chosen = BTreeMap::new();
    let mut missing = Vec::new();
    for split in &splits.splits {
        let mut receipt = None;
        for candidate in found.remove(&split.number).unwrap_or_default() {
            check_same_job(job, head, &candidate)?;
            if receipt.is_none() && candidate.is_whole(&job.output) {
                receipt = Some(candidate);
            }
        }
        match receipt {
            Some(receipt) => {
                chosen.insert(split.number, receipt);
            }
            None => missing.push(split.number),
        }
    }
    let Some(first) = missing.first() else {
        return Ok(chosen);
    };
    Err(Error::usage(format!(
        "{} of {} splits are not done, the first is number {first}: convert them with --split, then \
         commit again",
        missing.len(),
        splits.splits.len()
    )))
}

fn seams_of(receipt: &Receipt) -> Result<Seams> {
    serde_json::from_value(receipt.seams.clone()).map_err(|error| {
        Error::new(
            ErrorKind::Environment,
            format!("the receipt of split {} is broken", receipt.finished.number),
        )
        .with_source(error)
    })
}

/// What a split gave, as if it had just been read.
fn converted(folder: &OutputFolder, job: &Job, receipt: Receipt) -> Result<Converted> {
    let parts = receipt.parts(&job.output);
    let runs = receipt.runs(&job.output);
    let converted = restore(folder, receipt.finished)?;
    Ok(Converted {
        parts,
        edits: runs.into_iter().map(Run::kept).collect(),
        ..converted
    })
}

/// What the manifest says of the files of these splits, which have one file or are one split.
fn entries_of(splits: &[Split], converted: &[(&Split, Converted)]) -> Result<Vec<InputEntry>> {
    let [(split, only)] = converted else {
        return Ok(vec![entry_of(splits, converted)?]);
    };
    if only.files.len() < 2 {
        return Ok(vec![entry_of(splits, converted)?]);
    }
    let whole = |entry: &InputEntry| InputEntry {
        splits: vec![SplitEntry {
            number: split.number,
            begin_bytes: 0,
            end_bytes: entry.bytes,
        }],
        ..entry.clone()
    };
    let files = only.files.iter();
    Ok(files.map(|file| whole(&file.entry)).collect())
}

/// What the manifest says of a file: the same as if it had been read in one piece, and its splits.
fn entry_of(splits: &[Split], converted: &[(&Split, Converted)]) -> Result<InputEntry> {
    let files = converted.iter().flat_map(|(_, converted)| &converted.files);
    let mut entries = files.map(|file| &file.entry);
    let mut entry = entries.next().cloned().unwrap_or_default();
    for next in entries {
        entry.container_pieces += next.container_pieces;
        entry.seen.add(&next.seen);
        if let (Some(all), Some(more)) = (&mut entry.verified, &next.verified) {
            all.add_texts(more);
        }
    }
    // Dumps of SQL tables are never cut.
    if let [(_, only)] = converted
        && let Some(sql) = &only.sql
    {
        entry.sql_tables = Some(sql_entry(sql)?);
    }
    let of_split = |split: &Split| SplitEntry {
        number: split.number,
        begin_bytes: split.begin_bytes,
        end_bytes: split.end_bytes,
    };
    entry.splits = splits.iter().map(of_split).collect();
    Ok(entry)
}

/// Refuses to compare texts where there are none: the first one of a file tells.
fn check_texts(plan: &Plan<'_>, splits: &[(&Split, Converted)]) -> Result<()> {
    let Some(table) = plan.wanted.table_of_texts() else {
        return Ok(());
    };
    let mut first = splits
        .iter()
        .filter_map(|(split, converted)| Some((split, converted.begins_with_stub?)));
    match first.next() {
        Some((split, true)) => Err(no_texts(table).in_input(&split.input().name())),
        _ => Ok(()),
    }
}
