//! bzip2 decoded in the plainest way.

/// The bytes before the last step, whose runs are shortened, from the last column.
pub fn unsort(column: &[u8], origin: usize) -> Vec<u8> {
    let mut rows: Vec<usize> = (0..column.len()).collect();
    rows.sort_by_key(|row| column[*row]);
    let mut row = origin;
    let mut bytes = Vec::new();
    for _ in 0..column.len() {
        row = rows[row];
        bytes.push(column[row]);
    }
    bytes
}

/// Flips what old encoders have flipped, as in the format's own words: every so many bytes.
pub fn derandomise(bytes: &mut [u8], distances: &[usize; 512]) {
    let (mut left, mut which) = (0, 0);
    for byte in bytes {
        if left == 0 {
            left = distances[which];
            which = (which + 1) % distances.len();
        }
        left -= 1;
        *byte ^= u8::from(left == 1);
    }
}

/// Puts runs back to full length; `None` if a length is missing.
pub fn expand(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut equal = 0;
    for byte in bytes {
        if equal == 4 {
            let last = *out.last()?;
            out.extend(std::iter::repeat_n(last, usize::from(*byte)));
            equal = 0;
            continue;
        }
        equal = match equal > 0 && out.last() == Some(byte) {
            true => equal + 1,
            false => 1,
        };
        out.push(*byte);
    }
    (equal < 4).then_some(out)
}

/// CRC-32, most significant bit first, a bit at a time.
pub fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            crc = crc << 1 ^ (if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 });
        }
    }
    !crc
}
