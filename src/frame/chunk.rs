//! A run of whole records, ready to be parsed by itself.

use std::sync::Arc;

use bytes::Bytes;

use super::history::{Predecessor, RevisionPlace};
use crate::error::FilePlace;

/// Decoded XML that holds whole records, in the pieces in which it was decoded.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The bytes.
    pub pieces: Vec<Piece>,
    /// The header of the page in which the chunk begins, if it begins inside one.
    pub page: Option<PageHeader>,
    /// Whether the page that is open at its end goes on in the next chunk.
    pub page_continues: bool,
    /// The revision before it in the page in which it begins.  This and the next are only known
    /// where the framer was told to.
    pub predecessor: Predecessor,
    /// Where its revisions begin, in order.
    pub revisions: Vec<RevisionPlace>,
}

/// Bytes with their place.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Offset of the first byte in the decoded XML.
    pub xml_offset_bytes: u64,
    /// Where the bytes stood in the stored file.
    pub file_place: FilePlace,
    /// The bytes.
    pub bytes: Bytes,
}

/// What stands between `<page>` and the page's first revision.
#[derive(Debug, Clone)]
pub struct PageHeader {
    /// Offset of `<page>` in the decoded XML.
    pub xml_offset_bytes: u64,
    /// The bytes, from `<page>` on.
    pub bytes: Arc<[u8]>,
}

impl Chunk {
    /// How many bytes of records it holds.
    pub fn len_bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.bytes.len()).sum()
    }

    /// How many bytes it takes, with what it knows of its page's history.
    pub fn held_bytes(&self) -> usize {
        let predecessor = match &self.predecessor {
            Predecessor::Revision(bytes) => bytes.len(),
            Predecessor::None | Predecessor::Lost => 0,
        };
        self.len_bytes() + predecessor + self.revisions.len() * size_of::<RevisionPlace>()
    }

    /// All bytes in one piece, and where they stood; copied only if they came in several pieces,
    /// each of which is let go as soon as it is copied.
    pub fn into_contiguous(self) -> (Bytes, Places) {
        let length = self.len_bytes();
        let places = Places(self.pieces.iter().map(Place::of).collect());
        let mut pieces = self.pieces.into_iter();
        let bytes = match (pieces.next(), pieces.len()) {
            (None, _) => Bytes::new(),
            (Some(only), 0) => only.bytes,
            (Some(first), _) => {
                let mut all = Vec::with_capacity(length);
                for piece in std::iter::once(first).chain(pieces) {
                    all.extend_from_slice(&piece.bytes);
                }
                all.into()
            }
        };
        (bytes, places)
    }
}

/// Where a chunk's bytes stood.
#[derive(Debug)]
pub struct Places(Vec<Place>);

#[derive(Debug)]
struct Place {
    length: usize,
    xml_offset_bytes: u64,
    file_place: FilePlace,
}

impl Place {
    fn of(piece: &Piece) -> Self {
        Self {
            length: piece.bytes.len(),
            xml_offset_bytes: piece.xml_offset_bytes,
            file_place: piece.file_place,
        }
    }
}

impl Places {
    /// The offsets of the chunk's byte `at`: in the decoded XML and, as exactly as it is known, in the stored file.
    pub fn of(&self, at: usize) -> (u64, u64) {
        let mut before = 0;
        for (index, place) in self.0.iter().enumerate() {
            if at < before + place.length || index + 1 == self.0.len() {
                let behind = (at - before) as u64;
                let file_place = place.file_place.behind(behind);
                return (place.xml_offset_bytes + behind, file_place.offset_bytes());
            }
            before += place.length;
        }
        (0, 0)
    }
}
