//! Splitting large pieces at tokens that occur once on each side.

use imara_diff::Token;

use super::align::Span;

/// Finds anchors, and keeps its room between calls.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    places: Vec<Place>,
    pairs: Vec<(usize, usize)>,
    /// For each length the pair in which the best chain of that length ends.
    chain_ends: Vec<usize>,
    previous: Vec<usize>,
}

/// Where a token occurs.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    before_count: u32,
    after_count: u32,
    before: usize,
}

const NONE: usize = usize::MAX;

impl Anchors {
    /// Pushes what lies between the anchors of a span, and the anchors themselves, the last in the
    /// texts first.  Says whether there were any.
    pub(super) fn split(
        &mut self,
        before: &[Token],
        after: &[Token],
        distinct: u32,
        span: Span,
        spans: &mut Vec<Span>,
    ) -> bool {
        self.find_pairs(before, after, distinct, span);
        self.find_chain();
        let Some(mut last) = self.chain_ends.last().copied() else {
            return false;
        };
        let mut end = (span.before.1, span.after.1);
        while last != NONE {
            // An anchor goes with the piece behind it, which is trimmed at its begin.
            let begin = self.pairs[last];
            spans.push(Span {
                before: (begin.0, end.0),
                after: (begin.1, end.1),
            });
            end = begin;
            last = self.previous[last];
        }
        spans.push(Span {
            before: (span.before.0, end.0),
            after: (span.after.0, end.1),
        });
        true
    }

    /// Tokens that occur once on each side, in the order of the later side.
    fn find_pairs(&mut self, before: &[Token], after: &[Token], distinct: u32, span: Span) {
        self.places.resize(distinct as usize, Place::default());
        let (before_range, after_range) = (
            &before[span.before.0..span.before.1],
            &after[span.after.0..span.after.1],
        );
        for token in before_range.iter().chain(after_range) {
            self.places[token.0 as usize] = Place::default();
        }
        for (index, token) in before_range.iter().enumerate() {
            let place = &mut self.places[token.0 as usize];
            place.before_count += 1;
            place.before = span.before.0 + index;
        }
        for token in after_range {
            self.places[token.0 as usize].after_count += 1;
        }
        self.pairs.clear();
        for (index, token) in after_range.iter().enumerate() {
            let place = self.places[token.0 as usize];
            if place.before_count == 1 && place.after_count == 1 {
                self.pairs.push((place.before, span.after.0 + index));
            }
        }
    }

    /// The longest chain of pairs that rises on both sides.
    fn find_chain(&mut self) {
        self.chain_ends.clear();
        self.previous.clear();
        for (index, (before, _)) in self.pairs.iter().enumerate() {
            let length = self
                .chain_ends
                .partition_point(|end| self.pairs[*end].0 < *before);
            let previous = match length {
                0 => NONE,
                _ => self.chain_ends[length - 1],
            };
            self.previous.push(previous);
            match self.chain_ends.get_mut(length) {
                Some(end) => *end = index,
                None => self.chain_ends.push(index),
            }
        }
    }
}
