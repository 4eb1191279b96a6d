//! `mwparquet count`.

mod output;
mod view;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::args::{CountArguments, CountFormat, ProgressStyle};
use super::convert::{dumps, filters, limits, pool};
use super::progress::Display;
use super::rejects::tell_rejects;
use super::sizes::human_count;
use super::{WITH_REJECTS, is_closed_pipe};
use crate::derive::counts::{CountPlan, Key, Measure, Subject};
use crate::engine::{
    CountJob, CountReport, Counts, Limits, Pool, Progress, Stop, count, is_finished_job,
};
use crate::error::{Error, Result};
use crate::source::Input;

use output::{Formed, Rows, Target, form};

/// Rows of a table for people where nothing is said.
const TABLE_ROWS: usize = 20;

/// The job that the arguments ask for.
pub(super) fn job(arguments: &CountArguments, pool: &Pool, stop: &Stop) -> Result<CountJob> {
    let plan = Arc::new(plan(arguments)?);
    let limits = limits(&arguments.work, arguments.on_damage, pool);
    let filters = filters(&arguments.filters)?;
    let (inputs, folders) = inputs(arguments, &limits, pool, stop)?;
    Ok(CountJob {
        inputs,
        folders,
        plan,
        filters,
        log_types: arguments.log_types.clone(),
        limits,
        sorting_parent: sorting_parent(arguments),
    })
}

pub(super) fn run(arguments: &CountArguments, stop: &Stop) -> Result<ExitCode> {
    plan(arguments)?;
    let format = format(arguments)?;
    let target = Target::check(arguments.output.as_deref(), format, arguments.overwrite)?;
    let pool = pool(&arguments.work)?;
    let job = job(arguments, &pool, stop)?;
    let progress = Arc::new(Progress::default());
    let mut display = Display::new(
        arguments.progress.style(),
        &job.inputs,
        Arc::clone(&progress),
    );
    let counted = count(&job, &pool, &progress, stop, &mut || display.observe());
    display.end();
    let (counts, report) = counted?;
    match write(arguments, &counts, target, format, &pool, stop) {
        Err(error) if is_closed_pipe(&error) => {}
        outcome => tell(arguments, &report, outcome?),
    }
    Ok(match report.seen.rejects {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(WITH_REJECTS),
    })
}

fn plan(arguments: &CountArguments) -> Result<CountPlan> {
    let keys = arguments.by.iter();
    let keys: Vec<_> = keys
        .filter_map(|name| Key::ALL.into_iter().find(|key| key.name() == name))
        .collect();
    let subject = (!arguments.log_types.is_empty()).then_some(Subject::LogEntries);
    let Some(names) = &arguments.measures else {
        return CountPlan::new(keys, None, subject);
    };
    if names.iter().any(|name| name == "all") {
        return CountPlan::with_all_measures(keys, subject);
    }
    let measures = Measure::ALL.into_iter();
    let measures = measures.filter(|measure| names.iter().any(|name| name == measure.name()));
    CountPlan::new(keys, Some(measures.collect()), subject)
}

fn format(arguments: &CountArguments) -> Result<CountFormat> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    let Some(output) = &arguments.output else {
        return Ok(match io::stdout().is_terminal() {
            true => CountFormat::Table,
            false => CountFormat::Csv,
        });
    };
    let ending = output.extension().unwrap_or_default().to_string_lossy();
    match &*ending.to_ascii_lowercase() {
        "parquet" => Ok(CountFormat::Parquet),
        "csv" => Ok(CountFormat::Csv),
        "json" | "jsonl" | "ndjson" => Ok(CountFormat::Json),
        "txt" => Ok(CountFormat::Table),
        _ => Err(Error::usage(format!(
            "{} does not end in .parquet, .csv, .jsonl or .txt: name a --format",
            output.display()
        ))),
    }
}

/// Dump files, and folders of finished jobs.
fn inputs(
    arguments: &CountArguments,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<(Vec<Input>, Vec<PathBuf>)> {
    let is_folder = |word: &&String| is_finished_job(Path::new(word));
    let (folders, words): (Vec<_>, Vec<_>) = arguments.inputs.iter().partition(is_folder);
    let folders: Vec<_> = folders.iter().map(PathBuf::from).collect();
    if let Some(twice) = folders
        .iter()
        .enumerate()
        .find_map(|(index, folder)| folders.iter().take(index).find(|other| *other == folder))
    {
        return Err(Error::usage(format!("{} is named twice", twice.display())));
    }
    if words.is_empty() && arguments.runs.wikis.is_empty() {
        return Ok((Vec::new(), folders));
    }
    let words: Vec<_> = words.into_iter().cloned().collect();
    dumps(&words, &arguments.runs, limits, pool, stop).map(|(inputs, _)| (inputs, folders))
}

fn sorting_parent(arguments: &CountArguments) -> PathBuf {
    let of_output = arguments.output.as_deref().and_then(Path::parent);
    match (&arguments.temporary, of_output) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) if folder == Path::new("") => PathBuf::from("."),
        (None, Some(folder)) => folder.to_owned(),
        (None, None) => std::env::temp_dir(),
    }
}

/// Writes the rows; gives how many there are.
fn write(
    arguments: &CountArguments,
    counts: &Counts,
    target: Target,
    format: CountFormat,
    pool: &Pool,
    stop: &Stop,
) -> Result<u64> {
    let selection = counts.selection();
    let form = form(selection, format);
    let mut rows = Rows::new(target, selection, format, arguments.packing.packing())?;
    let mut take = |formed: Formed| rows.write(&formed);
    let top = match format {
        CountFormat::Table => Some(arguments.top.unwrap_or(TABLE_ROWS)),
        _ => arguments.top,
    };
    let all = match top {
        Some(top) => counts.for_largest(top, pool, stop, &form, &mut take)?,
        None => counts.for_each_batch(pool, stop, &form, &mut take)?,
    };
    rows.finish(all)?;
    Ok(all)
}

fn tell(arguments: &CountArguments, report: &CountReport, rows: u64) {
    let mut err = io::stderr().lock();
    tell_rejects(&report.rejects, report.seen.rejects, "");
    if let Some(output) = &arguments.output
        && arguments.progress.style() != ProgressStyle::Off
    {
        let seen = match report.subject {
            Subject::Revisions => report.seen.revisions,
            Subject::LogEntries => report.seen.log_items,
        };
        let _ = writeln!(
            err,
            "{} {} in {} groups; written to {}",
            human_count(seen),
            report.subject.name(),
            human_count(rows),
            output.display()
        );
    }
}
