//! What the program wikiq measures of the tokens that a revision adds and removes.
//!
//! A token counts once for each of the next revisions that has it.  Where a text comes back, no token is
//! added or removed.

use std::collections::VecDeque;

use super::diff::{Algorithm, Op};
use super::facts::Fact;
use super::identity::{Change, Versions};
use super::persistence::{Persistence, PersistenceOptions, PersistenceState};

/// Revisions that wikiq holds at once: one, and those in which its tokens are looked for.
const RADIUS: usize = 7;

/// After so many revisions in a row whose texts are not known, those before wait no longer.
const MAX_UNKNOWN_IN_A_ROW: usize = 4096;

/// How wikiq has texts compared, by the names of its option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TokenMatching {
    /// Tokens in their order: `SequenceMatcher` of the package deltas.
    #[default]
    Sequence,
    /// Paragraphs and sentences first, wherever they stand: `SegmentMatcher` of the same.
    Segment,
}

impl TokenMatching {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequence => "sequence",
            Self::Segment => "segment",
        }
    }

    /// The algorithm that stands for it.
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Sequence => Algorithm::Sequence,
            Self::Segment => Algorithm::SegmentsSequence,
        }
    }
}

/// What became of the tokens of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenRevisions {
    /// Sum over the tokens that it added of later revisions that have them.
    pub token_revs: u32,
    /// Tokens that it added.
    pub added: u32,
    /// Tokens of the text before that it has not.
    pub removed: u32,
    /// Later revisions that were looked at.
    pub window: u32,
}

/// A page on its way through time.
#[derive(Debug)]
pub struct TokenRevisionsState {
    versions: Versions,
    state: PersistenceState,
    /// Tokens that the revisions which wait have removed, if their texts are known.
    removed: VecDeque<u32>,
    unknown_in_a_row: usize,
}

impl Default for TokenRevisionsState {
    /// A page without revisions.
    fn default() -> Self {
        Self {
            versions: Versions::new(RADIUS),
            state: PersistenceState::new(PersistenceOptions {
                window: RADIUS - 1,
                min_revisions: 0,
                min_seconds: 0,
            }),
            removed: VecDeque::new(),
            unknown_in_a_row: 0,
        }
    }
}

impl TokenRevisionsState {
    /// Takes the next revision, in the order of the dump, and tells of those of which all is known, in
    /// order: `None` of one whose text is not.  Such a revision is passed over, as if it were not there;
    /// so is one with `None` for its change.
    pub fn push(
        &mut self,
        revision: Fact<'_>,
        change: Option<&Change>,
        tell: &mut dyn FnMut(Option<TokenRevisions>),
    ) {
        let moved = change.map(|change| self.versions.push(change));
        if let (Some(change), Some(moved)) = (change, &moved) {
            let deleted = (change.operations.iter()).filter(|made| made.op == Op::Delete);
            let deleted: usize = deleted.map(|made| made.tokens()).sum();
            let removed = if moved.is_revert { 0 } else { deleted };
            self.removed.push_back(removed as u32);
        }
        let removed = &mut self.removed;
        let mut tell = |measures: Option<Persistence>| tell(measured(removed, measures));
        self.state.push(revision, moved.as_ref(), &mut tell);
        self.unknown_in_a_row = match moved {
            Some(_) => 0,
            None => self.unknown_in_a_row + 1,
        };
        if self.unknown_in_a_row == MAX_UNKNOWN_IN_A_ROW {
            self.state.tell_all(&mut tell);
        }
    }

    /// The page has no more revisions: tells of all that are left.
    pub fn finish(mut self, tell: &mut dyn FnMut(Option<TokenRevisions>)) {
        let removed = &mut self.removed;
        self.state
            .finish(None, &mut |measures| tell(measured(removed, measures)));
    }
}

fn measured(removed: &mut VecDeque<u32>, measures: Option<Persistence>) -> Option<TokenRevisions> {
    let measures = measures?;
    Some(TokenRevisions {
        // Texts of so many tokens are not looked at that a sum over six of them could be larger.
        token_revs: u32::try_from(measures.sum_persisted).unwrap_or(u32::MAX),
        added: u32::try_from(measures.tokens_added).unwrap_or(u32::MAX),
        removed: removed.pop_front().unwrap_or_default(),
        window: measures.revisions_processed,
    })
}
