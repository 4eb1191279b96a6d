//! A run of whole records, ready to be parsed by itself.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

/// Decoded XML that holds whole records, in the pieces in which it was decoded.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The bytes.
    pub pieces: Vec<Piece>,
    /// The header of the page in which the chunk begins, if it begins inside one.
    pub page: Option<PageHeader>,
    /// Whether the page that is open at its end goes on in the next chunk.
    pub page_continues: bool,
}

/// Bytes with their place.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Offset of the first byte in the decoded XML.
    pub xml_offset_bytes: u64,
    /// About where the bytes stood in the stored file.
    pub file_offset_bytes: u64,
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
    /// How many bytes it holds.
    pub fn len_bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.bytes.len()).sum()
    }

    /// All bytes in one slice; copied only if they came in several pieces.
    pub fn contiguous(&self) -> Cow<'_, [u8]> {
        if let [piece] = &self.pieces[..] {
            return Cow::Borrowed(&piece.bytes);
        }
        let mut all = Vec::with_capacity(self.len_bytes());
        for piece in &self.pieces {
            all.extend_from_slice(&piece.bytes);
        }
        Cow::Owned(all)
    }

    /// Where a byte of [`contiguous`](Self::contiguous) stands: its offsets in the decoded XML and
    /// (about) in the stored file.
    pub fn place_of(&self, at: usize) -> (u64, u64) {
        let mut before = 0;
        for (index, piece) in self.pieces.iter().enumerate() {
            let length = piece.bytes.len();
            if at < before + length || index + 1 == self.pieces.len() {
                let offset = piece.xml_offset_bytes + (at - before) as u64;
                return (offset, piece.file_offset_bytes);
            }
            before += length;
        }
        (0, 0)
    }
}
