//! Values as they are written, and what they mean.

use std::borrow::Cow;

use crate::digits;
use crate::model::Timestamp;

/// A value of a row, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// `NULL`.
    Null,
    /// `DEFAULT`, which stands for what the database computes.
    Default,
    /// A bare number.
    Number(&'a [u8]),
    /// A bare number without sign or exponent, so short that it has been read.  At the end of the bytes it
    /// comes as [`Number`](Self::Number).
    Short(Short<'a>),
    /// Bytes in quotes.
    Quoted(Quoted<'a>),
    /// The digits of `0x…` or `x'…'`.
    Hex(&'a [u8]),
    /// The digits of `b'…'`.
    Bits(&'a [u8]),
}

/// Bytes in quotes, as they are written between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted<'a> {
    /// What stands between the quotes.
    pub raw: &'a [u8],
    /// Whether it stands for itself: no backslash, no doubled quote.
    pub is_plain: bool,
}

/// A number of at most 15 digits, with a point among them or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short<'a> {
    /// As it is written.
    digits: &'a [u8],
    /// The number without its point.
    whole: u64,
    /// How many digits stand behind the point.
    behind_point: Option<usize>,
}

/// What a value should be and is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit(pub &'static str);

impl<'a> Value<'a> {
    /// The bytes that it stands for, straight from the dump where it can be.
    pub fn bytes(self) -> Result<Cow<'a, [u8]>, Misfit> {
        match self {
            Self::Quoted(quoted) if quoted.is_plain => Ok(Cow::Borrowed(quoted.raw)),
            Self::Quoted(quoted) => {
                let mut bytes = Vec::with_capacity(quoted.raw.len());
                quoted.write_to(&mut bytes);
                Ok(Cow::Owned(bytes))
            }
            Self::Number(digits) | Self::Short(Short { digits, .. }) => Ok(Cow::Borrowed(digits)),
            Self::Hex(digits) => hex_bytes(digits).map(Cow::Owned),
            Self::Bits(_) | Self::Null | Self::Default => Err(Misfit("bytes")),
        }
    }

    /// A whole number.
    #[inline(always)]
    pub fn int(self) -> Result<i64, Misfit> {
        const EXPECTED: Misfit = Misfit("a whole number of 64 bits with a sign");
        match self {
            Self::Short(short) => short.int().ok_or(EXPECTED),
            Self::Number(digits) => int_of(digits).ok_or(EXPECTED),
            Self::Quoted(quoted) if quoted.is_plain => int_of(quoted.raw).ok_or(EXPECTED),
            _ => Err(EXPECTED),
        }
    }

    /// A floating-point number.
    #[inline(always)]
    pub fn float(self) -> Result<f64, Misfit> {
        const EXPECTED: Misfit = Misfit("a number");
        if let Self::Short(short) = self {
            return Ok(short.float());
        }
        let digits = self.digits().ok_or(EXPECTED)?;
        let number: f64 = digits.parse().map_err(|_| EXPECTED)?;
        number.is_finite().then_some(number).ok_or(EXPECTED)
    }

    /// A decimal number with so many digits behind the point, as a whole number of its last digit.
    pub fn decimal(self, precision: u8, scale: u8) -> Result<i128, Misfit> {
        const EXPECTED: Misfit = Misfit("a decimal number that fits its column");
        let digits = self.digits().ok_or(EXPECTED)?;
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let scale = usize::from(scale);
        if whole.len() + fraction.len() == 0 || fraction.len() > scale {
            return Err(EXPECTED);
        }
        let zeros = std::iter::repeat_n(b'0', scale - fraction.len());
        let all = whole.bytes().chain(fraction.bytes()).chain(zeros);
        let mut number = 0_i128;
        for digit in all {
            let digit = digit.is_ascii_digit().then(|| i128::from(digit - b'0'));
            number = digit
                .and_then(|digit| number.checked_mul(10)?.checked_add(digit))
                .ok_or(EXPECTED)?;
        }
        let fits = number < 10_i128.pow(u32::from(precision.min(38)));
        fits.then_some(sign * number).ok_or(EXPECTED)
    }

    /// A field of bits: `b'101'`, a number, or its bytes, the highest first.
    pub fn bits(self) -> Result<i64, Misfit> {
        const EXPECTED: Misfit = Misfit("a field of at most 63 bits");
        let fold = |digits: &[u8], radix: u32| {
            digits.iter().try_fold(0_i64, |number, digit| {
                let digit = char::from(*digit).to_digit(radix)?;
                number.checked_mul(radix.into())?.checked_add(digit.into())
            })
        };
        match self {
            Self::Number(_) | Self::Short(_) => self.int().ok(),
            Self::Bits(digits) => fold(digits, 2),
            Self::Hex(digits) => fold(digits, 16),
            Self::Quoted(_) => self.bytes()?.iter().try_fold(0_i64, |number, byte| {
                number.checked_mul(256)?.checked_add((*byte).into())
            }),
            Self::Null | Self::Default => None,
        }
        .ok_or(EXPECTED)
    }

    fn digits(self) -> Option<&'a str> {
        match self {
            Self::Number(digits)
            | Self::Short(Short { digits, .. })
            | Self::Quoted(Quoted {
                raw: digits,
                is_plain: true,
            }) => std::str::from_utf8(digits).ok(),
            _ => None,
        }
    }
}

