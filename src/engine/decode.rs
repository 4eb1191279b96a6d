//! From an input to decoded bytes in order, whatever it is packed in.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::ahead::decode_ahead;
use super::bzip2::{self, BlockWalk};
use super::lane::Lane;
use crate::container::{Format, HEAD_BYTES, Sink, gzip, lzma, plain, sevenzip, xz, zstd};
use crate::error::{Error, FilePlace, Result};
use crate::source::{Input, Mapped, Opened, Tap};

/// Takes decoded bytes and is told of damage.
pub trait Feed: Sink {
    /// Bytes are missing here.  To go on is to leave them out.
    fn gap(&mut self, why: Error) -> Result<()>;

    /// Whether more bytes are wanted.
    fn wants_more(&self) -> bool {
        true
    }

    /// What comes next begins behind the region that was asked for.
    fn region_ends(&mut self) {}
}

/// Decodes `input` into `feed` and tells its format.
pub fn decode(input: &Input, lane: &Lane<'_>, feed: &mut dyn Feed) -> Result<Format> {
    let opened = input.open(HEAD_BYTES)?;
    let format = Format::detect(&opened.head);
    let outcome = decode_format(opened, format, lane, feed);
    let name = input.name();
    match outcome {
        Ok(()) => Ok(format),
        // What a container cannot tell about its own damage is a gap like any other.
        Err(error) if error.kind() == crate::ErrorKind::Damaged && lane.limits.keep_going => {
            feed.gap(unproven(error, format).in_input(&name))?;
            Ok(format)
        }
        Err(error) => Err(error.in_input(&name)),
    }
}

/// Decodes what begins in a region of a plain or bzip2 file, and what follows for as long as it is wanted.
///
/// Tells the format, and of bzip2 what proves it together with the regions beside it.
pub(super) fn decode_region(
    input: &Input,
    region: &Range<u64>,
    lane: &Lane<'_>,
    feed: &mut dyn Feed,
) -> Result<(Format, Option<BlockWalk>)> {
    let opened = input.open(HEAD_BYTES)?;
    let format = Format::detect(&opened.head);
    let outcome = match format {
        Format::Plain => {
            let mapped = opened.map().ok_or_else(not_in_regions);
            let mapped = mapped.map(|mapped| mapped.starting_at(region.start));
            mapped.and_then(|mapped| hand_on(mapped, lane, feed).map(|()| None))
        }
        Format::Bzip2 => opened
            .into_reader_from(region.start, Arc::clone(&lane.taken_bytes))
            .and_then(|reader| bzip2::decode_region(reader, region, lane, feed).map(Some)),
        _ => Err(not_in_regions()),
    };
    let walk = outcome.map_err(|error| error.in_input(&input.name()))?;
    Ok((format, walk))
}

fn not_in_regions() -> Error {
    Error::usage("cannot be read in splits: only plain and bzip2 files can")
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
    lane: &Lane<'_>,
    feed: &mut dyn Feed,
) -> Result<()> {
    match format {
        Format::Plain => match opened.map() {
            Some(mapped) => hand_on(mapped, lane, feed),
            None => decode_stream(opened, format, lane, feed),
        },
        Format::Bzip2 => {
            let reader = opened.into_reader(Arc::clone(&lane.taken_bytes));
            bzip2::decode(reader.with_tap(tap(lane)), lane, feed)
        }
        Format::Gzip if gzip::is_sized(&opened.head) => {
            let reader = opened.into_reader(Arc::clone(&lane.taken_bytes));
            super::gzip::decode(reader.with_tap(tap(lane)), lane, feed)
        }
        _ => decode_stream(opened, format, lane, feed),
    }
}

/// A mapped file's pieces, as they are.
fn hand_on(mut mapped: Mapped, lane: &Lane<'_>, feed: &mut dyn Feed) -> Result<()> {
    let cannot = |error| Error::io("cannot read the file", error);
    while let Some((offset, bytes)) = mapped.next_piece().map_err(cannot)? {
        let taken = bytes.len() as u64;
        lane.taken_bytes.fetch_add(taken, Ordering::Relaxed);
        if let Some(sums) = &lane.sums {
            sums.take(&bytes);
        }
        feed.data(bytes, FilePlace::At(offset))?;
        if !feed.wants_more() {
            break;
        }
    }
    Ok(())
}

/// What one thread reads from front to back, ahead of the framing.
fn decode_stream(
    opened: Opened,
    format: Format,
    lane: &Lane<'_>,
    feed: &mut dyn Feed,
) -> Result<()> {
    let taken = Arc::clone(&lane.taken_bytes);
    let tap = tap(lane);
    let dictionary_bytes = lane.limits.dictionary_bytes();
    let decode = move |sink: &mut dyn Sink| {
        if format == Format::SevenZip {
            // It is read from many places: its checksums are not taken on the way.
            return sevenzip::decode(opened.into_file(taken)?, dictionary_bytes, sink);
        }
        let reader = opened.into_reader(taken).with_tap(tap);
        match format {
            Format::Gzip => gzip::decode(reader, sink),
            Format::Xz => xz::decode(reader, dictionary_bytes, sink),
            Format::Lzma => lzma::decode(reader, dictionary_bytes, sink),
            Format::Zstd => zstd::decode(reader, dictionary_bytes, sink),
            Format::Plain | Format::Bzip2 | Format::SevenZip => plain::decode(reader, sink),
        }
    };
    decode_ahead(decode, &lane.stop, feed)
}

/// Gives the bytes of a file to whoever takes its checksums.
fn tap(lane: &Lane<'_>) -> Option<Tap> {
    let sums = Arc::clone(lane.sums.as_ref()?);
    Some(Box::new(move |bytes| sums.take(bytes)))
}
