//! Which tokens of two sequences belong together, within bounds.

use imara_diff::{Diff, Token};

use super::Algorithm;
use super::anchors::Anchors;
use super::intern::Numbered;
use crate::derive::tokens::EqualTokens;

/// Tokens of both sides that are given to the exact algorithms at once.  They take up to the square
/// of it in time, and a stack that grows with it.
const MAX_PIECE_TOKENS: usize = 1 << 14;

/// Tokens that are looked at to split large pieces, as a multiple of those there are, before the rest
/// is given up.
const MAX_ROUNDS: usize = 32;

/// Sum of the squares of the pieces' tokens that a diff may have: some seconds of work at the very
/// most, where all pieces are as bad as can be.
const MAX_WORK: u64 = 12 << 28;

/// Aligns two sequences of numbered tokens.
#[derive(Debug, Default)]
pub(super) struct Aligner {
    diff: Diff,
    anchors: Anchors,
    renumbering: Renumbering,
    work_left: u64,
}

/// A range of both sequences that is still to be aligned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) before: (usize, usize),
    pub(super) after: (usize, usize),
}

impl Span {
    fn tokens(&self) -> usize {
        (self.before.1 - self.before.0) + (self.after.1 - self.after.0)
    }

    fn is_one_sided(&self) -> bool {
        self.before.0 == self.before.1 || self.after.0 == self.after.1
    }
}

impl Aligner {
    /// Begins a diff, in which `align` is called once or several times.
    pub(super) fn begin(&mut self) {
        self.work_left = MAX_WORK;
    }

    /// Whether a piece of so many tokens may still be aligned; it counts as done then.
    fn may_align(&mut self, tokens: usize) -> bool {
        let work = (tokens as u64).saturating_pow(2);
        let may = tokens <= MAX_PIECE_TOKENS && work <= self.work_left;
        if may {
            self.work_left -= work;
        }
        may
    }

    /// Adds the runs of tokens that belong together, in order.  Says whether something was given up
    /// as too much work.
    pub(super) fn align(
        &mut self,
        algorithm: Algorithm,
        tokens: Numbered<'_>,
        runs: &mut Vec<EqualTokens>,
    ) -> bool {
        if !tokens.any_common {
            return false;
        }
        let Numbered { before, after, .. } = tokens;
        let all_tokens = before.len() + after.len();
        if all_tokens <= MAX_PIECE_TOKENS {
            if !self.may_align(all_tokens) {
                return true;
            }
            self.diff
                .compute_with(exact(algorithm), before, after, tokens.distinct);
            add_runs(&self.diff, (before.len(), after.len()), (0, 0), runs);
            return false;
        }
        self.align_large(algorithm, tokens, runs)
    }

    /// Splits at tokens that occur once on each side, over and over, until the pieces are small.
    fn align_large(
        &mut self,
        algorithm: Algorithm,
        tokens: Numbered<'_>,
        runs: &mut Vec<EqualTokens>,
    ) -> bool {
        let Numbered { before, after, .. } = tokens;
        let mut work_left = (before.len() + after.len()) * MAX_ROUNDS;
        let mut is_limited = false;
        let mut spans = vec![Span {
            before: (0, before.len()),
            after: (0, after.len()),
        }];
        // The last span is the first in the texts, so runs come in order.
        while let Some(mut span) = spans.pop() {
            trim_begin(before, after, &mut span, runs);
            let behind = trim_end(before, after, &mut span);
            if span.is_one_sided() {
                runs.extend(behind);
            } else if self.may_align(span.tokens()) {
                self.align_piece(algorithm, before, after, span, runs);
                runs.extend(behind);
            } else if span.tokens() > work_left || span.tokens() <= MAX_PIECE_TOKENS {
                is_limited = true;
                runs.extend(behind);
            } else {
                work_left -= span.tokens();
                if let Some(behind) = behind {
                    spans.push(Span {
                        before: (behind.before, behind.before + behind.count),
                        after: (behind.after, behind.after + behind.count),
                    });
                }
                let distinct = tokens.distinct;
                if !self
                    .anchors
                    .split(before, after, distinct, span, &mut spans)
                {
                    is_limited = true;
                }
            }
        }
        is_limited
    }

