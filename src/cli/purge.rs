//! `mwparquet purge`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::args::{Assumption, OnDamage, PurgeArguments};
use super::convert::{limits, no_dump_in, pool};
use super::progress::Display;
use super::sizes::human_count;
use super::{WITH_REJECTS, print};
use crate::engine::{Against, Progress, PurgeJob, PurgeReport, Stop, TablePurge, end_purge, purge};
use crate::error::{Error, Result};
use crate::runs::{DumpName, Kind, Status, choose};
use crate::source::{Discovered, Input, discover};

/// Kinds with all revisions, those that are read fastest first.
const KINDS: [Kind; 3] = [
    Kind::StubMetaHistory,
    Kind::PagesMetaHistory,
    Kind::ContentHistory,
];

pub(super) fn run(arguments: &PurgeArguments, stop: &Stop) -> Result<ExitCode> {
    if arguments.against.is_empty() {
        return end(&arguments.folders);
    }
    let found = find(&arguments.against)?;
    if found.inputs.is_empty() {
        return Err(no_dump_in(&arguments.against));
    }
    let assumes = |what| arguments.assume.contains(&what);
    let pool = Arc::new(pool(&arguments.work)?);
    let progress = Arc::new(Progress::default());
    let mut display = Display::new(
        arguments.progress.style(),
        &found.inputs,
        Arc::clone(&progress),
    );
    let job = PurgeJob {
        outputs: arguments.folders.clone(),
        against: Against {
            inputs: found.inputs,
            is_whole: assumes(Assumption::Whole),
            is_whole_run: found.is_whole,
            is_newer: assumes(Assumption::Newer),
            is_same_wiki: assumes(Assumption::Wiki),
        },
        is_partial: arguments.partial,
        is_dry_run: arguments.dry_run,
        limits: limits(&arguments.work, OnDamage::Fail, &pool),
    };
    let mut is_complete = true;
    let outcome = purge(
        &job,
        &pool,
        &progress,
        stop,
        &mut || display.observe(),
        &mut |report| {
            is_complete &= report.is_complete();
            let text = match arguments.json {
                true => line_of(&report)?,
                false => describe(&report),
            };
            print(text.as_bytes()).map(|_| ())
        },
    );
    display.end();
    outcome?;
    Ok(match is_complete {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(WITH_REJECTS),
    })
}

/// Ends purges that were ended before.
fn end(folders: &[PathBuf]) -> Result<ExitCode> {
    let mut text = String::new();
    for folder in folders {
        match end_purge(folder)? {
            true => text += &format!("{}: ended a purge\n", folder.display()),
            false => {
                return Err(Error::usage(format!(
                    "no purge of {} is to be ended: name newer dumps with --against",
                    folder.display()
                )));
            }
        }
    }
    print(text.as_bytes())
}

/// Newer dumps.
#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    /// Whether runs say that these are all of their files.
    is_whole: bool,
}

fn find(words: &[String]) -> Result<Found> {
    let Discovered {
        named, in_folders, ..
    } = discover(words)?;
    let files: Vec<_> = in_folders
        .into_iter()
        .filter_map(|input| match input {
            Input::File(path) => Some(path),
            Input::Stdin => None,
        })
        .collect();
    let chosen = of_runs(&files)?;
    Ok(Found {
        is_whole: named.is_empty() && !chosen.is_empty() && are_whole_runs(&chosen)?,
        inputs: named
            .into_iter()
            .chain(chosen.into_iter().map(Input::File))
            .collect(),
    })
}

/// Of the files of runs, one kind with all revisions, and the log.
fn of_runs(files: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let kind_of =
        |path: &PathBuf| DumpName::parse(path.file_name()?.to_str()?).map(|name| name.kind);
    let there: BTreeSet<_> = files.iter().filter_map(kind_of).collect();
    let logs = there.contains(&Kind::PagesLogging);
    let mut first_error = None;
    for kind in KINDS.into_iter().filter(|kind| there.contains(kind)) {
        let with_log = logs.then(|| choose(files.to_vec(), &[kind, Kind::PagesLogging], false));
        // The log is not finished when stubs are.
        let chosen = match with_log {
            Some(Ok(chosen)) => Ok(chosen),
            _ => choose(files.to_vec(), &[kind], false),
        };
        match chosen {
            Ok(chosen) => return Ok(chosen.files),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match (first_error, logs) {
        (Some(error), _) => Err(error),
        (None, true) => Ok(choose(files.to_vec(), &[Kind::PagesLogging], false)?.files),
        (None, false) => Ok(Vec::new()),
    }
}

/// Whether runs list their files, which is where missing ones are noticed.
fn are_whole_runs(files: &[PathBuf]) -> Result<bool> {
    let folders: BTreeSet<_> = files.iter().filter_map(|file| file.parent()).collect();
    for folder in folders {
        let is_export = folder.join("_SUCCESS").exists();
        if !is_export && Status::of_folder(Path::new(folder))?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn line_of(report: &PurgeReport) -> Result<String> {
    let line = serde_json::to_string(report);
    line.map(|line| line + "\n")
        .map_err(|error| Error::internal("cannot write JSON").with_source(error))
}

fn describe(report: &PurgeReport) -> String {
    let verb = if report.is_dry_run {
        "would remove"
    } else {
        "removed"
    };
    let mut text = format!("{}\n", report.folder);
    for (name, table) in &report.tables {
        text += &describe_table(name, table, verb);
    }
    let has_any =
        |table: &TablePurge| !table.rows_removed.is_empty() || !table.rows_changed.is_empty();
    if !report.tables.values().any(has_any) {
        text += "  nothing is hidden or gone that was not before\n";
    }
    let pages = report.pages_left_out();
    if pages > 0 {
        text += &format!(
            "  LEFT OUT  {} of the current pages, for their latest revision is gone: which one is current now, \
             the output does not know.  Convert newer dumps with texts for these\n",
            human_count(pages)
        );
    }
    for what in &report.not_judged {
        text += &format!("  NOT JUDGED  {what}\n");
    }
    for wiki in &report.other_wikis {
        text += &format!("  LEFT AS IT IS  {wiki}: it takes newer dumps of its own\n");
    }
    text
}

fn describe_table(name: &str, table: &TablePurge, verb: &str) -> String {
    let mut told = Vec::new();
    for (counts, what) in [
        (&table.rows_removed, format!("{verb} rows")),
        (&table.rows_changed, format!("{verb} values in rows")),
    ] {
        if !counts.is_empty() {
            told.push(format!("{what}: {}", list(counts)));
        }
    }
    if table.rows_not_judged > 0 {
        told.push(format!(
            "NOT JUDGED: {} rows",
            human_count(table.rows_not_judged)
        ));
    }
    format!("  {name:<18} {}\n", told.join("; "))
}

fn list(counts: &BTreeMap<&'static str, u64>) -> String {
    let told = counts
        .iter()
        .map(|(reason, count)| format!("{} {}", human_count(*count), reason.replace('_', " ")));
    told.collect::<Vec<_>>().join(", ")
}
