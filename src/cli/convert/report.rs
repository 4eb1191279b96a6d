//! What is said of a job on standard error.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

use serde_json::json;

use super::verified::describe_verified;
use crate::cli::args::ProgressStyle;
use crate::cli::progress::peak_memory_bytes;
use crate::cli::rejects::tell_rejects;
use crate::cli::sizes::{human_bytes, human_count};
use crate::engine::{Job, JobReport, Progress};
use crate::sink::MANIFEST_NAME;

/// Says what a job that failed has left, and how to go on with it.
pub(super) fn tell_kept(job: &Job, progress: &Progress, style: ProgressStyle) {
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
        _ if job.skip_unchanged.is_some() && job.output.join(MANIFEST_NAME).exists() => writeln!(
            err,
            "the finished job in {folder} is as it was; {kept} of {all} inputs need not be read again: the \
             same command goes on"
        ),
        _ => writeln!(
            err,
            "{kept} of {all} inputs are finished and kept in {folder}: the same command with --resume \
             goes on, `mwparquet clean` removes them"
        ),
    };
}

/// Says how many files of folders are not read, by reason: what stands before the colon.
pub(super) fn tell_left_out(left_out: &BTreeMap<String, String>) {
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

/// Says what a job has done: for people, as an event, or of what is lost alone.
pub(super) fn tell_done(report: &JobReport, job: &Job, seconds: f64, style: ProgressStyle) {
    match style {
        ProgressStyle::Off => tell_lost(report),
        ProgressStyle::Json => tell_end(report, seconds),
        ProgressStyle::Auto | ProgressStyle::Plain => summarise(report, job, seconds),
    }
}

fn tell_end(report: &JobReport, seconds: f64) {
    let tables = report.manifest.tables.iter();
    let rows: BTreeMap<_, _> = tables.map(|(name, table)| (name, table.rows)).collect();
    let event = json!({
        "event": "end",
        "seconds": seconds,
        "resumed_inputs": report.resumed_inputs,
        "seen": report.seen,
        "tables": rows,
    });
    let _ = writeln!(io::stderr(), "{event}");
}

fn tell_lost(report: &JobReport) {
    let all = report.seen.rejects;
    tell_rejects(&report.rejects, all, "; see the table rejects");
}

fn summarise(report: &JobReport, job: &Job, seconds: f64) {
    let mut err = io::stderr().lock();
    if report.was_finished {
        let folder = job.output.display();
        let _ = writeln!(err, "the job in {folder} is finished: nothing to do");
        return;
    }
    if report.resumed_inputs > 0 {
        let (earlier, all) = (report.resumed_inputs, job.inputs.len());
        let what = match job.skip_unchanged {
            Some(_) => "kept",
            None => "resumed",
        };
        let _ = writeln!(
            err,
            "{what}: {earlier} of {all} inputs were finished before"
        );
    }
    tell_lost(report);
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
    let _ = write!(err, "{}", describe_verified(&report.manifest));
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
