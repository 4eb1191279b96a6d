//! What changed from one text to the next, in tokens.
//!
//! [`Differ`] is the front door.  It goes from coarse to fine: what both texts begin and end with is
//! passed over at the speed of memory; the lines between are compared; and only what lies in changed
//! lines is compared token by token.  How much work that may be is bounded by counts of tokens, never
//! by a clock, so that the answer is the same on every machine.

mod align;
mod anchors;
mod counts;
mod edges;
mod gaps;
mod intern;
mod lines;
mod operation;
mod rebuild;
mod segments;
mod sentences;
mod sequence;

use self::gaps::Gaps;
use self::lines::LineMatcher;
use self::segments::SegmentMatcher;
use self::sequence::SequenceMatcher;
use super::tokens::{EqualBytes, EqualTokens, Tokenized, Tokenizer};
use crate::error::{Error, Result};

pub use counts::{Amount, Counts};
pub use operation::{Op, Operation};
pub use rebuild::{Change, rebuild};

/// How tokens are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// The rarest common tokens first, as `git diff --histogram` does.
    #[default]
    Histogram,
    /// Few insertions and deletions, after Myers.
    Myers,
    /// Paragraphs and sentences that both texts have are matched wherever they stand, so that what
    /// was moved is told from what is new; the rest as [`Algorithm::Histogram`].
    Segments,
    /// The longest block of equal tokens first, then what lies before and behind it, as Python's difflib
    /// does, and deltas' SequenceMatcher with it; as [`Algorithm::Histogram`] where that is too much work.
    Sequence,
    /// As [`Algorithm::Segments`], with what is between segments matched as by [`Algorithm::Sequence`]: what
    /// deltas' SegmentMatcher does.
    SegmentsSequence,
}

impl Algorithm {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Histogram,
        Self::Myers,
        Self::Segments,
        Self::Sequence,
        Self::SegmentsSequence,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Histogram => "histogram",
            Self::Myers => "myers",
            Self::Segments => "segments",
            Self::Sequence => "sequence",
            Self::SegmentsSequence => "segments-sequence",
        }
    }

    /// Whether paragraphs and sentences are matched wherever they stand.
    fn knows_segments(self) -> bool {
        matches!(self, Self::Segments | Self::SegmentsSequence)
    }

    /// The one of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// The way from one text to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The operations that make the later text out of the earlier one, in the order of the later.
    pub operations: Vec<Operation>,
    /// Whether there would have been too much to do: tokens that both texts have may have been told
    /// as deleted and inserted.  The operations are right nevertheless.
    pub is_limited: bool,
}

/// Tells what changed from text to text.
///
/// ```
/// use mwparquet::derive::diff::{Algorithm, Differ, Op};
/// use mwparquet::derive::tokens::{Tokenized, Tokenizer};
///
/// let mut differ = Differ::new(Tokenizer::Words, Algorithm::Histogram)?;
/// let before = Tokenized::new(Tokenizer::Words, "a red house");
/// let (after, diff) = differ.next(&before, "a green house".to_owned());
/// let told: Vec<_> = diff.operations.iter().map(|op| (op.op, op.text(&before, &after))).collect();
/// assert_eq!(told, [
///     (Op::Equal, "a "),
///     (Op::Delete, "red"),
///     (Op::Insert, "green"),
///     (Op::Equal, " house"),
/// ]);
/// # Ok::<(), mwparquet::Error>(())
/// ```
#[derive(Debug)]
pub struct Differ {
    tokenizer: Tokenizer,
    algorithm: Algorithm,
    lines: LineMatcher,
    gaps: Gaps,
    segments: SegmentMatcher,
    sequence: SequenceMatcher,
    /// What it found.
    blocks: Vec<EqualTokens>,
    pieces: Vec<EqualBytes>,
    runs: Vec<EqualTokens>,
}

impl Differ {
    /// A differ that keeps its working memory from diff to diff.  Only words, wikitext and text have
    /// sentences, which `segments` needs.
    pub fn new(tokenizer: Tokenizer, algorithm: Algorithm) -> Result<Self> {
        if algorithm.knows_segments() && !tokenizer.tells_sentences() {
            return Err(Error::usage(format!(
                "segments are made of words: the tokenizer {} does not know them; expected words, wikitext or text",
                tokenizer.name()
            )));
        }
        Ok(Self {
            tokenizer,
            algorithm,
            lines: LineMatcher::default(),
            gaps: Gaps::new(algorithm),
            segments: match algorithm {
                Algorithm::SegmentsSequence => SegmentMatcher::longest_first(),
                _ => SegmentMatcher::default(),
            },
            sequence: SequenceMatcher::default(),
            blocks: Vec::new(),
            pieces: Vec::new(),
            runs: Vec::new(),
        })
    }

    /// The tokenizer.
    pub fn tokenizer(&self) -> Tokenizer {
        self.tokenizer
    }

    /// Cuts `text` into tokens and tells how it came from `before`, which must have been cut by the
    /// same tokenizer.
    pub fn next(&mut self, before: &Tokenized, text: String) -> (Tokenized, Diff) {
        let mut after = Tokenized::default();
        let mut diff = Diff::default();
        self.next_into(before, &mut after, |room| *room = text, &mut diff);
        (after, diff)
    }

    /// The same in rooms that are there: `write` puts the text into an empty string, and what was in
    /// `after` and `diff` is forgotten.
    pub fn next_into(
        &mut self,
        before: &Tokenized,
        after: &mut Tokenized,
        write: impl FnOnce(&mut String),
        diff: &mut Diff,
    ) {
        after.replace_text(write);
        diff.operations.clear();
        diff.is_limited = false;
        self.pieces.clear();
        self.runs.clear();
        self.find_pieces(before.text(), after.text());
        after.follow(self.tokenizer, before, &self.pieces, &mut self.runs);
        let are_many = before.len() + after.len() > gaps::MAX_TOKENS;
        let lengths = (before.len(), after.len());
        self.blocks.clear();
        if self.algorithm.knows_segments() && !are_many {
            let operations = &mut diff.operations;
            diff.is_limited =
                self.segments
                    .diff(self.tokenizer, (before, after), &self.runs, operations);
        } else if self.algorithm == Algorithm::Sequence
            && !are_many
            && self.sequence.find(before, after, &mut self.blocks)
        {
            operation::of_runs(&self.blocks, lengths, &mut diff.operations);
        } else {
            let is_limited = self.gaps.fill(before, after, &mut self.runs);
            operation::of_runs(&self.runs, lengths, &mut diff.operations);
            let has_own_way =
                self.algorithm.knows_segments() || self.algorithm == Algorithm::Sequence;
            diff.is_limited = is_limited || has_own_way;
        }
    }

    /// Cuts a text into tokens, in the room of another: `write` puts it into an empty string.
    pub fn cut(&mut self, text: &mut Tokenized, write: impl FnOnce(&mut String)) {
        self.runs.clear();
        text.replace_text(write);
        text.follow(self.tokenizer, &Tokenized::default(), &[], &mut self.runs);
    }

    /// Finds pieces of text that both have, in order.
    fn find_pieces(&mut self, before: &str, after: &str) {
        let edges = edges::common(before, after);
        if edges.0 > 0 {
            self.pieces.push(EqualBytes {
                before: 0,
                after: 0,
                length: edges.0,
            });
        }
        self.lines
            .find(self.algorithm, (before, after), edges, &mut self.pieces);
        if edges.1 > 0 {
            self.pieces.push(EqualBytes {
                before: before.len() - edges.1,
                after: after.len() - edges.1,
                length: edges.1,
            });
        }
    }
}
