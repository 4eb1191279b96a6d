//! The command line without a terminal: arguments come as words, results go as values.
//!
//! For bindings to other languages, so that whatever the command line can be told they can be told,
//! with the same names, defaults and checks.  Nothing here prints but warnings about rules for personal data.

use std::sync::Arc;
use std::time::Instant;

use clap::Parser;

use super::args::{Arguments, Command, OnDamage, PagesArguments, SQL_PREFIX, ScanArguments};
use super::convert::{described_run, dumps, filters, limits, no_dump_in, pool, table_history};
use super::{
    convert as convert_command, count as count_command, protect, schema as schema_command, splits,
};
use crate::engine::{
    self, CountedRows, Inspection, JobReport, PagesJob, Progress, Scan, ScanJob, ScanTable, Split,
    Stop,
};
use crate::error::{Error, Result};
use crate::source::discover;
use crate::tables::{self, Selection};

/// Runs what the words behind `mwparquet convert` ask for.  `observe` is called some times a second.
///
/// # Errors
///
/// Of usage, if the words are none of its arguments; and all that a job can end with.
pub fn convert(
    words: &[String],
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
) -> Result<JobReport> {
    let Command::Convert(arguments) = command("convert", words)? else {
        return Err(not_this("convert"));
    };
    if arguments.dry_run {
        return Err(Error::usage("--dry-run is of the command line alone"));
    }
    let pool = pool(&arguments.work)?;
    let job = convert_command::job(&arguments, &pool, stop)?;
    let began = Instant::now();
    let describe_run = || described_run(&arguments, &job, &pool, began);
    engine::convert(&job, &pool, progress, stop, observe, &describe_run)
}

/// Counts what the words behind `mwparquet count` ask for; all rows are held in memory.
///
/// # Errors
///
/// As those of [`convert`].
pub fn count(
    words: &[String],
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
) -> Result<CountedRows> {
    let Command::Count(arguments) = command("count", words)? else {
        return Err(not_this("count"));
    };
    let pool = pool(&arguments.work)?;
    let job = count_command::job(&arguments, &pool, stop)?;
    let (counts, report) = engine::count(&job, &pool, progress, stop, observe)?;
    counts.collect(arguments.top, report, &pool, stop)
}

/// Looks at the dumps that the words behind `mwparquet inspect` name.
///
/// # Errors
///
/// The first that there is with a dump, and those of [`convert`].
pub fn inspect(words: &[String], stop: &Stop) -> Result<Vec<Inspection>> {
    let Command::Inspect(arguments) = command("inspect", words)? else {
        return Err(not_this("inspect"));
    };
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let found = discover(&arguments.inputs)?;
    let mut inspections = Vec::new();
    for input in &found.named {
        inspections.push(engine::inspect(
            input,
            arguments.full,
            &limits,
            &pool,
            stop,
        )?);
    }
    for input in &found.in_folders {
        match engine::inspect(input, arguments.full, &limits, &pool, stop) {
            // What lies in a folder need not be a dump.
            Err(error) if error.kind() == crate::ErrorKind::NotADump => {}
            outcome => inspections.push(outcome?),
        }
    }
    match inspections.is_empty() {
        true => Err(no_dump_in(&arguments.inputs)),
        false => Ok(inspections),
    }
}

/// What `mwparquet schema --json` tells of a table, of the tables of an SQL dump, or of all tables.
///
/// # Errors
///
/// Of usage, if there is no such table.
pub fn schema(table: Option<&str>, stop: &Stop) -> Result<String> {
    let words: Vec<_> = table.into_iter().map(str::to_owned).collect();
    let Command::Schema(arguments) = command("schema", &words)? else {
        return Err(not_this("schema"));
    };
    schema_command::json_of(arguments.table.as_deref(), stop)
}

/// What `mwparquet plan` writes for its words, as JSON; its splits tell besides what scans of them need to
/// prove that they join.
///
/// # Errors
///
/// As those of [`convert`].
pub fn plan(words: &[String], stop: &Stop) -> Result<String> {
    let Command::Plan(arguments) = command("plan", words)? else {
        return Err(not_this("plan"));
    };
    splits::plan_for_scans(&arguments, stop)
}

