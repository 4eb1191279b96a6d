//! A page's latest revisions, among which a revert finds what it goes back to.

use std::collections::VecDeque;

use crate::derive::Sha1;
use crate::engine::histories::Piece;

/// The latest revisions of a page, each with a `T`.
#[derive(Debug)]
pub(super) struct Latest<T> {
    /// So many may be reverted at once.
    radius: usize,
    /// The id of the page that may go on, if there is one.
    open: Option<Option<i64>>,
    /// The latest at the back; one more than may be reverted.
    revisions: VecDeque<(Option<Sha1>, T)>,
}

impl<T> Latest<T> {
    /// Of no page.
    pub(super) fn new(radius: usize) -> Self {
        Self {
            radius,
            open: None,
            revisions: VecDeque::new(),
        }
    }

    /// The page does not go on.
    pub(super) fn end_page(&mut self) {
        self.open = None;
    }

    /// Takes the revisions that come next for those of a page, which may be the one before.
    pub(super) fn enter(&mut self, piece: &Piece) {
        if !self.open.is_some_and(|id| piece.is_of(id)) {
            self.revisions.clear();
        }
        self.open = Some(piece.header.page_id);
    }

    /// What a revision of a checksum goes back to, which is the latest that is equal, and what lies between, the latest
    /// first; `None` where nothing does.
    pub(super) fn reverted_by(&self, sha1: Option<Sha1>) -> Option<(&T, impl Iterator<Item = &T>)> {
        let is_equal = |(other, _): &(Option<Sha1>, _)| sha1.is_some() && *other == sha1;
        let at = self.revisions.iter().rposition(is_equal)?;
        let between = self.revisions.len() - at - 1;
        let (_, reverted_to) = self.revisions.get(at).filter(|_| between > 0)?;
        let reverted = self.revisions.iter().rev().take(between);
        Some((reverted_to, reverted.map(|(_, reverted)| reverted)))
    }

    /// Takes the next revision.
    pub(super) fn push(&mut self, sha1: Option<Sha1>, with: T) {
        self.revisions.push_back((sha1, with));
        if self.revisions.len() > self.radius + 1 {
            self.revisions.pop_front();
        }
    }
}
