//! No compression at all: bytes as they are read.

use super::{Sink, stream};
use crate::error::{FilePlace, Result};
use crate::source::Reader;

/// Hands on all bytes of `reader`.
pub fn decode(mut reader: Reader, sink: &mut dyn Sink) -> Result<()> {
    let place = |reader: &Reader| FilePlace::At(reader.offset_bytes());
    stream::drain_from(&mut reader, place, "file", sink).map(drop)
}
