//! Matching as Python's difflib does it: the longest block first, then what lies before and behind it.
//!
//! Tokens that are frequent in a long text begin no block there and only lengthen others.  To have the
//! same blocks, these rules and the order of equally good ones are kept; but most of the earlier text
//! is passed over, for a stretch between frequent tokens that is no longer than the best block so far
//! holds no better one.

use std::ops::Range;

use imara_diff::Token;

use super::intern::{Interner, Numbered};
use crate::derive::tokens::{EqualTokens, Tokenized};

/// In a text of so many tokens or more some are too frequent to begin a block.
const LONG_TOKENS: usize = 200;

/// Pairs of equal tokens, and tokens, that are looked at: seconds of work at the very most.
const MAX_WORK: u64 = 1 << 28;

/// Matches tokens, and keeps its room between calls.
#[derive(Debug, Default)]
pub(super) struct SequenceMatcher {
    interner: Interner,
    aligner: LongestFirst,
}

impl SequenceMatcher {
    /// Puts the runs of tokens that belong together, in order.  Says whether they were found before it
    /// was too much work; if not, there are none.
    pub(super) fn find(
        &mut self,
        before: &Tokenized,
        after: &Tokenized,
        runs: &mut Vec<EqualTokens>,
    ) -> bool {
        self.interner.number(
            (before.text().as_bytes(), after.text().as_bytes()),
            (0..before.len()).map(|token| before.offset(token)..before.offset(token + 1)),
            (0..after.len()).map(|token| after.offset(token)..after.offset(token + 1)),
        );
        self.aligner.align(self.interner.numbered(), runs)
    }
}

/// Aligns two sequences of numbered tokens, the longest block first.
#[derive(Debug, Default)]
pub(super) struct LongestFirst {
    search: Search,
    spans: Vec<(Range<usize>, Range<usize>)>,
}

impl LongestFirst {
    /// Puts the runs of tokens that belong together, in order.  Says whether they were found before it
    /// was too much work; if not, there are none.
    pub(super) fn align(&mut self, tokens: Numbered<'_>, runs: &mut Vec<EqualTokens>) -> bool {
        let (a, b) = (tokens.before, tokens.after);
        runs.clear();
        self.search.begin(a, b, tokens.distinct as usize);
        self.spans.clear();
        self.spans.push((0..a.len(), 0..b.len()));
        while let Some((in_a, in_b)) = self.spans.pop() {
            let Some(block) = self.search.longest(a, b, (&in_a, &in_b)) else {
                runs.clear();
                return false;
            };
            if block.count == 0 {
                continue;
            }
            let end = (block.before + block.count, block.after + block.count);
            for span in [
                (in_a.start..block.before, in_b.start..block.after),
                (end.0..in_a.end, end.1..in_b.end),
            ] {
                if !span.0.is_empty() && !span.1.is_empty() {
                    self.spans.push(span);
                }
            }
            runs.push(block);
        }
        runs.sort_unstable_by_key(|run| run.before);
        true
    }
}

/// How many tokens up to a place are equal, if it was met in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    row: u64,
    count: u32,
}

/// The search for the longest block.
#[derive(Debug, Default)]
struct Search {
    /// Where the places of each token of the later text lie in `places`; nowhere for frequent ones.
    lists: Vec<Range<u32>>,
    /// Places in the later text of tokens that may begin a block, by token.
    places: Vec<u32>,
    /// Where the stretch ends of tokens with places that a token of the earlier text stands in; its own
    /// place where it has none.
    stretch_ends: Vec<u32>,
    /// By place in the later text, of the row at hand and the one before in turn.
    cells: [Vec<Cell>; 2],
    /// Rows since the first call.
    row: u64,
    work_left: u64,
}

impl Search {
    fn begin(&mut self, a: &[Token], b: &[Token], distinct: usize) {
        self.work_left = MAX_WORK;
        self.list_places(b, distinct);
        self.stretch_ends.clear();
        self.stretch_ends.resize(a.len(), 0);
        let mut end = a.len();
        for at in (0..a.len()).rev() {
            if self.lists[a[at].0 as usize].is_empty() {
                end = at;
            }
            self.stretch_ends[at] = end as u32;
        }
        for cells in &mut self.cells {
            cells.resize(b.len().max(cells.len()), Cell::default());
        }
    }

