//! xz: any number of streams with stream padding between them.

use liblzma::stream::Stream;

use super::Sink;
use super::lzma::Decoder;
use super::stream::{self, Next};
use crate::error::Result;
use crate::source::Reader;

/// Decodes all streams, with dictionaries of no more than `memory_bytes`.
pub fn decode(mut reader: Reader, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    loop {
        let mut xz = Decoder::new(&mut reader, Stream::new_stream_decoder(memory_bytes, 0))?;
        stream::drain(&mut xz, Decoder::offset_bytes, "xz stream", sink)?;
        sink.piece_ended();
        let is_magic = |head: &[u8]| head.starts_with(b"\xfd7zXZ\0");
        if stream::after_piece(&mut reader, is_magic, sink)? == Next::End {
            return Ok(());
        }
    }
}
