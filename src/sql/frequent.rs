//! Values in the forms that they mostly have.
//!
//! Each function reads the value that `bytes` begin with, if the byte `end` stands right behind it, and gives
//! what follows that as well.  There is none where the value has another form, or where so few bytes are left
//! that it takes a slower look: [`parse_run`](super::parse_run) reads those as it reads any.

use crate::digits::{self, power_of_ten};
use crate::marks::{BLOCK_BYTES, hits_in};
use crate::model::Timestamp;

/// So many bytes are copied of any text.
pub const COPIED_BYTES: usize = BLOCK_BYTES;

/// Bytes in quotes that stand for themselves, where they lie.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'b> {
    /// The bytes, and others behind them: so many that all can be copied at once.
    pub block: &'b [u8; COPIED_BYTES],
    /// How many they are.
    pub bytes: usize,
}

/// A whole number of at most 15 digits without sign.
#[inline(always)]
pub fn int(bytes: &[u8], end: u8) -> Option<(i64, &[u8])> {
    // Many columns hold flags or namespaces, and mostly one digit.
    if let [digit @ b'0'..=b'9', found, behind @ ..] = bytes
        && *found == end
    {
        return Some((i64::from(*digit - b'0'), behind));
    }
    let (length, number) = digits::leading(bytes)?;
    let behind = behind(bytes, length, end)?;
    Some((number.cast_signed(), behind))
}

/// A number of at most 15 digits without sign or exponent, rounded as it should be: all its digits are a
/// whole number below 2^53, and so both that and the power of ten that divides it are exact (Clinger, How to
/// read floating point numbers accurately, 1990).
#[inline(always)]
pub fn float(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    const MAX_DIGITS: usize = 15;
    let (before, mut digits) = digits::leading(bytes)?;
    let mut rest = bytes.get(before..)?;
    let mut divisor = 1;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let (length, part) = digits::leading(fraction)?;
        if before + length > MAX_DIGITS {
            return None;
        }
        rest = fraction.get(length..)?;
        divisor = power_of_ten(length);
        digits = digits * divisor + part;
    }
    let behind = behind(rest, 0, end)?;
    // Machines convert numbers with a sign at once, others by detours.
    let number = digits.cast_signed() as f64 / divisor.cast_signed() as f64;
    Some((number, behind))
}

/// At most 62 bytes in quotes, none of them a quote or a backslash.
#[inline(always)]
pub fn plain(bytes: &[u8], end: u8) -> Option<(Plain<'_>, &[u8])> {
    let [b'\'', block @ ..] = bytes.first_chunk::<{ 1 + BLOCK_BYTES }>()? else {
        return None;
    };
    let length = hits_in::<b'\'', b'\\'>(block).trailing_zeros() as usize;
    // Two quotes would stand for one.
    let is_whole = length < BLOCK_BYTES - 1 && [block[length], block[length + 1]] == [b'\'', end];
    let behind = bytes.get(length + 3..).filter(|_| is_whole)?;
    let bytes = length;
    Some((Plain { block, bytes }, behind))
}

/// MediaWiki's 14 digits in quotes.
#[inline(always)]
pub fn wiki_time(bytes: &[u8], end: u8) -> Option<(Timestamp, &[u8])> {
    const DIGITS: usize = 14;
    let (value, behind) = bytes.split_first_chunk::<{ DIGITS + 3 }>()?;
    let [b'\'', digits @ .., b'\'', found] = value else {
        return None;
    };
    let time = Timestamp::parse_digits(digits)?;
    (*found == end).then_some((time, behind))
}

/// What follows `NULL`.
#[inline(always)]
pub fn null(bytes: &[u8], end: u8) -> Option<&[u8]> {
    let (value, behind) = bytes.split_first_chunk()?;
    (*value == [b'N', b'U', b'L', b'L', end]).then_some(behind)
}

