//! SQL dumps: the same rows for any chunk size and any pieces, damage included.

use std::fs;
use std::path::Path;

use mwparquet::engine::{Job, Limits, Pool, Stop, convert};
use mwparquet::error::{FilePlace, Result};
use mwparquet::sink::{Access, Compression, Encodings, Packing, PartReader, Wanted, WriterOptions};
use mwparquet::source::Input;
use mwparquet::sql::{Frame, Framer, FramerOptions, Misfit, Rows, Value, parse_run};
use mwparquet::tables::{self, Selection};
use proptest::prelude::*;

use crate::samples;

/// Rows as text, a line each.
#[derive(Default)]
struct Lines {
    row: String,
    lines: Vec<String>,
}

impl Rows for Lines {
    fn wants(&self, _: usize) -> bool {
        true
    }

    fn value(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        self.row += &format!("{column}={value:?} ");
        Ok(())
    }

    fn row_ended(&mut self, _: usize) {
        self.lines.push(std::mem::take(&mut self.row));
    }

    fn row_dropped(&mut self) {
        self.row.clear();
    }
}

/// What a dump says, in order: tables, rows, and the first thing that is wrong.
fn told(bytes: &[u8], chunk_bytes: usize, piece_bytes: usize) -> Vec<String> {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        row_max_bytes: 1 << 20,
        keep_going: false,
    });
    let mut lines = Lines::default();
    let mut outcome = Ok(());
    for piece in bytes.chunks(piece_bytes) {
        outcome = framer.push(piece, FilePlace::About(0));
        if outcome.is_err() || !take(&mut framer, &mut lines) {
            break;
        }
    }
    let outcome = outcome.and_then(|()| framer.finish());
    if take(&mut framer, &mut lines)
        && let Err(error) = outcome
    {
        lines.lines.push(error.to_string());
    }
    lines.lines
}

/// Takes what is ready; `false` where rows are broken.
fn take(framer: &mut Framer, lines: &mut Lines) -> bool {
    if lines
        .lines
        .last()
        .is_some_and(|line| line.starts_with("fault"))
    {
        return false;
    }
    while let Some(frame) = framer.next_frame() {
        let chunk = match frame {
            Frame::Table(declared) => {
                lines.lines.push(format!("{:?}", declared.table));
                continue;
            }
            Frame::Chunk(chunk) => chunk,
            Frame::Lost(why) => panic!("lost without being told to go on: {why}"),
        };
        for run in &chunk.runs {
            let mut found = None;
            let mut fault = |fault: mwparquet::sql::Fault| {
                let (offset, line, _) = chunk.place_of(fault.at);
                found = Some(format!("fault {} {offset} {line}", fault.message));
                Err(())
            };
            let (bytes, at) = (&chunk.bytes[..run.end], run.begin);
            let columns = &run.columns;
            let _ = parse_run(
                bytes,
                at,
                run.follows_row,
                columns,
                1 << 20,
                lines,
                &mut fault,
            );
            if let Some(found) = found {
                lines.lines.push(found);
                return false;
            }
        }
    }
    true
}

/// The plain SQL of a sample.
fn sample(name: &str) -> Vec<u8> {
    let path = samples::folder().join("sql").join(name);
    let stored = fs::read(path).unwrap();
    let mut bytes = Vec::new();
    let mut gzip = flate2::read::MultiGzDecoder::new(&stored[..]);
    match name.ends_with(".gz") {
        true => std::io::Read::read_to_end(&mut gzip, &mut bytes)
            .map(|_| bytes)
            .unwrap(),
        false => stored,
    }
}

const NAMES: [&str; 8] = [
    "samplewiki-20260101-page.sql.gz",
    "samplewiki-20260101-categorylinks.sql.gz",
    "types.sql.gz",
    "compact.sql",
    "mysql-4.0.sql",
    "broken/missing-quote.sql",
    "broken/wrong-length.sql",
    "broken/cut-insert.sql",
];