/// A scan of one table.  Words are inputs and options as `convert` has them, and `--table`,
/// `--columns`, `--any-order` and `--temporary`; instead of inputs `--split`, as a plan has it.
///
/// # Errors
///
/// As those of [`convert`], and of [`Scan::open`].
pub fn scan(words: &[String], stop: &Stop) -> Result<Scan> {
    let arguments: ScanArguments = parsed("scan", words)?;
    let table = match arguments.table.starts_with(SQL_PREFIX) {
        true => ScanTable::Sql {
            name: arguments.table.clone(),
            columns: (!arguments.columns.is_empty()).then(|| arguments.columns.clone()),
        },
        false => ScanTable::Ours(selection(&arguments)?),
    };
    let selections: Vec<_> = match &table {
        ScanTable::Ours(selection) => vec![selection.clone()],
        ScanTable::Sql { .. } => Vec::new(),
    };
    arguments.wikiq.check(&selections)?;
    let filters = filters(&arguments.filters)?;
    let diffs = arguments
        .diffs
        .options(arguments.table == tables::DIFFS.name)?;
    let protection = protect::protection(&arguments.protect, &selections)?;
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, arguments.on_damage, &pool);
    let split = arguments.split.as_deref().map(Split::parse).transpose()?;
    let inputs = match &split {
        Some(split) => split.inputs(),
        None => dumps(&arguments.inputs, &arguments.runs, &limits, &pool, stop)?.0,
    };
    let job = ScanJob {
        inputs,
        split,
        table,
        filters,
        history: table_history(
            &arguments.history,
            &arguments.table_history,
            &arguments.wikiq,
        ),
        diffs,
        protection,
        limits,
        threads: pool.threads(),
        in_order: !arguments.any_order,
        sorting_parent: arguments.temporary.unwrap_or_else(std::env::temp_dir),
    };
    Scan::open(job, stop)
}

/// What is to be read for pages with their revisions.  Words are inputs, filters and `--no-texts`.
///
/// # Errors
///
/// As those of [`convert`].
pub fn pages(words: &[String], stop: &Stop) -> Result<PagesJob> {
    let arguments: PagesArguments = parsed("pages", words)?;
    let filters = filters(&arguments.filters)?;
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, arguments.on_damage, &pool);
    let (inputs, _) = dumps(&arguments.inputs, &arguments.runs, &limits, &pool, stop)?;
    Ok(PagesJob {
        inputs,
        filters,
        limits,
        threads: pool.threads(),
        with_texts: !arguments.no_texts,
        decode_texts: Arc::default(),
    })
}

fn selection(arguments: &ScanArguments) -> Result<Selection> {
    let name = &arguments.table;
    let table =
        tables::by_name(name).ok_or_else(|| Error::usage(format!("there is no table {name:?}")))?;
    match arguments.columns.is_empty() {
        true => Ok(arguments.wikiq.selection(table)),
        false => Selection::of(table, &arguments.columns),
    }
}

fn command(name: &str, words: &[String]) -> Result<Command> {
    let words = std::iter::once(name).chain(words.iter().map(String::as_str));
    let words: Vec<_> = words.map(str::to_owned).collect();
    parsed::<Arguments>("mwparquet", &words).map(|arguments| arguments.command)
}

/// Reads words as the program of a name reads them.
fn parsed<A: Parser>(name: &str, words: &[String]) -> Result<A> {
    let words = std::iter::once(name).chain(words.iter().map(String::as_str));
    A::try_parse_from(words).map_err(|error| Error::usage(what_is_wrong(&error.to_string())))
}

/// What clap tells, without how to call the program: what is wrong in the first line, and each tip in one of
/// its own.
fn what_is_wrong(told: &str) -> String {
    let what = told.split("\n\nUsage:").next().unwrap_or_default();
    let what = what.split("\n\nFor more information").next();
    let what = what.unwrap_or_default().trim_start_matches("error: ");
    let mut message = String::new();
    for word in what.split_whitespace() {
        if !message.is_empty() {
            message.push(if word == "tip:" { '\n' } else { ' ' });
        }
        message.push_str(word);
    }
    message
}

fn not_this(command: &str) -> Error {
    Error::internal(format!(
        "the words of {command} are those of another command"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tips_have_lines_of_their_own() {
        let message = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            let wrong = pages(&words, &Stop::default()).unwrap_err();
            wrong.message().to_owned()
        };
        let misspelt = message(&["--thread=2", "dump.xml"]);
        let lines: Vec<_> = misspelt.lines().collect();
        assert_eq!(lines[0], "unexpected argument '--thread' found");
        assert_eq!(lines[1], "tip: a similar argument exists: '--threads'");
        assert_eq!(lines.len(), 2);
        let no_such_value = message(&["--on-damage=skips", "dump.xml"]);
        let lines: Vec<_> = no_such_value.lines().collect();
        assert!(
            lines[0].ends_with("[possible values: fail, skip]"),
            "{lines:?}"
        );
        assert!(
            lines[1].starts_with("tip: ") && lines.len() == 2,
            "{lines:?}"
        );
    }
}
