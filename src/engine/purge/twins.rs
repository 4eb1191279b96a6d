//! Revisions that stay and have the text of one that is lost.
//!
//! That such a one is a revert tells the text of the lost one: it is its own.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::changes::{Changes, Reason, Rows};
use super::ids::IdSet;
use super::rules::RevisionColumns;

/// Texts that are lost, by page, as hashes of their checksums, and pages of which one is not known.
///
/// Two texts of one hash only make more be taken away.
#[derive(Debug, Clone, Default)]
pub(super) struct LostTexts {
    known: HashSet<(i64, u64)>,
    unknown: IdSet,
}

impl LostTexts {
    const BYTES_EACH: usize = 32;

    /// Takes the texts of rows that are to go, or to lose their text.
    pub(super) fn take(&mut self, columns: RevisionColumns, rows: &Rows<'_>, changes: &Changes) {
        let removed = changes.removed.iter();
        let removed = removed.filter(|(_, reason)| **reason != Reason::PageGone);
        let changed = changes.changed.iter();
        let hidden = changed.filter(|(_, reasons)| reasons.contains(&Reason::TextHidden));
        let lost = removed
            .map(|(row, _)| *row)
            .chain(hidden.map(|(row, _)| *row));
        for row in lost {
            let Some(page) = rows.int(columns.page, row) else {
                continue;
            };
            match sha1_of(columns, rows, row) {
                Some(sha1) => {
                    self.known.insert((page, sha1));
                }
                None => self.unknown.insert(page),
            }
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.known.extend(other.known);
        self.unknown.add_all(&other.unknown);
    }

    /// Whether the text of a row that stays is one of these.
    pub(super) fn are_of(&self, columns: RevisionColumns, rows: &Rows<'_>, row: usize) -> bool {
        let sha1 = sha1_of(columns, rows, row);
        let page = rows.int(columns.page, row);
        page.is_some_and(|page| sha1.is_some_and(|sha1| self.known.contains(&(page, sha1))))
    }

    /// Whether any text of a page can be one that is lost.
    pub(super) fn may_be_any_of(&self, page: i64) -> bool {
        self.unknown.contains(page)
    }

    pub(super) fn bytes(&self) -> usize {
        self.known.len() * Self::BYTES_EACH + self.unknown.bytes()
    }
}

fn sha1_of(columns: RevisionColumns, rows: &Rows<'_>, row: usize) -> Option<u64> {
    let sha1 = rows
        .text(columns.sha1, row)
        .filter(|sha1| !sha1.is_empty())?;
    let mut hasher = DefaultHasher::new();
    sha1.hash(&mut hasher);
    Some(hasher.finish())
}
