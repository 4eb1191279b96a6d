//! Zstandard (RFC 8878): any number of frames, skippable ones included.

use zstd::stream::read::Decoder;

use super::Sink;
use super::stream::{self, Next};
use crate::error::Result;
use crate::source::Reader;

/// Largest window that the format's reference decoder takes (2 GiB, `zstd --long=31`).
const WINDOW_LOG_MAX: u32 = 31;

/// Decodes all frames, with windows of no more than `memory_bytes`.
pub fn decode(mut reader: Reader, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    let window_log = memory_bytes.max(1 << 20).ilog2().min(WINDOW_LOG_MAX);
    loop {
        let damage = |error| stream::damage(error, "zstd frame");
        let mut frame = Decoder::with_buffer(&mut reader)
            .map_err(damage)?
            .single_frame();
        frame.window_log_max(window_log).map_err(damage)?;
        let offset_bytes = |frame: &Decoder<'_, &mut Reader>| frame.get_ref().offset_bytes();
        stream::drain(&mut frame, offset_bytes, "zstd frame", sink)?;
        drop(frame);
        sink.piece_ended();
        if stream::after_piece(&mut reader, is_frame, sink)? == Next::End {
            return Ok(());
        }
    }
}

fn is_frame(head: &[u8]) -> bool {
    matches!(
        head,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
    )
}
