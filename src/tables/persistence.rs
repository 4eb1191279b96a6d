//! `persistence`: a row a revision, with what became of the tokens that it added.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::page_header::PageHeader;
use super::registry::TableInfo;
use super::shared;
use crate::derive::persistence::Persistence as Measures;

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct PersistenceRow<'r> {
    /// The page.
    pub page: &'r PageHeader,
    /// The revision.
    pub revision_id: Option<i64>,
    /// What became of its tokens; `None` where its text is not known.
    pub measures: Option<Measures>,
    /// Whether all of the page's history was looked at.
    pub is_whole: bool,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "persistence",
    version: 1,
    row: "a revision of a page, with what became of the tokens that it added to the main slot",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<Persistence>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Persistence;

impl Table for Persistence {
    type Row<'r> = PersistenceRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

const SOURCE: &str = "revision/text";

static COLUMNS: [Column<Persistence>; 15] = [
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
        put: |row, cells| cells.int(row.revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "revisions_processed",
            kind: Kind::Int64,
            nullable: true,
            unit: "revisions",
            meaning: "How many later revisions were looked at, --persistence-window at most. Null, as all measures are, where the text is hidden, lost, not in the dump, or larger than 4 MiB: such revisions are passed over.",
            source: SOURCE,
        },
        put: |row, cells| cells.int(row.measures.map(|found| found.revisions_processed.into())),
    },
    Column {
        doc: ColumnDoc {
            name: "non_self_processed",
            kind: Kind::Int64,
            nullable: true,
            unit: "revisions",
            meaning: "How many of these are by other users; this and all non_self columns are null where the revision's own user is hidden or has no name.",
            source: "contributor",
        },
        put: |row, cells| {
            let found = row.measures.and_then(|found| found.non_self_processed);
            cells.int(found.map(i64::from));
        },
    },
    Column {
        doc: ColumnDoc {
            name: "seconds_possible",
            kind: Kind::Int64,
            nullable: true,
            unit: "seconds",
            meaning: "Time from the revision to the last that was looked at, or to the sunset where the page has no more.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.int(row.measures.map(|found| found.seconds_possible)),
    },
    Column {
        doc: ColumnDoc {
            name: "tokens_added",
            kind: Kind::Int64,
            nullable: true,
            unit: "tokens",
            meaning: "How many tokens it added that are new on the page; none where it brings back an earlier text.",
            source: SOURCE,
        },
        put: |row, cells| count(cells, row.measures.map(|found| found.tokens_added)),
    },
    Column {
        doc: ColumnDoc {
            name: "persistent_tokens",
            kind: Kind::Int64,
            nullable: true,
            unit: "tokens",
            meaning: "How many of them --persistence-min-revisions later revisions have, or were seen for --persistence-min-days.",
            source: SOURCE,
        },
        put: |row, cells| count(cells, row.measures.map(|found| found.persistent_tokens)),
    },
    Column {
        doc: ColumnDoc {
            name: "non_self_persistent_tokens",
            kind: Kind::Int64,
            nullable: true,
            unit: "tokens",
            meaning: "The same, where only revisions by other users count.",
            source: SOURCE,
        },
        put: |row, cells| {
            let found = row
                .measures
                .and_then(|found| found.non_self_persistent_tokens);
            count(cells, found);
        },
    },
    Column {
        doc: ColumnDoc {
            name: "sum_log_persisted",
            kind: Kind::Float64,
            nullable: true,
            unit: "",
            meaning: "Sum over the tokens of ln(1 + later revisions that have it).",
            source: SOURCE,
        },
        put: |row, cells| cells.float(row.measures.map(|found| found.sum_log_persisted)),
    },
    Column {
        doc: ColumnDoc {
            name: "sum_log_non_self_persisted",
            kind: Kind::Float64,
            nullable: true,
            unit: "",
            meaning: "The same, where only revisions by other users count.",
            source: SOURCE,
        },
        put: |row, cells| {
            let found = row
                .measures
                .and_then(|found| found.sum_log_non_self_persisted);
            cells.float(found);
        },
    },
    Column {
        doc: ColumnDoc {
            name: "sum_log_seconds_visible",
            kind: Kind::Float64,
            nullable: true,
            unit: "",
            meaning: "Sum over the tokens of ln(1 + seconds for which a latest revision had it).",
            source: SOURCE,
        },
        put: |row, cells| cells.float(row.measures.map(|found| found.sum_log_seconds_visible)),
    },
    Column {
        doc: ColumnDoc {
            name: "is_censored",
            kind: Kind::Boolean,
            nullable: true,
            unit: "",
            meaning: "Whether it is too early to tell: some token was seen for less than the days, and there were not as many days, or not as many revisions, as it takes.",
            source: SOURCE,
        },
        put: |row, cells| cells.optional_boolean(row.measures.map(|found| found.is_censored)),
    },
    Column {
        doc: ColumnDoc {
            name: "is_non_self_censored",
            kind: Kind::Boolean,
            nullable: true,
            unit: "",
            meaning: "The same, where only revisions by other users count.",
            source: SOURCE,
        },
        put: |row, cells| {
            let found = row.measures.and_then(|found| found.is_non_self_censored);
            cells.optional_boolean(found);
        },
    },
    Column {
        doc: shared::PAGE_HISTORY_IS_WHOLE,
        put: |row, cells| cells.boolean(row.is_whole),
    },
];

fn count(cells: &mut super::Cells, value: Option<u64>) {
    cells.int(value.and_then(|value| value.try_into().ok()));
}
