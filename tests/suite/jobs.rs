//! Whole jobs through the library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mwparquet::engine::{
    DiffOptions, Filters, HistoryOptions, Job, JobReport, Limits, Pool, Progress, Stop, convert,
};
use mwparquet::protect::Protection;
use mwparquet::sink::{Access, Compression, Encodings, Packing, WriterOptions};
use mwparquet::source::Input;
use mwparquet::tables::{self, Selection};
use mwparquet::{ErrorKind, Result};

use crate::samples;

/// The largest sample.
pub const HISTORY: &str = "samplewiki-20260101-pages-meta-history.xml.bz2";

fn job(input: PathBuf, output: &Path) -> Job {
    job_of(vec![input], output)
}

/// A job that writes all tables that any dump has, in small row groups and parts.
pub fn job_of(inputs: Vec<PathBuf>, output: &Path) -> Job {
    Job {
        inputs: inputs.into_iter().map(Input::File).collect(),
        output: output.to_owned(),
        overwrite: false,
        resume: false,
        skip_unchanged: None,
        selections: tables::ALL
            .into_iter()
            .filter(|table| ![tables::DIFFS.name, tables::TOKENS.name].contains(&table.name))
            .map(Selection::all)
            .collect(),
        sql: Default::default(),
        filters: Filters::default(),
        history: HistoryOptions::default(),
        diffs: DiffOptions::default(),
        checks_files: false,
        protection: Protection::default(),
        limits: Limits::default(),
        snapshots: None,
        writer: WriterOptions {
            packing: Packing {
                compression: Compression::Zstd(1),
                encodings: Encodings::Delta,
            },
            row_group_bytes: 4 << 20,
            part_bytes: 256 << 10,
            access: Access::Shared,
        },
        described: BTreeMap::new(),
        left_out: BTreeMap::new(),
    }
}

/// Runs a job.
pub fn run(job: &Job, threads: usize) -> Result<JobReport> {
    let pool = Pool::new(threads)?;
    convert(
        job,
        &pool,
        &Arc::new(Progress::default()),
        &Stop::default(),
        &mut || {},
        &BTreeMap::new,
    )
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let mut before: Option<String> = None;
    for threads in [1, 2, 3, 16] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let report = run(&job(samples::folder().join(HISTORY), &output), threads).unwrap();
        assert!(
            report.manifest.tables["content"].parts.len() > 1,
            "several parts"
        );
        let tables = serde_json::to_string(&report.manifest.tables).unwrap();
        assert!(
            before.as_ref().is_none_or(|before| *before == tables),
            "{threads} threads"
        );
        before = Some(tables);
    }
}

#[test]
fn the_memory_option_changes_no_row() {
    let rows = |memory_bytes| {
        let folder = tempfile::tempdir().unwrap();
        let mut job = job(samples::folder().join(HISTORY), &folder.path().join("out"));
        job.limits = job.limits.with_memory(Some(memory_bytes), 2);
        let report = run(&job, 2).unwrap();
        let rows: Vec<_> = report
            .manifest
            .tables
            .into_iter()
            .map(|(name, table)| (name, table.rows))
            .collect();
        (rows, report.seen.revisions, report.seen.pages)
    };
    assert_eq!(rows(1 << 20), rows(512 << 20));
}

#[test]
fn a_cut_anywhere_is_an_error_and_leaves_nothing() {
    for name in [HISTORY, "slots.xml"] {
        let whole = fs::read(samples::folder().join(name)).unwrap();
        for step in 1..24 {
            let folder = tempfile::tempdir().unwrap();
            let cut = folder.path().join("cut.xml");
            // Behind `</mediawiki>` a plain dump is whole.
            fs::write(&cut, &whole[..(whole.len() - 14) * step / 24]).unwrap();
            let output = folder.path().join("out");
            let error = run(&job(cut, &output), 2).expect_err(name);
            assert!(
                matches!(error.kind(), ErrorKind::Damaged | ErrorKind::NotADump),
                "{name}, step {step}: {error}"
            );
            assert!(!output.exists(), "{name}, step {step}");
        }
    }
}

#[test]
fn skipping_damage_keeps_the_rest_and_lists_the_loss() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = fs::read(samples::folder().join(HISTORY)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let input = folder.path().join("flipped.xml.bz2");
    fs::write(&input, bytes).unwrap();
    let mut job = job(input, &folder.path().join("out"));
    let error = run(&job, 2).unwrap_err();
    assert!(
        error.to_string().contains("bzip2 block is broken"),
        "{error}"
    );
    job.limits.keep_going = true;
    let report = run(&job, 2).unwrap();
    assert!(!report.manifest.complete);
    assert_eq!(report.manifest.tables["rejects"].rows, report.seen.rejects);
    assert!(report.seen.rejects >= 1);
    let kept = report.seen.revisions;
    assert!((1..2353).contains(&kept), "{kept} revisions kept");
}

#[test]
fn a_job_that_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let job = job(samples::folder().join(HISTORY), &output);
    let stop = Stop::default();
    stop.ask();
    let pool = Pool::new(2).unwrap();
    let outcome = convert(
        &job,
        &pool,
        &Arc::default(),
        &stop,
        &mut || {},
        &BTreeMap::new,
    );
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(!output.exists());
}
