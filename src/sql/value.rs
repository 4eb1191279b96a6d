//! Values as they are written, and what they mean.

use std::borrow::Cow;

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
            Self::Number(digits) => Ok(Cow::Borrowed(digits)),
            Self::Hex(digits) => hex_bytes(digits).map(Cow::Owned),
            Self::Bits(_) | Self::Null | Self::Default => Err(Misfit("bytes")),
        }
    }

    /// A whole number.
    pub fn int(self) -> Result<i64, Misfit> {
        const EXPECTED: Misfit = Misfit("a whole number of 64 bits with a sign");
        match self {
            Self::Number(digits) => int_of(digits).ok_or(EXPECTED),
            Self::Quoted(quoted) if quoted.is_plain => int_of(quoted.raw).ok_or(EXPECTED),
            _ => Err(EXPECTED),
        }
    }

    /// A floating-point number.
    pub fn float(self) -> Result<f64, Misfit> {
        const EXPECTED: Misfit = Misfit("a number");
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
            Self::Number(_) => self.int().ok(),
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
            | Self::Quoted(Quoted {
                raw: digits,
                is_plain: true,
            }) => std::str::from_utf8(digits).ok(),
            _ => None,
        }
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
