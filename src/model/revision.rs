//! One revision of a page.

use super::{Contributor, Slot, Text, Timestamp};

/// A revision as the dump shows it.
#[derive(Debug, Clone, Default)]
pub struct Revision<'a> {
    /// Revision id.
    pub id: Option<i64>,
    /// Id of the revision it was made from.
    pub parent_id: Option<i64>,
    /// When it was saved.
    pub timestamp: Option<Timestamp>,
    /// Who made it.
    pub contributor: Contributor<'a>,
    /// Whether it was marked as a minor edit.
    pub is_minor: bool,
    /// The edit summary.
    pub comment: Comment<'a>,
    /// Checksum over all slots: SHA-1 in base 36, 31 digits.
    pub sha1: Option<Text<'a>>,
    /// The slot `main`.
    pub main: Option<Slot<'a>>,
    /// All other slots, in the order of the dump.
    pub other_slots: Vec<Slot<'a>>,
}

/// An edit summary.  The writer leaves empty ones out, so an absent one is an empty one.
#[derive(Debug, Clone, Copy)]
pub enum Comment<'a> {
    /// Shown.
    Visible(Text<'a>),
    /// Hidden by revision deletion.
    Hidden,
    /// Shown by the wiki, and not handed on.
    Withheld,
}

impl Default for Comment<'_> {
    fn default() -> Self {
        Self::Visible(Text::plain(""))
    }
}

impl<'a> Comment<'a> {
    /// The summary if it is shown.
    pub fn text(self) -> Option<Text<'a>> {
        match self {
            Self::Visible(text) => Some(text),
            Self::Hidden | Self::Withheld => None,
        }
    }

    /// Whether the wiki shows it.
    pub fn is_visible(self) -> bool {
        !matches!(self, Self::Hidden)
    }
}

impl<'a> Revision<'a> {
    /// All slots, `main` first.
    pub fn slots(&self) -> impl Iterator<Item = &Slot<'a>> {
        self.main.iter().chain(&self.other_slots)
    }

    /// The checksum, where there is one and no text was changed since: it would tell what was replaced.
    pub fn known_sha1(&self) -> Option<Text<'a>> {
        let is_unchanged = self.slots().all(|slot| slot.unchanged_text.is_none());
        self.sha1.filter(|sha1| is_unchanged && !sha1.is_empty())
    }

    /// Sum of the slots' sizes in bytes: what each declares or, where one declares nothing, the
    /// length of its text.  `None` if that of any slot is not known.
    pub fn size_bytes(&self) -> Option<i64> {
        self.main.as_ref()?;
        self.slots().map(Slot::size_bytes).sum()
    }
}
