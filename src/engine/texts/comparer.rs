//! What changed from one text to the next.

use crate::derive::Sha1;
use crate::derive::diff::{Algorithm, Diff, Differ};
use crate::derive::identity::{Change, Kept};
use crate::derive::tokens::{Tokenized, Tokenizer};
use crate::error::Result;

/// What matches tokens where nothing else is said, as mwpersistence is told to do in its own examples.
const USUAL: Algorithm = Algorithm::Segments;

/// Compares texts by the tokens that mwpersistence is told to use there.
#[derive(Debug)]
pub(in crate::engine) struct Comparer {
    differ: Differ,
    diff: Diff,
    kept: Kept,
}

impl Comparer {
    /// Which keeps tokens of changes as texts, or not.
    pub(in crate::engine) fn new(kept: Kept) -> Result<Self> {
        Self::matched_by(USUAL, kept)
    }

    /// The same with tokens that are matched in another way.
    pub(in crate::engine) fn matched_by(algorithm: Algorithm, kept: Kept) -> Result<Self> {
        Ok(Self {
            differ: Differ::new(Tokenizer::Wikitext, algorithm)?,
            diff: Diff::default(),
            kept,
        })
    }

    /// Cuts the text of a checksum, which `write` puts down, into tokens, and tells what changed in the one before.
    pub(super) fn change(
        &mut self,
        sha1: Sha1,
        before: &Tokenized,
        after: &mut Tokenized,
        write: impl FnOnce(&mut String),
    ) -> Change {
        self.differ.next_into(before, after, write, &mut self.diff);
        let operations = self.diff.operations.clone();
        Change::new(sha1, operations, before, after, self.kept)
    }
}
