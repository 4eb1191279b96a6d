//! `mwparquet convert`.

mod describe;
mod dry_run;
mod layout;
mod report;
mod verified;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use self::describe::describe;
use self::dry_run::dry_run;
use self::layout::snapshots;
use self::report::{tell_done, tell_kept, tell_left_out};
use self::verified::has_differences;
use super::WITH_REJECTS;
use super::args::{
    ConvertArguments, FilterArguments, HistoryArguments, LayoutName, OnDamage, ProgressStyle,
    RevertOrder, RunArguments, SQL_PREFIX, TableHistoryArguments, Verify, WikiqArguments,
    WorkArguments,
};
use super::expiry::Expiry;
use super::inputs::{Found, find};
use super::progress::{Display, peak_memory_bytes};
use super::protect::{access, protection};
use super::splits::{Share, tell};
use crate::derive::persistence::PersistenceOptions;
use crate::engine::{
    Filters, HistoryOptions, Job, Limits, Pool, Progress, SkipUnchanged, SqlWanted, Stop,
    commit_splits, convert, convert_split, inspect,
};
use crate::error::{Error, ErrorKind, Result};
use crate::sink::WriterOptions;
use crate::source::Input;
use crate::tables::{self, Selection};

/// The job that the arguments ask for.
pub(super) fn job(arguments: &ConvertArguments, pool: &Pool, stop: &Stop) -> Result<Job> {
    job_of(arguments, &Share::of(&arguments.splits)?, pool, stop)
}

fn job_of(arguments: &ConvertArguments, share: &Share, pool: &Pool, stop: &Stop) -> Result<Job> {
    let selections = selections(arguments)?;
    arguments.wikiq.check(&selections)?;
    let filters = filters(&arguments.filters)?;
    let diffs = arguments.diffs.options(wants_diffs(&selections))?;
    let protection = protection(&arguments.protect, &selections)?;
    let access = access(&arguments.protect)?;
    let limits = limits(&arguments.work, arguments.on_damage, pool);
    let (inputs, left_out) = match share.inputs() {
        Some(inputs) => (inputs, BTreeMap::new()),
        None => dumps(&arguments.inputs, &arguments.runs, &limits, pool, stop)?,
    };
    let numbered = share.numbered_inputs();
    let snapshots = snapshots(&arguments.layout, numbered.as_ref().unwrap_or(&inputs))?;
    Ok(Job {
        described: describe(arguments, &selections, &diffs, &protection),
        inputs,
        output: arguments.output.clone(),
        overwrite: arguments.overwrite,
        resume: arguments.resume,
        skip_unchanged: arguments.skip_unchanged.then_some(SkipUnchanged {
            drops_removed: arguments.drop_removed,
        }),
        selections,
        sql: sql_wanted(arguments),
        filters,
        history: table_history(
            &arguments.history,
            &arguments.table_history,
            &arguments.wikiq,
        ),
        diffs,
        protection,
        snapshots,
        limits,
        checks_files: arguments.verify.wants(Verify::Checksums),
        writer: WriterOptions {
            packing: arguments.packing.packing(),
            row_group_bytes: usize::try_from(arguments.row_group_bytes).unwrap_or(usize::MAX),
            part_bytes: arguments.part_bytes,
            access,
        },
        left_out,
    })
}

pub(super) fn run(arguments: &ConvertArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let style = arguments.progress.style();
    let share = Share::of(&arguments.splits)?;
    let job = job_of(arguments, &share, &pool, stop)?;
    if arguments.dry_run {
        return dry_run(&job, &pool, stop);
    }
    if arguments.verbose {
        for (name, why) in &job.left_out {
            let _ = writeln!(io::stderr(), "left out: {name}: {why}");
        }
    } else if !matches!(style, ProgressStyle::Off | ProgressStyle::Json) {
        tell_left_out(&job.left_out);
    }
    let progress = Arc::new(Progress::default());
    let mut display = Display::new(style, &job.inputs, Arc::clone(&progress));
    let began = Instant::now();
    let describe_run = || described_run(arguments, &job, &pool, began);
    let observe = &mut || display.observe();
    let outcome = match &share {
        Share::Whole => convert(&job, &pool, &progress, stop, observe, &describe_run),
        Share::Commit(plan) => commit_splits(&job, plan, &pool, &progress, stop, &describe_run),
        Share::Split(split) => {
            let done = convert_split(&job, split, &pool, &progress, stop, observe);
            display.end();
            return Ok(tell(split, &done?, style));
        }
    };
    display.end();
    let report = outcome.inspect_err(|_| tell_kept(&job, &progress, style))?;
    tell_done(&report, &job, display.seconds(), style);
    let is_failure =
        report.seen.rejects > 0 || (arguments.verify.strict && has_differences(&report.manifest));
    Ok(match is_failure {
        false => ExitCode::SUCCESS,
        true => ExitCode::from(WITH_REJECTS),
    })
}

/// What the manifest keeps about a run.
pub(super) fn described_run(
    arguments: &ConvertArguments,
    job: &Job,
    pool: &Pool,
    began: Instant,
) -> BTreeMap<String, serde_json::Value> {
    let expires = arguments.protect.expires.and_then(Expiry::day);
    let mut told = BTreeMap::from([
        (
            "wall_seconds".to_owned(),
            json!(began.elapsed().as_secs_f64()),
        ),
        ("threads".to_owned(), json!(pool.threads())),
        ("memory_bytes".to_owned(), json!(job.limits.memory_bytes)),
        ("peak_memory_bytes".to_owned(), json!(peak_memory_bytes())),
    ]);
    // It depends on the day of the run.
    told.extend(expires.map(|day| ("expires".to_owned(), json!(day))));
    told
}

fn selections(arguments: &ConvertArguments) -> Result<Vec<Selection>> {
    let mut names: Vec<&str> = arguments.tables.iter().map(String::as_str).collect();
    if arguments.verify.wants(Verify::Sha1) {
        names.push("differing_texts");
    }
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
                None => arguments.wikiq.selection(table),
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

/// The same with what only tables know.
pub(super) fn table_history(
    arguments: &HistoryArguments,
    of_tables: &TableHistoryArguments,
    wikiq: &WikiqArguments,
) -> HistoryOptions {
    HistoryOptions {
        wikiq_tokens: wikiq.matching().unwrap_or_default(),
        is_by_time: of_tables.revert_order == RevertOrder::Time,
        session_cutoff_seconds: of_tables.session_cutoff,
        ..history(arguments)
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
    let limits = arguments.limits.apply(limits);
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
    // Not after hours, when its turn has come.
    named.iter().try_for_each(Input::check)?;
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
