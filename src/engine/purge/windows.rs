//! Later revisions that measures of persistence were made of.
//!
//! Such a measure tells when a revision was saved that removed a token, or was the last that was looked at;
//! and those by other users tell, of a single one that is not shown, whether it is by the same.

use super::changes::Rows;
use super::facts::Facts;
use super::newer::Fate;

/// What later revisions that a row was measured by have lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Later {
    /// Whether one is gone.
    pub(super) is_gone: bool,
    /// Whether of one it is not to be told any more who made it.
    pub(super) is_unnamed: bool,
}

/// Columns of which one at least has a value where a user was shown.
pub(super) const OF_OTHERS: [&str; 4] = [
    "non_self_processed",
    "non_self_persistent_tokens",
    "sum_log_non_self_persisted",
    "is_non_self_censored",
];

/// Whether a row has a value in any of some columns.
pub(super) fn has_any(rows: &Rows<'_>, row: usize, columns: &[&str]) -> bool {
    columns.iter().any(|column| rows.is_there(column, row))
}

/// What a row has lost itself, and whether its text was looked at.
#[derive(Debug, Clone, Copy)]
struct Seen {
    page: Option<i64>,
    lost: Later,
    looked_at: bool,
    window: Option<usize>,
}

fn see(facts: &Facts<'_>, rows: &Rows<'_>, row: usize) -> Seen {
    const PROCESSED: &str = "revisions_processed";
    let page = rows.int("page_id", row);
    let fate = rows
        .int("revision_id", row)
        .map_or(Fate::Unknown, |id| facts.revision(page, id));
    let is_newly_unnamed = fate.hidden().user && has_any(rows, row, &OF_OTHERS);
    let processed = rows.int(PROCESSED, row);
    Seen {
        page,
        lost: Later {
            is_gone: fate.is_gone(),
            is_unnamed: fate.is_gone() || is_newly_unnamed,
        },
        looked_at: processed.is_some() || !rows.is_written(PROCESSED),
        window: processed.and_then(|count| count.try_into().ok()),
    }
}

/// Of each row what was lost of the later revisions that it was measured by.  What stands behind the last
/// row of a batch is not known, and counts as lost where anything of the page is.
pub(super) fn later_of(facts: &Facts<'_>, rows: &Rows<'_>) -> Vec<Later> {
    let seen: Vec<_> = (0..rows.count()).map(|row| see(facts, rows, row)).collect();
    let mut later = Vec::with_capacity(seen.len());
    let count = seen.len();
    let mut pages = seen.chunk_by(|one, next| one.page == next.page).peekable();
    while let Some(page) = pages.next() {
        let id = page.first().and_then(|row| row.page);
        let of_page = Later {
            is_gone: facts.is_thinned(id),
            is_unnamed: facts.is_thinned(id) || facts.has_unnamed(id),
        };
        match of_page == Later::default() {
            true => later.resize(later.len() + page.len(), Later::default()),
            false => of_rows(page, of_page, pages.peek().is_none(), &mut later),
        }
    }
    debug_assert_eq!(later.len(), count);
    later
}

/// The same of the rows of a page.
fn of_rows(page: &[Seen], of_page: Later, may_go_on: bool, later: &mut Vec<Later>) {
    // How many that were looked at stand before each, and how many of these are lost.
    let (mut places, mut gone, mut unnamed) = (Vec::new(), vec![0_usize], vec![0_usize]);
    for row in page {
        places.push(gone.len());
        if row.looked_at {
            let add = |sums: &mut Vec<usize>, is_lost| {
                let last = sums.last().copied().unwrap_or(0);
                sums.push(last + usize::from(is_lost));
            };
            add(&mut gone, row.lost.is_gone);
            add(&mut unnamed, row.lost.is_unnamed);
        }
    }
    let looked_at = gone.len() - 1;
    for (row, place) in page.iter().zip(places) {
        let begin = if row.looked_at { place } else { place - 1 };
        let end = row.window.map(|window| begin + window);
        later.push(match end {
            // Nothing tells how far it looked.
            None if row.looked_at => of_page,
            None => Later::default(),
            Some(end) if end > looked_at && may_go_on => of_page,
            Some(end) => {
                let is_any = |sums: &[usize]| sums.get(end.min(looked_at)) > sums.get(begin);
                Later {
                    is_gone: is_any(&gone),
                    is_unnamed: is_any(&unnamed),
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(window: Option<usize>, is_gone: bool) -> Seen {
        let lost = Later {
            is_gone,
            is_unnamed: is_gone,
        };
        Seen {
            page: Some(1),
            lost,
            looked_at: window.is_some(),
            window,
        }
    }

    fn gone(rows: &[Seen], may_go_on: bool) -> Vec<bool> {
        let of_page = Later {
            is_gone: true,
            is_unnamed: true,
        };
        let mut later = Vec::new();
        of_rows(rows, of_page, may_go_on, &mut later);
        later.iter().map(|later| later.is_gone).collect()
    }

    #[test]
    fn windows_reach_as_far_as_they_say() {
        let rows = [
            row(Some(2), false),
            row(None, false),
            row(Some(2), false),
            row(Some(2), false),
            row(Some(2), true),
            row(Some(1), false),
            row(Some(0), false),
        ];
        let expected = [false, false, true, true, false, false, false];
        assert_eq!(gone(&rows, false), expected);
        assert_eq!(gone(&rows, true), expected);
        // More were looked at than the batch has.
        assert_eq!(gone(&rows[..3], true), [true, false, true]);
        assert_eq!(gone(&rows[..3], false), [false; 3]);
    }
}
