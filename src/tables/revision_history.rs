//! `revision_history`: a row a revision, with what takes its page's other revisions to tell.
//!
//! It is a table of its own because what comes later counts: its rows can only be made once a page
//! is complete, and those of `revisions` are written as they come.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::page_header::PageHeader;
use super::registry::TableInfo;
use super::shared;
use crate::derive::{Fact, seconds_between};

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct RevisionHistoryRow<'r> {
    /// The page.
    pub page: &'r PageHeader,
    /// The revision.
    pub revision: Fact<'r>,
    /// How many revisions the page has up to it, in the order of time.
    pub page_revision_count: u64,
    /// Seconds since the one before.
    pub seconds_since_previous: Option<i64>,
    /// How many bytes it added.
    pub text_bytes_diff: Option<i64>,
    /// Whether it is a revert.
    pub is_revert: bool,
    /// The first revert of it.
    pub reverted_by: Option<Fact<'r>>,
    /// Whether all of the page's history was looked at.
    pub is_whole: bool,
}

impl RevisionHistoryRow<'_> {
    /// Seconds until the first revert of it.
    pub(super) fn seconds_to_revert(&self) -> Option<i64> {
        seconds_between(self.revision, self.reverted_by?)
    }
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "revision_history",
    version: 2,
    row: "a revision of a page, with what its page's history tells of it",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<RevisionHistory>,
};

/// The table as a type.
#[derive(Debug)]
pub struct RevisionHistory;

impl Table for RevisionHistory {
    type Row<'r> = RevisionHistoryRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<RevisionHistory>; 11] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.page.wiki_id.as_deref()),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.page_id),
    },
    Column {
        doc: shared::REVISION_ID,
        put: |row, cells| cells.int(row.revision.id()),
    },
    Column {
        doc: ColumnDoc {
            name: "page_revision_count",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many revisions of the page there are up to this one, by time and then id: 1 for the first. Those that filters leave out count; deleted ones are in no dump.",
            source: "page/revision",
        },
        put: |row, cells| cells.int(row.page_revision_count.try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "page_seconds_since_previous_revision",
            kind: Kind::Int64,
            nullable: true,
            unit: "seconds",
            meaning: "Time since the page's previous revision, by time and then id; null for the first.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.int(row.seconds_since_previous),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_text_bytes_diff",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Its size less its parent's; all of its size where it has no parent; null where a size is not known, the parent is not on this page of the dump, or the dump does not tell of parents (schemas before 0.8).",
            source: "revision/parentid, revision/text/@bytes",
        },
        put: |row, cells| cells.int(row.text_bytes_diff),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_is_identity_reverted",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether a later revision of the page brought back one from before it; as mediawiki_history defines it.",
            source: "revision/sha1",
        },
        put: |row, cells| cells.boolean(row.reverted_by.is_some()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_first_identity_reverting_revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the first revision that did; null where none did.",
            source: "revision/sha1",
        },
        put: |row, cells| cells.int(row.reverted_by.and_then(Fact::id)),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_seconds_to_identity_revert",
            kind: Kind::Int64,
            nullable: true,
            unit: "seconds",
            meaning: "Time until then; null where none did.",
            source: "revision/timestamp",
        },
        put: |row, cells| {
            cells.int(row.seconds_to_revert());
        },
    },
    Column {
        doc: ColumnDoc {
            name: "revision_is_identity_revert",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether it brought back an earlier revision of the page; as mediawiki_history defines it.",
            source: "revision/sha1",
        },
        put: |row, cells| cells.boolean(row.is_revert),
    },
    Column {
        doc: shared::PAGE_HISTORY_IS_WHOLE,
        put: |row, cells| cells.boolean(row.is_whole),
    },
];
