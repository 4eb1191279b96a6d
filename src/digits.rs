//! Numbers of decimal digits, eight bytes at a time.

/// Each byte less `'0'`, the first byte the lowest: digits become 0 to 9.
#[inline]
fn less_zero(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes) ^ 0x3030_3030_3030_3030
}

/// How many of eight bytes, from the first on, are digits.
#[inline]
fn count(bytes: u64) -> usize {
    others(bytes).trailing_zeros() as usize / 8
}

/// The highest bit of the first byte that is no digit, and perhaps those of others behind it.
#[inline]
fn others(bytes: u64) -> u64 {
    // Only a byte that is no digit carries into the next, which does not count any more.
    (bytes.wrapping_add(0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080
}

/// Four numbers of two digits each, 16 bits apart, the first the lowest.
#[inline]
fn pairs(digits: u64) -> u64 {
    (digits.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff
}

#[inline]
fn number(digits: u64) -> u64 {
    let fours = (pairs(digits).wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// The digits that `bytes` begin with: how many there are, and the number that they are.  `None`
/// where there are none, more than 15, or so few bytes behind them that it takes a slower look.
#[inline(always)]
pub(crate) fn leading(bytes: &[u8]) -> Option<(usize, u64)> {
    let digits = less_zero(*bytes.first_chunk()?);
    match count(digits) {
        0 => None,
        8 => leading_with_more(number(digits), bytes),
        // Zeros take the place of digits before the first.
        length => Some((length, number(digits << (64 - 8 * length)))),
    }
}

/// The same where the first eight bytes are digits, which are the number `high`.
#[inline]
fn leading_with_more(high: u64, bytes: &[u8]) -> Option<(usize, u64)> {
    let digits = less_zero(*bytes.get(8..)?.first_chunk()?);
    match count(digits) {
        0 => Some((8, high)),
        8 => None,
        length => {
            let low = number(digits << (64 - 8 * length));
            Some((8 + length, high * power_of_ten(length) + low))
        }
    }
}

/// So many of ten with each other, up to 10^15.
#[inline]
pub(crate) fn power_of_ten(exponent: usize) -> u64 {
    const POWERS: [u64; 16] = {
        let mut powers = [1; 16];
        let mut exponent = 1;
        while exponent < 16 {
            powers[exponent] = powers[exponent - 1] * 10;
            exponent += 1;
        }
        powers
    };
    POWERS[exponent & 15]
}

/// Four numbers of two digits each, if all are digits.
#[inline]
pub(crate) fn four_pairs(bytes: [u8; 8]) -> Option<[i64; 4]> {
    let digits = less_zero(bytes);
    let pairs = pairs(digits);
    let pair = |index: usize| (pairs >> (16 * index) & 0xff) as i64;
    (others(digits) == 0).then(|| [pair(0), pair(1), pair(2), pair(3)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same digit by digit.
    fn plain(bytes: &[u8]) -> (usize, u64) {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold((0, 0), |(length, number), digit| {
            (length + 1, number * 10 + u64::from(digit - b'0'))
        })
    }

    #[test]
    fn digits_before_any_byte() {
        let all = b"9081726354019283";
        for length in 0..16 {
            for zeros in 0..=length {
                for other in (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()) {
                    let mut bytes = all[..length].to_vec();
                    bytes[..zeros].fill(b'0');
                    bytes.push(other);
                    bytes.extend_from_slice(b"1234567\xff\xb0\x80/:0000000");
                    let expected = (length > 0).then(|| plain(&bytes));
                    assert_eq!(leading(&bytes), expected, "{bytes:?}");
                }
            }
        }
        for text in [
            "",
            "1234567",
            "12345678",
            "123456781234567",
            "1234567812345678,9999999",
        ] {
            assert_eq!(leading(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn pairs_of_digits() {
        assert_eq!(four_pairs(*b"20260131"), Some([20, 26, 1, 31]));
        assert_eq!(four_pairs(*b"99000999"), Some([99, 0, 9, 99]));
        for at in 0..8 {
            for other in (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()) {
                let mut bytes = *b"20260131";
                bytes[at] = other;
                assert_eq!(four_pairs(bytes), None, "{bytes:?}");
            }
        }
    }
}
