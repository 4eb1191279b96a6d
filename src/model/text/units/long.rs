//! Long texts as units: references first, into room that stays near, then characters, 64 bytes at a time each.

use super::avx512::{BEFORE_BYTES, transcode};
use super::{At, decode_up_to};
use crate::marks::BLOCK_BYTES;
use crate::model::text::references::{decode_bytes, detect, has_stopped, near_room};
use crate::processor::avx512::Avx512;

/// For texts that are long, on a processor that is apt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Long(Avx512);

impl Long {
    /// For a text of so many bytes.
    pub(super) fn detect(bytes: usize) -> Option<Self> {
        detect(bytes).map(Self)
    }

    /// Writes the units of all bytes, and tells where they end.
    pub(super) fn decode(self, bytes: &[u8], is_coded: bool, out: &mut [u16]) -> At {
        match is_coded {
            true => self.decode_coded(bytes, out),
            false => self.decode_plain(bytes, out),
        }
    }

    fn decode_coded(self, bytes: &[u8], out: &mut [u16]) -> At {
        let mut room = near_room();
        let mut at = At::default();
        while at.bytes < bytes.len() {
            let (read, text) = decode_bytes(self.0, &bytes[at.bytes..], &mut room);
            let part = self.decode_plain(text, &mut out[at.units..]);
            at = at.on(read, part.units).with_pairs(part.have_pairs);
            if has_stopped(text.len()) {
                at = decode_up_to::<true>(bytes, out, at, at.bytes + BLOCK_BYTES);
            }
        }
        at
    }

    fn decode_plain(self, bytes: &[u8], out: &mut [u16]) -> At {
        let mut at = decode_up_to::<false>(bytes, out, At::default(), BEFORE_BYTES);
        while at.bytes < bytes.len() {
            let behind = &bytes[at.bytes - BEFORE_BYTES..];
            let (read, units) = transcode(self.0, behind, &mut out[at.units..]);
            at = at.on(read - BEFORE_BYTES, units);
            // The slow way, a block far, where the fast one does not lead on.
            at = decode_up_to::<false>(bytes, out, at, at.bytes + BLOCK_BYTES);
        }
        at
    }
}
