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
    /// Checksum over the blocks' checksums; `None` when blocks of the stream are not known.
    combined: Option<u32>,
    /// What was seen of the stream in which the chain began.
    entered: Option<StreamRest>,
}

/// The rest of a stream that was entered at a block.  It is proven together with what stands before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamRest {
    /// Blocks of it.
    pub blocks: u64,
    /// Checksum over their checksums.
    pub combined: u32,
    /// Size of the largest sorted block.
    pub sorted_max_bytes: usize,
    /// The checksum at the stream's end, if the chain has come to it.
    pub stored: Option<u32>,
}

/// A stream that has begun and not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct OpenStream {
    /// Checksum over the checksums of its blocks so far.
    pub combined: u32,
    /// Most bytes that its level allows for a sorted block.
    pub sorted_max_bytes: usize,
}

impl OpenStream {
    /// Goes on with what follows: what is open behind it, or `None` where the stream ends.
    pub fn join(self, rest: &StreamRest) -> Result<Option<Self>, &'static str> {
        if rest.sorted_max_bytes > self.sorted_max_bytes {
            return Err(BLOCK_TOO_LARGE);
        }
        let turns = (rest.blocks % u64::from(u32::BITS)) as u32;
        let combined = self.combined.rotate_left(turns) ^ rest.combined;
        match rest.stored {
            None => Ok(Some(Self { combined, ..self })),
            Some(stored) if stored == combined => Ok(None),
            Some(_) => Err(WRONG_CHECKSUM),
        }
    }
}

const BLOCK_TOO_LARGE: &str = "a bzip2 block is larger than its stream allows";
const WRONG_CHECKSUM: &str = "the checksum of a bzip2 stream is wrong";

impl Default for Chain {
    fn default() -> Self {
        Self {
            place_bits: 0,
            in_stream: false,
            streams: 0,
            blocks: 0,
            sorted_max_bytes: BLOCK_SORTED_MAX_BYTES,
            combined: Some(0),
            entered: None,
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
                    return Err(self.damage(WRONG_CHECKSUM));
                }
                if let Some(rest) = self.entered_rest() {
                    rest.stored = Some(stored as u32);
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
            return Err(self.damage(BLOCK_TOO_LARGE));
        }
        if let Some(rest) = self.entered_rest() {
            rest.blocks += 1;
            rest.combined = rest.combined.rotate_left(1) ^ block.checksum;
            rest.sorted_max_bytes = rest.sorted_max_bytes.max(block.sorted_bytes);
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

    /// Begins at a block inside a stream whose begin others see.
    pub fn entering_at(place_bits: u64) -> Self {
        let mut chain = Self::default();
        chain.resume_at(place_bits);
        chain.entered = Some(StreamRest::default());
        chain
    }

    /// What was seen of the stream in which the chain began, if it began inside one.
    pub fn entered(&self) -> Option<StreamRest> {
        self.entered
    }

    /// The stream at the chain's place, if the chain has seen its begin.
    pub fn open_stream(&self) -> Option<OpenStream> {
        let combined = self.combined.filter(|_| self.in_stream)?;
        Some(OpenStream {
            combined,
            sorted_max_bytes: self.sorted_max_bytes,
        })
    }

    /// What is known of the stream that was entered, until it ends.
    fn entered_rest(&mut self) -> Option<&mut StreamRest> {
        let rest = self.entered.as_mut();
        rest.filter(|rest| rest.stored.is_none())
    }

    fn cut(&self) -> Error {
        self.damage("the file ends inside a bzip2 stream: it is cut")
    }

    fn damage(&self, message: &str) -> Error {
        Error::damaged(message).at_file_bit(self.place_bits)
    }
}
