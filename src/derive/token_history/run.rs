//! Tokens that follow each other and have one history.

use std::sync::Arc;

use super::Origin;
use super::changes::Happened;
use crate::derive::identity::TokenTexts;

/// Tokens with one history.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) origin: Arc<Origin>,
    pub(super) texts: TokenTexts,
    /// When they were removed and brought back.
    pub(super) changes: Happened,
    /// The last revision that has them, while they are away.
    pub(super) last_revision_id: Option<i64>,
    presence: Presence,
    /// Texts that had them before.
    texts_before: u64,
}

/// Numbers of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    ThereSince(u64),
    AwaySince(u64),
}

impl Run {
    pub(super) fn new(origin: Arc<Origin>, texts: TokenTexts, text: u64) -> Self {
        Self {
            origin,
            texts,
            changes: Happened::default(),
            last_revision_id: None,
            presence: Presence::ThereSince(text),
            texts_before: 0,
        }
    }

    /// How many tokens.
    pub(super) fn len(&self) -> u64 {
        self.texts.len() as u64
    }

    /// Whether the last text has them.
    pub(super) fn is_there(&self) -> bool {
        matches!(self.presence, Presence::ThereSince(_))
    }

    /// The text that removed them, if they are away.
    pub(super) fn removed_by(&self) -> Option<u64> {
        match self.presence {
            Presence::ThereSince(_) => None,
            Presence::AwaySince(text) => Some(text),
        }
    }

    /// How many of so many texts have them.
    pub(super) fn revisions(&self, texts: u64) -> u64 {
        match self.presence {
            Presence::ThereSince(first) => self.texts_before + texts - first,
            Presence::AwaySince(_) => self.texts_before,
        }
    }

    /// A text removes them; the one before was of `last_revision_id`.
    pub(super) fn remove(&mut self, text: u64, last_revision_id: Option<i64>) {
        self.texts_before = self.revisions(text);
        self.presence = Presence::AwaySince(text);
        self.last_revision_id = last_revision_id;
    }

    /// A text brings them back.
    pub(super) fn bring_back(&mut self, text: u64) {
        self.presence = Presence::ThereSince(text);
    }

    /// Cuts off all but the first tokens, and gives them.
    pub(super) fn split_off(&mut self, first: u64) -> Self {
        Self {
            origin: Arc::clone(&self.origin),
            texts: self.texts.split_off(first as usize),
            changes: self.changes,
            last_revision_id: self.last_revision_id,
            presence: self.presence,
            texts_before: self.texts_before,
        }
    }
}
