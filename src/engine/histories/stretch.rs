//! Revisions of a page that are derived from together: all of them, or as many as may be held.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::derive::token_revisions::TokenRevisions;
use crate::derive::{Fact, Facts};
use crate::tables::PageHeader;

/// A stretch of a page's history, in the order of the dump; as a rule all of it.
#[derive(Debug)]
pub(in crate::engine) struct Stretch {
    pub(super) header: PageHeader,
    /// False where some of the page's history is missing or lies in other stretches.
    pub(super) is_whole: bool,
    /// How many of its first revisions belong to the stretch before, and are looked at only.
    pub(in crate::engine) context: usize,
    /// Revisions of the page before this stretch's own.
    pub(super) revisions_before: u64,
    /// Where the facts lie, by chunk.
    pieces: VecDeque<(Arc<Facts>, Range<usize>)>,
    length: usize,
    bytes: usize,
    /// Bytes that wait with each revision beside its facts.
    beside_bytes: usize,
    /// What became of the tokens of its own revisions, where that is measured.
    pub(super) tokens: Vec<Option<TokenRevisions>>,
}

impl Stretch {
    /// The begin of a page; so many bytes wait with each revision beside its facts.
    pub(super) fn new(header: PageHeader, beside_bytes: usize) -> Self {
        Self {
            header,
            beside_bytes,
            is_whole: true,
            context: 0,
            revisions_before: 0,
            pieces: VecDeque::new(),
            length: 0,
            bytes: 0,
            tokens: Vec::new(),
        }
    }

    /// Revisions, those that are only looked at too.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Revisions without those that are only looked at.
    pub(super) fn own_len(&self) -> usize {
        self.length - self.context
    }

    /// What some revisions take, in bytes.
    fn bytes_of(&self, facts: &Facts, range: &Range<usize>) -> usize {
        facts.bytes_of(range) + range.len() * self.beside_bytes
    }

    /// What their facts take, in bytes.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes revisions until the facts are more than `limit_bytes`, one at least, and gives back
    /// the rest.  Where the rest begins does not depend on how the revisions come in pieces.
    pub(super) fn take(
        &mut self,
        facts: &Arc<Facts>,
        range: Range<usize>,
        limit_bytes: usize,
    ) -> Range<usize> {
        let mut end = range.end;
        if self.bytes + self.bytes_of(facts, &range) > limit_bytes {
            let fits = |end: &usize| {
                let is_first = self.length == self.context && *end == range.start + 1;
                is_first || self.bytes + self.bytes_of(facts, &(range.start..*end)) <= limit_bytes
            };
            end = (range.start + 1..=range.end)
                .take_while(fits)
                .last()
                .unwrap_or(range.start);
        }
        let taken = range.start..end;
        self.length += taken.len();
        self.bytes += self.bytes_of(facts, &taken);
        if !taken.is_empty() {
            self.pieces.push_back((Arc::clone(facts), taken));
        }
        end..range.end
    }

    /// Makes the begin of the page's next stretch, which looks at the last `context` revisions of
    /// this one.
    pub(super) fn cut(&mut self, context: usize) -> Self {
        self.is_whole = false;
        let mut next = Self::new(self.header.clone(), self.beside_bytes);
        next.is_whole = false;
        next.revisions_before = self.revisions_before + self.own_len() as u64;
        for (facts, range) in self.pieces.iter().rev() {
            let wanted = range.len().min(context - next.length);
            if wanted == 0 {
                break;
            }
            let range = range.end - wanted..range.end;
            next.length += wanted;
            next.bytes += self.bytes_of(facts, &range);
            next.pieces.push_front((Arc::clone(facts), range));
        }
        next.context = next.length;
        next
    }

    /// Its revisions.
    pub(in crate::engine) fn revisions(&self) -> Vec<Fact<'_>> {
        let mut revisions = Vec::with_capacity(self.length);
        for (facts, range) in &self.pieces {
            revisions.extend(range.clone().filter_map(|index| facts.get(index)));
        }
        revisions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Revision;

    fn facts(ids: Range<i64>) -> Arc<Facts> {
        let mut facts = Facts::default();
        for id in ids {
            let revision = Revision {
                id: Some(id),
                ..Revision::default()
            };
            facts.push(&revision, true, true);
        }
        Arc::new(facts)
    }

    /// Ids of each stretch, with how many are context, when pieces of these sizes are taken.
    fn cut_up(pieces: &[i64], limit_revisions: usize) -> Vec<(Vec<i64>, usize, u64)> {
        let mut open = Stretch::new(PageHeader::default(), 0);
        let mut done = Vec::new();
        let mut first = 0;
        for piece in pieces {
            let facts = facts(first..first + piece);
            first += piece;
            let mut rest = 0..facts.len();
            loop {
                rest = open.take(&facts, rest, limit_revisions * Facts::BYTES_EACH);
                if rest.is_empty() {
                    break;
                }
                let next = open.cut(2);
                done.push(std::mem::replace(&mut open, next));
            }
        }
        done.push(open);
        done.iter()
            .map(|stretch| {
                let revisions = stretch.revisions();
                let ids = revisions.iter().filter_map(|fact| fact.id()).collect();
                (ids, stretch.context, stretch.revisions_before)
            })
            .collect()
    }

    #[test]
    fn cuts_do_not_depend_on_pieces() {
        let whole = cut_up(&[12], 5);
        assert_eq!(
            whole,
            [
                (vec![0, 1, 2, 3, 4], 0, 0),
                (vec![3, 4, 5, 6, 7], 2, 5),
                (vec![6, 7, 8, 9, 10], 2, 8),
                (vec![9, 10, 11], 2, 11),
            ]
        );
        for pieces in [&[1; 12][..], &[5, 7], &[4, 0, 4, 4], &[8, 3, 1], &[11, 1]] {
            assert_eq!(cut_up(pieces, 5), whole, "{pieces:?}");
        }
    }

    #[test]
    fn even_the_smallest_limit_goes_on() {
        let stretches = cut_up(&[3, 2], 0);
        assert_eq!(stretches.len(), 5);
        assert_eq!(stretches[4], (vec![2, 3, 4], 2, 4));
    }

    #[test]
    fn a_short_page_is_one_stretch() {
        assert_eq!(cut_up(&[2, 3], 5), [(vec![0, 1, 2, 3, 4], 0, 0)]);
    }
}
