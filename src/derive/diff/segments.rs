//! Paragraphs and sentences matched wherever they stand, after deltas' SegmentMatcher.
//!
//! A paragraph of the later text that the earlier one has too is taken as a whole, else each of its
//! sentences that the earlier one has.  What was taken counts as one item among the tokens of all
//! that was not; the two sequences of items are aligned.  An item that the alignment leaves out was
//! moved: it becomes an equal operation out of order.

use std::ops::Range;

use imara_diff::Token;

use super::Algorithm;
use super::align::Aligner;
use super::intern::{Interner, Numbered};
use super::operation::Operation;
use super::sentences::{Segment, segments};
use super::sequence::LongestFirst;
use crate::derive::tokens::{EqualTokens, Tokenized, Tokenizer};

/// Matches segments, and keeps its room between calls.
#[derive(Debug, Default)]
pub(super) struct SegmentMatcher {
    before: Side,
    after: Side,
    /// The text of the last call's `after`, whose segments are still there.
    last_text: String,
    names: Interner,
    /// By name: the first segment of the earlier text that has it, and whether it was matched.
    first: Vec<Option<(usize, usize)>>,
    is_matched: Vec<bool>,
    spellings: Interner,
    aligner: Aligner,
    /// What aligns first, where tokens between segments are matched as deltas does it.
    longest_first: Option<LongestFirst>,
    runs: Vec<EqualTokens>,
}

#[derive(Debug, Default)]
struct Side {
    segments: Vec<Segment>,
    matchable: Vec<(Range<usize>, u64)>,
    items: Vec<Item>,
    singles: Vec<Range<usize>>,
    numbers: Vec<Token>,
}

/// A token, or a segment that both texts have.
#[derive(Debug, Clone, Copy)]
struct Item {
    tokens: (usize, usize),
    /// The segment's name.
    name: Option<usize>,
}

impl SegmentMatcher {
    /// One that aligns the tokens between segments by their longest blocks, as deltas does it.
    pub(super) fn longest_first() -> Self {
        Self {
            longest_first: Some(LongestFirst::default()),
            ..Self::default()
        }
    }

    /// Adds the operations.  `runs` are tokens that both texts have.  Says whether something was given
    /// up as too much work.
    pub(super) fn diff(
        &mut self,
        tokenizer: Tokenizer,
        (before, after): (&Tokenized, &Tokenized),
        runs: &[EqualTokens],
        operations: &mut Vec<Operation>,
    ) -> bool {
        if before.text() == self.last_text {
            std::mem::swap(&mut self.before.segments, &mut self.after.segments);
        } else {
            segments(tokenizer, before, &[], &[], &mut self.before.segments);
        }
        let known = &self.before.segments;
        segments(tokenizer, after, known, runs, &mut self.after.segments);
        self.last_text.clear();
        self.last_text.push_str(after.text());
        self.match_segments(before, after);
        let is_limited = self.align(before, after);
        self.expand(operations);
        is_limited
    }

    fn match_segments(&mut self, before: &Tokenized, after: &Tokenized) {
        self.names.number_hashed(
            (before.text().as_bytes(), after.text().as_bytes()),
            self.before.list_matchable(before),
            self.after.list_matchable(after),
        );
        let Numbered {
            before: before_names,
            after: after_names,
            distinct,
            ..
        } = self.names.numbered();
        self.first.clear();
        self.first.resize(distinct as usize, None);
        self.is_matched.clear();
        self.is_matched.resize(distinct as usize, false);
        let matchable = self.before.segments.iter().filter(|one| one.hash.is_some());
        for (segment, name) in matchable.zip(before_names) {
            self.first[name.0 as usize].get_or_insert(segment.tokens);
        }
        let (first, is_matched) = (&self.first, &mut self.is_matched);
        self.after.list_items(after_names, |name| {
            let is_known = first[name].is_some();
            is_matched[name] |= is_known;
            is_known
        });
        self.before
            .list_items(before_names, |name| is_matched[name]);
    }

    fn align(&mut self, before: &Tokenized, after: &Tokenized) -> bool {
        self.runs.clear();
        self.aligner.begin();
        self.spellings.number(
            (before.text().as_bytes(), after.text().as_bytes()),
            self.before.list_single_tokens(before),
            self.after.list_single_tokens(after),
        );
        let spelt = self.spellings.numbered();
        self.before.number_items(spelt.before, spelt.distinct);
        self.after.number_items(spelt.after, spelt.distinct);
        let numbered = Numbered {
            before: &self.before.numbers,
            after: &self.after.numbers,
            distinct: spelt.distinct + self.first.len() as u32,
            any_common: true,
        };
        let mut is_limited = false;
        if let Some(aligner) = &mut self.longest_first {
            if aligner.align(numbered, &mut self.runs) {
                return false;
            }
            is_limited = true;
        }
        let aligner = &mut self.aligner;
        aligner.align(Algorithm::Segments, numbered, &mut self.runs) || is_limited
    }

