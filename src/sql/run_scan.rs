//! Where rows end, by their quotes alone, at the speed of memory.

use crate::marks::{BLOCK_BYTES, hits_in};

/// Walks over rows in blocks of 64 bytes, a bit for each.
#[derive(Debug, Clone, Default)]
pub(super) struct RunScan {
    /// Offset of the next byte to look at.
    pub(super) at: usize,
    /// All ones within a string, else none.
    in_string: u64,
    /// One if the byte at `at` has a backslash before it that counts.
    escaped: u64,
}

/// What a scan has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A semicolon outside of strings.
    Semicolon(usize),
    /// A closing parenthesis outside of strings, where one is wanted.
    RowEnd(usize),
    /// A line break in a string.
    LineInString(usize),
}

impl RunScan {
    /// A scan that begins at an offset, outside of strings.
    pub(super) fn new(at: usize) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }

    /// Everything before `bytes` is gone.
    pub(super) fn shift(&mut self, gone: usize) {
        self.at -= gone;
    }

    /// The next event.  Row ends count from the offset `rows_from` on.  `None` where no event is left
    /// in whole blocks; with `is_end`, in all bytes.
    pub(super) fn next(&mut self, bytes: &[u8], rows_from: usize, is_end: bool) -> Option<Event> {
        loop {
            let rest = bytes.get(self.at..)?;
            let found = match rest.first_chunk() {
                Some(block) => self.scan_block(block, BLOCK_BYTES, rows_from),
                None if is_end && !rest.is_empty() => {
                    let mut block = [0; BLOCK_BYTES];
                    block.get_mut(..rest.len())?.copy_from_slice(rest);
                    self.scan_block(&block, rest.len(), rows_from)
                }
                None => return None,
            };
            if found.is_some() {
                return found;
            }
        }
    }

    #[inline]
    fn scan_block(
        &mut self,
        block: &[u8; BLOCK_BYTES],
        length: usize,
        rows_from: usize,
    ) -> Option<Event> {
        let quotes = hits_in::<b'\'', b'\''>(block);
        let backslashes = hits_in::<b'\\', b'\\'>(block);
        let mut escaped = self.escaped;
        let hidden = match backslashes | escaped {
            0 => 0,
            _ => behind_backslashes(backslashes, &mut escaped),
        };
        let inside = up_to_here(quotes & !hidden) ^ self.in_string;
        let ends = hits_in::<b';', b'\n'>(block);
        let mut events = 0;
        if ends != 0 {
            let lines = hits_in::<b'\n', b'\n'>(block);
            events = (ends & !lines & !inside) | (lines & inside & !hidden);
        }
        if self.at + BLOCK_BYTES > rows_from {
            let wanted = u64::MAX << rows_from.saturating_sub(self.at).min(63);
            events |= hits_in::<b')', b')'>(block) & !inside & wanted;
        }
        if events == 0 {
            self.at += length;
            self.escaped = escaped;
            // The last bit, spread over all.
            self.in_string = ((inside as i64) >> 63) as u64;
            return None;
        }
        let bit = events.trailing_zeros() as usize;
        let offset = self.at + bit;
        self.at = offset + 1;
        self.escaped = 0;
        let event = match block.get(bit) {
            Some(b';') => Event::Semicolon(offset),
            Some(b')') => Event::RowEnd(offset),
            _ => Event::LineInString(offset),
        };
        self.in_string = match event {
            Event::LineInString(_) => u64::MAX,
            _ => 0,
        };
        Some(event)
    }
}

/// Each bit becomes the parity of all up to it.
#[inline]
fn up_to_here(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// The bytes that a backslash stands before which counts, that is, one with no such before itself.
/// `carry` says so of the first byte, and then of the one behind the last.
#[inline]
fn behind_backslashes(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    let odd_begins = backslashes & !EVEN & !follows;
    let (behind_runs, over) = odd_begins.overflowing_add(backslashes);
    *carry = u64::from(over);
    (EVEN ^ (behind_runs << 1)) & follows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same byte by byte.
    fn plain(bytes: &[u8], rows_from: usize) -> Vec<Event> {
        let (mut events, mut in_string, mut escaped) = (Vec::new(), false, false);
        for (at, byte) in bytes.iter().enumerate() {
            if escaped {
                escaped = false;
                continue;
            }
            match byte {
                b'\\' => escaped = true,
                b'\'' => in_string = !in_string,
                b';' if !in_string => events.push(Event::Semicolon(at)),
                b')' if !in_string && at >= rows_from => events.push(Event::RowEnd(at)),
                b'\n' if in_string => events.push(Event::LineInString(at)),
                _ => {}
            }
        }
        events
    }

    #[test]
    fn blocks_and_bytes_agree() {
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % below
        };
        for round in 0..4000 {
            let length = next(400);
            let letters: &[u8] = [
                &b"ab'\\;)\n"[..],
                b"abcdefghijklmnopqrst'\\;)\n",
                b"\\\\\\'",
            ][round % 3];
            // Outside of strings there is no backslash before what counts.
            let mut bytes: Vec<u8> = (0..length).map(|_| letters[next(letters.len())]).collect();
            let mut in_string = false;
            let mut at = 0;
            while at < bytes.len() {
                match (bytes[at], in_string) {
                    (b'\\', false) => bytes[at] = b'x',
                    (b'\\', true) => at += 1,
                    (b'\'', _) => in_string = !in_string,
                    _ => {}
                }
                at += 1;
            }
            let rows_from = next(500);
            let expected = plain(&bytes, rows_from);
            let cut = next(length + 1);
            let mut scan = RunScan::new(0);
            let mut found = Vec::new();
            while let Some(event) = scan.next(&bytes[..cut], rows_from, false) {
                found.push(event);
            }
            while let Some(event) = scan.next(&bytes, rows_from, true) {
                found.push(event);
            }
            assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }
}
