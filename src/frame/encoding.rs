//! UTF-16 to UTF-8.  Dumps are UTF-8; people re-save them.

use bytes::Bytes;

use crate::error::{Error, Result};

/// Turns decoded bytes into UTF-8 if a byte order mark says that they are UTF-16.
///
/// All else passes unchanged, a UTF-8 byte order mark included.
#[derive(Debug, Default)]
pub struct Transcoder {
    state: State,
    /// Bytes of an incomplete mark, code unit or surrogate pair.
    carried: Vec<u8>,
    /// Bytes of UTF-8 given out.
    given_bytes: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Undecided,
    Utf8,
    Utf16(Order),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// Whether bytes begin as one of the marks of UTF-16 does.
fn may_be_mark(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0xfe | 0xff))
}

impl Transcoder {
    /// For bytes that are UTF-8, wherever they stand in their document.
    pub fn of_utf8() -> Self {
        Self {
            state: State::Utf8,
            ..Self::default()
        }
    }

    /// The next bytes as UTF-8.
    pub fn push(&mut self, bytes: Bytes) -> Result<Bytes> {
        match self.state {
            State::Utf8 => Ok(bytes),
            State::Utf16(order) => self.transcode(&bytes, order),
            // The common case: no mark, and nothing need be copied.
            State::Undecided if self.carried.is_empty() && !may_be_mark(&bytes) => {
                if !bytes.is_empty() {
                    self.state = State::Utf8;
                }
                Ok(bytes)
            }
            State::Undecided => {
                self.carried.extend_from_slice(&bytes);
                self.state = match &self.carried[..] {
                    [] | [0xff | 0xfe] => return Ok(Bytes::new()),
                    [0xff, 0xfe, ..] => State::Utf16(Order::Little),
                    [0xfe, 0xff, ..] => State::Utf16(Order::Big),
                    _ => State::Utf8,
                };
                let carried = std::mem::take(&mut self.carried);
                match self.state {
                    State::Utf16(order) => self.transcode(&carried[2..], order),
                    _ => Ok(carried.into()),
                }
            }
        }
    }

    /// Whether what was pushed last was other than UTF-8.
    pub fn is_needed(&self) -> bool {
        matches!(self.state, State::Utf16(_))
    }

    /// The end of the document: nothing may be left over.
    pub fn finish(&mut self) -> Result<()> {
        if matches!(self.state, State::Utf16(_)) && !self.carried.is_empty() {
            return Err(self.damage("the UTF-16 text ends inside a character"));
        }
        Ok(())
    }

    fn transcode(&mut self, bytes: &[u8], order: Order) -> Result<Bytes> {
        self.carried.extend_from_slice(bytes);
        let whole = self.carried.len() / 2 * 2;
        let mut units: Vec<u16> = self.carried[..whole]
            .chunks_exact(2)
            .map(|unit| match order {
                Order::Little => u16::from_le_bytes([unit[0], unit[1]]),
                Order::Big => u16::from_be_bytes([unit[0], unit[1]]),
            })
            .collect();
        let mut taken = whole;
        // The second half of a surrogate pair may be still to come.
        if units
            .last()
            .is_some_and(|unit| (0xd800..0xdc00).contains(unit))
        {
            units.pop();
            taken -= 2;
        }
        let mut out = String::with_capacity(units.len() * 3 / 2);
        for character in char::decode_utf16(units) {
            let character = character
                .map_err(|_| self.damage("the UTF-16 text holds half of a surrogate pair"))?;
            out.push(character);
        }
        self.carried.drain(..taken);
        self.given_bytes += out.len() as u64;
        Ok(out.into())
    }

    fn damage(&self, message: &str) -> Error {
        Error::damaged(message).at_xml_byte(self.given_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(bytes: &[u8], piece: usize) -> Result<Vec<u8>> {
        let mut transcoder = Transcoder::default();
        let mut out = Vec::new();
        for piece in bytes.chunks(piece) {
            out.extend_from_slice(&transcoder.push(Bytes::copy_from_slice(piece))?);
        }
        transcoder.finish()?;
        Ok(out)
    }

    #[test]
    fn both_byte_orders_in_any_pieces() {
        let text = "<mediawiki>é東😀</mediawiki>";
        let little: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for piece in 1..little.len() + 1 {
            assert_eq!(in_pieces(&little, piece).unwrap(), text.as_bytes());
            assert_eq!(in_pieces(&big, piece).unwrap(), text.as_bytes());
            assert_eq!(in_pieces(text.as_bytes(), piece).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn broken_utf16_is_damage() {
        assert!(in_pieces(&[0xff, 0xfe, 0x3c], 9).is_err());
        assert!(in_pieces(&[0xff, 0xfe, 0x00, 0xd8, 0x3c, 0x00], 9).is_err());
        assert!(in_pieces(&[0xff, 0xfe, 0x00, 0xd8], 9).is_err());
    }
}
