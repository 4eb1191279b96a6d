//! Jobs of several inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use mwparquet::engine::{Limits, Pool, Progress, Stop, convert};
use mwparquet::{Error, ErrorKind};

use crate::jobs::{HISTORY, job_of, run};
use crate::samples;

fn sample(name: &str) -> PathBuf {
    samples::folder().join(name)
}

/// Inputs of every container, short and long, one without pages.
fn mixed() -> Vec<PathBuf> {
    [
        "containers.xml.gz",
        HISTORY,
        "containers.xml.7z",
        "slots.xml",
        "containers.xml.xz",
        "samplewiki-20260101-pages-logging.xml.gz",
        "containers.xml.lzma",
        "samplewiki-20040315-schema-0.1.xml",
        "containers.xml.zst",
        "uploads.xml",
        "samplewiki-20260101-stub-meta-history.xml.gz",
        "containers.xml.bz2",
    ]
    .map(sample)
    .to_vec()
}

/// All files of a folder but the manifest.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for table in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if table.path().is_file() {
            continue;
        }
        for part in fs::read_dir(table.path()).unwrap() {
            let path = part.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The file name of the input that an error tells of.
fn input_of(error: &Error) -> String {
    let input = error.location().input.clone().unwrap();
    let name = Path::new(&*input).file_name().unwrap();
    name.to_string_lossy().into_owned()
}

#[test]
fn threads_change_no_byte_of_several_inputs() {
    let mut before = None;
    for threads in [1, 2, 3, 16] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let mut job = job_of(mixed(), &output);
        job.limits = Limits::default().with_memory(None, threads);
        assert_eq!(job.limits.lanes(threads), threads);
        let manifest = run(&job, threads).unwrap().manifest;
        let told = (
            serde_json::to_string(&manifest.tables).unwrap(),
            serde_json::to_string(&manifest.inputs).unwrap(),
        );
        let now = (told, files(&output));
        assert!(now.1.len() > 30);
        assert!(
            before.as_ref().is_none_or(|before| *before == now),
            "{threads} threads"
        );
        before = Some(now);
    }
}

#[test]
fn parts_come_in_the_order_of_the_inputs_and_span_none() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let report = run(&job_of(mixed(), &output), 4).unwrap();
    let manifest = &report.manifest;
    let names: Vec<_> = manifest.inputs.iter().map(|input| &input.name).collect();
    let given = mixed();
    assert_eq!(
        names,
        given
            .iter()
            .map(|path| path.to_str().unwrap())
            .collect::<Vec<_>>()
    );

    let table = &manifest.tables["revisions"];
    let mut by_input = BTreeMap::<usize, u64>::new();
    for part in &table.parts {
        let input = part.path["revisions/part-".len()..][..5].parse().unwrap();
        *by_input.entry(input).or_default() += part.rows;
    }
    let seen = manifest.inputs.iter().map(|input| input.seen.revisions);
    let with_rows = seen.enumerate().filter(|(_, revisions)| *revisions > 0);
    assert_eq!(by_input, with_rows.collect());
    assert!(table.parts.is_sorted_by_key(|part| &part.path));
    assert!(
        manifest.tables["content"]
            .parts
            .iter()
            .any(|part| part.path == "content/part-00001-00001.parquet")
    );

    let parts_of = |table: &str| -> Vec<_> {
        let parts = &manifest.tables[table].parts;
        parts.iter().map(|part| part.path.clone()).collect()
    };
    assert_eq!(
        parts_of("rejects"),
        ["rejects/part-00000.parquet"],
        "a table without rows"
    );
    assert_eq!(parts_of("namespaces"), ["namespaces/part-00000.parquet"]);
}

#[test]
fn files_of_one_wiki_give_its_namespaces_once() {
    let rows = |inputs: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let inputs = inputs.iter().map(|name| sample(name)).collect();
        let report = run(&job_of(inputs, &folder.path().join("out")), 4).unwrap();
        report.manifest.tables["namespaces"].rows
    };
    let once = rows(&["containers.xml.gz"]);
    assert!(once > 0);
    assert_eq!(
        rows(&[
            "containers.xml.bz2",
            "containers.xml.gz",
            "containers.xml.7z"
        ]),
        once
    );
    let other = rows(&["samplewiki-20070315-schema-0.3.xml"]);
    assert_eq!(
        rows(&[
            "containers.xml.gz",
            "samplewiki-20070315-schema-0.3.xml",
            "containers.xml"
        ]),
        once + other
    );
}

