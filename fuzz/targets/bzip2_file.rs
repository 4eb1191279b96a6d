//! Whole bzip2 files, whatever is in them: streams after streams, and what stands between.

use std::cell::RefCell;

use bytes::Bytes;
use bzip2::{Decompress, Status};
use mwparquet::container::bzip2::block::Decoder;
use mwparquet::container::bzip2::chain::{Chain, Link};
use mwparquet::container::bzip2::scan::{Mark, candidates};
use mwparquet::source::Window;

use super::seeds;

const MOST_BYTES: usize = 2 << 20;

thread_local! {
    static DECODERS: RefCell<[Decoder; 2]> = RefCell::new([Decoder::new(), Decoder::portable()]);
}

pub fn check(data: &[u8]) {
    marks_are_found(data);
    let Some(expected) = theirs(data) else {
        return;
    };
    DECODERS.with_borrow_mut(|decoders| {
        for decoder in decoders {
            assert!(
                ours(decoder, data) == expected,
                "libbz2 decodes it otherwise"
            );
        }
    });
}

/// The file by our chain of blocks; none where it is damaged.
fn ours(decoder: &mut Decoder, stored: &[u8]) -> Option<Vec<u8>> {
    let window = Window {
        begin_bytes: 0,
        bytes: Bytes::copy_from_slice(stored),
        own_bytes: stored.len(),
        is_last: true,
    };
    let mut chain = Chain::default();
    let mut decoded = Vec::new();
    loop {
        match chain.look(&window).ok()? {
            Link::Block => {
                let block = decoder
                    .decode(stored, chain.place_bits(), usize::MAX)
                    .ok()?;
                decoded.extend_from_slice(&block.bytes);
                chain.accept(&block, block.end_bits).ok()?;
            }
            Link::StreamEnd => {}
            Link::FileEnd | Link::NoStream => return Some(decoded),
        }
    }
}

/// The same by libbz2, a stream at a time.  The outer is none where it is too long to look at.
fn theirs(stored: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut decoded = Vec::with_capacity(MOST_BYTES);
    let mut rest = stored;
    loop {
        let mut stream = Decompress::new(false);
        let outcome = stream.decompress_vec(rest, &mut decoded);
        if decoded.len() == MOST_BYTES {
            return None;
        }
        if !matches!(outcome, Ok(Status::StreamEnd)) {
            return Some(None);
        }
        rest = &rest[stream.total_in() as usize..];
        if !matches!(rest, [b'B', b'Z', b'h', b'1'..=b'9', ..]) {
            return Some(Some(decoded));
        }
    }
}

/// Marks of blocks and ends are found at each bit where they stand.
fn marks_are_found(data: &[u8]) {
    let found: Vec<_> = candidates(data, 0)
        .map(|found| (found.offset_bits, found.mark))
        .collect();
    let mut window = 0u64;
    let mut expected = Vec::new();
    for bit in 0..data.len() as u64 * 8 {
        let value = data[(bit / 8) as usize] >> (7 - bit % 8) & 1;
        window = (window << 1 | u64::from(value)) & 0xffff_ffff_ffff;
        let mark = match window {
            0x3141_5926_5359 => Mark::Block,
            0x1772_4538_5090 => Mark::End,
            _ => continue,
        };
        if bit >= 47 {
            expected.push((bit - 47, mark));
        }
    }
    assert_eq!(found, expected, "marks of blocks");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut files = seeds::samples("", &[".bz2"]);
    files.extend(seeds::samples("broken", &[".bz2"]));
    let joined = files.iter().take(2).flatten().copied().collect();
    files.push(joined);
    files.push(b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0".to_vec());
    files
}
