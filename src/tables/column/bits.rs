//! Bits on their way into an array, and with them which values are there.
//!
//! Arrow's builders ask for each bit whether there is room, whether its byte is new, and whether there was a null
//! before: that took a fortieth of a stub's instructions.  Here words are filled.

use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};

const WORD_BITS: usize = u64::BITS as usize;

/// Bits, one behind the other.
#[derive(Debug, Default)]
pub struct Bits {
    full: Vec<u64>,
    /// The word that is not full yet.
    last: u64,
    len: usize,
}

impl Bits {
    #[inline]
    pub(super) fn push(&mut self, bit: bool) {
        self.last |= u64::from(bit) << (self.len % WORD_BITS);
        self.len += 1;
        if self.len.is_multiple_of(WORD_BITS) {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        // Arrow has the first bit in the first byte.
        self.full.push(std::mem::take(&mut self.last).to_le());
    }

    /// All of them.
    pub(super) fn finish(&mut self) -> BooleanBuffer {
        let len = self.len;
        if !len.is_multiple_of(WORD_BITS) {
            self.end_word();
        }
        let Self { full, .. } = std::mem::take(self);
        BooleanBuffer::new(Buffer::from_vec(full), 0, len)
    }
}

/// Which values are there.
#[derive(Debug, Default)]
pub struct Validity(Bits);

impl Validity {
    #[inline]
    pub(super) fn push(&mut self, is_there: bool) {
        self.0.push(is_there);
    }

    /// `None` if all are there.
    pub(super) fn finish(&mut self) -> Option<NullBuffer> {
        let nulls = NullBuffer::new(self.0.finish());
        (nulls.null_count() > 0).then_some(nulls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_as_they_were_put() {
        for len in [0, 1, 63, 64, 65, 1000] {
            let bit = |at: usize| at.is_multiple_of(3) || at.is_multiple_of(7);
            let mut bits = Bits::default();
            for _ in 0..2 {
                (0..len).for_each(|at| bits.push(bit(at)));
                let expected = BooleanBuffer::collect_bool(len, bit);
                assert_eq!(bits.finish(), expected);
            }
        }
    }

    #[test]
    fn only_absent_values_make_nulls() {
        let mut validity = Validity::default();
        (0..100).for_each(|_| validity.push(true));
        assert_eq!(validity.finish(), None);
        (0..100).for_each(|at| validity.push(at != 70));
        assert_eq!(validity.finish().map(|nulls| nulls.null_count()), Some(1));
        assert_eq!(validity.finish(), None);
    }
}
