//! Tables that take a page's whole history, through whole jobs.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use mwparquet::engine::Limits;
use mwparquet::tables::{self, Selection};

use crate::jobs::{HISTORY, job_of, run};
use crate::samples;

const TABLES: [&str; 3] = ["revision_history", "reverts", "persistence"];

/// Rows and checksums of the parts of each table.
fn parts(
    inputs: Vec<PathBuf>,
    limits: Limits,
    threads: usize,
) -> BTreeMap<String, (u64, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut job = job_of(inputs, &folder.path().join("out"));
    job.limits = limits;
    job.selections = TABLES
        .iter()
        .map(|name| Selection::all(tables::by_name(name).unwrap()))
        .collect();
    // Smaller than what follows from any of the limits.
    job.writer.row_group_bytes = 32 << 10;
    let tables = run(&job, threads).unwrap().manifest.tables;
    TABLES
        .iter()
        .map(|name| {
            let table = &tables[*name];
            let sums = table.parts.iter().map(|part| part.sha256.clone());
            (name.to_string(), (table.rows, sums.collect()))
        })
        .collect()
}

#[test]
fn chunks_and_threads_change_no_byte() {
    let inputs = || {
        let names = [HISTORY, "reverts.xml", "repeated-page.xml"];
        names.map(|name| samples::folder().join(name)).to_vec()
    };
    let expected = parts(inputs(), Limits::default(), 2);
    assert!(expected["reverts"].0 > 300);
    for (memory_bytes, threads) in [(1 << 20, 1), (1 << 20, 3), (64 << 20, 2), (4 << 30, 16)] {
        let limits = Limits::default().with_memory(Some(memory_bytes), threads);
        assert_eq!(
            parts(inputs(), limits, threads),
            expected,
            "{memory_bytes} bytes"
        );
    }
}

/// A page far longer than a chunk, whose last revision brings back the first.
fn long_page(revisions: usize) -> String {
    let mut dump =
        "<mediawiki version=\"0.11\"><page><title>T</title><ns>0</ns><id>1</id>".to_owned();
    for id in 1..=revisions {
        let text = if id == revisions { 1 } else { id };
        let parent = if id > 1 {
            format!("<parentid>{}</parentid>", id - 1)
        } else {
            String::new()
        };
        dump += &format!(
            "<revision><id>{id}</id>{parent}<timestamp>2020-01-01T00:00:00Z</timestamp>\
             <contributor><ip>192.0.2.7</ip></contributor><text>{text:09}</text></revision>\n"
        );
    }
    dump + "</page></mediawiki>"
}

#[test]
fn a_page_over_many_chunks_is_one_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.xml");
    fs::write(&path, long_page(20_000)).unwrap();
    let limits = Limits::default().with_memory(Some(1 << 20), 2);
    let tables = parts(vec![path], limits, 2);
    assert_eq!(tables["revision_history"].0, 20_000);
    assert_eq!(tables["reverts"].0, 1, "by mediawiki_history alone");
}

#[test]
fn a_page_too_long_for_memory_is_looked_at_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.xml");
    fs::write(&path, long_page(120_000)).unwrap();
    let rows = |memory_bytes| {
        let limits = Limits::default().with_memory(Some(memory_bytes), 2);
        let tables = parts(vec![path.clone()], limits, 2);
        (tables["revision_history"].0, tables["reverts"].0)
    };
    assert_eq!(
        rows(16 << 20),
        (120_000, 0),
        "8 MiB of facts are some 100,000 revisions"
    );
    assert_eq!(rows(64 << 20), (120_000, 1));
}

/// A record larger than the input's share is seen through while everything else is settled, and so
/// is a history that is larger than its share: neither may wait for the other.
#[test]
fn large_records_among_long_histories() {
    let folder = tempfile::tempdir().unwrap();
    let mut dump = long_page(30_000);
    let end = dump.len() - "</page></mediawiki>".len();
    dump.truncate(end);
    let large = "x".repeat(2 << 20);
    for id in 30_001..30_004 {
        dump += &format!(
            "<revision><id>{id}</id><timestamp>2021-01-01T00:00:00Z</timestamp><contributor>\
             <ip>192.0.2.8</ip></contributor><text>{large}</text></revision>"
        );
    }
    dump += "</page><page><title>U</title><ns>0</ns><id>2</id></page></mediawiki>";
    let path = folder.path().join("large.xml");
    fs::write(&path, dump).unwrap();
    let limits = Limits::default().with_memory(Some(1 << 20), 2);
    let tables = parts(vec![path], limits, 2);
    assert_eq!(tables["revision_history"].0, 30_003);
    assert_eq!(tables["persistence"].0, 30_003);
    assert_eq!(
        tables["reverts"].0, 3,
        "the first page's own, and two repeats without a parent"
    );
}
