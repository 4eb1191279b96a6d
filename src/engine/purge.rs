//! Taking out of finished outputs what newer dumps of the wiki do not show any more.
//!
//! Newer dumps tell which ids are there, and of which something is hidden (`reading`, `newer`).  An output
//! is looked through twice: once to learn which revisions and pages are touched at all (`survey`), for
//! rows depend on their neighbours, and once to judge each row (`rules`, `judge`).  Parts in which
//! anything changes are written anew (`rewrite`) and take the places of the old all at once.

mod changes;
mod coverage;
mod facts;
mod found;
mod ids;
mod judge;
mod judge_derived;
mod judge_logs;
mod judge_profiles;
mod judge_sessions;
mod judge_wikiq_tokens;
mod newer;
mod output;
mod ranks;
mod reading;
mod report;
mod rewrite;
mod rules;
mod slots;
mod survey;
mod twins;
mod windows;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use self::facts::Lost;
use self::newer::Newer;
use self::output::Output;
use self::reading::Means;
pub use self::report::{PurgeReport, TablePurge};
use super::options::Limits;
use super::pool::Pool;
use super::progress::{Progress, Stop};
use crate::error::{Error, Result};
use crate::runs::DumpName;
use crate::sink::{InputEntry, Manifest, Rewriting, is_partitioned, is_purge_unfinished};
use crate::source::Input;

/// Newer dumps of a wiki.
#[derive(Debug, Clone)]
pub struct Against {
    /// The dumps.
    pub inputs: Vec<Input>,
    /// Whether they hold all pages, and all of the log where they have any of it, with all revisions,
    /// whatever their names tell.
    pub is_whole: bool,
    /// Whether their runs say that these are all of their files.
    pub is_whole_run: bool,
    /// Whether they are newer than the outputs, whatever their names tell.
    pub is_newer: bool,
    /// Whether they are of the wiki of the outputs, where either does not say so.
    pub is_same_wiki: bool,
}

/// A purge of outputs.
#[derive(Debug, Clone)]
pub struct PurgeJob {
    /// Folders of finished jobs.
    pub outputs: Vec<PathBuf>,
    /// What they are held against.
    pub against: Against,
    /// Whether to go on where the newer dumps cannot tell of all rows.
    pub is_partial: bool,
    /// Whether nothing is to be changed.
    pub is_dry_run: bool,
    /// What bounds memory.
    pub limits: Limits,
}

/// What is told about newer dumps.
struct Told<'t> {
    job: &'t PurgeJob,
    newer: &'t Newer,
}

/// Ends what an earlier purge of a folder has left to do; whether there was anything.
pub fn end_purge(folder: &Path) -> Result<bool> {
    let was_unfinished = is_purge_unfinished(folder);
    Rewriting::begin(folder)?;
    Ok(was_unfinished)
}

/// Purges outputs, one after another, and hands on what was done with each.
///
/// `observe` is called some times a second while dumps are read.
pub fn purge(
    job: &PurgeJob,
    pool: &Arc<Pool>,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
    take: &mut dyn FnMut(PurgeReport) -> Result<()>,
) -> Result<()> {
    for input in &job.against.inputs {
        reading::check_kind(input, job.against.is_whole)?;
    }
    // What is wrong with an output is told before hours of reading.
    for folder in &job.outputs {
        match is_purge_unfinished(folder) {
            true if job.is_dry_run => {
                return Err(Error::usage(format!(
                    "a purge of {0} was ended before its end: `mwparquet purge {0}` ends it",
                    folder.display()
                )));
            }
            true => drop(Rewriting::begin(folder)?),
            false => {}
        }
        let manifest = Manifest::of_finished(folder)?;
        check_age(&manifest, folder, job, named_wiki(&job.against).as_deref())?;
    }
    let means = Means {
        limits: &job.limits,
        pool,
        progress,
        stop,
    };
    let newer = Arc::new(reading::read(&job.against, &means, observe)?);
    let told = Told { job, newer: &newer };
    for folder in &job.outputs {
        take(purge_output(folder, &told, &newer, pool, stop)?)?;
    }
    Ok(())
}

fn purge_output(
    folder: &Path,
    told: &Told<'_>,
    newer: &Arc<Newer>,
    pool: &Arc<Pool>,
    stop: &Stop,
) -> Result<PurgeReport> {
    let job = told.job;
    let mut rewriting = match job.is_dry_run {
        true => None,
        false => Some(Rewriting::begin(folder)?),
    };
    let manifest = match &rewriting {
        Some(rewriting) => rewriting.manifest().clone(),
        None => Manifest::of_finished(folder)?,
    };
    check_age(&manifest, folder, job, newer.wiki_id.as_deref())?;
    check_wiki(&manifest, folder, told)?;
    let output = Output::new(folder, &manifest, newer)?;
    if !output.not_judged().is_empty() && !job.is_partial {
        return Err(Error::usage(format!(
            "the newer dumps cannot tell of all that {} holds; --partial purges what they tell of, and \
             leaves the rest:\n  {}",
            folder.display(),
            output.not_judged().join("\n  ")
        )));
    }
    let survey = survey::Survey {
        output: &output,
        newer,
        pool,
        stop,
        most_bytes: job.limits.memory_bytes / 2,
    };
    let lost: Arc<Lost> = Arc::new(survey.learn()?);
    let (tables, touched) = survey.judge(&lost)?;
    let mut report = PurgeReport {
        folder: folder.display().to_string(),
        is_dry_run: job.is_dry_run,
        wiki_id: newer.wiki_id.clone(),
        pages_compared: newer.page_coverage.told(),
        log_entries_compared: newer.log_coverage.told(),
        tables,
        not_judged: output.not_judged().to_vec(),
        other_wikis: output.other_wikis().to_vec(),
        rewritten_parts: touched.len() as u64,
    };
    report.tables.retain(|_, table| !table.is_nothing());
    let Some(mut rewriting) = rewriting.take() else {
        return Ok(report);
    };
    let rewriter = rewrite::Rewriter {
        output: &output,
        newer,
        lost: &lost,
        limits: &job.limits,
        pool,
        stop,
    };
    rewriter.run(&touched, &mut rewriting)?;
    stop.check()?;
    rewriting.commit(describe(&report, &job.against)?)?;
    Ok(report)
}

