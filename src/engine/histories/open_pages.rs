//! Stringing together whose facts belong to one page, without looking at a revision.

use std::collections::VecDeque;
use std::sync::Arc;

use super::notes::{ChunkHistory, Piece};
use super::stretch::Stretch;
use crate::derive::token_revisions::TokenRevisions;
use crate::engine::options::Limits;

/// Pages on their way to be complete.
pub(in crate::engine) struct OpenPages {
    /// Facts of one page are derived from together up to so many bytes.
    stretch_bytes: usize,
    /// How many revisions of the stretch before a cut one looks at.
    context: usize,
    /// Bytes that wait with each revision beside its facts.
    beside_bytes: usize,
    /// The page that may go on.
    open: Option<Stretch>,
    /// Whether something was lost since the last piece.
    after_loss: bool,
    complete: VecDeque<Stretch>,
    complete_revisions: usize,
}

impl OpenPages {
    /// None yet; `revert_radius` is how far a revert can reach that is looked for.
    pub(in crate::engine) fn new(limits: &Limits, revert_radius: usize) -> Self {
        Self {
            stretch_bytes: limits.page_history_bytes(),
            context: revert_radius + 1,
            beside_bytes: 0,
            open: None,
            after_loss: false,
            complete: VecDeque::new(),
            complete_revisions: 0,
        }
    }

    /// The same where it is measured what becomes of each revision's tokens.
    pub(in crate::engine) fn measured(mut self) -> Self {
        self.beside_bytes = size_of::<Option<TokenRevisions>>();
        self
    }

    /// Takes what a chunk tells, in the order of the document.
    pub(in crate::engine) fn add(&mut self, chunk: ChunkHistory) {
        let facts = Arc::new(chunk.facts);
        for piece in chunk.pages {
            let goes_on = self
                .open
                .as_ref()
                .is_some_and(|open| piece.is_of(open.header.page_id));
            if !goes_on {
                self.end_page();
            }
            let Piece { header, range, .. } = piece;
            let open = self
                .open
                .get_or_insert_with(|| Stretch::new(header, self.beside_bytes));
            open.is_whole &= !piece.is_damaged && !self.after_loss;
            self.after_loss = false;
            let mut rest = range;
            while let Some(open) = &mut self.open {
                rest = open.take(&facts, rest, self.stretch_bytes);
                if rest.is_empty() {
                    break;
                }
                let next = open.cut(self.context);
                self.end_page();
                self.open = Some(next);
            }
        }
    }

    /// Bytes were left out: the open page may have lost revisions, and the next one its begin.
    pub(in crate::engine) fn lost(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_whole = false;
        }
        self.after_loss = true;
    }

    /// The open page does not go on.
    pub(in crate::engine) fn end_page(&mut self) {
        if let Some(stretch) = self.open.take() {
            self.complete_revisions += stretch.len();
            self.complete.push_back(stretch);
        }
    }

    /// The next complete pages that have so many revisions together; none if there are not so many.
    /// Which these are depends on the pages alone.
    pub(in crate::engine) fn take_complete(&mut self, revisions: usize) -> Option<Vec<Stretch>> {
        if self.complete_revisions < revisions {
            return None;
        }
        let mut taken = Vec::new();
        let mut taken_revisions = 0;
        while taken_revisions < revisions {
            let stretch = self.complete.pop_front()?;
            taken_revisions += stretch.len();
            taken.push(stretch);
        }
        self.complete_revisions -= taken_revisions;
        Some(taken)
    }

    /// All complete pages that are left.
    pub(in crate::engine) fn take_rest(&mut self) -> Vec<Stretch> {
        self.complete_revisions = 0;
        std::mem::take(&mut self.complete).into()
    }
}
