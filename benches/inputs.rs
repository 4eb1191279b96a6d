//! What the benches read.

use std::io::Read;

use bytes::Bytes;
use mwparquet::error::FilePlace;
use mwparquet::frame::{Chunk, Frame, Framer, FramerOptions};

/// The XML of the sample history.
pub fn history() -> Vec<u8> {
    let mut xml = Vec::new();
    bzip2::read::MultiBzDecoder::new(&history_bz2()[..])
        .read_to_end(&mut xml)
        .unwrap();
    xml
}

/// The sample history as it is stored.
pub fn history_bz2() -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-dumps");
    std::fs::read(folder.join("samplewiki-20260101-pages-meta-history.xml.bz2")).unwrap()
}

/// The options of a job with the usual memory.
pub const FRAMER: FramerOptions = FramerOptions {
    chunk_bytes: 4 << 20,
    record_max_bytes: 64 << 20,
    page_header_max_bytes: FramerOptions::DEFAULT_PAGE_HEADER_MAX_BYTES,
    keep_going: false,
    with_history: false,
};

/// The chunks of a dump, with the bytes of each in one piece.
pub fn chunks(xml: &[u8]) -> Vec<(Chunk, Bytes)> {
    let mut framer = Framer::new(FRAMER);
    framer
        .push(Bytes::copy_from_slice(xml), FilePlace::About(0))
        .unwrap();
    framer.finish().unwrap();
    std::iter::from_fn(|| framer.next_frame())
        .filter_map(|frame| match frame {
            Frame::Chunk(chunk) => Some((chunk.clone(), chunk.into_contiguous().0)),
            _ => None,
        })
        .collect()
}
