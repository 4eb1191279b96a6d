//! The tokens of a text out of those of an earlier version: only what is new is scanned.
//!
//! A token depends on the text from its begin on, and mostly on little behind its end.  So the
//! tokens of a piece that both texts have are the same in both from the first common begin of a
//! token on, up to near the piece's end.

use super::characters::Characters;
use super::lines::Lines;
use super::text::TextSplit;
use super::wikitext::WikitextSplit;
use super::words::Words;
use super::{Rule, Tokenized, Tokenizer, Tokens};

/// A piece of text that two versions have in common, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EqualBytes {
    /// Where it begins in the earlier text.
    pub before: usize,
    /// Where it begins in the later text.
    pub after: usize,
    /// How long it is.
    pub length: usize,
}

/// Tokens that two versions have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EqualTokens {
    /// The first one in the earlier text.
    pub before: usize,
    /// The first one in the later text.
    pub after: usize,
    /// How many.
    pub count: usize,
}

impl Tokenized {
    /// Finds the tokens of this text, of which nothing is known yet, with the help of an earlier
    /// one.
    ///
    /// `equal` lists pieces that both have, in order and without overlap.  Adds to `runs` the tokens
    /// that were taken over, in order; those near the ends of a piece may be missing.
    pub(in crate::derive) fn follow(
        &mut self,
        tokenizer: Tokenizer,
        before: &Self,
        equal: &[EqualBytes],
        runs: &mut Vec<EqualTokens>,
    ) {
        self.tokens.ends.clear();
        self.tokens.open_from = usize::MAX;
        if self.text.len() > Self::MAX_BYTES {
            return;
        }
        let Self { text, tokens } = self;
        match tokenizer {
            Tokenizer::Words => Walk::<Words>::new(text, tokens).run(before, equal, runs),
            Tokenizer::Wikitext => {
                Walk::<WikitextSplit>::new(text, tokens).run(before, equal, runs)
            }
            Tokenizer::Text => Walk::<TextSplit>::new(text, tokens).run(before, equal, runs),
            Tokenizer::Lines => Walk::<Lines>::new(text, tokens).run(before, equal, runs),
            Tokenizer::Characters => Walk::<Characters>::new(text, tokens).run(before, equal, runs),
        }
    }
}

struct Walk<'t, R> {
    rule: R,
    text: &'t str,
    tokens: &'t mut Tokens,
    at: usize,
}

impl<'t, R: Rule> Walk<'t, R> {
    fn new(text: &'t str, tokens: &'t mut Tokens) -> Self {
        Self {
            rule: R::default(),
            text,
            tokens,
            at: 0,
        }
    }

    fn run(&mut self, before: &Tokenized, equal: &[EqualBytes], runs: &mut Vec<EqualTokens>) {
        let mut open_from = usize::MAX;
        for piece in equal {
            let is_last = piece.before + piece.length == before.text.len()
                && piece.after + piece.length == self.text.len();
            let limit = match is_last {
                true => before.text.len(),
                false => safe_end(before, piece),
            };
            let Some(run) = self.take_over(before, piece, limit) else {
                continue;
            };
            if is_last && before.tokens.open_from != usize::MAX {
                let begin = before.offset(run.before).max(before.tokens.open_from);
                open_from = begin - piece.before + piece.after;
            }
            runs.push(run);
        }
        self.scan_to(self.text.len());
        self.tokens.open_from = open_from.min(self.rule.open_from());
    }

    fn scan_to(&mut self, end: usize) {
        while self.at < end {
            self.scan_one();
        }
    }

    #[inline]
    fn scan_one(&mut self) {
        self.at = self.rule.token_end(self.text, self.at);
        self.tokens.ends.push(self.at as u32);
    }

    /// Scans into the piece up to where a token begins in both texts, and takes over those that end
    /// at `limit` of the earlier text at the latest.
    fn take_over(
        &mut self,
        before: &Tokenized,
        piece: &EqualBytes,
        limit: usize,
    ) -> Option<EqualTokens> {
        self.scan_to(piece.after);
        let ends = &before.tokens.ends;
        loop {
            let begin = self.at - piece.after + piece.before;
            if begin >= limit {
                return None;
            }
            let first = ends.partition_point(|end| (*end as usize) <= begin);
            if before.offset(first) == begin {
                let count = ends[first..].partition_point(|end| (*end as usize) <= limit);
                if count == 0 {
                    return None;
                }
                let run = EqualTokens {
                    before: first,
                    after: self.tokens.ends.len(),
                    count,
                };
                // Modulo 2^32, as `at` may lie before `begin`.
                let shift = (self.at as u32).wrapping_sub(begin as u32);
                let taken = ends[first..first + count].iter();
                self.tokens
                    .ends
                    .extend(taken.map(|end| end.wrapping_add(shift)));
                self.at = self.tokens.ends.last().map_or(0, |end| *end as usize);
                return Some(run);
            }
            self.scan_one();
        }
    }
}

/// Up to where in the earlier text the tokens of a piece depend on that piece only.
///
/// What decides a token's end stands before the next white space, or before the next other character
/// where it is white space itself.  So there must be one of both behind it in the piece.
fn safe_end(before: &Tokenized, piece: &EqualBytes) -> usize {
    let bytes = &before.text.as_bytes()[piece.before..piece.before + piece.length];
    let (mut has_space, mut has_other) = (false, false);
    let both = bytes.iter().rposition(|byte| {
        has_space |= matches!(byte, b' ' | b'\n' | b'\t');
        has_other |= byte.is_ascii_graphic();
        has_space && has_other
    });
    let end = both.map_or(piece.before, |at| piece.before + at);
    end.min(before.tokens.open_from)
}
