//! Received bytes that belong to no frame yet.

use std::collections::VecDeque;
use std::mem;

use super::chunk::Piece;

/// Pieces in order, perhaps with gaps between.
#[derive(Debug, Default)]
pub(super) struct Pending(VecDeque<Piece>);

impl Pending {
    /// Adds what was received last.
    pub(super) fn push(&mut self, piece: Piece) {
        self.0.push_back(piece);
    }

    /// Takes the bytes before the offset `end`.
    pub(super) fn take(&mut self, end: u64) -> Vec<Piece> {
        let mut taken = Vec::new();
        while let Some(piece) = self.0.front_mut() {
            let begin = piece.xml_offset_bytes;
            if begin >= end {
                break;
            }
            if begin + piece.bytes.len() as u64 <= end {
                taken.extend(self.0.pop_front());
            } else {
                let file_place = piece.file_place;
                let bytes = piece.bytes.split_to((end - begin) as usize);
                piece.xml_offset_bytes = end;
                piece.file_place = file_place.behind(end - begin);
                taken.push(Piece {
                    xml_offset_bytes: begin,
                    file_place,
                    bytes,
                });
            }
        }
        taken
    }

    /// Copies the bytes from `begin` to `end`.
    pub(super) fn copy(&self, begin: u64, end: u64) -> Vec<u8> {
        let mut copied = Vec::with_capacity((end - begin) as usize);
        for piece in &self.0 {
            let from = begin.max(piece.xml_offset_bytes) - piece.xml_offset_bytes;
            let to = end.saturating_sub(piece.xml_offset_bytes);
            let to = to.min(piece.bytes.len() as u64);
            if from < to {
                copied.extend_from_slice(&piece.bytes[from as usize..to as usize]);
            }
        }
        copied
    }

    /// Removes the bytes from `begin` to `end`.
    pub(super) fn remove(&mut self, begin: u64, end: u64) {
        let mut kept = VecDeque::with_capacity(self.0.len() + 1);
        for mut piece in mem::take(&mut self.0) {
            let from = piece.xml_offset_bytes;
            let to = from + piece.bytes.len() as u64;
            if to <= begin || from >= end {
                kept.push_back(piece);
                continue;
            }
            let behind = (to > end).then(|| Piece {
                xml_offset_bytes: end,
                file_place: piece.file_place.behind(end - from),
                bytes: piece.bytes.slice((end - from) as usize..),
            });
            if from < begin {
                piece.bytes.truncate((begin - from) as usize);
                kept.push_back(piece);
            }
            kept.extend(behind);
        }
        self.0 = kept;
    }
}
