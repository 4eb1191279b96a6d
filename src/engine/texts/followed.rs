//! The tokens of pages' revisions, followed through the next ones as wikiq does.

use std::collections::VecDeque;

use super::changes::{Changes, ChunkChanges};
use super::comparer::Comparer;
use super::seam::{ChangedRevision, Seam};
use crate::derive::identity::Kept;
use crate::derive::token_revisions::{TokenMatching, TokenRevisions, TokenRevisionsState};
use crate::error::Result;

/// Tokens are counted, not spelt.
fn comparer(matching: TokenMatching) -> Result<Comparer> {
    Comparer::matched_by(matching.algorithm(), Kept::Nothing)
}

/// The tokens of one input's pages.
#[derive(Debug)]
pub(in crate::engine) struct FollowedTokens {
    seam: Seam,
    /// The page that may go on.
    open: Option<TokenRevisionsState>,
    /// Measures of revisions that nobody has taken, in order; `None` where the text is not known.
    told: VecDeque<Option<TokenRevisions>>,
}

impl FollowedTokens {
    /// Of no page yet.
    pub(in crate::engine) fn new(matching: TokenMatching) -> Result<Self> {
        Ok(Self {
            seam: Seam::new(comparer(matching)?),
            open: None,
            told: VecDeque::new(),
        })
    }

    /// What notes the changes of a chunk for it; nothing where nobody asks.
    pub(in crate::engine) fn changes(matching: Option<TokenMatching>) -> Result<Option<Changes>> {
        let comparer = matching.map(comparer).transpose()?;
        Ok(comparer.map(Changes::new))
    }

    /// Takes what changed in a chunk, in the order of the document.
    pub(in crate::engine) fn add(&mut self, chunk: ChunkChanges) {
        let chunk = self.seam.join(chunk);
        for page in chunk.pages() {
            if !page.goes_on {
                self.finish_page();
            }
            let state = self.open.get_or_insert_default();
            for ChangedRevision { fact, change, .. } in page.revisions() {
                state.push(fact, change, &mut |measures| self.told.push_back(measures));
            }
        }
    }

    /// The open page does not go on.
    pub(in crate::engine) fn end_page(&mut self) {
        self.seam.forget();
        self.finish_page();
    }

    fn finish_page(&mut self) {
        if let Some(state) = self.open.take() {
            state.finish(&mut |measures| self.told.push_back(measures));
        }
    }

    /// How many revisions can be taken.
    pub(in crate::engine) fn len(&self) -> usize {
        self.told.len()
    }

    /// The measures of the next revisions, so many or all that there are.
    pub(in crate::engine) fn take(
        &mut self,
        revisions: usize,
    ) -> impl Iterator<Item = Option<TokenRevisions>> {
        self.told.drain(..revisions.min(self.told.len()))
    }
}
