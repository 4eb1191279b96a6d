//! How much changed.

use super::operation::{Op, Operation};
use crate::derive::tokens::Tokenized;

/// How much was added, removed, kept and moved.
///
/// Kept is what equal operations take over in order: those of them that rise in both texts and have
/// the most tokens.  The other equal operations have moved or copied theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// What insertions have.
    pub added: Amount,
    /// What deletions have.
    pub removed: Amount,
    /// What equal operations have in order.
    pub kept: Amount,
    /// What all other equal operations have.
    pub moved: Amount,
}

/// Tokens and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    /// How many tokens.
    pub tokens: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens + other.tokens,
            bytes: self.bytes + other.bytes,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens - other.tokens,
            bytes: self.bytes - other.bytes,
        }
    }
}

impl Counts {
    /// Counts what operations do.
    pub fn of(operations: &[Operation], before: &Tokenized, after: &Tokenized) -> Self {
        let mut counts = Self::default();
        let mut equal = Amount::default();
        let mut in_order = true;
        let mut last_end = 0;
        for operation in operations {
            let amount = amount(operation, before, after);
            match operation.op {
                Op::Insert => counts.added = counts.added.plus(amount),
                Op::Delete => counts.removed = counts.removed.plus(amount),
                Op::Equal => {
                    equal = equal.plus(amount);
                    in_order &= operation.a1 >= last_end;
                    last_end = operation.a2;
                }
            }
        }
        counts.kept = match in_order {
            true => equal,
            false => in_order_most(operations, before, after),
        };
        counts.moved = equal.minus(counts.kept);
        counts
    }
}

fn amount(operation: &Operation, before: &Tokenized, after: &Tokenized) -> Amount {
    Amount {
        tokens: operation.tokens() as u64,
        bytes: operation.text(before, after).len() as u64,
    }
}

/// The most that equal operations can take over in order.
fn in_order_most(operations: &[Operation], before: &Tokenized, after: &Tokenized) -> Amount {
    let equal: Vec<_> = operations
        .iter()
        .filter(|operation| operation.op == Op::Equal)
        .collect();
    let mut ends: Vec<_> = equal.iter().map(|operation| operation.a2).collect();
    ends.sort_unstable();
    ends.dedup();
    // `best` is a Fenwick tree: at each end the most that chains up to there have.
    let mut best = vec![Amount::default(); ends.len() + 1];
    for operation in equal {
        let mut chain = Amount::default();
        let mut place = ends.partition_point(|end| *end <= operation.a1);
        while place > 0 {
            chain = chain.max(best[place]);
            place &= place - 1;
        }
        let chain = chain.plus(amount(operation, before, after));
        let mut place = ends.partition_point(|end| *end < operation.a2) + 1;
        while let Some(known) = best.get_mut(place) {
            *known = chain.max(*known);
            place += place & place.wrapping_neg();
        }
    }
    let mut most = Amount::default();
    let mut place = ends.len();
    while place > 0 {
        most = most.max(best[place]);
        place &= place - 1;
    }
    most
}
