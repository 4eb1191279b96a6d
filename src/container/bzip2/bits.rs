//! Reading bits at any offset, most significant bit first.

/// The `count` (up to 48) bits at `offset_bits`; `None` if the bytes end before.
pub(super) fn peek(bytes: &[u8], offset_bits: u64, count: u32) -> Option<u64> {
    debug_assert!(count <= 48);
    let first = usize::try_from(offset_bits / 8).ok()?;
    let shift = (offset_bits % 8) as u32;
    let needed = (shift + count).div_ceil(8) as usize;
    let bytes = bytes.get(first..first.checked_add(needed)?)?;
    Some(padded_word(bytes) << shift >> (64 - count))
}

/// Takes bits one after the other.
///
/// Behind the end of the bytes come zeros without end: who reads asks [`BitReader::is_past_end`]
/// now and then.
#[derive(Clone)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// The byte that the next refill begins with.
    next_byte: usize,
    /// The bits at hand, from the top.  Bits below the valid ones are zero or what follows.
    word: u64,
    valid: u32,
}

impl<'a> BitReader<'a> {
    /// How many bits may be taken after a refill.
    pub(super) const REFILLED_BITS: u32 = 56;

    pub(super) fn new(bytes: &'a [u8], offset_bits: u64) -> Self {
        let mut reader = Self {
            bytes,
            next_byte: usize::try_from(offset_bits / 8).unwrap_or(bytes.len()),
            word: 0,
            valid: 0,
        };
        reader.refill();
        reader.skip((offset_bits % 8) as u32);
        reader
    }

    /// Makes [`BitReader::REFILLED_BITS`] bits or more available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let following = match self.bytes.get(self.next_byte..) {
            Some(rest) => match rest.first_chunk() {
                Some(whole) => u64::from_be_bytes(*whole),
                None => padded_word(rest),
            },
            None => 0,
        };
        self.word |= following >> self.valid;
        let taken = (63 - self.valid) / 8;
        self.next_byte += taken as usize;
        self.valid += taken * 8;
    }

    /// The next `count` bits, 1 to 32 of them, which stay.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> u32 {
        (self.word >> (64 - count)) as u32
    }

    /// Passes over `count` bits of those available.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        debug_assert!(count <= self.valid);
        self.word <<= count;
        self.valid = self.valid.wrapping_sub(count);
    }

    /// Takes `count` bits, 1 to 32 of them.
    pub(super) fn take(&mut self, count: u32) -> u32 {
        self.refill();
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// Offset of the next bit from the start of the bytes.
    pub(super) fn place_bits(&self) -> u64 {
        self.next_byte as u64 * 8 - u64::from(self.valid)
    }

    /// Whether bits were taken that are not there.
    pub(super) fn is_past_end(&self) -> bool {
        self.place_bits() > self.bytes.len() as u64 * 8
    }
}

/// At most eight bytes as a word, with zeros behind.
#[cold]
fn padded_word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::{BitReader, peek};

    #[test]
    fn any_offset_and_width() {
        let bytes = [0b1010_0101, 0xff, 0x00, 0x81, 0x42, 0x24, 0x18];
        assert_eq!(peek(&bytes, 0, 8), Some(0b1010_0101));
        assert_eq!(peek(&bytes, 4, 8), Some(0b0101_1111));
        assert_eq!(peek(&bytes, 7, 2), Some(0b11));
        assert_eq!(peek(&bytes, 8, 48), Some(0xff00_8142_2418));
        assert_eq!(peek(&bytes, 9, 48), None);
        assert_eq!(peek(&bytes, 55, 1), Some(0));
        assert_eq!(peek(&bytes, 56, 1), None);
    }

    #[test]
    fn reading_agrees_with_peeking() {
        let bytes: Vec<u8> = (0..60u32).map(|i| (i * 167 + 13) as u8).collect();
        for begin in 0..24 {
            for width in [1, 3, 7, 20, 31, 32] {
                let mut reader = BitReader::new(&bytes, begin);
                let mut at = begin;
                while let Some(expected) = peek(&bytes, at, width) {
                    assert_eq!(reader.place_bits(), at);
                    assert_eq!(u64::from(reader.take(width)), expected, "{width} at {at}");
                    at += u64::from(width);
                }
                assert!(!reader.is_past_end());
            }
        }
    }

    #[test]
    fn behind_the_end_come_zeros() {
        let mut reader = BitReader::new(&[0xff], 3);
        assert_eq!(reader.take(5), 0b11111);
        assert!(!reader.is_past_end());
        assert_eq!(reader.take(32), 0);
        assert!(reader.is_past_end());
        assert_eq!(BitReader::new(&[1], 1 << 40).take(8), 0);
    }
}