#[test]
fn any_chunks_and_pieces_tell_the_same() {
    for name in NAMES {
        let bytes = sample(name);
        let whole = told(&bytes, usize::MAX, usize::MAX);
        assert!(whole.len() > 2, "{name}");
        for chunk_bytes in (1..300).step_by(7) {
            assert_eq!(
                told(&bytes, chunk_bytes, usize::MAX),
                whole,
                "{name}, {chunk_bytes}"
            );
        }
        for piece_bytes in [1, 2, 3, 7, 63, 64, 65, 1000] {
            assert_eq!(
                told(&bytes, 200, piece_bytes),
                whole,
                "{name}, pieces of {piece_bytes}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_bytes_tell_the_same(
        name in 0..NAMES.len(),
        at in any::<proptest::sample::Index>(),
        byte in proptest::sample::select(&b"'\\\n;),(`\x00a1\xff"[..]),
        chunk_bytes in 1_usize..2000,
        piece_bytes in 1_usize..2000,
    ) {
        let mut bytes = sample(NAMES[name]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let whole = told(&bytes, usize::MAX, usize::MAX);
        prop_assert_eq!(told(&bytes, chunk_bytes, piece_bytes), whole);
    }
}

/// A dump of many rows, some lines of them.
fn many_rows() -> Vec<u8> {
    let mut text = String::from(
        "CREATE TABLE `linktarget` (\n  `lt_id` bigint(20) unsigned NOT NULL,\n  \
         `lt_title` varbinary(255) NOT NULL\n);\n",
    );
    for line in 0..40 {
        text += "INSERT INTO `linktarget` VALUES ";
        let rows =
            (0..150).map(|row| format!("({},'Title_of_{line}_\\'s_{row}')", line * 150 + row));
        text += &rows.collect::<Vec<_>>().join(",");
        text += ";\n";
    }
    text.into_bytes()
}

fn job(input: &Path, output: &Path, sizing_bytes: usize) -> Job {
    Job {
        inputs: vec![Input::File(input.to_owned())],
        output: output.to_owned(),
        overwrite: false,
        resume: false,
        skip_unchanged: None,
        selections: vec![Selection::all(&tables::REJECTS)],
        sql: Default::default(),
        filters: Default::default(),
        history: Default::default(),
        diffs: Default::default(),
        checks_files: false,
        protection: Default::default(),
        limits: Limits {
            sizing_bytes,
            keep_going: true,
            ..Limits::default()
        },
        snapshots: None,
        writer: WriterOptions {
            packing: Packing {
                compression: Compression::None,
                encodings: Encodings::Delta,
            },
            row_group_bytes: usize::MAX,
            part_bytes: u64::MAX,
            access: Access::Shared,
        },
        described: Default::default(),
        left_out: Default::default(),
    }
}

/// Rows and rejects as text.
fn outcome(input: &Path, sizing_bytes: usize, threads: usize) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::new(threads)?;
    let job = job(input, &folder.path().join("out"), sizing_bytes);
    let report = convert(
        &job,
        &pool,
        &Default::default(),
        &Stop::default(),
        &mut || {},
        &Default::default,
    )?;
    let mut rows = Vec::new();
    for (name, columns) in [
        ("sql_linktarget", &["lt_id", "lt_title", "raw_values"][..]),
        (
            "rejects",
            &["xml_offset_bytes", "sql_line", "lost_bytes", "reason"],
        ),
    ] {
        for part in &report.manifest.tables[name].parts {
            let path = job.output.join(&part.path);
            let wanted = Wanted {
                columns,
                purpose: "without which rows cannot be compared",
                batch_rows: 64,
                row_group: None,
            };
            let mut reader = PartReader::open(&path, name, &wanted)?;
            while let Some(batch) = reader.next_batch()? {
                let batches = (0..batch.num_rows()).map(|row| batch.slice(row, 1));
                rows.extend(batches.map(|row| format!("{:?}", row.columns())));
            }
        }
    }
    Ok(rows)
}

#[test]
fn damage_is_passed_over_alike_for_any_chunks_and_threads() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("many.sql");
    let sound = many_rows();
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for round in 0..12 {
        let mut bytes = sound.clone();
        for _ in 0..round {
            let at = 200 + next(bytes.len() - 200);
            bytes[at] = b"'\\\n;),(x"[next(8)];
        }
        fs::write(&input, &bytes).unwrap();
        // Chunks of 64 KiB and of 4 MiB.
        let small = outcome(&input, 4 << 20, 1).unwrap();
        let large = outcome(&input, 256 << 20, 3).unwrap();
        assert_eq!(small, large, "round {round}");
        assert!(round > 0 || small.len() == 6_000, "{}", small.len());
    }
}
