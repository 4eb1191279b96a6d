//! A text as numbers of tokens.

use std::ops::Range;

use crate::derive::diff::{Op, Operation};

/// Numbers of a text's tokens, in runs that follow each other.  A number is of one token for ever.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct TokenList {
    runs: Vec<Range<u64>>,
    /// How many tokens there are up to the end of each run.
    ends: Vec<u32>,
    /// Whether some token stands there more than once: a diff can tell that a piece was copied.
    has_copies: bool,
}

impl TokenList {
    /// How many tokens.
    pub(super) fn len(&self) -> u32 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn push(&mut self, run: Range<u64>) {
        if run.is_empty() {
            return;
        }
        let end = self.len() + (run.end - run.start) as u32;
        match (self.runs.last_mut(), self.ends.last_mut()) {
            (Some(last), Some(last_end)) if last.end == run.start => {
                last.end = run.end;
                *last_end = end;
            }
            _ => {
                self.runs.push(run);
                self.ends.push(end);
            }
        }
    }

    /// Hands on the runs of some of the tokens, as far as there are such.
    fn for_each_in(&self, tokens: Range<u32>, mut take: impl FnMut(Range<u64>)) {
        let first = self.ends.partition_point(|end| *end <= tokens.start);
        let mut at = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        for (run, end) in self.runs.iter().zip(&self.ends).skip(first) {
            if at >= tokens.end {
                break;
            }
            let skip = tokens.start.saturating_sub(at);
            let stop = tokens.end.min(*end) - at;
            take(run.start + u64::from(skip)..run.start + u64::from(stop));
            at = *end;
        }
    }

    /// The list that operations make of this one, with new numbers for what is inserted; and the
    /// numbers that are gone, in order.
    pub(super) fn apply(
        &self,
        operations: &[Operation],
        next_token: &mut u64,
    ) -> (Self, Vec<Range<u64>>) {
        let mut list = Self::default();
        let mut gone = Vec::new();
        let mut kept_to = 0;
        let mut in_order = !self.has_copies;
        for operation in operations {
            match operation.op {
                Op::Equal => {
                    in_order &= operation.a1 >= kept_to;
                    if in_order {
                        self.for_each_in(kept_to..operation.a1, |run| gone.push(run));
                    }
                    kept_to = operation.a2;
                    self.for_each_in(operation.a1..operation.a2, |run| list.push(run));
                }
                Op::Insert => {
                    let begin = *next_token;
                    *next_token += u64::from(operation.b2 - operation.b1);
                    list.push(begin..*next_token);
                }
                Op::Delete => {}
            }
        }
        if in_order {
            self.for_each_in(kept_to..self.len(), |run| gone.push(run));
            gone.sort_unstable_by_key(|range| range.start);
        } else {
            let distinct = list.sorted();
            let count: u64 = distinct.iter().map(|run| run.end - run.start).sum();
            list.has_copies = count < u64::from(list.len());
            gone = left_of(self.sorted(), &distinct);
        }
        (list, gone)
    }

    /// The numbers that another list has not, in order.
    pub(super) fn without(&self, other: &Self) -> Vec<Range<u64>> {
        left_of(self.sorted(), &other.sorted())
    }

    /// All numbers in order, each once.
    fn sorted(&self) -> Vec<Range<u64>> {
        let mut runs = self.runs.clone();
        runs.sort_unstable_by_key(|run| run.start);
        let mut merged: Vec<Range<u64>> = Vec::with_capacity(runs.len());
        for run in runs {
            match merged.last_mut() {
                Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
                _ => merged.push(run),
            }
        }
        merged
    }
}

/// What is left of some numbers without others; both in order, each number once.
fn left_of(numbers: Vec<Range<u64>>, others: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut others = others.iter().peekable();
    let mut left = Vec::new();
    for mut run in numbers {
        while let Some(other) = others.peek() {
            if other.start >= run.end {
                break;
            }
            if other.start > run.start {
                left.push(run.start..other.start);
            }
            run.start = run.start.max(other.end);
            if other.end >= run.end {
                break;
            }
            others.next();
        }
        if run.start < run.end {
            left.push(run);
        }
    }
    left
}
