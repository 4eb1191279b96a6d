//! From an input to decoded bytes in order, whatever it is packed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bzip2;
use super::options::Limits;
use super::pool::Pool;
use crate::container::{Format, HEAD_BYTES, Sink, gzip, lzma, plain, sevenzip, xz, zstd};
use crate::error::{Error, Result};
use crate::source::{Input, Opened};

/// Takes decoded bytes and is told of damage.
pub trait Feed: Sink {
    /// Bytes are missing here.  To go on is to leave them out.
    fn gap(&mut self, why: Error) -> Result<()>;
}

/// Decodes `input` into `feed` and tells its format.
pub fn decode(
    input: &Input,
    limits: &Limits,
    pool: &Pool,
    taken_bytes: &Arc<AtomicU64>,
    feed: &mut dyn Feed,
) -> Result<Format> {
    let opened = input.open(HEAD_BYTES)?;
    let format = Format::detect(&opened.head);
    let outcome = decode_format(opened, format, limits, pool, taken_bytes, feed);
    let name = input.name();
    match outcome {
        Ok(()) => Ok(format),
        // What a container cannot tell about its own damage is a gap like any other.
        Err(error) if error.kind() == crate::ErrorKind::Damaged && limits.keep_going => {
            feed.gap(unproven(error, format).in_input(&name))?;
            Ok(format)
        }
        Err(error) => Err(error.in_input(&name)),
    }
}

/// Damage in a container whose checksum comes at its end: what came before it was handed on already.
fn unproven(error: Error, format: Format) -> Error {
    if format.is_splittable() {
        return error;
    }
    let place = error.location().file_offset_bits;
    let message = error.message();
    let source =
        std::error::Error::source(&error).map_or_else(String::new, |source| format!(": {source}"));
    let unproven = Error::damaged(format!(
        "{message}{source}; rows of this file since its last good checksum are not proven"
    ));
    place.into_iter().fold(unproven, Error::at_file_bit)
}

fn decode_format(
    opened: Opened,
    format: Format,
    limits: &Limits,
    pool: &Pool,
    taken_bytes: &Arc<AtomicU64>,
    feed: &mut dyn Feed,
) -> Result<()> {
    let taken = Arc::clone(taken_bytes);
    let dictionary_bytes = limits.dictionary_bytes();
    match format {
        Format::Plain => match opened.map() {
            Some(mut mapped) => {
                let cannot = |error| Error::io("cannot read the file", error);
                while let Some((offset, bytes)) = mapped.next_piece().map_err(cannot)? {
                    taken.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    feed.data(bytes, offset)?;
                }
                Ok(())
            }
            None => plain::decode(opened.into_reader(taken), feed),
        },
        Format::Bzip2 => bzip2::decode(opened.into_reader(taken), limits, pool, feed),
        Format::Gzip => gzip::decode(opened.into_reader(taken), feed),
        Format::SevenZip => sevenzip::decode(opened.into_file(taken)?, dictionary_bytes, feed),
        Format::Xz => xz::decode(opened.into_reader(taken), dictionary_bytes, feed),
        Format::Lzma => lzma::decode(opened.into_reader(taken), dictionary_bytes, feed),
        Format::Zstd => zstd::decode(opened.into_reader(taken), dictionary_bytes, feed),
    }
}
