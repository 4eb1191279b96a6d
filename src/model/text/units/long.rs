//! Long texts as units: references first, into room that stays near, then characters, 64 bytes at a time each.

use super::avx512::{Avx512, BEFORE_BYTES};
use super::{At, decode_up_to};
use crate::model::text::references;

/// Shorter texts are decoded piece by piece.
const LONG_BYTES: usize = 256;
/// So far the slow way is gone where the fast one does not lead on.
const DETOUR_BYTES: usize = 64;

/// Shows that the machine has what is needed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Long {
    references: references::Avx512,
    characters: Avx512,
}

impl Long {
    /// For a text of so many bytes.
    pub(super) fn detect(bytes: usize) -> Option<Self> {
        if bytes < LONG_BYTES {
            return None;
        }
        Some(Self {
            references: references::Avx512::detect()?,
            characters: Avx512::detect()?,
        })
    }

    /// Writes the units of all bytes, and tells how many there are.
    pub(super) fn decode(self, bytes: &[u8], is_coded: bool, out: &mut [u16]) -> usize {
        match is_coded {
            true => self.decode_coded(bytes, out),
            false => self.decode_plain(bytes, out),
        }
    }

    fn decode_coded(self, bytes: &[u8], out: &mut [u16]) -> usize {
        let mut room = [0; _];
        let mut at = At::default();
        while at.bytes < bytes.len() {
            let (read, length) = self.references.decode_bytes(&bytes[at.bytes..], &mut room);
            let units = self.decode_plain(&room[..length], &mut out[at.units..]);
            at = at.on(read, units);
            if length + 2 * references::BLOCK_BYTES <= room.len() {
                // It came to the end, or to something else.
                at = decode_up_to::<true>(bytes, out, at, at.bytes + DETOUR_BYTES);
            }
        }
        at.units
    }

    fn decode_plain(self, bytes: &[u8], out: &mut [u16]) -> usize {
        let mut at = decode_up_to::<false>(bytes, out, At::default(), BEFORE_BYTES);
        while at.bytes < bytes.len() {
            let behind = &bytes[at.bytes - BEFORE_BYTES..];
            let (read, units) = self.characters.transcode(behind, &mut out[at.units..]);
            at = at.on(read - BEFORE_BYTES, units);
            at = decode_up_to::<false>(bytes, out, at, at.bytes + DETOUR_BYTES);
        }
        at.units
    }
}
