//! The content of a revision, of which there can be several parts with different roles.

use super::Text;

/// One slot of a revision.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slot<'a> {
    /// Its role; `None` stands for `main`, which the dump does not name.
    pub role: Option<Text<'a>>,
    /// Id of the revision that brought this content.
    pub origin_revision_id: Option<i64>,
    /// Content model, such as `wikitext`.
    pub model: Option<Text<'a>>,
    /// Serialisation format, such as `text/x-wiki`.
    pub format: Option<Text<'a>>,
    /// Whether it is hidden by revision deletion.
    pub is_hidden: bool,
    /// The text found in the dump, which is empty in all states but one.
    pub text: Option<Text<'a>>,
    /// The text as the dump has it, where `text` was changed since: for checksums and sizes.
    pub unchanged_text: Option<Text<'a>>,
    /// Size as declared, in bytes as the content model counts them.
    pub declared_bytes: Option<i64>,
    /// Checksum as declared: SHA-1 in base 36; empty where the writer could not tell.
    pub declared_sha1: Option<Text<'a>>,
    /// Id of the stored text; hexadecimal for some stores.
    pub text_id: Option<Text<'a>>,
    /// Address of the stored text.
    pub location: Option<Text<'a>>,
}

/// Why a slot's text is, or is not, in the dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentState {
    /// The text is there.
    Present,
    /// The text is there and empty.
    Empty,
    /// Hidden by revision deletion.
    Hidden,
    /// The wiki has lost it.
    Missing,
    /// The dump holds no texts, only where they are stored.
    Stub,
}

impl ContentState {
    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Empty => "empty",
            Self::Hidden => "hidden",
            Self::Missing => "missing",
            Self::Stub => "stub",
        }
    }
}

impl<'a> Slot<'a> {
    /// The role, spelt out.
    pub fn role(&self) -> Text<'a> {
        self.role.unwrap_or(Text::plain("main"))
    }

    /// Tells the state from attributes and text: the dump has no word for it.
    pub fn state(&self) -> ContentState {
        if self.is_hidden {
            return ContentState::Hidden;
        }
        if self.text.is_some_and(|text| !text.is_empty()) {
            return ContentState::Present;
        }
        if self
            .location
            .is_some_and(|location| location.to_cow().starts_with("bad:"))
        {
            return ContentState::Missing;
        }
        if self.location.is_some() || self.text_id.is_some() {
            return ContentState::Stub;
        }
        match self.declared_bytes {
            Some(1..) => ContentState::Missing,
            Some(0) if self.is_unreadable() => ContentState::Missing,
            _ => ContentState::Empty,
        }
    }

    /// Size as declared; `None` also where the writer wrote a number that means "unknown".
    pub fn known_declared_bytes(&self) -> Option<i64> {
        self.declared_bytes
            .filter(|bytes| *bytes >= 0 && !self.is_unreadable())
    }

    /// The text, where it is there.
    pub fn visible_text(&self) -> Option<Text<'a>> {
        match self.state() {
            ContentState::Present => self.text,
            ContentState::Empty => Some(Text::plain("")),
            _ => None,
        }
    }

    /// The text as the dump has it, where it is there.
    pub fn dump_text(&self) -> Option<Text<'a>> {
        self.unchanged_text.or_else(|| self.visible_text())
    }

    /// Checksum as declared, where there is one and the text was not changed since: it would tell what
    /// was replaced.
    pub fn known_sha1(&self) -> Option<Text<'a>> {
        let is_unchanged = self.unchanged_text.is_none();
        self.declared_sha1
            .filter(|sha1| is_unchanged && !sha1.is_empty())
    }

    /// Declared size, or else the length of the text.
    pub fn size_bytes(&self) -> Option<i64> {
        match self.declared_bytes {
            Some(_) => self.known_declared_bytes(),
            None => self.dump_text().map(|text| text.len_bytes() as i64),
        }
    }

    /// The writer writes a size of 0 and an empty checksum for a slot that it cannot read.
    fn is_unreadable(&self) -> bool {
        self.declared_bytes == Some(0) && self.declared_sha1.is_some_and(|sha1| sha1.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(slot: Slot<'_>) -> &'static str {
        slot.state().name()
    }

    #[test]
    fn states_of_text() {
        let text = |text| Some(Text::plain(text));
        let slot = Slot {
            text: text(""),
            ..Slot::default()
        };
        assert_eq!(
            state(Slot {
                text: text("x"),
                ..slot
            }),
            "present"
        );
        assert_eq!(state(slot), "empty");
        assert_eq!(
            state(Slot {
                declared_bytes: Some(0),
                ..slot
            }),
            "empty"
        );
        assert_eq!(
            state(Slot {
                declared_bytes: Some(9),
                ..slot
            }),
            "missing"
        );
        assert_eq!(
            state(Slot {
                declared_bytes: Some(0),
                declared_sha1: text(""),
                ..slot
            }),
            "missing"
        );
        let hidden = Slot {
            is_hidden: true,
            declared_bytes: Some(-1),
            ..slot
        };
        assert_eq!(state(hidden), "hidden");
        assert_eq!(hidden.known_declared_bytes(), None);
        let stub = Slot {
            declared_bytes: Some(0),
            text_id: text("5"),
            ..slot
        };
        assert_eq!(state(stub), "stub");
        assert_eq!(
            state(Slot {
                location: text("tt:5"),
                ..slot
            }),
            "stub"
        );
        let lost = Slot {
            location: text("bad:tt%3A5?reason=x"),
            ..slot
        };
        assert_eq!(state(lost), "missing");
    }
}