/// What the manifest keeps of a purge.
fn describe(report: &PurgeReport, against: &Against) -> Result<Value> {
    let dumps = against
        .inputs
        .iter()
        .map(|input| json!({"name": input.name().to_string(), "bytes": input.size_bytes()}));
    let mut assumed = Vec::new();
    for (is_assumed, what) in [
        (against.is_whole, "whole"),
        (against.is_newer, "newer"),
        (against.is_same_wiki, "wiki"),
    ] {
        assumed.extend(is_assumed.then_some(what));
    }
    let failed = |error| Error::internal("a purge is no JSON").with_source(error);
    Ok(json!({
        "program": Manifest::PROGRAM,
        "against": dumps.collect::<Vec<_>>(),
        "assumed": assumed,
        "wiki_id": report.wiki_id,
        "pages_compared": report.pages_compared,
        "log_entries_compared": report.log_entries_compared,
        "tables": serde_json::to_value(&report.tables).map_err(failed)?,
        "not_judged": report.not_judged,
        "other_wikis": report.other_wikis,
    }))
}

/// What is newer than a dump would look as if it had been deleted.
fn check_age(
    manifest: &Manifest,
    folder: &Path,
    job: &PurgeJob,
    wiki_id: Option<&str>,
) -> Result<()> {
    if job.against.is_newer {
        return Ok(());
    }
    let dates = |names: &mut dyn Iterator<Item = String>| {
        names
            .map(|name| reading::date_of(&name).ok_or(name))
            .collect::<std::result::Result<Vec<_>, _>>()
    };
    let unknown = |name: String| {
        Error::usage(format!(
            "the name of {name} does not tell its date: if the dumps of --against are newer than {}, say \
             so with --assume newer",
            folder.display()
        ))
    };
    let older = manifest
        .inputs
        .iter()
        .filter(|input| !is_left(manifest, input, wiki_id));
    let older = dates(&mut older.map(|input| input.name.clone()));
    let newer = dates(
        &mut job
            .against
            .inputs
            .iter()
            .map(|input| input.name().to_string()),
    );
    let (older, newer) = (older.map_err(unknown)?, newer.map_err(unknown)?);
    match (older.iter().max(), newer.iter().min()) {
        (Some(older), Some(newer)) if newer < older => Err(Error::usage(format!(
            "the dumps of --against are of {newer}, and {} holds some of {older}: what is newer than a \
             dump would look as if it had been deleted",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

/// The wiki by the names of the newer dumps.
fn named_wiki(against: &Against) -> Option<String> {
    let mut names = against.inputs.iter().map(Input::file_name);
    names.find_map(|name| DumpName::parse(&name).map(|name| name.wiki))
}

/// Whether an input is of another wiki than the newer dumps, and its rows lie in partitions of their own,
/// which are left as they are.
fn is_left(manifest: &Manifest, input: &InputEntry, wiki_id: Option<&str>) -> bool {
    let mut parts = manifest.tables.values().flat_map(|table| &table.parts);
    let is_other =
        wiki_id.is_some() && input.wiki_id.is_some() && input.wiki_id.as_deref() != wiki_id;
    is_other && parts.any(|part| is_partitioned(&part.path))
}

/// Ids of one wiki mean nothing in another.
fn check_wiki(manifest: &Manifest, folder: &Path, told: &Told<'_>) -> Result<()> {
    let of_newer = told.newer.wiki_id.as_deref();
    let inputs = manifest.inputs.iter();
    let mut compared: Vec<_> = inputs
        .filter(|input| !is_left(manifest, input, of_newer))
        .collect();
    if compared.is_empty() {
        compared.extend(&manifest.inputs);
    }
    for input in compared {
        match (input.wiki_id.as_deref(), of_newer) {
            (Some(older), Some(newer)) if older != newer => {
                return Err(Error::usage(format!(
                    "{} holds rows of {older} ({}), and the dumps of --against are of {newer}",
                    folder.display(),
                    input.name
                )));
            }
            (Some(_), Some(_)) => {}
            _ if told.job.against.is_same_wiki => {}
            _ => {
                return Err(Error::usage(format!(
                    "{} or the dumps of --against do not say of which wiki they are; if it is the same, \
                     say so with --assume wiki",
                    input.name
                )));
            }
        }
    }
    Ok(())
}
