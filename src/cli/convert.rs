//! `mwparquet convert`.

mod describe;
mod dry_run;
mod layout;
mod report;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use self::describe::describe;
use self::dry_run::dry_run;
use self::layout::snapshots;
use self::report::{summarise, tell_kept, tell_left_out};
use super::WITH_REJECTS;
use super::args::{
    ConvertArguments, FilterArguments, HistoryArguments, LayoutName, OnDamage, ProgressStyle,
    RevertOrder, RunArguments, SQL_PREFIX, WorkArguments,
};
use super::expiry::Expiry;
use super::inputs::{Found, find};
use super::progress::{Display, peak_memory_bytes};
use super::protect::{access, protection};
use crate::derive::persistence::PersistenceOptions;
use crate::engine::{
    Filters, HistoryOptions, Job, Limits, Pool, Progress, SqlWanted, Stop, convert, inspect,
};
use crate::error::{Error, ErrorKind, Result};
use crate::sink::WriterOptions;
use crate::source::Input;
use crate::tables::{self, Selection};

pub(super) fn run(arguments: &ConvertArguments, stop: &Stop) -> Result<ExitCode> {
    let selections = selections(arguments)?;
    let filters = filters(&arguments.filters)?;
    let diffs = arguments.diffs.options(wants_diffs(&selections))?;
    let protection = protection(&arguments.protect, &selections)?;
    let access = access(&arguments.protect)?;
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, arguments.on_damage, &pool);
    let (inputs, left_out) = dumps(&arguments.inputs, &arguments.runs, &limits, &pool, stop)?;
    let snapshots = snapshots(&arguments.layout, &inputs)?;
    let job = Job {
        described: describe(arguments, &selections, &diffs, &protection),
        inputs,
        output: arguments.output.clone(),
        overwrite: arguments.overwrite,
        resume: arguments.resume,
        selections,
        sql: sql_wanted(arguments),
        filters,
        history: HistoryOptions {
            is_by_time: arguments.table_history.revert_order == RevertOrder::Time,
            session_cutoff_seconds: arguments.table_history.session_cutoff,
            ..history(&arguments.history)
        },
        diffs,
        protection,
        snapshots,
        limits,
        writer: WriterOptions {
            compression: arguments.compression,
            row_group_bytes: usize::try_from(arguments.row_group_bytes).unwrap_or(usize::MAX),
            part_bytes: arguments.part_bytes,
            access,
        },
        left_out,
    };
    if arguments.dry_run {
        return dry_run(&job, &pool, stop);
    }
    if arguments.verbose {
        for (name, why) in &job.left_out {
            let _ = writeln!(io::stderr(), "left out: {name}: {why}");
        }
    } else if !matches!(arguments.progress, ProgressStyle::Off | ProgressStyle::Json) {
        tell_left_out(&job.left_out);
    }
    let progress = Arc::new(Progress::default());
    let mut display = Display::new(arguments.progress, &job.inputs, Arc::clone(&progress));
    let began = std::time::Instant::now();
    let threads = pool.threads();
    let expires = arguments.protect.expires.and_then(Expiry::day);
    let describe_run = || {
        let mut told = BTreeMap::from([
            (
                "wall_seconds".to_owned(),
                json!(began.elapsed().as_secs_f64()),
            ),
            ("threads".to_owned(), json!(threads)),
            ("memory_bytes".to_owned(), json!(job.limits.memory_bytes)),
            ("peak_memory_bytes".to_owned(), json!(peak_memory_bytes())),
        ]);
        // It depends on the day of the run.
        told.extend(expires.iter().map(|day| ("expires".to_owned(), json!(day))));
        told
    };
    let outcome = convert(
        &job,
        &pool,
        &progress,
        stop,
        &mut || display.observe(),
        &describe_run,
    );
    display.end();
    let report = outcome.inspect_err(|_| tell_kept(&job, &progress, arguments.progress))?;
    if arguments.progress != ProgressStyle::Off {
        summarise(
            &report,
            &job,
            display.seconds(),
            arguments.progress == ProgressStyle::Json,
        );
    }
    Ok(match report.seen.rejects {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(WITH_REJECTS),
    })
}

