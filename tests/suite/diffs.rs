//! The table `diffs` of whole jobs, and the way back to the texts.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use mwparquet::derive::Sha1;
use mwparquet::derive::diff::Algorithm;
use mwparquet::derive::tokens::Tokenizer;
use mwparquet::engine::{
    DiffOptions, Filters, Job, Limits, Pool, Stop, apply, cat_json, diff_parts,
};
use mwparquet::model::Text;
use mwparquet::source::Input;
use mwparquet::tables::{self, Selection};
use mwparquet::{Error, ErrorKind};
use serde_json::Value;

use crate::jobs::{HISTORY, job_of, run};
use crate::samples;

const STUB: &str = "samplewiki-20260101-stub-meta-history.xml.gz";

fn job(input: &Path, output: &Path, keyframe_every: u64) -> Job {
    let mut job = job_of(vec![input.to_owned()], output);
    job.selections = vec![Selection::all(&tables::DIFFS)];
    job.diffs.keyframe_every = NonZeroU64::new(keyframe_every);
    job
}

/// The texts of main slots as `cat` tells them, by revision, in the order of the dump.
fn texts(input: &Path) -> Vec<(Option<i64>, Option<String>)> {
    let mut lines = Vec::new();
    cat_json(
        &Input::File(input.to_owned()),
        &Filters::default(),
        &Limits::default(),
        &Pool::new(2).unwrap(),
        &Stop::default(),
        &mut |bytes| {
            lines.extend_from_slice(bytes);
            Ok(())
        },
    )
    .unwrap();
    String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| {
            let revision: Value = serde_json::from_str(line).unwrap();
            let slots = revision["slots"].as_array().unwrap();
            let main = slots.iter().find(|slot| slot["slot_role"] == "main");
            let text = main.and_then(|slot| slot["content_text"].as_str());
            (revision["revision_id"].as_i64(), text.map(str::to_owned))
        })
        .collect()
}

fn rebuilt(folder: &Path) -> Vec<(Option<i64>, Option<String>)> {
    let mut texts = Vec::new();
    apply(
        &diff_parts(folder).unwrap(),
        &Stop::default(),
        &mut |revision| {
            assert!(!revision.is_out_of_reach());
            texts.push((revision.revision_id, revision.text.map(str::to_owned)));
            Ok(())
        },
    )
    .unwrap();
    texts
}

/// Samples with texts.
fn sound() -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(samples::folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.ends_with("README.md") && !path.ends_with(STUB))
        .collect();
    paths.sort();
    paths
}

/// Nothing but the part itself.
const WANTED: mwparquet::sink::Wanted<'_> = mwparquet::sink::Wanted {
    columns: &[],
    purpose: "",
    batch_rows: 64,
    row_group: None,
};

#[test]
fn all_texts_come_back() {
    let mut count = 0;
    for path in sound() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        match run(&job(&path, &output, 7), 2) {
            // Its first text is that of a stub.
            Err(error) if is_stub(&error) => continue,
            outcome => outcome.unwrap(),
        };
        let expected = texts(&path);
        assert!(rebuilt(&output) == expected, "{}", path.display());
        count += expected.len();
    }
    assert!(count > 500, "{count}");
}

fn is_stub(error: &Error) -> bool {
    error.kind() == ErrorKind::Usage && error.message().starts_with("is a stub")
}

#[test]
fn every_way_leads_back() {
    let path = samples::folder().join(HISTORY);
    let expected = texts(&path);
    for tokenizer in Tokenizer::ALL {
        for algorithm in Algorithm::ALL {
            let folder = tempfile::tempdir().unwrap();
            let output = folder.path().join("out");
            let mut job = job(&path, &output, 1000);
            job.diffs = DiffOptions {
                tokenizer,
                algorithm,
                ..job.diffs
            };
            match run(&job, 2) {
                Ok(_) => assert!(rebuilt(&output) == expected, "{tokenizer:?} {algorithm:?}"),
                Err(error) => {
                    assert!(
                        !tokenizer.tells_sentences() && algorithm.name().starts_with("segments")
                    );
                    assert_eq!(error.kind(), ErrorKind::Usage);
                }
            }
        }
    }
}

#[test]
fn checksums_of_rebuilt_texts() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    run(&job(&samples::folder().join(HISTORY), &output, 50), 2).unwrap();
    let mut equal = 0;
    apply(
        &diff_parts(&output).unwrap(),
        &Stop::default(),
        &mut |revision| {
            if let (Some(text), Some(sha1)) = (revision.text, revision.text_sha1) {
                let declared = Sha1::from_base36(sha1.as_bytes());
                assert_eq!(Some(Sha1::of_text(Text::plain(text))), declared);
                equal += 1;
            }
            Ok(())
        },
    )
    .unwrap();
    assert!(equal > 100, "{equal}");
}

#[test]
fn threads_and_memory_change_no_row() {
    let path = samples::folder().join(HISTORY);
    let mut before: Option<(String, Vec<String>)> = None;
    // The least memory cuts chunks of 256 KiB, the most none at all.
    for (threads, sizing_bytes) in [(1, 1), (2, 1), (16, 1), (1, 64 << 20), (3, 1 << 30)] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let mut job = job(&path, &output, 10);
        job.limits.sizing_bytes = sizing_bytes;
        // All rows in one row group, whatever the chunks are.
        job.writer.row_group_bytes = usize::MAX;
        let report = run(&job, threads).unwrap();
        let entry = &report.manifest.tables["diffs"];
        let mut rows = Vec::new();
        apply(
            &diff_parts(&output).unwrap(),
            &Stop::default(),
            &mut |revision| {
                rows.push(format!("{revision:?}"));
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(rows.len() as u64, entry.rows);
        let all = (entry.rows.to_string(), rows);
        assert!(before.as_ref().is_none_or(|before| *before == all));
        before = Some(all);
    }
}

#[test]
fn a_stub_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let error = run(&job(&samples::folder().join(STUB), &output, 10), 2).unwrap_err();
    assert!(is_stub(&error), "{error}");
    assert!(error.to_string().contains(STUB));
    assert!(!output.join("manifest.json").exists());
}

#[test]
fn parts_tell_how_they_were_made() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    run(&job(&samples::folder().join("slots.xml"), &output, 10), 2).unwrap();
    let part = diff_parts(&output).unwrap().remove(0);
    let reader = mwparquet::sink::PartReader::open(&part, "diffs", &WANTED).unwrap();
    assert_eq!(reader.setting("diff_order"), Some("dump"));
    assert_eq!(reader.setting("diff_tokenizer"), Some("words"));
    assert_eq!(reader.setting("diff_algorithm"), Some("histogram"));
    assert_eq!(reader.setting("keyframe_every"), Some("10"));
    let error = mwparquet::sink::PartReader::open(&part, "revisions", &WANTED)
        .err()
        .unwrap();
    assert!(error.message().contains("is no part of a table revisions"));
}
