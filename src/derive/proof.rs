//! Whether a text is the one whose checksum the dump declares.
//!
//! The checksum is of the text as the wiki has stored it; a dump shows it with carriage returns left
//! out, in normal form C, and with U+FFFD for what XML cannot hold.  So a text can differ from its
//! checksum though nothing is damaged, and the likely cause is told.

use std::borrow::Cow;

use super::Sha1;
use crate::model::{Revision, Slot, Text};

/// What comes of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is the text.
    Same,
    /// It is not, or not as the wiki has it.
    Differs(Cause),
    /// The dump has no text: hidden, lost by the wiki, or a stub.
    NoText,
    /// The dump declares no checksum.
    NoChecksum,
}

/// Why a text can differ from its checksum; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// With carriage returns put back in front of all line ends it is the text.
    CarriageReturns,
    /// There are U+FFFD in it, which stand for what could not be written.
    ReplacedCharacters,
    /// Its content model writes it otherwise than it stores it.
    ContentModel,
    /// Its length is not the declared one: it was normalised, or something is wrong.
    OtherLength,
    /// None of these: something is wrong.
    Unexplained,
}

impl Cause {
    /// All, in order.
    pub const ALL: [Self; 5] = [
        Self::CarriageReturns,
        Self::ReplacedCharacters,
        Self::ContentModel,
        Self::OtherLength,
        Self::Unexplained,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::CarriageReturns => "carriage_returns",
            Self::ReplacedCharacters => "replaced_characters",
            Self::ContentModel => "content_model",
            Self::OtherLength => "other_length",
            Self::Unexplained => "unexplained",
        }
    }
}

/// Content models that are stored as they are written.
const TEXT_MODELS: [&str; 7] = [
    "wikitext",
    "javascript",
    "css",
    "sanitized-css",
    "text",
    "json",
    "Scribunto",
];

/// What a dump says of a text that it has.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// The checksum; `None` if what it declares is none.
    sha1: Option<Sha1>,
    /// Whether the content model writes texts as it stores them.
    is_as_stored: bool,
    declared_bytes: Option<i64>,
}

impl Claim {
    /// What is said of a slot's text, for which this checksum is declared, and the text itself; or what
    /// comes of it where there is nothing to compare.
    pub fn of<'a>(slot: &Slot<'a>, declared: Option<Text<'_>>) -> Result<(Self, Text<'a>), Proof> {
        let text = slot.visible_text().ok_or(Proof::NoText)?;
        let declared = declared.ok_or(Proof::NoChecksum)?;
        let is_as_stored = slot
            .model
            .is_none_or(|model| TEXT_MODELS.contains(&&*model.to_cow()));
        let claim = Self {
            sha1: Sha1::from_base36(declared.to_cow().as_bytes()),
            is_as_stored,
            declared_bytes: slot.known_declared_bytes(),
        };
        Ok((claim, text))
    }

    /// Compares it with the text's checksum.  The text is asked for only where that differs.
    pub fn judge<'t>(&self, sha1: Sha1, text: impl FnOnce() -> Cow<'t, str>) -> Proof {
        match self.sha1 == Some(sha1) {
            true => Proof::Same,
            false => Proof::Differs(self.cause(&text())),
        }
    }

    #[cold]
    fn cause(&self, text: &str) -> Cause {
        if text.contains('\n') {
            let with_returns = text.replace('\n', "\r\n");
            if self.sha1 == Some(Sha1::of_text(Text::plain(&with_returns))) {
                return Cause::CarriageReturns;
            }
        }
        if text.contains('\u{fffd}') {
            return Cause::ReplacedCharacters;
        }
        if !self.is_as_stored {
            return Cause::ContentModel;
        }
        match self.declared_bytes {
            Some(bytes) if bytes != text.len() as i64 => Cause::OtherLength,
            _ => Cause::Unexplained,
        }
    }
}