fn selections(arguments: &ConvertArguments) -> Result<Vec<Selection>> {
    let mut names: Vec<&str> = arguments.tables.iter().map(String::as_str).collect();
    let profiles = arguments.profiles.iter();
    let profiles = profiles.filter_map(|name| tables::profile_by_name(name));
    names.extend(profiles.map(|profile| profile.table.name));
    // Whatever is skipped has to be listed.
    if arguments.on_damage == OnDamage::Skip {
        names.push("rejects");
    }
    if let Some((name, _)) = arguments
        .columns
        .iter()
        .find(|(name, _)| !names.contains(&name.as_str()) && !may_be_of_sql(name, &names))
    {
        return Err(Error::usage(format!(
            "--columns names the table {name:?}, which --tables does not"
        )));
    }
    tables::ALL
        .into_iter()
        .filter(|table| names.contains(&table.name))
        .map(|table| {
            let mut columns = arguments.columns.iter();
            let selection = match columns.find(|(name, _)| name == table.name) {
                Some((_, columns)) => Selection::of(table, columns)?,
                None => Selection::all(table),
            };
            Ok(match arguments.layout.layout {
                LayoutName::Flat => selection,
                LayoutName::Hive => selection.without(table.wiki_column()),
            })
        })
        .collect()
}

/// Whether a table can be one of an SQL dump that is wanted.
fn may_be_of_sql(name: &str, tables: &[&str]) -> bool {
    let is_of_sql = |name: &&str| name.starts_with(SQL_PREFIX);
    is_of_sql(&name) && !tables.iter().any(is_of_sql)
}

/// The tables of SQL dumps: all, unless some are named.
fn sql_wanted(arguments: &ConvertArguments) -> SqlWanted {
    let is_of_sql = |name: &str| name.starts_with(SQL_PREFIX);
    let named = arguments.tables.iter().filter(|name| is_of_sql(name));
    let tables: HashSet<_> = named.cloned().collect();
    let columns = arguments.columns.iter();
    SqlWanted {
        tables: (!tables.is_empty()).then_some(tables),
        columns: columns
            .filter(|(name, _)| is_of_sql(name))
            .cloned()
            .collect(),
    }
}

pub(super) fn history(arguments: &HistoryArguments) -> HistoryOptions {
    const SECONDS_A_DAY: f64 = 86_400.0;
    HistoryOptions {
        revert_radius: arguments.revert_radius,
        persistence: PersistenceOptions {
            window: arguments.persistence_window,
            min_revisions: arguments.persistence_min_revisions,
            min_seconds: (arguments.persistence_min_days * SECONDS_A_DAY) as i64,
        },
        sunset: arguments.sunset,
        ..HistoryOptions::default()
    }
}

fn wants_diffs(selections: &[Selection]) -> bool {
    selections
        .iter()
        .any(|selection| selection.table.name == tables::DIFFS.name)
}

pub(super) fn filters(arguments: &FilterArguments) -> Result<Filters> {
    if let (Some(since), Some(until)) = (arguments.since, arguments.until)
        && since >= until
    {
        return Err(Error::usage(format!(
            "nothing lies since {since} and until {until}: --until must be later"
        )));
    }
    let (namespaces, page_ids) = (&arguments.namespaces, &arguments.page_ids);
    Ok(Filters {
        namespaces: (!namespaces.is_empty()).then(|| namespaces.iter().copied().collect()),
        page_ids: (!page_ids.is_empty()).then(|| page_ids.iter().copied().collect()),
        since: arguments.since,
        until: arguments.until,
    })
}

pub(super) fn limits(arguments: &WorkArguments, on_damage: OnDamage, pool: &Pool) -> Limits {
    let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let limits = Limits {
        record_max_bytes: bytes(arguments.max_record_bytes),
        keep_going: on_damage == OnDamage::Skip,
        ..Limits::default()
    };
    limits.with_memory(arguments.memory.map(bytes), pool.threads())
}

pub(super) fn pool(arguments: &WorkArguments) -> Result<Pool> {
    let threads = arguments.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    Pool::new(threads)
}

/// The inputs behind the user's words, and what was left out: files in folders that are no dumps.
pub(super) fn dumps(
    words: &[String],
    runs: &RunArguments,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<(Vec<Input>, BTreeMap<String, String>)> {
    let Found {
        named,
        in_folders,
        left_out,
    } = find(words, runs)?;
    let mut left_out: BTreeMap<_, _> = left_out
        .into_iter()
        .map(|(path, why)| (path.display().to_string(), why))
        .collect();
    let mut inputs = named;
    for input in in_folders {
        match inspect(&input, false, limits, pool, stop) {
            Err(error) if error.kind() == ErrorKind::NotADump => {
                left_out.insert(input.name().to_string(), error.message().to_owned());
            }
            // A dump, whole or not: the job will tell.
            _ => inputs.push(input),
        }
    }
    if inputs.is_empty() {
        return Err(no_dump_in(match runs.wikis.is_empty() {
            true => words,
            false => &runs.wikis,
        }));
    }
    Ok((inputs, left_out))
}

/// What is said where the user's words lead to no input.
pub(super) fn no_dump_in(words: &[String]) -> Error {
    Error::usage(format!("there is no dump in {}", words.join(", ")))
}
