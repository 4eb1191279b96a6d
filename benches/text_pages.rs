//! How small the texts of a history become, and what that costs, by size of Parquet page, level and
//! window of Zstandard.  Prints the table that `docs/COMPRESSION.md` shows.
//!
//! ```sh
//! cargo bench --bench text_pages -- history.xml
//! ```
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::convert::Infallible;
use std::time::{Duration, Instant};

use memchr::memmem;
use mwparquet::model::{LogItem, Page, Revision, Upload};
use mwparquet::xml::{Fault, PageAt, Records, parse_chunk, parse_header};

#[allow(dead_code)]
#[path = "inputs.rs"]
mod inputs;

/// Texts of a row group: as many as the program puts into one.
const ROW_GROUP_BYTES: usize = 32 << 20;
const PAGE_KIB: [usize; 7] = [64, 256, 1024, 2048, 4096, 8192, 32768];
/// Level, and the window as a power of two where it is not the level's own.
const SETTINGS: [(i32, Option<u32>); 6] = [
    (1, None),
    (3, None),
    (3, Some(23)),
    (6, None),
    (9, None),
    (15, None),
];

/// Texts one behind the other, as a column has them.
#[derive(Default)]
struct Texts {
    groups: Vec<Vec<Vec<u8>>>,
    bytes_in_group: usize,
}

impl Records for Texts {
    type Error = Infallible;

    fn revision(&mut self, _: &Page<'_>, revision: &Revision<'_>) -> Result<(), Infallible> {
        for slot in revision.slots() {
            let Some(text) = slot.text else { continue };
            if self.groups.is_empty() || self.bytes_in_group >= ROW_GROUP_BYTES {
                self.groups.push(Vec::new());
                self.bytes_in_group = 0;
            }
            // PLAIN encoding: the length, and the bytes.
            let text = text.to_cow();
            let mut value = (text.len() as u32).to_le_bytes().to_vec();
            value.extend_from_slice(text.as_bytes());
            self.bytes_in_group += value.len();
            self.groups.last_mut().unwrap().push(value);
        }
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn page_ended(&mut self, _: PageAt<'_, '_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<(), Infallible> {
        panic!("{fault:?}")
    }

    fn skipped(&mut self, _: &str, _: mwparquet::xml::UnknownElement) {}
}

fn texts_of(xml: &[u8]) -> Texts {
    let begin = memmem::find(xml, b"<page>").unwrap();
    let site = parse_header(&xml[..begin]).unwrap();
    let mut texts = Texts::default();
    for (chunk, bytes) in inputs::chunks(xml) {
        let header = chunk.page.as_ref().map(|page| &page.bytes[..]);
        let continues = chunk.page_continues;
        let Ok(()) = parse_chunk(&bytes, header, continues, &site, &mut texts);
    }
    texts
}

/// The pages of a group: closed by the first value with which they are large enough.
fn pages_of(values: &[Vec<u8>], page_bytes: usize) -> Vec<Vec<u8>> {
    let mut pages = vec![Vec::new()];
    for value in values {
        if pages.last().is_some_and(|page| page.len() >= page_bytes) {
            pages.push(Vec::new());
        }
        pages.last_mut().unwrap().extend_from_slice(value);
    }
    pages
}

/// Packed bytes, and the times of packing and unpacking.
fn measure(
    texts: &Texts,
    page_bytes: usize,
    setting: (i32, Option<u32>),
) -> (usize, Duration, Duration) {
    let (level, window_log) = setting;
    let mut packer = zstd::bulk::Compressor::new(level).unwrap();
    if let Some(window_log) = window_log {
        packer.window_log(window_log).unwrap();
        packer.long_distance_matching(true).unwrap();
    }
    let mut unpacker = zstd::bulk::Decompressor::new().unwrap();
    let (mut packed_bytes, mut packing, mut unpacking) = (0, Duration::ZERO, Duration::ZERO);
    for group in &texts.groups {
        for page in pages_of(group, page_bytes) {
            let begin = Instant::now();
            let packed = packer.compress(&page).unwrap();
            packing += begin.elapsed();
            packed_bytes += packed.len();
            let begin = Instant::now();
            let unpacked = unpacker.decompress(&packed, page.len()).unwrap();
            unpacking += begin.elapsed();
            assert_eq!(unpacked, page);
        }
    }
    (packed_bytes, packing, unpacking)
}

fn main() {
    let path = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let xml = path.map_or_else(inputs::history, |path| std::fs::read(path).unwrap());
    let texts = texts_of(&xml);
    let values = texts.groups.iter().flatten();
    let text_bytes: usize = values.map(Vec::len).sum();
    println!("{text_bytes} bytes of text\n");
    println!("| level | window | page | packed bytes | ratio | packing MB/s | unpacking MB/s |");
    println!("|---|---|---|---|---|---|---|");
    for setting in SETTINGS {
        for page_kib in PAGE_KIB {
            let (packed, packing, unpacking) = measure(&texts, page_kib << 10, setting);
            let speed = |time: Duration| text_bytes as f64 / 1e6 / time.as_secs_f64();
            let window = setting.1.map_or("own".to_owned(), |log| {
                format!("{} MiB, long matches", 1_u32 << (log - 20))
            });
            println!(
                "| {} | {window} | {page_kib} KiB | {packed} | {:.1} | {:.0} | {:.0} |",
                setting.0,
                text_bytes as f64 / packed as f64,
                speed(packing),
                speed(unpacking),
            );
        }
    }
}