/// Compares a revision's checksum with those of its slots, of which there are several: as declared, or
/// else made from their texts.
pub fn prove_revision(revision: &Revision<'_>) -> Proof {
    let Some(declared) = revision.sha1.filter(|sha1| !sha1.is_empty()) else {
        return Proof::NoChecksum;
    };
    let mut slots: Vec<_> = revision.slots().collect();
    slots.sort_by_key(|slot| slot.role().to_string());
    let checksums: Option<Vec<_>> = slots.into_iter().map(checksum_of).collect();
    match checksums.and_then(Sha1::of_slots) {
        None => Proof::NoText,
        Some(sha1) if sha1.to_base36() == *declared.to_cow() => Proof::Same,
        Some(_) => Proof::Differs(Cause::Unexplained),
    }
}

fn checksum_of(slot: &Slot<'_>) -> Option<Sha1> {
    match slot.known_sha1() {
        Some(declared) => Sha1::from_base36(declared.to_cow().as_bytes()),
        None => slot.visible_text().map(Sha1::of_text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha1(text: &str) -> String {
        Sha1::of_text(Text::plain(text)).to_base36()
    }

    fn prove_text(slot: &Slot<'_>, declared: Option<Text<'_>>) -> Proof {
        match Claim::of(slot, declared) {
            Ok((claim, text)) => claim.judge(Sha1::of_text(text), || text.to_cow()),
            Err(proof) => proof,
        }
    }

    fn proof(text: &str, stored: &str, model: &'static str, bytes: i64) -> Proof {
        let slot = Slot {
            text: Some(Text::plain(text)),
            model: Some(Text::plain(model)),
            declared_bytes: Some(bytes),
            ..Slot::default()
        };
        prove_text(&slot, Some(Text::plain(&sha1(stored))))
    }

    #[test]
    fn texts_and_causes() {
        use Cause::*;
        use Proof::*;
        assert_eq!(proof("a\nb", "a\nb", "wikitext", 3), Same);
        assert_eq!(
            proof("a\nb", "a\r\nb", "wikitext", 4),
            Differs(CarriageReturns)
        );
        assert_eq!(
            proof("a\u{fffd}", "a\u{1}", "wikitext", 2),
            Differs(ReplacedCharacters)
        );
        assert_eq!(proof("{}", "[]", "wikibase-item", 9), Differs(ContentModel));
        assert_eq!(proof("é", "e\u{301}", "wikitext", 3), Differs(OtherLength));
        assert_eq!(proof("ab", "ac", "wikitext", 2), Differs(Unexplained));
        assert_eq!(prove_text(&Slot::default(), None), NoChecksum);
        let hidden = Slot {
            is_hidden: true,
            ..Slot::default()
        };
        assert_eq!(prove_text(&hidden, Some(Text::plain(&sha1("")))), NoText);
        let broken = prove_text(&Slot::default(), Some(Text::plain("no checksum")));
        assert_eq!(broken, Differs(Unexplained));
    }

    #[test]
    fn revisions_of_several_slots() {
        let main = Slot {
            text: Some(Text::plain("a")),
            ..Slot::default()
        };
        let mediainfo = Slot {
            role: Some(Text::plain("mediainfo")),
            text: Some(Text::plain("b")),
            ..Slot::default()
        };
        let of = |declared: &'static str, other| {
            prove_revision(&Revision {
                sha1: Some(Text::plain(declared)),
                main: Some(main),
                other_slots: vec![other],
                ..Revision::default()
            })
        };
        let combined = "lbyb9n2ytuy1ytcbypl71ng1o030drj";
        assert_eq!(of(combined, mediainfo), Proof::Same);
        assert_eq!(
            of("phoiac9h4m842xq45sp7s6u21eteeq1", mediainfo),
            Proof::Differs(Cause::Unexplained)
        );
        assert_eq!(of("", mediainfo), Proof::NoChecksum);
        let hidden = Slot {
            is_hidden: true,
            ..mediainfo
        };
        assert_eq!(of(combined, hidden), Proof::NoText);
    }
}
