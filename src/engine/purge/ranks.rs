//! Places in the history of a page, counted anew without the revisions that are gone.
//!
//! The time since the revision before would tell when one that is gone was saved.  Rows of those that are
//! gone have that time, too, so that what lies between two that stay is their sum.

use std::collections::HashMap;

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;

const COUNT: &str = "page_revision_count";
const SECONDS: &str = "page_seconds_since_previous_revision";

/// Tables whose rows know their place; each counts for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ranked {
    RevisionHistory,
    MediawikiHistory,
}

/// The places of pages from which revisions are gone.
pub(super) type AllRanks = HashMap<(Ranked, i64), Ranks>;

/// A revision that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Gone {
    rank: i64,
    seconds: Option<i64>,
}

/// What the rows of a page say of their places.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    first: i64,
    last: i64,
    rows: i64,
    gone: Vec<Gone>,
}

impl Ranks {
    pub(super) const BYTES: usize = 96;

    fn see(&mut self, rank: i64) {
        self.first = self.first.min(rank);
        self.last = self.last.max(rank);
        self.rows += 1;
    }

    /// Adds what another part says of the page.
    pub(super) fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.rows += other.rows;
        self.gone.extend(other.gone);
    }

    /// To be called when all parts have told.
    pub(super) fn sort(&mut self) {
        self.gone.sort_unstable();
    }

    pub(super) fn bytes(&self) -> usize {
        Self::BYTES + self.gone.capacity() * size_of::<Gone>()
    }

    /// Whether each place is there once.  It is not where several inputs hold the page.
    fn is_sound(&self) -> bool {
        self.rows == self.last - self.first + 1
    }

    fn gone_before(&self, rank: i64) -> usize {
        self.gone.partition_point(|gone| gone.rank < rank)
    }

    /// The time since the revision before that stays; `None` where there is none, or it is not in the
    /// output, so that nobody can tell whether it is gone.
    fn seconds_since_kept(&self, rank: i64, seconds: Option<i64>) -> Option<i64> {
        let (mut rank, mut seconds) = (rank - 1, seconds?);
        let mut before = self.gone_before(rank + 1);
        while let Some(gone) = before.checked_sub(1).and_then(|at| self.gone.get(at))
            && gone.rank == rank
        {
            seconds += gone.seconds?;
            (rank, before) = (rank - 1, before - 1);
        }
        (rank >= self.first).then_some(seconds)
    }
}

/// Notes the places of the rows of pages from which revisions are gone.
pub(super) fn gather(
    ranked: Ranked,
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    changes: &Changes,
    ranks: &mut AllRanks,
) {
    for row in 0..rows.count() {
        let Some((page, rank)) = rows.int("page_id", row).zip(rows.int(COUNT, row)) else {
            continue;
        };
        if !facts.is_thinned(Some(page)) {
            continue;
        }
        let of_page = ranks.entry((ranked, page)).or_insert(Ranks {
            first: rank,
            last: rank,
            rows: 0,
            gone: Vec::new(),
        });
        of_page.see(rank);
        if changes.removed.contains_key(&row) {
            let seconds = rows.int(SECONDS, row);
            of_page.gone.push(Gone { rank, seconds });
        }
    }
}

/// Counts the place of a revision that stays anew.
pub(super) fn recount(
    ranked: Ranked,
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    changes: &mut Changes,
) {
    let page = rows.int("page_id", row);
    if !facts.is_thinned(page) {
        return;
    }
    let ranks = page.and_then(|page| facts.lost.ranks.get(&(ranked, page)));
    let known = ranks
        .filter(|ranks| ranks.is_sound())
        .zip(rows.int(COUNT, row));
    let mut seconds = None;
    if let Some((ranks, rank)) = known {
        let count = Value::Int(rank - ranks.gone_before(rank) as i64);
        changes.set(rows, row, COUNT, count, Reason::HistoryChanged);
        seconds = ranks.seconds_since_kept(rank, rows.int(SECONDS, row));
    }
    let seconds = seconds.map_or(Value::Null, Value::Int);
    changes.set(rows, row, SECONDS, seconds, Reason::HistoryChanged);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(first: i64, last: i64, gone: &[(i64, Option<i64>)]) -> Ranks {
        let gone = gone.iter().map(|(rank, seconds)| Gone {
            rank: *rank,
            seconds: *seconds,
        });
        let mut ranks = Ranks {
            first,
            last,
            rows: last - first + 1,
            gone: gone.collect(),
        };
        ranks.sort();
        ranks
    }

    #[test]
    fn times_over_what_is_gone_are_sums() {
        let some = ranks(1, 6, &[(4, Some(40)), (3, Some(30)), (1, None)]);
        assert!(some.is_sound());
        // The first that stays has none before it.
        assert_eq!(some.seconds_since_kept(2, Some(20)), None);
        assert_eq!(some.seconds_since_kept(5, Some(50)), Some(120));
        assert_eq!(some.seconds_since_kept(6, Some(60)), Some(60));
        assert_eq!([2, 5, 6].map(|rank| some.gone_before(rank)), [1, 3, 3]);
    }

    #[test]
    fn what_is_not_in_the_output_is_not_told() {
        let cut = ranks(3, 6, &[(4, Some(40))]);
        assert_eq!(cut.seconds_since_kept(3, Some(30)), None);
        assert_eq!(cut.seconds_since_kept(5, Some(50)), Some(90));
        let mut twice = cut.clone();
        twice.add(cut);
        assert!(!twice.is_sound());
    }
}
