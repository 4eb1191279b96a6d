//! Texts that outlive the walk over what they stand in, without being copied.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::ahead::{TextDecoder, TextInChunk};
use super::units::{Units, Utf16Room};
use super::{Spelling, Text};

/// Shorter texts are copied: holding on to what they stand in would cost more.
const SHARED_MIN_BYTES: usize = 256;

/// A text that shares the bytes in which it stands and is decoded when somebody reads it; or that was
/// decoded before, with others.
///
/// While it shares them it holds all of them, a chunk of a dump as a rule.  Who keeps a text for
/// longer lets it [`settle`](Self::settle).
pub struct SharedText(Mutex<Held>);

#[derive(Clone)]
enum Held {
    /// As it is spelt.
    Spelt {
        bytes: Bytes,
        is_shared: bool,
        /// Whether there are references or carriage returns in it.
        is_coded: bool,
    },
    /// Decoded, among others.
    Decoded(TextInChunk),
}

/// A text that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded<'t> {
    /// It is all ASCII and stands as it reads.
    Ascii(&'t str),
    /// All else.
    Utf16(Units<'t>),
}

impl Text<'_> {
    /// The text for later; `source` is what it stands in, as a rule.  `ahead` decodes it now, if it is long.
    pub fn shared(&self, source: &Bytes, ahead: Option<&mut TextDecoder>) -> SharedText {
        let is_coded = match self.spelling {
            Spelling::Plain => false,
            Spelling::Element => true,
            // Rare, and long to decode.
            Spelling::Mixed | Spelling::Attribute => {
                return SharedText::decoded(self.to_cow().into_owned());
            }
        };
        let raw = self.raw.as_bytes();
        let is_long = raw.len() >= SHARED_MIN_BYTES;
        if let Some(ahead) = ahead.filter(|_| is_long) {
            let text = ahead.decode(raw, is_coded);
            return SharedText(Mutex::new(Held::Decoded(text)));
        }
        let part = Some(raw).filter(|_| is_long);
        let part = part.and_then(|raw| part_of(source, raw));
        SharedText(Mutex::new(Held::Spelt {
            is_shared: part.is_some(),
            bytes: part.unwrap_or_else(|| Bytes::copy_from_slice(raw)),
            is_coded,
        }))
    }
}

/// The bytes of `part`, if they stand in `source`.
fn part_of(source: &Bytes, part: &[u8]) -> Option<Bytes> {
    let begin = part.as_ptr().addr().checked_sub(source.as_ptr().addr())?;
    let end = begin.checked_add(part.len())?;
    (end <= source.len()).then(|| source.slice(begin..end))
}

impl SharedText {
    fn decoded(text: String) -> Self {
        Self(Mutex::new(Held::settled(text.into(), false)))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it holds more than itself.
    pub fn is_shared(&self) -> bool {
        match &*self.held() {
            Held::Spelt { is_shared, .. } => *is_shared,
            Held::Decoded(..) => true,
        }
    }

    /// Copies what is shared, and lets go of it.
    pub fn settle(&self) {
        let mut held = self.held();
        let settled = match &*held {
            Held::Spelt {
                is_shared: false, ..
            } => return,
            Held::Spelt {
                bytes, is_coded, ..
            } => Held::settled(Bytes::copy_from_slice(bytes), *is_coded),
            Held::Decoded(text) => {
                let text = String::from_utf16_lossy(text.units().all);
                Held::settled(text.into_boxed_str().into_boxed_bytes().into(), false)
            }
        };
        *held = settled;
    }

    /// Hands on the decoded text; `room` is used again from text to text.
    ///
    /// The bytes may be those of a file that has been changed since they were checked.  What is no
    /// UTF-8 any more reads as U+FFFD or as half of a pair of units.
    pub fn read<T>(&self, room: &mut Utf16Room, take: impl FnOnce(Decoded<'_>) -> T) -> T {
        // Nothing is locked while somebody else's code runs.
        let held = self.held().clone();
        let (bytes, is_coded) = match &held {
            Held::Decoded(text) => return take(Decoded::Utf16(text.units())),
            Held::Spelt {
                bytes, is_coded, ..
            } => (bytes, *is_coded),
        };
        let ascii = Some(&bytes[..]).filter(|bytes| !is_coded && bytes.is_ascii());
        if let Some(text) = ascii.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
            return take(Decoded::Ascii(text));
        }
        let taken = take(Decoded::Utf16(room.decode(bytes, is_coded)));
        room.shrink();
        taken
    }
}

impl Held {
    fn settled(bytes: Bytes, is_coded: bool) -> Self {
        Self::Spelt {
            bytes,
            is_shared: false,
            is_coded,
        }
    }
}

impl Clone for SharedText {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.held().clone()))
    }
}

/// The decoded text.
impl fmt::Display for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.read(&mut Utf16Room::default(), |decoded| match decoded {
            Decoded::Ascii(text) => text.to_owned(),
            Decoded::Utf16(units) => String::from_utf16_lossy(units.all),
        });
        f.write_str(&text)
    }
}

impl fmt::Debug for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedText({:?})", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::ahead::UnitsPool;
    use super::*;

    fn read(text: &SharedText) -> String {
        text.read(&mut Utf16Room::default(), |decoded| match decoded {
            Decoded::Ascii(text) => text.to_owned(),
            Decoded::Utf16(units) => String::from_utf16(units.all).unwrap(),
        })
    }

    #[test]
    fn texts_read_the_same_before_and_after_they_settle() {
        let pool = Arc::new(UnitsPool::default());
        for spelt in [
            "plain ",
            "a &amp; b\r\n",
            "é and 山 😀 ",
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
                let is_long = times == 100 && !raw.contains('<');
                let mut ahead = TextDecoder::new(&pool, 10);
                let others = [
                    text.shared(&source, Some(&mut ahead)),
                    text.shared(&source, Some(&mut ahead)),
                    text.shared(&source, None),
                ];
                drop(ahead);
                for shared in others {
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
    }

    #[test]
    fn what_settles_lets_go_of_its_source() {
        let source = Bytes::from("x".repeat(1000));
        let raw = std::str::from_utf8(&source[10..900]).unwrap();
        let text = Text::plain(raw).shared(&source, None);
        assert!(!source.is_unique());
        text.settle();
        assert!(source.is_unique());
        assert_eq!(text.to_string().len(), 890);
    }

    #[test]
    fn texts_from_elsewhere_are_copied() {
        let source = Bytes::from("x".repeat(1000));
        let elsewhere = "y".repeat(1000);
        let text = Text::plain(&elsewhere).shared(&source, None);
        assert!(!text.is_shared() && text.to_string() == elsewhere);
    }
}
