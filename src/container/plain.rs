//! No compression at all: bytes as they are read.

use super::{Sink, stream};
use crate::error::Result;
use crate::source::Reader;

/// Hands on all bytes of `reader`.
pub fn decode(mut reader: Reader, sink: &mut dyn Sink) -> Result<()> {
    stream::drain(&mut reader, Reader::offset_bytes, "file", sink).map(drop)
}