impl<'a> Short<'a> {
    /// So many that the whole of them is exact as a floating-point number, being below 2^53.
    const MAX_DIGITS: usize = 15;

    /// The number that `bytes` begin with, if it is that short.  It may go on with a sign or an exponent.
    #[inline]
    pub(super) fn leading(bytes: &'a [u8]) -> Option<Self> {
        let (before, whole) = digits::leading(bytes)?;
        let rest = bytes.get(before..)?;
        let Some(rest) = rest.strip_prefix(b".") else {
            return Some(Self {
                digits: bytes.get(..before)?,
                whole,
                behind_point: None,
            });
        };
        let (behind, part) = digits::leading(rest)?;
        let is_short = before + behind <= Self::MAX_DIGITS;
        Some(Self {
            digits: bytes.get(..before + 1 + behind).filter(|_| is_short)?,
            whole: whole * 10_u64.pow(behind as u32) + part,
            behind_point: Some(behind),
        })
    }

    /// As it is written.
    #[inline]
    pub fn digits(self) -> &'a [u8] {
        self.digits
    }

    #[inline]
    fn int(self) -> Option<i64> {
        match self.behind_point {
            None => i64::try_from(self.whole).ok(),
            Some(_) => None,
        }
    }

    /// The number, rounded as it should be: both it and the power of ten that divides it are exact
    /// (Clinger, How to read floating point numbers accurately, 1990).
    #[inline]
    fn float(self) -> f64 {
        const TENS: [f64; Short::MAX_DIGITS + 1] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        ];
        let ten = self.behind_point.and_then(|behind| TENS.get(behind));
        self.whole as f64 / ten.unwrap_or(&1.0)
    }
}

impl Quoted<'_> {
    /// Writes the bytes that it stands for.
    pub fn write_to(self, out: &mut Vec<u8>) {
        let mut rest = self.raw;
        while let Some(at) = memchr::memchr2(b'\\', b'\'', rest) {
            let (plain, special) = rest.split_at(at);
            out.extend_from_slice(plain);
            // A quote stands here only doubled.
            let byte = special.get(1).copied().unwrap_or_default();
            out.push(match special.first() {
                Some(b'\\') => escaped_byte(byte),
                _ => b'\'',
            });
            rest = special.get(2..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
    }
}

/// What a backslash with a byte behind it stands for.
fn escaped_byte(byte: u8) -> u8 {
    match byte {
        b'0' => 0,
        b'b' => 0x08,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'Z' => 0x1a,
        other => other,
    }
}

/// A whole number in decimal digits, with a sign or without.
#[inline]
fn int_of(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        (b'+', digits) => (false, digits),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number = 0_i64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Counted downwards, for there is one more negative number.
        number = number.checked_mul(10)?.checked_sub(digit.into())?;
    }
    match is_negative {
        true => Some(number),
        false => number.checked_neg(),
    }
}

fn hex_bytes(digits: &[u8]) -> Result<Vec<u8>, Misfit> {
    let value = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?));
    match rest {
        [] => bytes.collect::<Option<_>>(),
        _ => None,
    }
    .ok_or(Misfit("bytes in pairs of hexadecimal digits"))
}

/// `YYYY-MM-DD hh:mm:ss` with a fraction or without: microseconds since 1970.
pub(super) fn microseconds_of(text: &[u8]) -> Option<i64> {
    let (whole, fraction) = match text.split_at_checked(19)? {
        (whole, []) => (whole, &[][..]),
        (whole, [b'.', fraction @ ..]) => (whole, fraction),
        _ => return None,
    };
    let seconds = Timestamp::parse_spaced(whole)?;
    let has_digits = fraction.len() <= 6 && fraction.iter().all(u8::is_ascii_digit);
    let zeros = std::iter::repeat(&b'0');
    let digits = fraction.iter().chain(zeros).take(6);
    let micros = digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    has_digits.then(|| seconds.microseconds() + micros)
}