    /// Turns runs of items into operations on tokens.
    fn expand(&self, operations: &mut Vec<Operation>) {
        let (before, after) = (&self.before.items, &self.after.items);
        let end = EqualTokens {
            before: before.len(),
            after: after.len(),
            count: 0,
        };
        let (mut item, mut at) = ((0, 0), (0, 0));
        for run in self.runs.iter().chain([&end]) {
            delete(&before[item.0..run.before], &mut at, operations);
            self.insert(&after[item.1..run.after], &mut at, operations);
            item = (run.before + run.count, run.after + run.count);
            let tokens: usize = before[run.before..item.0].iter().map(Item::length).sum();
            if tokens > 0 {
                operations.push(Operation::equal(
                    (at.0, at.0 + tokens),
                    (at.1, at.1 + tokens),
                ));
            }
            at = (at.0 + tokens, at.1 + tokens);
        }
    }

    /// Inserts items; segments that the earlier text has are taken over from where they stand first.
    fn insert(&self, items: &[Item], at: &mut (usize, usize), operations: &mut Vec<Operation>) {
        let mut begin = at.1;
        for item in items {
            if let Some(from) = item.name.and_then(|name| self.first[name]) {
                if at.1 > begin {
                    operations.push(Operation::insert(at.0, (begin, at.1)));
                }
                begin = at.1 + item.length();
                operations.push(Operation::equal(from, (at.1, begin)));
            }
            at.1 += item.length();
        }
        if at.1 > begin {
            operations.push(Operation::insert(at.0, (begin, at.1)));
        }
    }
}

/// Deletes items, but not segments: they stand elsewhere.
fn delete(items: &[Item], at: &mut (usize, usize), operations: &mut Vec<Operation>) {
    let mut begin = at.0;
    for item in items {
        if item.name.is_some() {
            if at.0 > begin {
                operations.push(Operation::delete((begin, at.0), at.1));
            }
            begin = at.0 + item.length();
        }
        at.0 += item.length();
    }
    if at.0 > begin {
        operations.push(Operation::delete((begin, at.0), at.1));
    }
}

impl Side {
    /// Where the segments stand that can be matched, with their hashes.
    fn list_matchable(
        &mut self,
        text: &Tokenized,
    ) -> impl ExactSizeIterator<Item = (Range<usize>, u64)> {
        let matchable = self.segments.iter().filter_map(|segment| {
            let (begin, end) = segment.tokens;
            Some((text.offset(begin)..text.offset(end), segment.hash?))
        });
        self.matchable.clear();
        self.matchable.extend(matchable);
        self.matchable.iter().cloned()
    }

    /// Lists segments whose names are taken, and the tokens of all else.  `names` are those of the
    /// segments that have one.
    fn list_items(&mut self, names: &[Token], mut takes: impl FnMut(usize) -> bool) {
        self.items.clear();
        let mut names = names.iter().map(|name| name.0 as usize);
        // Segments before this index lie in one that was taken.
        let mut taken_to = 0;
        for (index, segment) in self.segments.iter().enumerate() {
            let name = segment.hash.and_then(|_| names.next());
            if index < taken_to {
                continue;
            }
            if let Some(name) = name.filter(|name| takes(*name)) {
                self.items.push(Item {
                    tokens: segment.tokens,
                    name: Some(name),
                });
                taken_to = index + 1 + segment.inside;
            } else if segment.inside == 0 {
                let tokens = segment.tokens.0..segment.tokens.1;
                self.items.extend(tokens.map(|token| Item {
                    tokens: (token, token + 1),
                    name: None,
                }));
            }
        }
    }

    /// Where the tokens stand that belong to no taken segment.
    fn list_single_tokens(
        &mut self,
        text: &Tokenized,
    ) -> impl ExactSizeIterator<Item = Range<usize>> {
        let single = self.items.iter().filter(|item| item.name.is_none());
        self.singles.clear();
        self.singles
            .extend(single.map(|item| text.offset(item.tokens.0)..text.offset(item.tokens.1)));
        self.singles.iter().cloned()
    }

    /// Tokens have the numbers of their spellings, and segments those from `distinct` on.
    fn number_items(&mut self, spellings: &[Token], distinct: u32) {
        let mut spellings = spellings.iter();
        self.numbers.clear();
        self.numbers
            .extend(self.items.iter().filter_map(|item| match item.name {
                Some(name) => Some(Token(distinct + name as u32)),
                None => spellings.next().copied(),
            }));
    }
}

impl Item {
    fn length(&self) -> usize {
        self.tokens.1 - self.tokens.0
    }
}