#[test]
fn the_first_bad_input_is_told_whoever_fails_first() {
    let folder = tempfile::tempdir().unwrap();
    // Long enough that those behind it fail long before.
    let late = folder.path().join("late.xml.bz2");
    let mut bytes = fs::read(sample(HISTORY)).unwrap();
    bytes.truncate(100_000);
    fs::write(&late, bytes).unwrap();
    let early = sample("broken/truncated.xml.gz");
    let good = sample("containers.xml.gz");
    for (inputs, told) in [
        (
            vec![good.clone(), early.clone(), good.clone()],
            "truncated.xml.gz",
        ),
        (
            vec![good.clone(), late.clone(), early.clone()],
            "late.xml.bz2",
        ),
        (
            vec![late.clone(), early.clone(), good.clone(), early.clone()],
            "late.xml.bz2",
        ),
        (
            vec![early.clone(), late, folder.path().join("missing")],
            "truncated.xml.gz",
        ),
    ] {
        for threads in [1, 4] {
            let output = tempfile::tempdir().unwrap();
            let output = output.path().join("out");
            let mut job = job_of(inputs.clone(), &output);
            job.limits = Limits::default().with_memory(None, threads);
            let error = run(&job, threads).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
            assert_eq!(input_of(&error), told);
            let kept = kept_inputs(&output);
            let is_sound = |number: &usize| inputs[*number] == good;
            assert!(kept.iter().all(is_sound), "parts of {kept:?} are left");
            assert_eq!(output.exists(), !kept.is_empty());
            if inputs[0] == good {
                assert!(kept.contains(&0), "what was finished is kept");
            }
        }
    }
}

/// The inputs that a job which failed has left parts of, by their numbers.
fn kept_inputs(output: &Path) -> BTreeSet<usize> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    assert!(!output.join("manifest.json").exists());
    let files = entries(output).flat_map(|folder| entries(&folder.path()));
    let names = files.map(|file| file.file_name().into_string().unwrap());
    // `.part-00003-00001.parquet.tmp`, `run-00003-00001`
    names
        .map(|name| name.split('-').nth(1).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn rejects_are_told_by_input_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "broken/bad-id.xml",
        "containers.xml.gz",
        "broken/truncated.xml.gz",
        "broken/bad-timestamp.xml",
    ];
    let inputs = names.map(sample);
    let mut job = job_of(inputs.to_vec(), &folder.path().join("out"));
    job.limits.keep_going = true;
    let report = run(&job, 4).unwrap();
    let told: Vec<_> = report
        .rejects
        .iter()
        .map(|reject| reject.input.clone())
        .collect();
    let bad = [0, 2, 3].map(|number: usize| inputs[number].display().to_string());
    assert_eq!(told.iter().collect::<BTreeSet<_>>(), bad.iter().collect());
    assert!(told.is_sorted_by_key(|name| bad.iter().position(|bad| bad == name)));
    let parts = &report.manifest.tables["rejects"].parts;
    let starts = [
        "rejects/part-00000-",
        "rejects/part-00002-",
        "rejects/part-00003-",
    ];
    assert_eq!(parts.len(), 3);
    assert!(
        parts
            .iter()
            .zip(starts)
            .all(|(part, start)| part.path.starts_with(start))
    );
}

#[test]
fn many_small_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let xml = fs::read(sample("slots.xml")).unwrap();
    let inputs = (0..300)
        .map(|number| {
            let path = folder.path().join(format!("{number}.xml"));
            fs::write(&path, &xml).unwrap();
            path
        })
        .collect();
    let output = folder.path().join("out");
    let report = run(&job_of(inputs, &output), 8).unwrap();
    assert_eq!(report.manifest.tables["revisions"].parts.len(), 300);
    assert_eq!(report.manifest.inputs.len(), 300);
}

/// Pipes that tell the begin of a dump and then nothing.
#[cfg(unix)]
mod silent_pipes {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::process::Command;
    use std::sync::Arc;
    use std::thread;

    use super::*;

    /// Makes a pipe; what is given back holds its other end, once somebody reads it.
    fn pipe(path: &Path) -> thread::JoinHandle<File> {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        let path = path.to_owned();
        thread::spawn(move || {
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            let begin = fs::read(sample("slots.xml")).unwrap();
            file.write_all(&begin[..begin.len() / 2]).unwrap();
            file
        })
    }

    #[test]
    fn a_job_is_stopped_while_several_inputs_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let pipes: Vec<_> = (0..3)
            .map(|number| folder.path().join(number.to_string()))
            .collect();
        let writers: Vec<_> = pipes.iter().map(|path| pipe(path)).collect();
        let output = folder.path().join("out");
        let mut job = job_of(pipes, &output);
        job.limits = Limits::default().with_memory(None, 3);
        let (pool, progress, stop) = (
            Pool::new(3).unwrap(),
            Arc::new(Progress::default()),
            Stop::default(),
        );
        let mut observe = || {
            let running = progress.running().inputs;
            if running.len() == 3 && running.iter().all(|(_, taken_bytes)| *taken_bytes > 0) {
                stop.ask();
            }
        };
        let outcome = convert(&job, &pool, &progress, &stop, &mut observe, &BTreeMap::new);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
        assert!(!output.exists());
        drop(writers);
    }

    #[test]
    fn a_bad_input_stops_those_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let writer = pipe(&path);
        let inputs = vec![
            sample("containers.xml"),
            sample("broken/truncated.xml.gz"),
            path,
        ];
        let mut job = job_of(inputs, &folder.path().join("out"));
        job.limits = Limits::default().with_memory(None, 3);
        let error = run(&job, 3).unwrap_err();
        assert_eq!(input_of(&error), "truncated.xml.gz");
        drop(writer);
    }
}
