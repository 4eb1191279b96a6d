//! `mwparquet convert`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::args::{
    ConvertArguments, FilterArguments, HistoryArguments, OnDamage, ProgressStyle, RevertOrder,
    RunArguments, SQL_PREFIX, WorkArguments,
};
use super::expiry::Expiry;
use super::inputs::{Found, find};
use super::progress::{Display, peak_memory_bytes};
use super::protect::{access, protection};
use super::sizes::{human_bytes, human_count};
use super::{WITH_REJECTS, print};
use crate::derive::persistence::PersistenceOptions;
use crate::engine::{
    DiffOptions, Filters, HistoryOptions, Job, JobReport, Limits, Pool, Progress, SqlWanted, Stop,
    convert, inspect,
};
use crate::error::{Error, ErrorKind, Result};
use crate::protect::Protection;
use crate::sink::{OutputFolder, WriterOptions};
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
            match arguments
                .columns
                .iter()
                .find(|(name, _)| name == table.name)
            {
                Some((_, columns)) => Selection::of(table, columns),
                None => Ok(Selection::all(table)),
            }
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

/// Says what a job that failed has left, and how to go on with it.
fn tell_kept(job: &Job, progress: &Progress, style: ProgressStyle) {
    let kept = progress.kept_inputs.load(Ordering::Relaxed);
    if kept == 0 {
        return;
    }
    let (all, folder) = (job.inputs.len(), job.output.display());
    let mut err = io::stderr().lock();
    let _ = match style {
        ProgressStyle::Json => {
            let event = json!({"event": "kept", "inputs": kept, "of": all, "folder": job.output});
            writeln!(err, "{event}")
        }
        _ => writeln!(
            err,
            "{kept} of {all} inputs are finished and kept in {folder}: the same command with --resume \
             goes on, `mwparquet clean` removes them"
        ),
    };
}

/// Says how many files of folders are not read, by reason: what stands before the colon.
fn tell_left_out(left_out: &BTreeMap<String, String>) {
    let mut by_reason: BTreeMap<&str, u64> = BTreeMap::new();
    for why in left_out.values() {
        let reason = why.split(": ").next().unwrap_or_default();
        *by_reason.entry(reason).or_default() += 1;
    }
    for (why, count) in by_reason {
        let files = if count == 1 { "file" } else { "files" };
        let _ = writeln!(
            io::stderr(),
            "left out: {} {files}: {why}",
            human_count(count)
        );
    }
}

/// What is said where the user's words lead to no input.
pub(super) fn no_dump_in(words: &[String]) -> Error {
    Error::usage(format!("there is no dump in {}", words.join(", ")))
}