    fn list_places(&mut self, b: &[Token], distinct: usize) {
        let most = match b.len() {
            0..LONG_TOKENS => u32::MAX,
            length => length as u32 / 100 + 1,
        };
        self.lists.clear();
        self.lists.resize(distinct, 0..0);
        for token in b {
            self.lists[token.0 as usize].end += 1;
        }
        let mut total = 0;
        for list in &mut self.lists {
            let count = if list.end > most { 0 } else { list.end };
            // What has no room is not listed; the others are as long as what is put in.
            *list = if count == 0 {
                u32::MAX..u32::MAX
            } else {
                total..total
            };
            total += count;
        }
        self.places.clear();
        self.places.resize(total as usize, 0);
        for (place, token) in b.iter().enumerate() {
            let list = &mut self.lists[token.0 as usize];
            if let Some(room) = self.places.get_mut(list.end as usize) {
                *room = place as u32;
                list.end += 1;
            }
        }
    }

    /// The longest block in a range of both texts: of equally long ones the first in the earlier text,
    /// and then in the later.  `None` if there would be too much to do.
    fn longest(
        &mut self,
        a: &[Token],
        b: &[Token],
        (in_a, in_b): (&Range<usize>, &Range<usize>),
    ) -> Option<EqualTokens> {
        let mut best = EqualTokens {
            before: in_a.start,
            after: in_b.start,
            count: 0,
        };
        self.work(in_a.len() as u64)?;
        // The longest stretch comes first, for what it holds saves looking at most of the others.
        let mut first = in_a.start..in_a.start;
        let mut at = in_a.start;
        while at < in_a.end {
            let stretch = self.stretch(at, in_a);
            at = stretch.end.max(at + 1);
            if stretch.len() > first.len() {
                first = stretch;
            }
        }
        self.search(a, &first, in_b, &mut best)?;
        let mut at = in_a.start;
        while at < in_a.end {
            let stretch = self.stretch(at, in_a);
            at = stretch.end.max(at + 1);
            let may_be_better = stretch.len() > best.count
                || (stretch.len() == best.count && stretch.start < best.before);
            if may_be_better && stretch != first {
                self.search(a, &stretch, in_b, &mut best)?;
            }
        }
        lengthen(a, b, (in_a, in_b), &mut best);
        Some(best)
    }

    /// What is left of the stretch that a token stands in; nothing where it stands in none.
    fn stretch(&self, at: usize, in_a: &Range<usize>) -> Range<usize> {
        at..(self.stretch_ends[at] as usize).min(in_a.end)
    }

    /// Looks for a better block in a stretch of the earlier text.
    fn search(
        &mut self,
        a: &[Token],
        stretch: &Range<usize>,
        in_b: &Range<usize>,
        best: &mut EqualTokens,
    ) -> Option<()> {
        // No row before the first.
        self.row += 1;
        for at in stretch.clone() {
            self.row += 1;
            let row = self.row;
            let list = &self.lists[a[at].0 as usize];
            let places = &self.places[list.start as usize..list.end as usize];
            let skipped = places.partition_point(|place| (*place as usize) < in_b.start);
            let (even, odd) = self.cells.split_at_mut(1);
            let (now, last) = match row % 2 {
                0 => (&mut even[0], &odd[0]),
                _ => (&mut odd[0], &even[0]),
            };
            let mut work = 1;
            for place in &places[skipped..] {
                let place = *place as usize;
                if place >= in_b.end {
                    break;
                }
                work += 1;
                let before = place.checked_sub(1).map(|place| last[place]);
                let count = match before {
                    Some(cell) if cell.row == row - 1 => cell.count + 1,
                    _ => 1,
                };
                now[place] = Cell { row, count };
                let count = count as usize;
                let begin = at + 1 - count;
                if count > best.count || (count == best.count && begin < best.before) {
                    *best = EqualTokens {
                        before: begin,
                        after: place + 1 - count,
                        count,
                    };
                }
            }
            self.work(work)?;
        }
        Some(())
    }

    fn work(&mut self, work: u64) -> Option<()> {
        self.work_left = self.work_left.checked_sub(work)?;
        Some(())
    }
}

/// Lengthens a block, which can be empty, by what is equal before and behind it.
fn lengthen(
    a: &[Token],
    b: &[Token],
    (in_a, in_b): (&Range<usize>, &Range<usize>),
    block: &mut EqualTokens,
) {
    let before = a[in_a.start..block.before].iter().rev();
    let count = before
        .zip(b[in_b.start..block.after].iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    block.before -= count;
    block.after -= count;
    block.count += count;
    let behind = a[block.before + block.count..in_a.end].iter();
    block.count += behind
        .zip(&b[block.after + block.count..in_b.end])
        .take_while(|(one, other)| one == other)
        .count();
}
