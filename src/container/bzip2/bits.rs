//! Reading bits at any offset, most significant bit first.

/// The `count` (up to 48) bits at `offset_bits`; `None` if the bytes end before.
pub(super) fn peek(bytes: &[u8], offset_bits: u64, count: u32) -> Option<u64> {
    debug_assert!(count <= 48);
    let first = usize::try_from(offset_bits / 8).ok()?;
    let shift = (offset_bits % 8) as u32;
    let needed = (shift + count).div_ceil(8) as usize;
    let bytes = bytes.get(first..first.checked_add(needed)?)?;
    let mut word = [0; 8];
    word[..needed].copy_from_slice(bytes);
    Some(u64::from_be_bytes(word) << shift >> (64 - count))
}

#[cfg(test)]
mod tests {
    use super::peek;

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
}