fn describe(
    arguments: &ConvertArguments,
    selections: &[Selection],
    diffs: &DiffOptions,
    protection: &Protection,
) -> BTreeMap<String, Value> {
    let ours = selections.iter().map(|selection| selection.table.name);
    let named = arguments.tables.iter().map(String::as_str);
    let of_sql = named.filter(|name| name.starts_with(SQL_PREFIX));
    let names: Vec<_> = ours.chain(of_sql).collect();
    let sql_columns = sql_wanted(arguments).columns;
    let filters = &arguments.filters;
    let mut described = BTreeMap::from([
        ("tables".to_owned(), json!(names)),
        ("sql_columns".to_owned(), json!(sql_columns)),
        ("namespaces".to_owned(), json!(filters.namespaces)),
        ("page_ids".to_owned(), json!(filters.page_ids)),
        (
            "since".to_owned(),
            json!(filters.since.map(|time| time.to_string())),
        ),
        (
            "until".to_owned(),
            json!(filters.until.map(|time| time.to_string())),
        ),
        (
            "revert_radius".to_owned(),
            json!(arguments.history.revert_radius),
        ),
        (
            "session_cutoff_seconds".to_owned(),
            json!(arguments.table_history.session_cutoff),
        ),
        (
            "revert_order".to_owned(),
            json!(match arguments.table_history.revert_order {
                RevertOrder::Dump => "dump",
                RevertOrder::Time => "time",
            }),
        ),
        (
            "persistence_window".to_owned(),
            json!(arguments.history.persistence_window),
        ),
        (
            "persistence_min_revisions".to_owned(),
            json!(arguments.history.persistence_min_revisions),
        ),
        (
            "persistence_min_days".to_owned(),
            json!(arguments.history.persistence_min_days),
        ),
        (
            "sunset".to_owned(),
            json!(arguments.history.sunset.map(|time| time.to_string())),
        ),
        (
            "compression".to_owned(),
            json!(arguments.compression.to_string()),
        ),
        (
            "row_group_bytes".to_owned(),
            json!(arguments.row_group_bytes),
        ),
        ("part_bytes".to_owned(), json!(arguments.part_bytes)),
        ("memory_bytes".to_owned(), json!(arguments.work.memory)),
        (
            "max_record_bytes".to_owned(),
            json!(arguments.work.max_record_bytes),
        ),
        (
            "on_damage".to_owned(),
            json!(if arguments.on_damage == OnDamage::Skip {
                "skip"
            } else {
                "fail"
            }),
        ),
    ]);
    let rules = protection.described().into_iter();
    described.extend(rules.map(|(name, value)| (name.to_owned(), json!(value))));
    if wants_diffs(selections) {
        let of_diffs = diffs.described().into_iter();
        described.extend(of_diffs.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    described
}

fn dry_run(job: &Job, pool: &Pool, stop: &Stop) -> Result<ExitCode> {
    OutputFolder::check(&job.output, job.overwrite || job.resume)?;
    let mut text = String::new();
    let mut sql_tables = BTreeSet::new();
    let mut has_xml = false;
    for input in &job.inputs {
        let found = sql_tables_of(input, job, pool, stop);
        has_xml |= found.is_empty();
        sql_tables.extend(found);
        let size = input
            .size_bytes()
            .map_or_else(|| "size unknown".to_owned(), human_bytes);
        text += &format!("read   {} ({size})\n", input.name());
    }
    for (name, why) in &job.left_out {
        text += &format!("leave  {name}: {why}\n");
    }
    let is_written = |name: &str| has_xml || name == tables::REJECTS.name;
    let selections = job.selections.iter();
    for selection in selections.filter(|selection| is_written(selection.table.name)) {
        text += &format!(
            "write  {}/part-*.parquet, {} columns\n",
            job.output.join(selection.table.name).display(),
            selection.columns.len()
        );
    }
    for table in sql_tables {
        text += &format!(
            "write  {}/part-*.parquet\n",
            job.output.join(table).display()
        );
    }
    print(text.as_bytes())
}

/// The tables that an SQL dump begins with, as far as they are wanted.  What cannot be read is told
/// by the job itself.
fn sql_tables_of(input: &Input, job: &Job, pool: &Pool, stop: &Stop) -> Vec<String> {
    if *input == Input::Stdin {
        return Vec::new();
    }
    let wanted = job.sql.tables.as_ref();
    inspect(input, false, &job.limits, pool, stop)
        .map(|inspection| inspection.sql_tables)
        .unwrap_or_default()
        .into_iter()
        .map(|table| table.declared.written_name())
        .filter(|name| wanted.is_none_or(|wanted| wanted.contains(name)))
        .collect()
}

fn summarise(report: &JobReport, job: &Job, seconds: f64, as_event: bool) {
    let mut err = io::stderr().lock();
    if as_event {
        let _ = writeln!(
            err,
            "{}",
            json!({"event": "end", "seconds": seconds, "resumed_inputs": report.resumed_inputs, "seen": report.seen, "tables": report.manifest.tables.iter().map(|(name, table)| (name, table.rows)).collect::<BTreeMap<_, _>>()})
        );
        return;
    }
    if report.was_finished {
        let folder = job.output.display();
        let _ = writeln!(err, "the job in {folder} is finished: nothing to do");
        return;
    }
    if report.resumed_inputs > 0 {
        let (earlier, all) = (report.resumed_inputs, job.inputs.len());
        let _ = writeln!(
            err,
            "resumed: {earlier} of {all} inputs were finished before"
        );
    }
    for reject in &report.rejects {
        let place = reject
            .xml_offset_bytes
            .map_or_else(String::new, |at| match reject.sql_line {
                Some(line) => format!(" (line {line}, byte {at} of the SQL)"),
                None => format!(" (byte {at} of the XML)"),
            });
        let _ = writeln!(err, "skipped: {}: {}{place}", reject.input, reject.reason);
    }
    if report.seen.rejects > report.rejects.len() as u64 {
        let _ = writeln!(
            err,
            "skipped: {} in all; see the table rejects",
            report.seen.rejects
        );
    }
    let _ = writeln!(
        err,
        "{:<16}{:>14}{:>14}{:>7}",
        "table", "rows", "size", "parts"
    );
    for (name, table) in &report.manifest.tables {
        let _ = writeln!(
            err,
            "{name:<16}{:>14}{:>14}{:>7}",
            human_count(table.rows),
            human_bytes(table.bytes),
            table.parts.len()
        );
    }
    let skipped: u64 = report.seen.skipped_elements.values().sum();
    if skipped > 0 {
        let names: Vec<_> = report
            .seen
            .skipped_elements
            .iter()
            .map(|(name, count)| format!("{name} ({count})"))
            .collect();
        let _ = writeln!(err, "unknown elements passed over: {}", names.join(", "));
    }
    if report.seen.sql_raw_values > 0 {
        let values = human_count(report.seen.sql_raw_values);
        let _ = writeln!(
            err,
            "values that their columns cannot hold, kept in raw_values: {values}"
        );
    }
    let (xml, sql) = (report.seen.xml_bytes, report.seen.sql_bytes);
    let what = match (xml, sql) {
        (_, 0) => "XML",
        (0, _) => "SQL",
        _ => "XML and SQL",
    };
    let _ = writeln!(
        err,
        "{} of {what} in {:.1} s, {}/s, peak memory {}; written to {}",
        human_bytes(xml + sql),
        seconds,
        human_bytes(((xml + sql) as f64 / seconds.max(0.001)) as u64),
        peak_memory_bytes().map_or_else(|| "unknown".to_owned(), human_bytes),
        job.output.display()
    );
}
