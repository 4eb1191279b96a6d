//! bzip2's checksum.

/// CRC-32 with the most significant bit first.
///
/// It is the common CRC-32, which takes the least significant bit first, of bytes with their bits
/// reversed, reversed.  So the fast code that every platform has for that one serves here too.
pub(super) struct Checksum(crc32fast::Hasher);

/// Bytes turned round at once: few enough to stay in the nearest cache.
const STEP_BYTES: usize = 2048;

impl Checksum {
    pub(super) fn new() -> Self {
        Self(crc32fast::Hasher::new())
    }

    #[inline(always)]
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let mut reversed = [0; STEP_BYTES];
        for step in bytes.chunks(STEP_BYTES) {
            let reversed = &mut reversed[..step.len()];
            for (to, from) in reversed.iter_mut().zip(step) {
                *to = from.reverse_bits();
            }
            self.0.update(reversed);
        }
    }

    pub(super) fn value(self) -> u32 {
        self.0.finalize().reverse_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    fn checksum(bytes: &[u8]) -> u32 {
        let mut checksum = Checksum::new();
        checksum.update(bytes);
        checksum.value()
    }

    #[test]
    fn known_values() {
        assert_eq!(checksum(b""), 0);
        // The check value that catalogues of CRCs give for CRC-32/BZIP2.
        assert_eq!(checksum(b"123456789"), 0xfc89_1918);
    }

    #[test]
    fn parts_add_up() {
        let bytes: Vec<u8> = (0..10_000u32).map(|i| (i * i) as u8).collect();
        let mut parts = Checksum::new();
        bytes.chunks(777).for_each(|part| parts.update(part));
        assert_eq!(parts.value(), checksum(&bytes));
    }
}
