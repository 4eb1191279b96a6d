//! The `.lzma` form ("LZMA alone") of before xz: one stream, no checksum.

use std::io::{self, BufRead, Read};

use liblzma::stream::{Action, Status, Stream};

use super::Sink;
use super::stream::{self, Next};
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
    let mut lzma = Decoder::new(&mut reader, Stream::new_lzma_decoder(memory_bytes))?;
    stream::drain(&mut lzma, Decoder::offset_bytes, "lzma stream", sink)?;
    sink.piece_ended();
    match stream::after_piece(&mut reader, |_| false, sink)? {
        Next::Piece | Next::End => Ok(()),
    }
}

/// One stream of xz or lzma.  Its end is the one that the decoder proves.
pub(super) struct Decoder<'r> {
    reader: &'r mut Reader,
    stream: Stream,
    ended: bool,
}

impl<'r> Decoder<'r> {
    pub(super) fn new(
        reader: &'r mut Reader,
        stream: std::result::Result<Stream, liblzma::stream::Error>,
    ) -> Result<Self> {
        Ok(Self {
            reader,
            stream: stream
                .map_err(|error| Error::internal("cannot make a decoder").with_source(error))?,
            ended: false,
        })
    }

    /// Where in the file the decoder stands.
    pub(super) fn offset_bytes(&self) -> u64 {
        self.reader.offset_bytes()
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.ended || room.is_empty() {
            return Ok(0);
        }
        loop {
            let input = self.reader.fill_buf()?;
            let is_cut = input.is_empty();
            let (taken, given) = (self.stream.total_in(), self.stream.total_out());
            let status = self.stream.process(input, room, Action::Run);
            self.reader
                .consume((self.stream.total_in() - taken) as usize);
            let given = (self.stream.total_out() - given) as usize;
            match status {
                Ok(Status::StreamEnd) => {
                    self.ended = true;
                    return Ok(given);
                }
                Ok(_) if given > 0 => return Ok(given),
                Ok(_) if is_cut => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(liblzma::stream::Error::MemLimit | liblzma::stream::Error::Mem) => {
                    return Err(io::ErrorKind::OutOfMemory.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
