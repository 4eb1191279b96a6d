//! Texts that outlive the walk over what they stand in, without being copied.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::units::Utf16Room;
use super::{Spelling, Text};

/// Shorter texts are copied: holding on to what they stand in would cost more.
const SHARED_MIN_BYTES: usize = 256;

/// A text that shares the bytes in which it stands, and is decoded when somebody reads it.
///
/// While it shares them it holds all of them, a chunk of a dump as a rule.  Who keeps a text for
/// longer lets it [`settle`](Self::settle).
pub struct SharedText {
    spelt: Mutex<Spelt>,
    /// Whether there are references or carriage returns in it.
    is_coded: bool,
}

#[derive(Clone)]
struct Spelt {
    bytes: Bytes,
    is_shared: bool,
}

/// A text that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded<'t> {
    /// It is all ASCII and stands as it reads.
    Ascii(&'t str),
    /// All else.
    Utf16(&'t [u16]),
}

impl Text<'_> {
    /// The text for later; `source` is what it stands in, as a rule.
    pub fn shared(&self, source: &Bytes) -> SharedText {
        let is_coded = match self.spelling {
            Spelling::Plain => false,
            Spelling::Element => true,
            // Rare, and long to decode.
            Spelling::Mixed | Spelling::Attribute => {
                let bytes = self.to_cow().into_owned().into_bytes().into();
                return SharedText::new(bytes, false, false);
            }
        };
        let raw = self.raw.as_bytes();
        let part = Some(raw).filter(|raw| raw.len() >= SHARED_MIN_BYTES);
        match part.and_then(|raw| part_of(source, raw)) {
            Some(bytes) => SharedText::new(bytes, true, is_coded),
            None => SharedText::new(Bytes::copy_from_slice(raw), false, is_coded),
        }
    }
}

/// The bytes of `part`, if they stand in `source`.
fn part_of(source: &Bytes, part: &[u8]) -> Option<Bytes> {
    let begin = part.as_ptr().addr().checked_sub(source.as_ptr().addr())?;
    let end = begin.checked_add(part.len())?;
    (end <= source.len()).then(|| source.slice(begin..end))
}

impl SharedText {
    fn new(bytes: Bytes, is_shared: bool, is_coded: bool) -> Self {
        let spelt = Mutex::new(Spelt { bytes, is_shared });
        Self { spelt, is_coded }
    }

    fn spelt(&self) -> MutexGuard<'_, Spelt> {
        self.spelt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it holds more than itself.
    pub fn is_shared(&self) -> bool {
        self.spelt().is_shared
    }

    /// Copies what is shared, and lets go of it.
    pub fn settle(&self) {
        let mut spelt = self.spelt();
        if spelt.is_shared {
            *spelt = Spelt {
                bytes: Bytes::copy_from_slice(&spelt.bytes),
                is_shared: false,
            };
        }
    }

    /// Hands on the decoded text; `room` is used again from text to text.
    ///
    /// The bytes may be those of a file that has been changed since they were checked.  What is no
    /// UTF-8 any more reads as U+FFFD or as half of a pair of units.
    pub fn read<T>(&self, room: &mut Utf16Room, take: impl FnOnce(Decoded<'_>) -> T) -> T {
        let bytes = self.spelt().bytes.clone();
        let ascii = Some(&bytes[..]).filter(|bytes| !self.is_coded && bytes.is_ascii());
        if let Some(text) = ascii.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
            return take(Decoded::Ascii(text));
        }
        let taken = take(Decoded::Utf16(room.decode(&bytes, self.is_coded)));
        room.shrink();
        taken
    }
}

impl Clone for SharedText {
    fn clone(&self) -> Self {
        let spelt = Mutex::new(self.spelt().clone());
        let is_coded = self.is_coded;
        Self { spelt, is_coded }
    }
}

/// The decoded text.
impl fmt::Display for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.spelt().bytes.clone();
        let spelt: Cow<'_, str> = String::from_utf8_lossy(&bytes);
        Text::from_checked_element(&spelt, self.is_coded).write_to(f)
    }
}

impl fmt::Debug for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedText({:?})", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &SharedText) -> String {
        text.read(&mut Utf16Room::default(), |decoded| match decoded {
            Decoded::Ascii(text) => text.to_owned(),
            Decoded::Utf16(units) => String::from_utf16(units).unwrap(),
        })
    }

    #[test]
    fn texts_read_the_same_before_and_after_they_settle() {
        for spelt in [
            "plain ",
            "a &amp; b\r\n",
            "é and 山 ",
            "<!-- no --><![CDATA[a & b]]> ",
        ] {
            for times in [0, 1, 100] {
                let source = Bytes::from(format!("<text>{}</text>", spelt.repeat(times)));
                let raw = std::str::from_utf8(&source[6..source.len() - 7]).unwrap();
                let text = match raw.contains('<') {
                    true => Text::from_mixed_element(raw),
                    false => Text::from_element(raw),
                };
                let text = text.unwrap();
                let expected = text.to_cow();
                let shared = text.shared(&source);
                let is_long = times == 100 && !raw.contains('<');
                assert_eq!(shared.is_shared(), is_long, "{spelt}");
                assert_eq!(
                    (read(&shared), shared.to_string()),
                    (expected.to_string(), expected.to_string())
                );
                shared.settle();
                assert!(!shared.is_shared());
                assert_eq!(
                    (read(&shared), shared.to_string()),
                    (expected.to_string(), expected.to_string())
                );
            }
        }
    }

    #[test]
    fn what_settles_lets_go_of_its_source() {
        let source = Bytes::from("x".repeat(1000));
        let text = Text::plain(std::str::from_utf8(&source[10..900]).unwrap()).shared(&source);
        assert!(!source.is_unique());
        text.settle();
        assert!(source.is_unique());
        assert_eq!(text.to_string().len(), 890);
    }

    #[test]
    fn texts_from_elsewhere_are_copied() {
        let source = Bytes::from("x".repeat(1000));
        let elsewhere = "y".repeat(1000);
        let text = Text::plain(&elsewhere).shared(&source);
        assert!(!text.is_shared() && text.to_string() == elsewhere);
    }
}
