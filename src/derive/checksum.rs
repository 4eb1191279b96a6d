//! The checksum by which revisions are told to be equal.

mod batch;
mod lanes;

use sha1::{Digest, Sha1 as Hasher};

pub use batch::TextBatch;

use crate::model::{Revision, Text};

/// A SHA-1: 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha1(pub [u8; 20]);

/// Digits of a checksum as MediaWiki writes it.
const DIGITS: usize = 31;

impl Sha1 {
    /// The checksum of a revision: the one that stands in the dump or, where there is none, as in
    /// schemas before 0.6, that of the only slot's text.  `None` where neither is known: the
    /// revision's content is hidden, lost or in no dump of stubs.
    pub fn of_revision(revision: &Revision<'_>) -> Option<Self> {
        let declared = revision.sha1.filter(|sha1| !sha1.is_empty());
        if let Some(sha1) = declared.and_then(|sha1| Self::from_base36(sha1.to_cow().as_bytes())) {
            return Some(sha1);
        }
        let main = revision.main.as_ref()?;
        match revision.other_slots.is_empty() {
            true => main.dump_text().map(Self::of_text),
            false => None,
        }
    }

    /// Reads 31 digits of base 36; `None` for anything else.
    pub fn from_base36(digits: &[u8]) -> Option<Self> {
        let digits: &[u8; DIGITS] = digits.try_into().ok()?;
        // Twelve digits fit into 64 bits, and 160 bits into three words.
        let mut words = [0_u64; 3];
        for group in digits.chunks(12) {
            let (mut value, mut scale) = (0_u64, 1_u64);
            for digit in group {
                let digit = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'z' => digit - b'a' + 10,
                    _ => return None,
                };
                value = value * 36 + u64::from(digit);
                scale *= 36;
            }
            let mut carry = value;
            for word in &mut words {
                let product = u128::from(*word) * u128::from(scale) + u128::from(carry);
                *word = product as u64;
                carry = (product >> 64) as u64;
            }
        }
        let [low, middle, high] = words;
        let high = u32::try_from(high).ok()?;
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&high.to_be_bytes());
        bytes[4..12].copy_from_slice(&middle.to_be_bytes());
        bytes[12..].copy_from_slice(&low.to_be_bytes());
        Some(Self(bytes))
    }

    /// The 31 digits of base 36 that MediaWiki writes for it.
    pub fn to_base36(self) -> String {
        let mut words = [0_u32; 5];
        for (word, bytes) in words.iter_mut().zip(self.0.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        let mut digits = [b'0'; DIGITS];
        for place in digits.iter_mut().rev() {
            let mut rest = 0_u64;
            for word in &mut words {
                let value = rest << 32 | u64::from(*word);
                *word = (value / 36) as u32;
                rest = value % 36;
            }
            *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[rest as usize];
        }
        digits.iter().copied().map(char::from).collect()
    }

    /// The checksum of a revision of several slots, from those of its slots in the order of their
    /// roles' bytes, as MediaWiki combines them; of one slot it is that slot's own.
    pub fn of_slots(slots: impl IntoIterator<Item = Self>) -> Option<Self> {
        slots.into_iter().reduce(|all, slot| {
            let mut hasher = Hasher::new();
            hasher.update(all.to_base36());
            hasher.update(slot.to_base36());
            Self(hasher.finalize().into())
        })
    }

    /// The words that are left behind the last block.
    fn of_state(state: lanes::State) -> Self {
        let mut bytes = [0; 20];
        for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(state) {
            *bytes = word.to_be_bytes();
        }
        Self(bytes)
    }

    /// The checksum of a text, decoded.  Of many texts [`TextBatch`] makes them sooner.
    pub fn of_text(text: Text<'_>) -> Self {
        let mut hasher = Hasher::new();
        text.for_each_piece(|piece| hasher.update(piece.as_bytes()));
        Self(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Slot;

    /// Of the empty text, as MediaWiki writes it.
    const EMPTY: &[u8] = b"phoiac9h4m842xq45sp7s6u21eteeq1";

    #[test]
    fn base_36_and_bytes_are_the_same_number() {
        assert_eq!(
            Sha1::from_base36(EMPTY),
            Some(Sha1::of_text(Text::plain("")))
        );
        assert_eq!(
            Sha1::from_base36(b"jt72fo5t4yobf0qugwuczbwj07max7h"),
            Some(Sha1::of_text(Text::plain("abc")))
        );
        let zeros = [b'0'; 31];
        assert_eq!(Sha1::from_base36(&zeros), Some(Sha1([0; 20])));
        // 2^160 - 1 and 2^160.
        let largest = Sha1::from_base36(b"twj4yidkw7a8pn4g709kzmfoaol3x8f");
        assert_eq!(largest, Some(Sha1([0xff; 20])));
        assert_eq!(Sha1::from_base36(b"twj4yidkw7a8pn4g709kzmfoaol3x8g"), None);
    }

    #[test]
    fn digits_there_and_back() {
        for digits in [
            "phoiac9h4m842xq45sp7s6u21eteeq1",
            "00mmwx4pzph8ahzp90ksgtu43zcpkik",
            "0000000000000000000000000000000",
            "twj4yidkw7a8pn4g709kzmfoaol3x8f",
        ] {
            let sha1 = Sha1::from_base36(digits.as_bytes()).unwrap();
            assert_eq!(sha1.to_base36(), digits);
        }
    }

    #[test]
    fn slots_together() {
        let of = |text| Sha1::of_text(Text::plain(text));
        assert_eq!(Sha1::of_slots([]), None);
        assert_eq!(Sha1::of_slots([of("a")]), Some(of("a")));
        let both = Sha1::of_slots([of("a"), of("b")]).unwrap();
        assert_eq!(both.to_base36(), "lbyb9n2ytuy1ytcbypl71ng1o030drj");
    }

    #[test]
    fn what_is_no_checksum() {
        for digits in [
            &EMPTY[1..],
            b"PHOIAC9H4M842XQ45SP7S6U21ETEEQ1",
            b"phoiac9h4m842xq45sp7s6u21eteeq-",
            b"da39a3ee5e6b4b0d3255bfef95601890afd80709",
            b"",
        ] {
            assert_eq!(Sha1::from_base36(digits), None);
        }
    }

    fn of(sha1: Option<&'static str>, slot: Slot<'static>) -> Option<Sha1> {
        Sha1::of_revision(&Revision {
            sha1: sha1.map(Text::plain),
            main: Some(slot),
            ..Revision::default()
        })
    }

    #[test]
    fn the_checksum_of_a_revision_is_declared_or_that_of_its_text() {
        let text = Slot {
            text: Some(Text::plain("abc")),
            ..Slot::default()
        };
        let abc = Sha1::of_text(Text::plain("abc"));
        assert_eq!(of(None, text), Some(abc));
        assert_eq!(of(Some(""), text), Some(abc));
        assert_eq!(
            of(Some("phoiac9h4m842xq45sp7s6u21eteeq1"), text),
            Sha1::from_base36(EMPTY),
            "what the dump says counts"
        );
        let hidden = Slot {
            is_hidden: true,
            ..text
        };
        assert_eq!(of(Some(""), hidden), None);
        let stub = Slot {
            text_id: Some(Text::plain("7")),
            ..Slot::default()
        };
        assert_eq!(of(None, stub), None);
        assert_eq!(of(None, Slot::default()), Sha1::from_base36(EMPTY));
    }

    #[test]
    fn the_text_of_one_slot_does_not_stand_for_several() {
        let slot = Slot {
            text: Some(Text::plain("abc")),
            ..Slot::default()
        };
        let revision = Revision {
            main: Some(slot),
            other_slots: vec![slot],
            ..Revision::default()
        };
        assert_eq!(Sha1::of_revision(&revision), None);
    }
}
