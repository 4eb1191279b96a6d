//! A file in overlapping windows, for formats that are decoded from many places at once.

use std::io::Read;

use bytes::Bytes;

use super::Reader;
use crate::error::{Error, Result};

/// A stretch of a file, followed by enough of what comes next to decode a piece that begins in it.
#[derive(Debug, Clone)]
pub struct Window {
    /// Where it begins in the file.
    pub begin_bytes: u64,
    /// Its bytes and those of the overlap.
    pub bytes: Bytes,
    /// How many of the bytes are its own: pieces that begin behind belong to the next window.
    pub own_bytes: usize,
    /// Whether the file ends with this window.
    pub is_last: bool,
}

impl Window {
    /// First byte of the file that the next window owns.
    pub fn own_end_bytes(&self) -> u64 {
        self.begin_bytes + self.own_bytes as u64
    }
}

/// Cuts what a [`Reader`] gives into windows.
///
/// The last window owns all that is left.  An empty file gives one empty window.
pub struct Windows {
    reader: Reader,
    own_bytes: usize,
    overlap_bytes: usize,
    /// What was read as overlap of the window before.
    carried: Vec<u8>,
    begin_bytes: u64,
    finished: bool,
}

impl Windows {
    /// Windows of `own_bytes` with `overlap_bytes` of what follows.
    pub fn new(reader: Reader, own_bytes: usize, overlap_bytes: usize) -> Self {
        Self {
            reader,
            own_bytes,
            overlap_bytes,
            carried: Vec::new(),
            begin_bytes: 0,
            finished: false,
        }
    }

    /// The same where the reader begins at an offset of its file.
    #[must_use]
    pub fn starting_at(mut self, begin_bytes: u64) -> Self {
        self.begin_bytes = begin_bytes;
        self
    }

    /// The next window; `None` behind the last.
    pub fn next_window(&mut self) -> Result<Option<Window>> {
        if self.finished {
            return Ok(None);
        }
        let wanted = self.own_bytes + self.overlap_bytes;
        let mut bytes = Vec::with_capacity(wanted);
        bytes.append(&mut self.carried);
        let missing = (wanted - bytes.len()) as u64;
        (&mut self.reader)
            .take(missing)
            .read_to_end(&mut bytes)
            .map_err(|error| {
                Error::io("cannot read the file", error).at_file_byte(self.reader.offset_bytes())
            })?;
        self.finished = bytes.len() < wanted;
        let own_bytes = if self.finished {
            bytes.len()
        } else {
            self.carried.extend_from_slice(&bytes[self.own_bytes..]);
            self.own_bytes
        };
        let window = Window {
            begin_bytes: self.begin_bytes,
            bytes: Bytes::from(bytes),
            own_bytes,
            is_last: self.finished,
        };
        self.begin_bytes = window.own_end_bytes();
        Ok(Some(window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    fn windows_of(file: &[u8], own: usize, overlap: usize) -> Vec<Window> {
        let inner = Box::new(Cursor::new(file.to_vec()));
        let reader = Reader::new(inner, Arc::new(AtomicU64::new(0)));
        let mut windows = Windows::new(reader, own, overlap);
        std::iter::from_fn(|| windows.next_window().unwrap()).collect()
    }

    #[test]
    fn each_byte_is_owned_once_and_overlaps_are_true() {
        let file: Vec<u8> = (0..100).collect();
        for own in [1, 3, 10, 64, 99, 100, 101, 200] {
            for overlap in [0, 1, 7, 50, 150] {
                let windows = windows_of(&file, own, overlap);
                let mut owned = Vec::new();
                for window in &windows {
                    let begin = window.begin_bytes as usize;
                    assert_eq!(begin, owned.len());
                    let end = begin + window.bytes.len();
                    assert_eq!(window.bytes, file[begin..end]);
                    assert!(window.is_last || window.bytes.len() == own + overlap);
                    owned.extend_from_slice(&window.bytes[..window.own_bytes]);
                }
                assert_eq!(owned, file, "own {own}, overlap {overlap}");
                assert!(windows.last().unwrap().is_last);
                assert_eq!(windows.iter().filter(|w| w.is_last).count(), 1);
            }
        }
    }

    #[test]
    fn an_empty_file_is_one_empty_window() {
        let windows = windows_of(b"", 10, 10);
        assert_eq!(windows.len(), 1);
        assert!(windows[0].is_last && windows[0].bytes.is_empty());
    }
}
