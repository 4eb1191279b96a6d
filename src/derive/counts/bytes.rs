//! Values as bytes that compare as the values do.
//!
//! Each value says itself where it ends, so that a string of them compares value by value: numbers
//! have their highest byte first and their sign flipped, texts end with a zero, which XML cannot
//! hold.  What is absent comes last.

use crate::model::Text;

const PRESENT: u8 = 1;
const ABSENT: u8 = 0xff;

pub(super) fn put_number(out: &mut Vec<u8>, number: i64) {
    out.extend((number as u64 ^ 1 << 63).to_be_bytes());
}

pub(super) fn put_text(out: &mut Vec<u8>, text: Text<'_>) {
    text.for_each_piece(|piece| match memchr::memchr(0, piece.as_bytes()) {
        None => out.extend_from_slice(piece.as_bytes()),
        Some(_) => out.extend(piece.bytes().filter(|byte| *byte != 0)),
    });
    out.push(0);
}

pub(super) fn put_optional_number(out: &mut Vec<u8>, number: Option<i64>) {
    out.push(if number.is_some() { PRESENT } else { ABSENT });
    if let Some(number) = number {
        put_number(out, number);
    }
}

pub(super) fn put_optional_text(out: &mut Vec<u8>, text: Option<Text<'_>>) {
    out.push(if text.is_some() { PRESENT } else { ABSENT });
    if let Some(text) = text {
        put_text(out, text);
    }
}

/// A number in groups of seven bits, the lowest first; small ones are short.
pub(super) fn put_short(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The same of a number that can be below zero.
pub(super) fn put_short_signed(out: &mut Vec<u8>, number: i64) {
    put_short(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// Reads what the functions above wrote; `None` for anything else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<i64> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some((u64::from_be_bytes(*first) ^ 1 << 63) as i64)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        let end = memchr::memchr(0, self.0)?;
        let text = std::str::from_utf8(self.0.get(..end)?).ok()?;
        self.0 = self.0.get(end + 1..)?;
        Some(text)
    }

    pub(super) fn optional_number(&mut self) -> Option<Option<i64>> {
        match self.byte()? {
            ABSENT => Some(None),
            _ => self.number().map(Some),
        }
    }

    pub(super) fn optional_text(&mut self) -> Option<Option<&'b str>> {
        match self.byte()? {
            ABSENT => Some(None),
            _ => self.text().map(Some),
        }
    }

    pub(super) fn short(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn short_signed(&mut self) -> Option<i64> {
        let number = self.short()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let numbers = [i64::MIN, -1, 0, 1, 127, 128, 300, i64::MAX];
        for number in numbers {
            let mut out = Vec::new();
            put_short_signed(&mut out, number);
            put_number(&mut out, number);
            put_optional_number(&mut out, Some(number));
            put_optional_number(&mut out, None);
            put_text(&mut out, Text::plain("é"));
            put_optional_text(&mut out, None);
            put_optional_text(&mut out, Some(Text::plain("")));
            put_short(&mut out, number as u64);
            let mut reader = Reader(&out);
            assert_eq!(reader.short_signed(), Some(number));
            assert_eq!(reader.number(), Some(number));
            assert_eq!(reader.optional_number(), Some(Some(number)));
            assert_eq!(reader.optional_number(), Some(None));
            assert_eq!(reader.text(), Some("é"));
            assert_eq!(reader.optional_text(), Some(None));
            assert_eq!(reader.optional_text(), Some(Some("")));
            assert_eq!(reader.short(), Some(number as u64));
            assert_eq!(reader.byte(), None);
        }
    }

    #[test]
    fn bytes_compare_as_values_and_the_absent_comes_last() {
        let bytes = |number| {
            let mut out = Vec::new();
            put_optional_number(&mut out, number);
            out
        };
        let values = [
            Some(i64::MIN),
            Some(-5),
            Some(0),
            Some(7),
            Some(i64::MAX),
            None,
        ];
        assert!(values.map(bytes).is_sorted());
        let bytes = |text: &'static str| {
            let mut out = Vec::new();
            put_text(&mut out, Text::plain(text));
            out
        };
        assert!(["", "a", "ab", "b", "é"].map(bytes).is_sorted());
    }
}
