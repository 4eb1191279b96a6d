//! Decoders that read from front to back: the loop that all of them share.

use std::io::{self, BufRead, Read};

use bytes::Bytes;

use super::{Sink, Trailing};
use crate::error::{Error, ErrorKind, FilePlace, Result};
use crate::source::Reader;

/// Decoded bytes handed on at once: large enough that handing on costs nothing, small enough
/// to stay in a second-level cache.
const BUFFER_BYTES: usize = 512 << 10;

/// Something that gives bytes from front to back.
pub(super) trait Fill {
    /// Appends bytes until the buffer's capacity is used up; it stays below that at the end alone.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<()>;
}

impl<D: Read> Fill for D {
    fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        let room = buffer.capacity() - buffer.len();
        self.take(room as u64).read_to_end(buffer).map(drop)
    }
}

/// Reads `decoder` to its end, hands the bytes on and tells how many they were.  `offset_bytes` tells
/// where in the file the decoder stands.
pub(super) fn drain<D: Fill>(
    decoder: &mut D,
    offset_bytes: impl Fn(&D) -> u64,
    what: &'static str,
    sink: &mut dyn Sink,
) -> Result<u64> {
    let place = |decoder: &D| FilePlace::About(offset_bytes(decoder));
    drain_from(decoder, place, what, sink)
}

/// The same, where `place` tells what the bytes that come next have to do with the file.
pub(super) fn drain_from<D: Fill>(
    decoder: &mut D,
    place: impl Fn(&D) -> FilePlace,
    what: &'static str,
    sink: &mut dyn Sink,
) -> Result<u64> {
    let mut drained = 0;
    loop {
        let at = place(decoder);
        let mut buffer = Vec::with_capacity(BUFFER_BYTES);
        let outcome = decoder.fill(&mut buffer);
        let ended = outcome.is_ok() && buffer.len() < buffer.capacity();
        drained += buffer.len() as u64;
        if !buffer.is_empty() {
            sink.data(Bytes::from(buffer), at)?;
        }
        if let Err(error) = outcome {
            return Err(damage(error, what).at_file_byte(place(decoder).offset_bytes()));
        }
        if ended {
            return Ok(drained);
        }
    }
}

/// Sorts a decoder's error: broken data is damage, anything else a failing surrounding.
pub(super) fn damage(error: io::Error, what: &'static str) -> Error {
    use io::ErrorKind as Io;
    // A mistake of the reader below keeps its own meaning.
    let error = match error.downcast::<Error>() {
        Ok(own) => return own,
        Err(error) => error,
    };
    match error.kind() {
        Io::UnexpectedEof => Error::damaged(format!("the file ends inside a {what}: it is cut")),
        Io::InvalidData | Io::InvalidInput | Io::Other => {
            Error::damaged(format!("a {what} is broken")).with_source(error)
        }
        Io::OutOfMemory => Error::new(
            ErrorKind::Environment,
            format!("a {what} wants more memory than --memory allows"),
        )
        .with_source(error),
        _ => Error::io(format!("cannot read a {what}"), error),
    }
}

/// Whether a further piece follows a proven end.
#[derive(PartialEq, Eq)]
pub(super) enum Next {
    /// A further piece, by its magic bytes.
    Piece,
    /// The file ends here; bytes that are no piece have been told to the sink.
    End,
}

/// Looks behind the proven end of a piece.  Zeros are passed over, for some writers pad with them
/// between pieces.  `is_magic` is given the next [`MAGIC_BYTES`] bytes, or what there is.
pub(super) fn after_piece(
    reader: &mut Reader,
    is_magic: impl Fn(&[u8]) -> bool,
    sink: &mut dyn Sink,
) -> Result<Next> {
    let begin = reader.offset_bytes();
    while let Some(zeros) = leading_zeros(reader)? {
        reader.consume(zeros);
    }
    let cannot = |error| Error::io("cannot read the file", error);
    let head = reader.peek(MAGIC_BYTES).map_err(cannot)?;
    if is_magic(head) {
        return Ok(Next::Piece);
    }
    let all_zero = head.is_empty();
    io::copy(reader, &mut io::sink()).map_err(cannot)?;
    let bytes = reader.offset_bytes() - begin;
    if bytes > 0 {
        sink.trailing(Trailing {
            file_offset_bytes: begin,
            bytes,
            all_zero,
        })?;
    }
    Ok(Next::End)
}

/// How many of the buffered bytes are zeros; `None` when the next byte is none.
fn leading_zeros(reader: &mut Reader) -> Result<Option<usize>> {
    let buffer = reader
        .fill_buf()
        .map_err(|error| Error::io("cannot read the file", error))?;
    let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
    Ok((zeros > 0).then_some(zeros))
}

/// The longest magic of a piece.
const MAGIC_BYTES: usize = 6;
