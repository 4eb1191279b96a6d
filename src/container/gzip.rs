//! gzip (RFC 1952): any number of members, one after another, empty ones included.
//!
//! Blocked gzip files, as bgzip writes them (SAM/BAM format specification, §4.1), are members that say how long they
//! are.  Each holds 64 KiB at most and can be decoded by itself.

use std::io::{self, BufRead};

use flate2::{Decompress, FlushDecompress, Status};

use super::Sink;
use super::stream::{self, Fill, Next};
use crate::error::{Error, Result};
use crate::source::Reader;

const WHAT: &str = "gzip member";

/// Decodes all members.
pub fn decode(mut reader: Reader, sink: &mut dyn Sink) -> Result<()> {
    loop {
        decode_member(&mut reader, Reader::offset_bytes, sink)?;
        if !comes_next(&mut reader, sink)? {
            return Ok(());
        }
    }
}

/// Decodes the member at which the reader stands; `offset_bytes` tells where in the file that is.
pub fn decode_member<R: BufRead>(
    reader: &mut R,
    offset_bytes: impl Fn(&R) -> u64,
    sink: &mut dyn Sink,
) -> Result<()> {
    let offset_bytes = |member: &Member<&mut R>| offset_bytes(member.reader);
    stream::drain(&mut Member::new(reader), offset_bytes, WHAT, sink)?;
    sink.piece_ended();
    Ok(())
}

/// Whether a further member follows; bytes that are none have been told to the sink.
pub fn comes_next(reader: &mut Reader, sink: &mut dyn Sink) -> Result<bool> {
    let is_magic = |head: &[u8]| head.starts_with(&[0x1f, 0x8b]);
    Ok(stream::after_piece(reader, is_magic, sink)? == Next::Piece)
}

/// From the begin of a sized member up to its size: what compresses and how, an extra field of six bytes, and in that
/// a subfield `BC` of two.
const SIZED: [(usize, &[u8]); 2] = [(0, b"\x1f\x8b\x08\x04"), (10, b"\x06\0BC\x02\0")];
/// The header of a sized member.
pub const SIZED_HEADER_BYTES: usize = 18;
/// Decoded bytes of a sized member.
const SIZED_MAX_BYTES: usize = 64 << 10;

/// Whether a file that begins so consists of sized members.
pub fn is_sized(head: &[u8]) -> bool {
    SIZED
        .iter()
        .all(|(at, bytes)| head.get(*at..).is_some_and(|rest| rest.starts_with(bytes)))
}

/// The size of the member that begins with this header, if it says so.
pub fn member_size(header: &[u8]) -> Option<usize> {
    let less_one: [u8; 2] = header
        .get(SIZED_HEADER_BYTES - 2..)?
        .first_chunk()
        .copied()?;
    let size = usize::from(u16::from_le_bytes(less_one)) + 1;
    (is_sized(header) && size > SIZED_HEADER_BYTES).then_some(size)
}

/// The content of a sized member; `None` if it is broken, or anything else than it says.
pub fn sized_content(member: &[u8]) -> Option<Vec<u8>> {
    let mut member = Member::new(member);
    let mut content = Vec::with_capacity(SIZED_MAX_BYTES + 1);
    member.fill(&mut content).ok()?;
    let is_whole = content.len() <= SIZED_MAX_BYTES && member.reader.is_empty();
    is_whole.then_some(content)
}

/// What is wrong with a sized member behind which bytes of it are left.
pub fn longer_than_its_content() -> Error {
    Error::damaged(format!("a {WHAT} is not as long as it says"))
}

/// The largest window there is, of 32 KiB.
const WINDOW_BITS: u8 = 15;

/// The member at which a reader stands, on its way through the inflater: header, content and checksum.
struct Member<R> {
    reader: R,
    inflater: Decompress,
    has_ended: bool,
}

impl<R: BufRead> Member<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            inflater: Decompress::new_gzip(WINDOW_BITS),
            has_ended: false,
        }
    }

    /// Inflates some of what the reader has at hand.
    fn inflate(&mut self, content: &mut Vec<u8>) -> io::Result<()> {
        let packed = self.reader.fill_buf()?;
        if packed.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let taken_before = self.inflater.total_in();
        let outcome = self
            .inflater
            .decompress_vec(packed, content, FlushDecompress::None);
        let taken = (self.inflater.total_in() - taken_before) as usize;
        self.reader.consume(taken);
        match outcome.map_err(|error| broken(error.message()))? {
            Status::StreamEnd => self.has_ended = true,
            // It has both bytes and room.
            Status::BufError if taken == 0 => return Err(broken(None)),
            Status::Ok | Status::BufError => {}
        }
        Ok(())
    }
}

/// What is wrong, mostly in zlib's words.  Where it has found that out after some good bytes, it gives those, and says
/// no more than that it has.
fn broken(why: Option<&str>) -> io::Error {
    let why = match why {
        Some("incorrect data check") => "the checksum does not fit",
        Some("incorrect length check") => "the length does not fit",
        Some("repeated call with bad state") | None => "invalid data",
        Some(other) => other,
    };
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Straight into the buffer's room, which a [`std::io::Read`] would have to clear before.
impl<R: BufRead> Fill for Member<R> {
    fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        while !self.has_ended && buffer.len() < buffer.capacity() {
            self.inflate(buffer)?;
        }
        Ok(())
    }
}
