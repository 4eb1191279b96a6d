//! Texts of a chunk decoded one behind the other, before anybody reads them.

use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::units::{BLOCK_BYTES, Units, decode};

/// Chunks whose room is kept for others.
const KEPT_CHUNKS: usize = 8;
/// Larger room, which a giant of a record has needed, is let go.
const KEPT_MAX_UNITS: usize = 2 << 20;

/// Room in which chunks are decoded, used again: fresh memory has to be cleared by the system first.
#[derive(Debug, Default)]
pub struct UnitsPool(Mutex<Vec<Vec<u16>>>);

impl UnitsPool {
    fn kept(&self) -> MutexGuard<'_, Vec<Vec<u16>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, units: usize) -> Vec<u16> {
        let mut room = self.kept().pop().unwrap_or_default();
        if room.len() < units {
            room.resize(units, 0);
        }
        room
    }

    fn give_back(&self, room: Vec<u16>) {
        let mut kept = self.kept();
        if kept.len() < KEPT_CHUNKS && room.len() <= KEPT_MAX_UNITS {
            kept.push(room);
        }
    }
}

/// The decoded texts of a chunk; known when all are decoded.
type Chunk = Arc<OnceLock<ChunkUnits>>;

/// A text among the others of its chunk.
#[derive(Debug, Clone)]
pub(super) struct TextInChunk {
    chunk: Chunk,
    range: Range<usize>,
    have_pairs: bool,
}

impl TextInChunk {
    /// Its units.  All texts of a chunk were decoded before anybody could ask for one.
    pub(super) fn units(&self) -> Units<'_> {
        let all = self.chunk.get();
        let all = all.and_then(|chunk| chunk.units.get(self.range.clone()));
        Units {
            all: all.unwrap_or_default(),
            have_pairs: self.have_pairs,
        }
    }
}

/// Units of UTF-16, whose room goes back to where it is from.
#[derive(Debug)]
struct ChunkUnits {
    units: Vec<u16>,
    pool: Arc<UnitsPool>,
}

impl Drop for ChunkUnits {
    fn drop(&mut self) {
        self.pool.give_back(mem::take(&mut self.units));
    }
}

/// Decodes the texts of one chunk.  They can be read when it is dropped.
#[derive(Debug)]
pub struct TextDecoder {
    pool: Arc<UnitsPool>,
    units: Vec<u16>,
    end: usize,
    decoded: Chunk,
}

impl TextDecoder {
    /// For a chunk of so many bytes.
    pub fn new(pool: &Arc<UnitsPool>, chunk_bytes: usize) -> Self {
        Self {
            pool: Arc::clone(pool),
            units: pool.take(chunk_bytes + BLOCK_BYTES),
            end: 0,
            decoded: Chunk::default(),
        }
    }

    /// Decodes a text behind those before.
    pub(super) fn decode(&mut self, bytes: &[u8], is_coded: bool) -> TextInChunk {
        let most = self.end + bytes.len() + BLOCK_BYTES;
        if self.units.len() < most {
            self.units.resize(most, 0);
        }
        let begin = self.end;
        let length = decode(bytes, is_coded, &mut self.units[begin..]);
        self.end += length.units;
        TextInChunk {
            chunk: Arc::clone(&self.decoded),
            range: begin..self.end,
            have_pairs: length.have_pairs,
        }
    }
}

impl Drop for TextDecoder {
    fn drop(&mut self) {
        let units = mem::take(&mut self.units);
        let pool = Arc::clone(&self.pool);
        // Nobody else sets it.
        let _ = self.decoded.set(ChunkUnits { units, pool });
    }
}