/// What follows a value of a length and the byte behind it, if that is `end`.
#[inline(always)]
fn behind(bytes: &[u8], length: usize, end: u8) -> Option<&[u8]> {
    let (found, behind) = bytes.get(length..)?.split_first()?;
    (*found == end).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Value;

    /// What may follow a value, so much that blocks can be read.
    const BEHIND: &str = "0,'0',0),(0,'0',0),(0,'0',0),(0,'0',0),(0,'0',0),(0,'0',0),(0,'0',0)";

    /// Reads a value with a comma behind it, and sees that nothing is read without that.
    fn read<T>(
        value: &str,
        read: impl for<'b> Fn(&'b [u8], u8) -> Option<(T, &'b [u8])>,
    ) -> Option<T> {
        let text = format!("{value},{BEHIND}");
        for (end, other) in [(b',', ")"), (b',', " ,"), (b')', ",")] {
            let text = format!("{value}{other}{BEHIND}");
            assert!(read(text.as_bytes(), end).is_none(), "{text}");
        }
        let closed = format!("{value}){BEHIND}");
        let outcome = read(text.as_bytes(), b',');
        assert_eq!(read(closed.as_bytes(), b')').is_some(), outcome.is_some());
        for length in 0..=value.len() {
            assert!(read(&text.as_bytes()[..length], b',').is_none(), "{text}");
        }
        outcome.map(|(value, behind)| {
            assert_eq!(behind, BEHIND.as_bytes());
            value
        })
    }

    #[test]
    fn whole_numbers() {
        for text in [
            "0",
            "7",
            "007",
            "1234567",
            "12345678",
            "123456789",
            "999999999999999",
        ] {
            let number = Value::Number(text.as_bytes()).int().unwrap();
            assert_eq!(read(text, int), Some(number), "{text}");
        }
        for text in [
            "",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "0x1",
            "'1'",
            "NULL",
            "1234567890123456",
            " 1",
        ] {
            assert_eq!(read(text, int), None, "{text}");
        }
    }

    #[test]
    fn floating_point_numbers() {
        for text in [
            "0",
            "7",
            "007",
            "12345678",
            "123456789",
            "999999999999999",
            "0.778582929065",
            "0.00000000000001",
            "1.5",
            "12345678.1234567",
            "0.30000000000000",
            "8.1",
            "3.3333333333333",
        ] {
            // The standard library rounds as it should be.
            assert_eq!(read(text, float), Some(text.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "-1",
            ".5",
            "1.",
            "1e-5",
            "1.5e3",
            "1.5.5",
            "1234567890123456",
            "0.3333333333333333",
            "12345678.12345678",
        ] {
            assert_eq!(read(text, float), None, "{text}");
        }
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let (whole, behind) = (state >> 16 & 0x3ff, (state >> 40) as usize % 11 + 1);
            let part = (state >> 7) % 10_u64.pow(behind as u32);
            let text = format!("{whole}.{part:0behind$}");
            assert_eq!(read(&text, float), Some(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn plain_bytes() {
        let text = |plain: Plain<'_>| plain.block[..plain.bytes].to_vec();
        for length in 0..=70 {
            let value = "é,)(".chars().cycle().take(length).collect::<String>();
            let expected = (value.len() <= 62).then(|| value.clone().into_bytes());
            let quoted = format!("'{value}'");
            let found = read(&quoted, |bytes, end| {
                plain(bytes, end).map(|(plain, behind)| (text(plain), behind))
            });
            assert_eq!(found, expected, "{value}");
        }
        for value in [
            "", "1", "NULL", r"'it\'s'", "'it''s'", r"'a\\'", "x'61'", "'a' ",
        ] {
            let found = read(value, |bytes, end| {
                plain(bytes, end).map(|(plain, behind)| (text(plain), behind))
            });
            assert_eq!(found, None, "{value}");
        }
    }

    #[test]
    fn times() {
        let time = Timestamp::parse("2001-01-15T13:15:00Z");
        assert_eq!(read("'20010115131500'", wiki_time), time);
        for text in [
            "20010115131500",
            "'20010230000000'",
            "'2001011513150'",
            "'200101151315000'",
            "'infinity'",
            r"'\0\0\0\0\0\0\0'",
            "NULL",
        ] {
            assert_eq!(read(text, wiki_time), None, "{text}");
        }
    }

    #[test]
    fn nulls() {
        let read_null = |text| {
            read(text, |bytes, end| {
                null(bytes, end).map(|behind| ((), behind))
            })
        };
        assert_eq!(read_null("NULL"), Some(()));
        for text in ["null", "NULLS", "NUL", "'NULL'", "0", ""] {
            assert_eq!(read_null(text), None, "{text}");
        }
    }
}
