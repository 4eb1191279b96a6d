//! A plain file in pieces mapped into memory, each let go when nobody holds its bytes.

use std::fs::File;
use std::io;

use bytes::Bytes;
use memmap2::MmapOptions;

/// Bytes mapped at once: a multiple of every system's page size.
const PIECE_BYTES: u64 = 32 << 20;

/// The pieces of a file, in order.
pub struct Mapped {
    file: File,
    size_bytes: u64,
    offset_bytes: u64,
}

impl Mapped {
    /// Maps a file of `size_bytes`.
    pub(super) fn new(file: File, size_bytes: u64) -> Self {
        Self {
            file,
            size_bytes,
            offset_bytes: 0,
        }
    }

    /// The same from an offset on.
    #[must_use]
    pub fn starting_at(mut self, offset_bytes: u64) -> Self {
        self.offset_bytes = offset_bytes.min(self.size_bytes);
        self
    }

    /// The next piece with its offset; `None` at the end.
    pub fn next_piece(&mut self) -> io::Result<Option<(u64, Bytes)>> {
        let offset = self.offset_bytes;
        let length = PIECE_BYTES.min(self.size_bytes - offset);
        if length == 0 {
            return Ok(None);
        }
        let mut options = MmapOptions::new();
        options.offset(offset).len(length as usize);
        // SAFETY: the map is read only and is handed out as plain bytes.  Should another process
        // change the file meanwhile, the bytes read may be mixed; all code behind treats its input
        // as hostile.  Should it shrink the file, the system ends the process (SIGBUS), as it does
        // to every program that maps files; what is written by then has no manifest.
        let map = unsafe { options.map(&self.file) }?;
        #[cfg(unix)]
        let _ = map.advise(memmap2::Advice::WillNeed);
        self.offset_bytes += length;
        Ok(Some((offset, Bytes::from_owner(map))))
    }
}
