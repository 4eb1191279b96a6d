//! Wherever a dump is cut, its diffs are the same.

use std::fs;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Int64Type;
use bytes::Bytes;

use super::super::document::Document;
use super::super::options::{DiffOptions, Filters, HistoryOptions};
use super::super::rows::{Wanted, rows_of};
use crate::derive::diff::Algorithm;
use crate::derive::tokens::Tokenizer;
use crate::error::FilePlace;
use crate::frame::{Frame, Framer, FramerOptions};
use crate::model::{SiteInfo, Timestamp};
use crate::protect::Protection;
use crate::tables::{self, Selection};
use crate::xml::parse_header;

const CHUNK_BYTES: [usize; 5] = [1, 100, 1000, 10_000, 100_000];
const WHOLE: usize = usize::MAX >> 1;

fn samples(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut samples: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .filter(|(_, bytes)| !bytes.starts_with(b"\xff\xfe"))
        .collect();
    samples.sort();
    samples
}

fn wanted() -> Wanted {
    Wanted {
        selections: vec![Selection::all(&tables::DIFFS)],
        filters: Filters::default(),
        history: HistoryOptions::default(),
        diffs: DiffOptions {
            tokenizer: Tokenizer::Words,
            algorithm: Algorithm::Histogram,
            keyframe_every: NonZeroU64::new(3),
        },
        protection: Protection::default(),
        keep_going: true,
    }
}

/// All rows of a dump, damage passed over.
fn rows(dump: &[u8], wanted: &Wanted, chunk_bytes: usize, record_max_bytes: usize) -> RecordBatch {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        record_max_bytes,
        page_header_max_bytes: FramerOptions::DEFAULT_PAGE_HEADER_MAX_BYTES,
        keep_going: true,
        with_history: true,
    });
    let _ = framer.push(Bytes::copy_from_slice(dump), FilePlace::About(0));
    let _ = framer.finish();
    let mut document = Document::new(Arc::from("sample"), "sample", SiteInfo::default());
    let mut batches = Vec::new();
    while let Some(frame) = framer.next_frame() {
        match frame {
            Frame::Header(header) => {
                let site = parse_header(&header.bytes).unwrap_or_default();
                document = Document::new(Arc::from("sample"), "sample", site);
            }
            Frame::Chunk(chunk) => batches.extend(rows_of(wanted, &document, chunk).unwrap().diffs),
            Frame::Lost(_) => {}
        }
    }
    let schema = Selection::all(&tables::DIFFS).schema();
    concat_batches(&schema, &batches).unwrap()
}

#[test]
fn every_chunk_size_gives_the_same_rows() {
    let mut texts = 0;
    for folder in ["sample-dumps", "sample-dumps/broken"] {
        for (name, dump) in samples(folder) {
            // With small records allowed only, some are passed over.
            for record_max_bytes in [WHOLE, 3000, 1200] {
                let whole = rows(&dump, &wanted(), WHOLE, record_max_bytes);
                for chunk_bytes in CHUNK_BYTES {
                    let cut = rows(&dump, &wanted(), chunk_bytes, record_max_bytes);
                    assert_eq!(cut, whole, "{name} in chunks of {chunk_bytes}");
                }
                texts += whole.num_rows();
            }
        }
    }
    assert!(texts > 500, "{texts}");
}

/// A page of revisions, some hidden, one that cannot be read, one too large.
fn page(revisions: &[String]) -> Vec<u8> {
    let mut dump =
        "<mediawiki version=\"0.10\"><page><title>A</title><ns>0</ns><id>1</id>".to_owned();
    for (index, text) in revisions.iter().enumerate() {
        let year = 2000 + index;
        dump += &format!(
            "<revision><id>{}</id><timestamp>{year}-01-01T00:00:00Z</timestamp>{text}</revision>",
            index + 10
        );
    }
    (dump + "</page></mediawiki>").into_bytes()
}

fn text(text: &str) -> String {
    format!("<text xml:space=\"preserve\">{text}</text>")
}

