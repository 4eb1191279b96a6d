//! Splitting large pieces at tokens that occur once on each side, or else at sequences of tokens.

use std::collections::HashMap;

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
    /// Numbers of sequences of tokens, and by which two numbers of shorter ones each is known.
    sequences: (Vec<Token>, Vec<Token>),
    numbers: HashMap<(Token, Token), u32>,
}

/// How often sequences are doubled, from one token on.
const MAX_DOUBLINGS: u32 = 6;

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
        let before = &before[span.before.0..span.before.1];
        let after = &after[span.after.0..span.after.1];
        self.find_pairs(before, after, distinct);
        if self.pairs.is_empty() {
            self.find_pairs_of_sequences(before, after);
        }
        self.find_chain();
        let Some(mut last) = self.chain_ends.last().copied() else {
            return false;
        };
        let mut end = (span.before.1, span.after.1);
        while last != NONE {
            // An anchor goes with the piece behind it, which is trimmed at its begin.
            let pair = self.pairs[last];
            let begin = (span.before.0 + pair.0, span.after.0 + pair.1);
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
    fn find_pairs(&mut self, before: &[Token], after: &[Token], distinct: u32) {
        if self.places.len() < distinct as usize {
            self.places.resize(distinct as usize, Place::default());
        }
        for token in before.iter().chain(after) {
            self.places[token.0 as usize] = Place::default();
        }
        for (index, token) in before.iter().enumerate() {
            let place = &mut self.places[token.0 as usize];
            place.before_count += 1;
            place.before = index;
        }
        for token in after {
            self.places[token.0 as usize].after_count += 1;
        }
        self.pairs.clear();
        for (index, token) in after.iter().enumerate() {
            let place = self.places[token.0 as usize];
            if place.before_count == 1 && place.after_count == 1 {
                self.pairs.push((place.before, index));
            }
        }
    }

    /// The same of sequences of two tokens, four, and so on, where no token will do.
    fn find_pairs_of_sequences(&mut self, before: &[Token], after: &[Token]) {
        let mut sequences = std::mem::take(&mut self.sequences);
        sequences.0.clear();
        sequences.0.extend_from_slice(before);
        sequences.1.clear();
        sequences.1.extend_from_slice(after);
        for doubling in 0..MAX_DOUBLINGS {
            self.numbers.clear();
            double(&mut sequences.0, 1 << doubling, &mut self.numbers);
            double(&mut sequences.1, 1 << doubling, &mut self.numbers);
            let distinct = self.numbers.len() as u32;
            self.find_pairs(&sequences.0, &sequences.1, distinct);
            if !self.pairs.is_empty() {
                break;
            }
        }
        self.sequences = sequences;
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

/// Turns the numbers of sequences of `length` tokens into those of sequences twice as long, each at
/// the place where it begins.
fn double(sequences: &mut Vec<Token>, length: usize, numbers: &mut HashMap<(Token, Token), u32>) {
    let doubled = sequences.len().saturating_sub(length);
    for index in 0..doubled {
        let halves = (sequences[index], sequences[index + length]);
        let next = numbers.len() as u32;
        sequences[index] = Token(*numbers.entry(halves).or_insert(next));
    }
    sequences.truncate(doubled);
}