impl Value<'_> {
    /// `YYYY-MM-DD hh:mm:ss`, with a fraction or without: microseconds since 1970.
    pub fn microseconds(text: &[u8]) -> Option<i64> {
        microseconds_of(text)
    }

    /// `YYYY-MM-DD`: days since 1970.
    pub fn days(text: &[u8]) -> Option<i32> {
        const SECONDS_A_DAY: i64 = 86_400;
        let text = std::str::from_utf8(text)
            .ok()
            .filter(|text| text.len() == 10)?;
        let time = Timestamp::parse_day_or_time(text)?;
        i32::try_from(time.seconds() / SECONDS_A_DAY).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(raw: &str) -> Value<'_> {
        Value::Quoted(Quoted {
            raw: raw.as_bytes(),
            is_plain: !raw.contains(['\\', '\'']),
        })
    }

    #[test]
    fn escapes() {
        for (raw, bytes) in [
            (r"L\'H\\x\0\n\r\Z\t\b\%\q", &b"L'H\\x\0\n\r\x1a\t\x08%q"[..]),
            ("it''s", b"it's"),
            ("", b""),
        ] {
            assert_eq!(quoted(raw).bytes().unwrap(), bytes, "{raw}");
        }
        assert_eq!(Value::Hex(b"4dFf").bytes().unwrap(), &b"M\xff"[..]);
        assert!(Value::Hex(b"4dF").bytes().is_err());
    }

    #[test]
    fn whole_numbers() {
        for (text, number) in [
            ("0", Some(0)),
            ("-12", Some(-12)),
            ("007", Some(7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("18446744073709551615", None),
            ("1.0", None),
            ("", None),
            ("-", None),
            ("1e3", None),
        ] {
            assert_eq!(Value::Number(text.as_bytes()).int().ok(), number, "{text}");
        }
    }

    #[test]
    fn short_numbers() {
        let read = |text: &str| {
            let padded = format!("{text}),(0,0,0,0,0,0,0");
            let short = Short::leading(padded.as_bytes())?;
            assert_eq!(short.digits(), text.as_bytes());
            let value = Value::Short(short);
            assert_eq!(value.bytes().unwrap(), text.as_bytes());
            Some((value.int().ok(), value.float().unwrap()))
        };
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
            let expected = (text.parse().ok(), text.parse().unwrap());
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-1",
            ".5",
            "1.",
            "1234567890123456",
            "0.3333333333333333",
            "12345678.12345678",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let (whole, behind) = (state >> 16 & 0x3ff, (state >> 40) as usize % 11 + 1);
            let part = (state >> 7) % 10_u64.pow(behind as u32);
            let text = format!("{whole}.{part:0behind$}");
            assert_eq!(read(&text), Some((None, text.parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn decimals_and_bits() {
        for (text, number) in [
            ("-12.50", Some(-12_500)),
            ("0.001", Some(1)),
            ("7", Some(7_000)),
            ("99.999", Some(99_999)),
            ("100", None),
            ("0.0001", None),
            (".", None),
            ("1e1", None),
        ] {
            let value = Value::Number(text.as_bytes());
            assert_eq!(value.decimal(5, 3).ok(), number, "{text}");
        }
        assert_eq!(Value::Bits(b"101").bits(), Ok(5));
        assert_eq!(quoted(r"\0").bits(), Ok(0));
        assert_eq!(Value::Hex(b"0A").bits(), Ok(10));
        assert!(Value::Hex(b"ffffffffffffffff").bits().is_err());
    }

    #[test]
    fn times() {
        let second = 979_564_500_000_000;
        for (text, micros) in [
            ("2001-01-15 13:15:00", Some(second)),
            ("2001-01-15 13:15:00.25", Some(second + 250_000)),
            ("2001-01-15 13:15:00.1234567", None),
            ("2001-01-15 13:15:00Z", None),
            ("2001-01-15", None),
        ] {
            assert_eq!(Value::microseconds(text.as_bytes()), micros, "{text}");
        }
        assert_eq!(Value::days(b"1970-01-02"), Some(1));
        assert_eq!(Value::days(b"1969-12-31"), Some(-1));
    }
}
