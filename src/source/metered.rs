//! A file that counts what is read of it and knows where it stands, even from outside.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file for readers that jump about in it.
pub struct MeteredFile {
    file: File,
    offset_bytes: Arc<AtomicU64>,
    taken_bytes: Arc<AtomicU64>,
}

impl MeteredFile {
    /// Reads `file`; `taken_bytes` is counted up as bytes are taken from it.
    pub fn new(file: File, taken_bytes: Arc<AtomicU64>) -> Self {
        Self {
            file,
            offset_bytes: Arc::default(),
            taken_bytes,
        }
    }

    /// Where the file stands, readable while somebody else owns it.
    pub fn shared_offset(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.offset_bytes)
    }

    /// Size of the file.
    pub fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

impl Read for MeteredFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(out)?;
        self.offset_bytes.fetch_add(count as u64, Ordering::Relaxed);
        self.taken_bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for MeteredFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let offset = self.file.seek(to)?;
        self.offset_bytes.store(offset, Ordering::Relaxed);
        Ok(offset)
    }
}
