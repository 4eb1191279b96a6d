//! `reverts`: a row an identity revert, by each of two definitions.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::page_header::PageHeader;
use super::registry::TableInfo;
use super::shared;
use crate::derive::{Fact, seconds_between};
use crate::model::UserKind;

/// By whose definition something is a revert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevertDefinition {
    /// That of the Python package mwreverts.
    Mwreverts,
    /// That of Wikimedia's table mediawiki_history.
    MediawikiHistory,
}

impl RevertDefinition {
    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mwreverts => "mwreverts",
            Self::MediawikiHistory => "mediawiki_history",
        }
    }
}

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct RevertRow<'r> {
    /// The page.
    pub page: &'r PageHeader,
    /// By whose definition.
    pub definition: RevertDefinition,
    /// The revision that brought an earlier one back.
    pub reverting: Fact<'r>,
    /// The one that was brought back.
    pub reverted_to: Fact<'r>,
    /// What was reverted, in order.
    pub reverted: &'r [Fact<'r>],
    /// How many revisions lie between the two.
    pub between: u64,
    /// Whether all of the page's history was looked at.
    pub is_whole: bool,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "reverts",
    version: 1,
    row: "an identity revert by one of two definitions: filter by revert_definition before counting",
    is_default: false,
    order: &["page_id"],
    docs: docs::<Reverts>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Reverts;

impl Table for Reverts {
    type Row<'r> = RevertRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Reverts>; 20] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.page.wiki_id.as_deref()),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.page_id),
    },
    Column {
        doc: shared::PAGE_NAMESPACE_ID,
        put: |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    },
    Column {
        doc: shared::PAGE_TITLE,
        put: |row, cells| cells.string(row.page.title.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "revert_definition",
            kind: Kind::String,
            nullable: false,
            unit: "mwreverts, mediawiki_history",
            meaning: "By whose definition it is a revert. mwreverts: to the latest revision with the same checksum, one to --revert-radius revisions between, in the order of the dump, or of time with --revert-order time. mediawiki_history: to the page's first revision with the same checksum, however far, in the order of time, unless its parent is the one with this checksum before it.",
            source: "revision/sha1",
        },
        put: |row, cells| cells.string(Some(row.definition.name())),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the reverting revision; null in dumps of schemas before 0.7 that leave it out.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.reverting.id()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "When it was saved.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(row.reverting.timestamp()),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.reverting.user_id()),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.string(row.reverting.user_text()),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(Some(row.reverting.user_kind().name())),
    },
    Column {
        doc: shared::USER_IS_VISIBLE,
        put: |row, cells| cells.boolean(row.reverting.user_kind() != UserKind::Hidden),
    },
    Column {
        doc: ColumnDoc {
            name: "reverted_to_revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision that it brought back.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.reverted_to.id()),
    },
    Column {
        doc: ColumnDoc {
            name: "reverted_to_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "When that one was saved.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(row.reverted_to.timestamp()),
    },
    Column {
        doc: ColumnDoc {
            name: "reverted_revision_ids",
            kind: Kind::Int64List,
            nullable: false,
            unit: "",
            meaning: "Ids of the revisions that it reverted, the earliest first; by mediawiki_history only those that no revert before it had reverted.",
            source: "revision/id",
        },
        put: |row, cells| cells.int_list(row.reverted.iter().filter_map(|fact| fact.id())),
    },
    Column {
        doc: ColumnDoc {
            name: "reverted_count",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many these are, those without an id too.",
            source: "page/revision",
        },
        put: |row, cells| cells.int(row.reverted.len().try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "revisions_between",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many revisions lie between it and the one that it brought back.",
            source: "page/revision",
        },
        put: |row, cells| cells.int(row.between.try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "seconds_to_revert",
            kind: Kind::Int64,
            nullable: true,
            unit: "seconds",
            meaning: "Time from the first revision that it reverted; negative where the order of the dump is not that of time; null where it reverted none.",
            source: "revision/timestamp",
        },
        put: |row, cells| {
            let first = row.reverted.first();
            cells.int(first.and_then(|first| seconds_between(*first, row.reverting)));
        },
    },
    Column {
        doc: ColumnDoc {
            name: "seconds_since_reverted_to",
            kind: Kind::Int64,
            nullable: true,
            unit: "seconds",
            meaning: "Time from the revision that it brought back.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.int(seconds_between(row.reverted_to, row.reverting)),
    },
    Column {
        doc: ColumnDoc {
            name: "is_self_revert",
            kind: Kind::Boolean,
            nullable: true,
            unit: "",
            meaning: "Whether all that it reverted is by its own user (the same account, or the same name without one); null where that cannot be told, for a user is hidden or nothing was reverted.",
            source: "contributor",
        },
        put: |row, cells| cells.optional_boolean(is_self_revert(row)),
    },
    Column {
        doc: shared::PAGE_HISTORY_IS_WHOLE,
        put: |row, cells| cells.boolean(row.is_whole),
    },
];

/// One revision by somebody else decides it, whoever is hidden.
fn is_self_revert(row: &RevertRow<'_>) -> Option<bool> {
    let mut is_self = (!row.reverted.is_empty()).then_some(true);
    for reverted in row.reverted {
        match row.reverting.is_by_same_user(*reverted) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => is_self = None,
        }
    }
    is_self
}
