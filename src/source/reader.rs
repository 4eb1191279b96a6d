//! A buffered reader that can look ahead and knows how far it is.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes asked of the system at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Reads a file or stream once, from front to back.
///
/// The bytes taken from the system are added to a shared counter, for progress bars.
pub struct Reader {
    inner: Box<dyn Read + Send>,
    buffer: Box<[u8]>,
    begin: usize,
    end: usize,
    /// Bytes handed out so far.
    offset_bytes: u64,
    taken_bytes: Arc<AtomicU64>,
    tap: Option<Tap>,
}

/// Is given all bytes of a file as they are taken from the system, in their order.
pub type Tap = Box<dyn FnMut(&[u8]) + Send>;

impl Reader {
    /// Reads `inner`; `taken_bytes` is counted up as bytes are taken from it.
    pub fn new(inner: Box<dyn Read + Send>, taken_bytes: Arc<AtomicU64>) -> Self {
        Self {
            inner,
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            begin: 0,
            end: 0,
            offset_bytes: 0,
            taken_bytes,
            tap: None,
        }
    }

    /// The same, with somebody who is given all bytes, too.
    #[must_use]
    pub fn with_tap(self, tap: Option<Tap>) -> Self {
        Self { tap, ..self }
    }

    /// How many bytes have been handed out: the offset of the next one.
    pub fn offset_bytes(&self) -> u64 {
        self.offset_bytes
    }

    /// The next `count` bytes without taking them; fewer only at the end of the file.
    pub fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        debug_assert!(count <= BUFFER_BYTES);
        while self.end - self.begin < count {
            if self.begin > 0 {
                self.buffer.copy_within(self.begin..self.end, 0);
                self.end -= self.begin;
                self.begin = 0;
            }
            if self.fill()? == 0 {
                break;
            }
        }
        let end = self.end.min(self.begin + count);
        Ok(&self.buffer[self.begin..end])
    }

    /// Fills the room behind the buffered bytes; 0 means that the file has ended.
    fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.inner.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    if let Some(tap) = &mut self.tap {
                        tap(&self.buffer[self.end..self.end + count]);
                    }
                    self.end += count;
                    self.taken_bytes.fetch_add(count as u64, Ordering::Relaxed);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Reader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.begin == self.end {
            self.begin = 0;
            self.end = 0;
            self.fill()?;
        }
        Ok(&self.buffer[self.begin..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.begin += count;
        self.offset_bytes += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as a slow pipe does.
    struct Dripping(&'static [u8]);

    impl Read for Dripping {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn peeking_waits_for_all_bytes_and_takes_none() {
        let taken = Arc::new(AtomicU64::new(0));
        let mut reader = Reader::new(Box::new(Dripping(b"abcdef")), Arc::clone(&taken));
        assert_eq!(reader.peek(4).unwrap(), b"abcd");
        assert_eq!(reader.offset_bytes(), 0);
        reader.consume(3);
        assert_eq!(reader.peek(100).unwrap(), b"def");
        assert_eq!(reader.offset_bytes(), 3);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"def");
        assert_eq!(taken.load(Ordering::Relaxed), 6);
    }
}
