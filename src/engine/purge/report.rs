//! What a purge did.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::changes::{Changes, Reason};

/// What a purge did with an output, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct PurgeReport {
    /// The folder.
    pub folder: String,
    /// Whether nothing was changed.
    pub is_dry_run: bool,
    /// The wiki of the newer dumps.
    pub wiki_id: Option<String>,
    /// Ids of pages of which the newer dumps hold all: `all`, or ranges.
    pub pages_compared: String,
    /// The same of log entries.
    pub log_entries_compared: String,
    /// Tables of which something went, or of which not all could be told.
    pub tables: BTreeMap<String, TablePurge>,
    /// What could not be judged, a sentence each.
    pub not_judged: Vec<String>,
    /// Wikis whose partitions the newer dumps do not tell of.
    pub other_wikis: Vec<String>,
    /// Parts that were written anew.
    pub rewritten_parts: u64,
}

impl PurgeReport {
    /// Whether the newer dumps told of all rows.
    pub fn is_complete(&self) -> bool {
        let rows = self.tables.values().map(|table| table.rows_not_judged);
        self.not_judged.is_empty() && rows.sum::<u64>() == 0
    }
}

impl PurgeReport {
    /// Pages that the newer dumps have and a table of current pages lost, for their latest revision is gone.
    pub fn pages_left_out(&self) -> u64 {
        let reason = Reason::LatestRevisionGone.name();
        let removed = self.tables.values();
        removed
            .filter_map(|table| table.rows_removed.get(reason))
            .sum()
    }
}

/// What went of a table: rows by reason, each once, and rows in which values went.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct TablePurge {
    /// Rows that went, by reason.
    pub rows_removed: BTreeMap<&'static str, u64>,
    /// Rows that stay and lost values, by reason; one can have several.
    pub rows_changed: BTreeMap<&'static str, u64>,
    /// Rows of which the newer dumps do not tell.
    pub rows_not_judged: u64,
}

impl TablePurge {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn count(&mut self, changes: &Changes) {
        let mut removed: BTreeMap<Reason, u64> = BTreeMap::new();
        for reason in changes.removed.values() {
            *removed.entry(*reason).or_default() += 1;
        }
        for (reason, count) in removed {
            *self.rows_removed.entry(reason.name()).or_default() += count;
        }
        for reason in changes.changed.values().flat_map(BTreeSet::iter) {
            *self.rows_changed.entry(reason.name()).or_default() += 1;
        }
        self.rows_not_judged += changes.unknown.len() as u64;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (reason, count) in &other.rows_removed {
            *self.rows_removed.entry(reason).or_default() += count;
        }
        for (reason, count) in &other.rows_changed {
            *self.rows_changed.entry(reason).or_default() += count;
        }
        self.rows_not_judged += other.rows_not_judged;
    }
}