fn strings(rows: &RecordBatch, column: &str) -> Vec<Option<String>> {
    let column = rows.column_by_name(column).unwrap().as_string::<i32>();
    column
        .iter()
        .map(|value| value.map(str::to_owned))
        .collect()
}

fn numbers(rows: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    let column = rows.column_by_name(column).unwrap();
    column.as_primitive::<Int64Type>().iter().collect()
}

#[test]
fn what_a_revision_is_compared_with() {
    let dump = page(&[
        text("one"),
        text("one two"),
        "<text deleted=\"deleted\" />".to_owned(),
        text("one three"),
        text("bad") + "<parentid>x</parentid>",
        text("one four"),
        text("one &amp; four"),
        text(&"large ".repeat(1000)),
        text("one five"),
        text("one five"),
    ]);
    for chunk_bytes in CHUNK_BYTES {
        let rows = rows(&dump, &wanted(), chunk_bytes, 3000);
        let some = |values: &[i64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        // Revision 14 cannot be read, and 17 is too large.
        assert_eq!(
            numbers(&rows, "revision_id"),
            some(&[10, 11, 12, 13, 15, 16, 18, 19])
        );
        assert_eq!(
            numbers(&rows, "revision_index"),
            some(&[0, 1, 2, 3, 5, 6, 8, 9])
        );
        assert_eq!(
            numbers(&rows, "previous_revision_id"),
            [
                None,
                Some(10),
                Some(11),
                Some(12),
                None,
                Some(15),
                None,
                Some(18)
            ]
        );
        let states = strings(&rows, "previous_text_state");
        let states: Vec<_> = states.iter().map(Option::as_deref).collect();
        assert_eq!(
            states,
            [
                None,
                Some("present"),
                Some("present"),
                Some("hidden"),
                Some("lost"),
                Some("present"),
                Some("lost"),
                Some("present")
            ]
        );
        let added = numbers(&rows, "tokens_added");
        assert_eq!(
            added,
            [Some(1), Some(2), None, None, None, Some(2), None, Some(0)]
        );
        // Every third, and where the row before does not lead here.
        let keyframes = strings(&rows, "keyframe_text");
        let keyframes: Vec<_> = keyframes.iter().map(Option::as_deref).collect();
        assert_eq!(
            keyframes,
            [
                Some("one"),
                None,
                None,
                Some("one three"),
                Some("one four"),
                Some("one & four"),
                Some("one five"),
                Some("one five")
            ]
        );
    }
}

/// What lies before the first time wanted is compared with all the same.
#[test]
fn filters_leave_out_rows_and_no_comparisons() {
    let dump = page(&[
        text("one"),
        text("one two"),
        text("one two three"),
        text("two"),
    ]);
    let mut wanted = wanted();
    wanted.filters.since = Timestamp::parse("2002-01-01T00:00:00Z");
    for chunk_bytes in CHUNK_BYTES {
        let rows = rows(&dump, &wanted, chunk_bytes, WHOLE);
        assert_eq!(numbers(&rows, "revision_id"), [Some(12), Some(13)]);
        assert_eq!(numbers(&rows, "previous_revision_id"), [Some(11), Some(12)]);
        assert_eq!(numbers(&rows, "tokens_added"), [Some(2), Some(0)]);
        let keyframes = rows.column_by_name("keyframe_text").unwrap();
        assert!(keyframes.is_valid(0), "no row leads to the first");
    }
}

/// Texts that would take too much room are not compared, and the row says so.
#[test]
fn texts_too_large_to_compare() {
    let large = "word ".repeat(super::known::MAX_TEXT_BYTES / 5 + 1);
    let dump = page(&[text("one"), text(&large), text("one"), text("one")]);
    let rows = rows(&dump, &wanted(), 1000, WHOLE);
    let limited = rows.column_by_name("is_limited").unwrap().as_boolean();
    let limited: Vec<_> = limited.iter().flatten().collect();
    assert_eq!(limited, [false, true, true, false]);
    assert_eq!(
        numbers(&rows, "tokens_added"),
        [Some(1), None, None, Some(0)]
    );
}