    fn align_piece(
        &mut self,
        algorithm: Algorithm,
        before: &[Token],
        after: &[Token],
        span: Span,
        runs: &mut Vec<EqualTokens>,
    ) {
        let before = &before[span.before.0..span.before.1];
        let after = &after[span.after.0..span.after.1];
        let (before, after, distinct) = self.renumbering.renumber(before, after);
        self.diff
            .compute_with(exact(algorithm), before, after, distinct);
        let begin = (span.before.0, span.after.0);
        add_runs(&self.diff, (before.len(), after.len()), begin, runs);
    }
}

fn exact(algorithm: Algorithm) -> imara_diff::Algorithm {
    match algorithm {
        Algorithm::Myers => imara_diff::Algorithm::Myers,
        Algorithm::Histogram
        | Algorithm::Segments
        | Algorithm::Sequence
        | Algorithm::SegmentsSequence => imara_diff::Algorithm::Histogram,
    }
}

/// Adds what lies between the hunks of a diff.
fn add_runs(
    diff: &Diff,
    lengths: (usize, usize),
    begin: (usize, usize),
    runs: &mut Vec<EqualTokens>,
) {
    let (mut before, mut after) = (0, 0);
    let mut add = |before: usize, after: usize, count: usize| {
        if count > 0 {
            runs.push(EqualTokens {
                before: begin.0 + before,
                after: begin.1 + after,
                count,
            });
        }
    };
    for hunk in diff.hunks() {
        add(before, after, hunk.after.start as usize - after);
        before = hunk.before.end as usize;
        after = hunk.after.end as usize;
    }
    add(before, after, lengths.1 - after);
}

fn trim_begin(before: &[Token], after: &[Token], span: &mut Span, runs: &mut Vec<EqualTokens>) {
    let pairs = before[span.before.0..span.before.1]
        .iter()
        .zip(&after[span.after.0..span.after.1]);
    let count = pairs.take_while(|(before, after)| before == after).count();
    if count > 0 {
        runs.push(EqualTokens {
            before: span.before.0,
            after: span.after.0,
            count,
        });
        span.before.0 += count;
        span.after.0 += count;
    }
}

/// What a span ends with on both sides, taken off it.
fn trim_end(before: &[Token], after: &[Token], span: &mut Span) -> Option<EqualTokens> {
    let pairs = before[span.before.0..span.before.1]
        .iter()
        .rev()
        .zip(after[span.after.0..span.after.1].iter().rev());
    let count = pairs.take_while(|(before, after)| before == after).count();
    span.before.1 -= count;
    span.after.1 -= count;
    (count > 0).then_some(EqualTokens {
        before: span.before.1,
        after: span.after.1,
        count,
    })
}

/// Gives the tokens of a piece numbers from zero on, as tables have a place for each number.
#[derive(Debug, Default)]
struct Renumbering {
    numbers: Vec<u32>,
    seen: Vec<Token>,
    before: Vec<Token>,
    after: Vec<Token>,
}

impl Renumbering {
    fn renumber(&mut self, before: &[Token], after: &[Token]) -> (&[Token], &[Token], u32) {
        for token in self.seen.drain(..) {
            self.numbers[token.0 as usize] = 0;
        }
        self.before.clear();
        self.after.clear();
        for (old, new) in [(before, &mut self.before), (after, &mut self.after)] {
            for token in old {
                let at = token.0 as usize;
                if at >= self.numbers.len() {
                    self.numbers.resize(at + 1, 0);
                }
                if self.numbers[at] == 0 {
                    self.seen.push(*token);
                    self.numbers[at] = self.seen.len() as u32;
                }
                new.push(Token(self.numbers[at] - 1));
            }
        }
        (&self.before, &self.after, self.seen.len() as u32)
    }
}
