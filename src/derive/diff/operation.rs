//! Operations: what to do with the earlier text's tokens to have the later text's.

use crate::derive::tokens::{EqualTokens, Tokenized};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Tokens are taken over.
    Equal,
    /// Tokens are new.
    Insert,
    /// Tokens are gone.
    Delete,
}

impl Op {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Insert => "insert",
            Self::Delete => "delete",
        }
    }

    /// The one of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Equal, Self::Insert, Self::Delete]
            .into_iter()
            .find(|op| op.name() == name)
    }
}

/// An operation, with half open ranges of tokens: `a1` to `a2` of the earlier text, `b1` to `b2` of
/// the later.  An insertion has an empty range in the earlier text, a deletion one in the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// The first token in the earlier text.
    pub a1: u32,
    /// Behind the last token in the earlier text.
    pub a2: u32,
    /// The first token in the later text.
    pub b1: u32,
    /// Behind the last token in the later text.
    pub b2: u32,
}

impl Operation {
    pub(super) fn equal(before: (usize, usize), after: (usize, usize)) -> Self {
        Self::new(Op::Equal, before, after)
    }

    pub(super) fn insert(at: usize, after: (usize, usize)) -> Self {
        Self::new(Op::Insert, (at, at), after)
    }

    pub(super) fn delete(before: (usize, usize), at: usize) -> Self {
        Self::new(Op::Delete, before, (at, at))
    }

    /// Texts have less than 2^31 bytes, so offsets of tokens fit.
    fn new(op: Op, before: (usize, usize), after: (usize, usize)) -> Self {
        Self {
            op,
            a1: before.0 as u32,
            a2: before.1 as u32,
            b1: after.0 as u32,
            b2: after.1 as u32,
        }
    }

    /// How many tokens it takes over, inserts or deletes.
    pub fn tokens(&self) -> usize {
        match self.op {
            Op::Delete => (self.a2 - self.a1) as usize,
            Op::Equal | Op::Insert => (self.b2 - self.b1) as usize,
        }
    }

    /// The text that it takes over, inserts or deletes.
    pub fn text<'t>(&self, before: &'t Tokenized, after: &'t Tokenized) -> &'t str {
        match self.op {
            Op::Delete => before.range(self.a1 as usize..self.a2 as usize),
            Op::Equal | Op::Insert => after.range(self.b1 as usize..self.b2 as usize),
        }
    }
}

/// Adds the operations that follow from what is equal: deletions before insertions.
pub(super) fn of_runs(
    runs: &[EqualTokens],
    (before_length, after_length): (usize, usize),
    operations: &mut Vec<Operation>,
) {
    let end = EqualTokens {
        before: before_length,
        after: after_length,
        count: 0,
    };
    // Where the equal tokens at hand begin, and where they end.
    let (mut begin, mut at) = ((0, 0), (0, 0));
    for run in runs.iter().chain([&end]) {
        let is_gap = run.before > at.0 || run.after > at.1;
        if is_gap || run.count == 0 {
            if at.0 > begin.0 {
                operations.push(Operation::equal((begin.0, at.0), (begin.1, at.1)));
            }
            if run.before > at.0 {
                operations.push(Operation::delete((at.0, run.before), at.1));
            }
            if run.after > at.1 {
                operations.push(Operation::insert(run.before, (at.1, run.after)));
            }
            begin = (run.before, run.after);
        }
        at = (run.before + run.count, run.after + run.count);
    }
}
