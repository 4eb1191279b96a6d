//! Walking the true blocks of a file and holding the streams to what they say of themselves.

use super::BLOCK_SORTED_MAX_BYTES;
use super::bits;
use super::block::Block;
use super::scan::{BLOCK_MARK, END_MARK, MARK_BITS};
use crate::error::{Error, Result};
use crate::source::Window;

/// Length of `BZh` and the level digit.
const HEADER_BYTES: u64 = 4;
const CHECKSUM_BITS: u32 = 32;

/// What stands at the chain's place.
#[derive(Debug, PartialEq, Eq)]
pub enum Link {
    /// A block, to be decoded and given to [`Chain::accept`].
    Block,
    /// A stream has ended as it should.
    StreamEnd,
    /// The file has ended where it may.
    FileEnd,
    /// Behind a stream's proven end comes something that is no stream.
    NoStream,
}

/// The place up to which a file is proven.
#[derive(Debug)]
pub struct Chain {
    place_bits: u64,
    in_stream: bool,
    streams: u64,
    blocks: u64,
    /// Most bytes that the stream's level allows for a sorted block.
    sorted_max_bytes: usize,
    /// Checksum over the blocks' checksums; `None` when blocks of the stream are lost.
    combined: Option<u32>,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            place_bits: 0,
            in_stream: false,
            streams: 0,
            blocks: 0,
            sorted_max_bytes: BLOCK_SORTED_MAX_BYTES,
            combined: Some(0),
        }
    }
}

impl Chain {
    /// Offset in the file, in bits, of what comes next.
    pub fn place_bits(&self) -> u64 {
        self.place_bits
    }

    /// Streams that came to their proven end.
    pub fn streams(&self) -> u64 {
        self.streams
    }

    /// Blocks accepted.
    pub fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Looks at the chain's place, which must lie in `window`'s own bytes (or at the end of the
    /// last), and passes over stream headers and ends.
    pub fn look(&mut self, window: &Window) -> Result<Link> {
        let at = self.place_bits - window.begin_bytes * 8;
        if self.in_stream {
            return self.look_in_stream(&window.bytes, at);
        }
        match window.bytes.get((at / 8) as usize..) {
            Some([b'B', b'Z', b'h', level @ b'1'..=b'9', ..]) => {
                self.sorted_max_bytes = usize::from(level - b'0') * 100_000;
                self.place_bits += HEADER_BYTES * 8;
                self.in_stream = true;
                self.combined = Some(0);
                self.look_in_stream(&window.bytes, at + HEADER_BYTES * 8)
            }
            None | Some([]) if self.streams > 0 => Ok(Link::FileEnd),
            Some([_, ..]) if self.streams > 0 => Ok(Link::NoStream),
            _ => Err(self.damage("the file does not begin with a bzip2 stream")),
        }
    }

    fn look_in_stream(&mut self, bytes: &[u8], at: u64) -> Result<Link> {
        match bits::peek(bytes, at, MARK_BITS) {
            Some(BLOCK_MARK) => Ok(Link::Block),
            Some(END_MARK) => {
                let stored = bits::peek(bytes, at + u64::from(MARK_BITS), CHECKSUM_BITS)
                    .ok_or_else(|| self.cut())?;
                if self.combined.is_some_and(|sum| u64::from(sum) != stored) {
                    return Err(self.damage("the checksum of a bzip2 stream is wrong"));
                }
                let end_bits = self.place_bits + u64::from(MARK_BITS + CHECKSUM_BITS);
                self.place_bits = end_bits.next_multiple_of(8);
                self.in_stream = false;
                self.streams += 1;
                Ok(Link::StreamEnd)
            }
            Some(_) => Err(self.damage("neither a bzip2 block nor the end of its stream")),
            None => Err(self.cut()),
        }
    }

    /// Takes the block at the chain's place; `end_bits` is its end in the file.
    pub fn accept(&mut self, block: &Block, end_bits: u64) -> Result<()> {
        if block.sorted_bytes > self.sorted_max_bytes {
            return Err(self.damage("a bzip2 block is larger than its stream allows"));
        }
        self.combined = self
            .combined
            .map(|combined| combined.rotate_left(1) ^ block.checksum);
        self.blocks += 1;
        self.place_bits = end_bits;
        Ok(())
    }

    /// Goes on at a block that was found behind damage.  What its stream says about lost blocks
    /// cannot be checked any more.
    pub fn resume_at(&mut self, place_bits: u64) {
        self.place_bits = place_bits;
        self.in_stream = true;
        self.sorted_max_bytes = BLOCK_SORTED_MAX_BYTES;
        self.combined = None;
    }

    fn cut(&self) -> Error {
        self.damage("the file ends inside a bzip2 stream: it is cut")
    }

    fn damage(&self, message: &str) -> Error {
        Error::damaged(message).at_file_bit(self.place_bits)
    }
}
