//! Memory stays within its bounds on the worst input.  A binary of its own, for it counts every
//! allocation of the process.
#![allow(missing_docs, clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mwparquet::engine::{DiffOptions, Filters, HistoryOptions, Job, Limits, Pool, Stop, convert};
use mwparquet::protect::Protection;
use mwparquet::sink::{Access, Compression, Encodings, Packing, WriterOptions};
use mwparquet::source::Input;
use mwparquet::tables::{self, Selection, TableInfo};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all calls are handed to the system's allocator as they come; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn write_dump(path: &Path, revisions: usize, text_bytes: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let text =
        "The town lies &quot;by the river&quot; &amp; has a bridge. ".repeat(text_bytes / 58 + 1);
    writeln!(
        file,
        "<mediawiki version=\"0.11\"><page><title>Giant</title><ns>0</ns><id>1</id>"
    )
    .unwrap();
    for id in 1..=revisions {
        writeln!(
            file,
            "<revision><id>{id}</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><username>A</username><id>7</id></contributor><text>{id} {text}</text></revision>"
        )
        .unwrap();
    }
    writeln!(file, "</page></mediawiki>").unwrap();
}

/// One page of many short revisions, a third of them reverts, all by different addresses.
fn write_sandbox(path: &Path, revisions: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(
        file,
        "<mediawiki version=\"0.11\"><page><title>Sandbox</title><ns>0</ns><id>1</id>"
    )
    .unwrap();
    for id in 1..=revisions {
        let text = if id % 3 == 0 { 0 } else { id };
        let (high, low) = (id >> 8 & 255, id & 255);
        writeln!(
            file,
            "<revision><id>{id}</id><timestamp>2020-01-01T00:00:00Z</timestamp><contributor><ip>192.0.{high}.{low}</ip></contributor><text>{text}</text></revision>"
        )
        .unwrap();
    }
    writeln!(file, "</page></mediawiki>").unwrap();
}

fn peak_of(
    tables: &[&'static TableInfo],
    paths: &[&Path],
    output: &Path,
    memory_bytes: usize,
) -> usize {
    let job = Job {
        inputs: paths
            .iter()
            .map(|path| Input::File(path.to_path_buf()))
            .collect(),
        output: output.to_owned(),
        overwrite: true,
        resume: false,
        skip_unchanged: None,
        selections: tables.iter().map(|table| Selection::all(table)).collect(),
        sql: Default::default(),
        filters: Filters::default(),
        history: HistoryOptions::default(),
        diffs: DiffOptions::default(),
        checks_files: false,
        protection: Protection::default(),
        limits: Limits::default().with_memory(Some(memory_bytes), 2),
        snapshots: None,
        writer: WriterOptions {
            packing: Packing {
                compression: Compression::Zstd(1),
                encodings: Encodings::Delta,
            },
            row_group_bytes: 32 << 20,
            part_bytes: 1 << 30,
            access: Access::Shared,
        },
        described: BTreeMap::new(),
        left_out: BTreeMap::new(),
    };
    let pool = Pool::new(2).unwrap();
    PEAK.store(NOW.load(Ordering::Relaxed), Ordering::Relaxed);
    let report = convert(
        &job,
        &pool,
        &Arc::default(),
        &Stop::default(),
        &mut || {},
        &BTreeMap::new,
    )
    .unwrap();
    assert_eq!(report.seen.pages, paths.len() as u64);
    PEAK.load(Ordering::Relaxed)
}

#[test]
fn a_giant_page_and_a_giant_revision_stay_in_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let dump = folder.path().join("page.xml");
    const MIB: usize = 1 << 20;
    let is_profile = |table: &TableInfo| {
        let mut profiles = tables::PROFILES.iter();
        profiles.any(|profile| profile.table.name == table.name)
    };
    let own = tables::ALL.into_iter().filter(|table| !is_profile(table));
    let own: Vec<_> = own.collect();

    write_dump(&dump, 20_000, 10_000);
    let peak = peak_of(&own, &[&dump], &output, 64 * MIB);
    assert!(
        peak < 160 * MIB,
        "a page of 200 MB takes {} MiB",
        peak / MIB
    );
    // Two at once.
    let second = folder.path().join("second.xml");
    std::fs::copy(&dump, &second).unwrap();
    let peak = peak_of(&own, &[&dump, &second], &output, 256 * MIB);
    assert!(
        peak < 448 * MIB,
        "two pages of 200 MB take {} MiB",
        peak / MIB
    );

    // With facts of 32 MiB, what is derived from them, and all tables with their row groups.
    write_sandbox(&dump, 400_000);
    let peak = peak_of(&own, &[&dump], &output, 64 * MIB);
    assert!(
        peak < 192 * MIB,
        "a page of 400,000 revisions takes {} MiB",
        peak / MIB
    );

    write_dump(&dump, 3, 50 * MIB);
    let peak = peak_of(&own, &[&dump], &output, 256 * MIB);
    assert!(
        peak < 512 * MIB,
        "revisions of 50 MiB take {} MiB",
        peak / MIB
    );
    std::fs::copy(&dump, &second).unwrap();
    let peak = peak_of(&own, &[&dump, &second], &output, 256 * MIB);
    assert!(
        peak < 512 * MIB,
        "two times revisions of 50 MiB take {} MiB",
        peak / MIB
    );

    // In profiles the texts come four times more.
    let all = tables::ALL;
    let peak = peak_of(&all, &[&dump], &output, 256 * MIB);
    assert!(
        peak < 704 * MIB,
        "revisions of 50 MiB in all profiles take {} MiB",
        peak / MIB
    );
    write_dump(&dump, 20_000, 10_000);
    let peak = peak_of(&all, &[&dump], &output, 64 * MIB);
    assert!(
        peak < 144 * MIB,
        "a page of 200 MB in all profiles takes {} MiB",
        peak / MIB
    );
}
