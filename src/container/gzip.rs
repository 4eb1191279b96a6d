//! gzip (RFC 1952): any number of members, one after another, empty ones included.

use flate2::bufread::GzDecoder;

use super::Sink;
use super::stream::{self, Next};
use crate::error::Result;
use crate::source::Reader;

/// Decodes all members.
pub fn decode(mut reader: Reader, sink: &mut dyn Sink) -> Result<()> {
    loop {
        let mut member = GzDecoder::new(&mut reader);
        let offset_bytes = |member: &GzDecoder<&mut Reader>| member.get_ref().offset_bytes();
        stream::drain(&mut member, offset_bytes, "gzip member", sink)?;
        sink.piece_ended();
        let is_magic = |head: &[u8]| head.starts_with(&[0x1f, 0x8b]);
        if stream::after_piece(&mut reader, is_magic, sink)? == Next::End {
            return Ok(());
        }
    }
}
