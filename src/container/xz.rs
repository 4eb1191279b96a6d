//! xz: any number of streams with stream padding between them.

use lzma_rust2::XzReader;

use super::stream::{self, Next};
use super::{Sink, lzma};
use crate::error::Result;
use crate::source::Reader;

/// Decodes all streams, with dictionaries of no more than `memory_bytes`.
pub fn decode(mut reader: Reader, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    let limit_kib = lzma::limit_kib(memory_bytes);
    loop {
        let mut xz = XzReader::new_mem_limit(&mut reader, false, limit_kib);
        let offset_bytes = |xz: &XzReader<&mut Reader>| xz.inner().offset_bytes();
        stream::drain(&mut xz, offset_bytes, "xz stream", sink)?;
        sink.piece_ended();
        let is_magic = |head: &[u8]| head.starts_with(b"\xfd7zXZ\0");
        if stream::after_piece(&mut reader, is_magic, sink)? == Next::End {
            return Ok(());
        }
    }
}
