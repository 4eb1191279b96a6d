//! The `.lzma` form ("LZMA alone") of before xz: one stream, no checksum.

use std::io::BufRead;

use lzma_rust2::LzmaReader;

use super::stream;
use super::{Sink, Trailing};
use crate::error::{Error, Result};
use crate::source::Reader;

/// Whether these first bytes can be a header: properties, dictionary size, decoded size.
///
/// The form has no magic bytes, so the fields are held to what encoders write.
pub fn is_header(head: &[u8]) -> bool {
    let [properties, a, b, c, d, size @ ..] = head else {
        return false;
    };
    let Some(size) = size.first_chunk::<8>() else {
        return false;
    };
    let dictionary_bytes = u32::from_le_bytes([*a, *b, *c, *d]);
    let decoded_bytes = u64::from_le_bytes(*size);
    // Dictionaries are 2^n or 2^n + 2^(n-1); sizes unknown (all ones) or below 256 GiB.
    let plausible_dictionary = dictionary_bytes.count_ones() == 1
        || (dictionary_bytes.count_ones() == 2 && dictionary_bytes & (dictionary_bytes << 1) != 0);
    *properties < 9 * 5 * 5
        && dictionary_bytes >= 1 << 12
        && plausible_dictionary
        && (decoded_bytes == u64::MAX || decoded_bytes < 1 << 38)
}

/// Decodes the stream, with a dictionary of no more than `memory_bytes`.
pub fn decode(mut reader: Reader, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    let limit_kib = limit_kib(memory_bytes);
    let mut lzma = LzmaReader::new_mem_limit(&mut reader, limit_kib, None)
        .map_err(|error| stream::damage(error, "lzma stream").at_file_byte(0))?;
    let offset_bytes = |lzma: &LzmaReader<&mut Reader>| lzma.inner().offset_bytes();
    stream::drain(&mut lzma, offset_bytes, "lzma stream", sink)?;
    sink.piece_ended();
    // The decoder has read ahead: what it did not need lies behind the stream.
    let (reader, mut behind) = lzma.into_parts();
    let begin = reader.offset_bytes() - behind.len() as u64;
    let cannot = |error| Error::io("cannot read the file", error);
    let mut all_zero = true;
    let mut bytes = 0;
    while !behind.is_empty() || !reader.fill_buf().map_err(cannot)?.is_empty() {
        all_zero &= behind.iter().all(|byte| *byte == 0);
        bytes += behind.len() as u64;
        behind = reader.fill_buf().map_err(cannot)?.to_vec();
        reader.consume(behind.len());
    }
    match bytes {
        0 => Ok(()),
        _ => sink.trailing(Trailing {
            file_offset_bytes: begin,
            bytes,
            all_zero,
        }),
    }
}

/// The memory limit in the unit that the decoders want.
pub(super) fn limit_kib(memory_bytes: u64) -> u32 {
    u32::try_from(memory_bytes >> 10).unwrap_or(u32::MAX - 1)
}
