//! Zstandard (RFC 8878): any number of frames, skippable ones included.

use std::io::{self, BufRead, Read};

use zstd::stream::read::Decoder;
use zstd::zstd_safe::get_frame_content_size;

use super::Sink;
use super::stream::{self, Next};
use crate::error::{Error, Result};
use crate::source::Reader;

/// Largest window that the format's reference decoder takes (2 GiB, `zstd --long=31`).
const WINDOW_LOG_MAX: u32 = 31;
/// Largest header of a frame.
const HEADER_BYTES: usize = 18;
const MAGIC_BYTES: usize = 4;

/// Decodes all frames, with windows of no more than `memory_bytes`.
pub fn decode(mut reader: Reader, memory_bytes: u64, sink: &mut dyn Sink) -> Result<()> {
    let window_log = memory_bytes.max(1 << 20).ilog2().min(WINDOW_LOG_MAX);
    loop {
        let damage = |error| stream::damage(error, "zstd frame");
        let declared_bytes = declared_bytes(&mut reader)?;
        let mut frame = Decoder::with_buffer(MagicApart::new(&mut reader))
            .map_err(damage)?
            .single_frame();
        frame.window_log_max(window_log).map_err(damage)?;
        let offset_bytes =
            |frame: &Decoder<'_, MagicApart<'_>>| frame.get_ref().reader.offset_bytes();
        let bytes = stream::drain(&mut frame, offset_bytes, "zstd frame", sink)?;
        drop(frame);
        // The decoder lets it pass where an empty block is the last.
        if let Some(declared) = declared_bytes.filter(|declared| *declared != bytes) {
            let message = format!("a zstd frame is broken: it has {bytes} bytes, not {declared}");
            return Err(Error::damaged(message).at_file_byte(reader.offset_bytes()));
        }
        sink.piece_ended();
        if stream::after_piece(&mut reader, is_frame, sink)? == Next::End {
            return Ok(());
        }
    }
}

/// How many bytes the frame that comes next says it has, if it does.
fn declared_bytes(reader: &mut Reader) -> Result<Option<u64>> {
    let header = reader.peek(HEADER_BYTES);
    let header = header.map_err(|error| Error::io("cannot read the file", error))?;
    // Of a header that is none, the decoder tells.
    Ok(get_frame_content_size(header).ok().flatten())
}

/// Gives the magic bytes of a frame by themselves.
///
/// A frame that the decoder has before it from the first byte to the last it decodes in another way, which refuses
/// empty compressed blocks where the usual way does not: what is damage would depend on what a read gives.
struct MagicApart<'r> {
    reader: &'r mut Reader,
    /// Bytes of the magic that have not been taken.
    left_bytes: usize,
}

impl<'r> MagicApart<'r> {
    fn new(reader: &'r mut Reader) -> Self {
        let left_bytes = MAGIC_BYTES;
        Self { reader, left_bytes }
    }
}

impl Read for MagicApart<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for MagicApart<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.reader.fill_buf()?;
        Ok(match self.left_bytes {
            0 => bytes,
            left => &bytes[..bytes.len().min(left)],
        })
    }

    fn consume(&mut self, count: usize) {
        self.left_bytes = self.left_bytes.saturating_sub(count);
        self.reader.consume(count);
    }
}

fn is_frame(head: &[u8]) -> bool {
    matches!(
        head,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
    )
}
