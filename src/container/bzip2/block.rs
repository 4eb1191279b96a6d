//! Decoding one block.

use bzip2::{Decompress, Status};
use thiserror::Error;

use super::bits;
use super::scan::{self, BLOCK_MARK, END_MARK, MARK_BITS};

/// A decoded block.
#[derive(Debug)]
pub struct Block {
    /// Where the block ends: the bit at which the next mark begins.
    pub end_bits: u64,
    /// CRC-32 of the decoded bytes, as stored and as computed.
    pub checksum: u32,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
}

/// Why a block was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Failure {
    /// The bytes given end before the block does.
    #[error("the file ends inside a bzip2 block: it is cut")]
    Cut,
    /// The block is no legal block, or its checksum is wrong.
    #[error("a bzip2 block is broken: {0}")]
    Broken(&'static str),
    /// It decodes to more than the limit.
    #[error("a bzip2 block is larger than allowed when decoded")]
    TooLarge,
}

/// Stored with 32 bits behind the mark.
const CHECKSUM_BITS: u32 = 32;

/// Decodes the block whose mark begins at `begin_bits` of `bytes`, to at most `limit_bytes`.
///
/// The decoder of the `bzip2` crate knows only whole streams.  So the block's bits are copied
/// behind a header of their own and an end mark with the block's checksum as the stream's.  Where
/// the block ends is found by trying the marks behind it: only at the true end do the decoder and
/// both checksums agree.
pub fn decode(bytes: &[u8], begin_bits: u64, limit_bytes: usize) -> Result<Block, Failure> {
    let checksum_bits = begin_bits + u64::from(MARK_BITS);
    let checksum = bits::peek(bytes, checksum_bits, CHECKSUM_BITS).ok_or(Failure::Cut)? as u32;
    debug_assert_eq!(bits::peek(bytes, begin_bits, MARK_BITS), Some(BLOCK_MARK));
    let body_bits = checksum_bits + u64::from(CHECKSUM_BITS);
    let mut failure = Failure::Cut;
    for end in scan::candidates(bytes, body_bits) {
        let stream = one_block_stream(bytes, begin_bits, end.offset_bits, checksum);
        match decode_stream(&stream, limit_bytes) {
            Ok(bytes) => {
                return Ok(Block {
                    end_bits: end.offset_bits,
                    checksum,
                    bytes,
                });
            }
            Err(Failure::TooLarge) => return Err(Failure::TooLarge),
            // Either broken, or the mark stood inside the block by chance: try one more.
            Err(broken) if failure == Failure::Cut => failure = broken,
            Err(broken) => return Err(broken),
        }
    }
    Err(failure)
}

/// The bits from `begin_bits` to `end_bits` as a stream of their own.
fn one_block_stream(bytes: &[u8], begin_bits: u64, end_bits: u64, checksum: u32) -> Vec<u8> {
    let mut stream = BitWriter::new((end_bits - begin_bits).div_ceil(8) as usize + 16);
    stream.put(u64::from(u32::from_be_bytes(*b"BZh9")), 32);
    let mut at = begin_bits;
    while at < end_bits {
        let count = (end_bits - at).min(48) as u32;
        stream.put(bits::peek(bytes, at, count).unwrap_or(0), count);
        at += u64::from(count);
    }
    stream.put(END_MARK, MARK_BITS);
    stream.put(u64::from(checksum), CHECKSUM_BITS);
    stream.finish()
}

/// Writes bits, most significant first.
struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    pending_bits: u32,
}

impl BitWriter {
    fn new(capacity_bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity_bytes),
            pending: 0,
            pending_bits: 0,
        }
    }

    /// Appends the `count` (up to 48) low bits of `value`.
    fn put(&mut self, value: u64, count: u32) {
        self.pending = self.pending << count | value;
        self.pending_bits += count;
        while self.pending_bits >= 8 {
            self.pending_bits -= 8;
            self.bytes.push((self.pending >> self.pending_bits) as u8);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0, (8 - self.pending_bits) % 8);
        self.bytes
    }
}

fn decode_stream(stream: &[u8], limit_bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut decoder = Decompress::new(false);
    let mut out = Vec::with_capacity((1 << 20).min(limit_bytes));
    let mut taken = 0;
    loop {
        let status = decoder
            .decompress_vec(&stream[taken..], &mut out)
            .map_err(|_| Failure::Broken("its data or checksum is wrong"))?;
        taken = decoder.total_in() as usize;
        match status {
            Status::StreamEnd if taken == stream.len() => return Ok(out),
            Status::StreamEnd => return Err(Failure::Broken("it ends early")),
            _ if out.len() == out.capacity() => {
                if out.capacity() >= limit_bytes {
                    return Err(Failure::TooLarge);
                }
                out.reserve_exact(out.capacity().min(limit_bytes - out.capacity()));
            }
            _ if taken == stream.len() => return Err(Failure::Broken("it does not end")),
            _ => {}
        }
    }
}
