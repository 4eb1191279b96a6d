//! `tokens`: a row a token of a page's history, with who added it and what became of it.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::page_header::PageHeader;
use super::registry::TableInfo;
use super::shared;
use crate::derive::token_history::Token;

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct TokenRow<'r> {
    /// The page.
    pub page: &'r PageHeader,
    /// The token.
    pub token: &'r Token<'r>,
    /// Whether all of the page's history was looked at.
    pub is_whole: bool,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "tokens",
    version: 1,
    row: "a token that a revision of a page added to the main slot, with what became of it; those of a page come as they are gone for good, the others at its end",
    is_default: false,
    order: &["page_id"],
    docs: docs::<Tokens>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Tokens;

impl Table for Tokens {
    type Row<'r> = TokenRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

const SOURCE: &str = "revision/text";

static COLUMNS: [Column<Tokens>; 16] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.page.wiki_id.as_deref()),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.page_id),
    },
    Column {
        doc: ColumnDoc {
            name: "token_id",
            kind: Kind::Int64,
            nullable: false,
            unit: "",
            meaning: "Number of the token on its page, from 0, in the order in which tokens were added.",
            source: SOURCE,
        },
        put: |row, cells| count(cells, row.token.number),
    },
    Column {
        doc: ColumnDoc {
            name: "token_text",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "The token: a word, a number, markup, a character, or white space.",
            source: SOURCE,
        },
        put: |row, cells| cells.string(Some(row.token.text)),
    },
    Column {
        doc: ColumnDoc {
            name: "origin_revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision that added the token; null in dumps of schemas before 0.7 that leave it out.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.token.origin.revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "origin_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "When that revision was saved.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(row.token.origin.timestamp),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.token.origin.user_id),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.string(row.token.origin.user_text.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "last_revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the last revision that has the token.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.token.last_revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "revisions_survived",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many revisions after the one that added it have the token, to the end of the page. Revisions whose text is hidden, lost, not in the dump, or larger than 4 MiB are passed over.",
            source: SOURCE,
        },
        put: |row, cells| count(cells, row.token.revisions_survived),
    },
    Column {
        doc: ColumnDoc {
            name: "out_revision_ids",
            kind: Kind::Int64List,
            nullable: false,
            unit: "",
            meaning: "Ids of the revisions that removed the token, the earliest first.",
            source: "revision/id",
        },
        put: |row, cells| cells.int_list(row.token.removed_by.iter().copied()),
    },
    Column {
        doc: ColumnDoc {
            name: "in_revision_ids",
            kind: Kind::Int64List,
            nullable: false,
            unit: "",
            meaning: "Ids of the revisions that brought it back, the earliest first; the one that added it is not among them.",
            source: "revision/id",
        },
        put: |row, cells| cells.int_list(row.token.returned_by.iter().copied()),
    },
    Column {
        doc: ColumnDoc {
            name: "out_count",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many revisions removed it, those that out_revision_ids leaves out too.",
            source: SOURCE,
        },
        put: |row, cells| count(cells, row.token.removed_count),
    },
    Column {
        doc: ColumnDoc {
            name: "are_all_listed",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the two lists are whole. False where so much was removed and brought back on the page that it did not fit into a quarter of --memory (of 256MiB where nothing is said): then they have the first of these revisions; counts are always right.",
            source: SOURCE,
        },
        put: |row, cells| cells.boolean(!row.token.is_cut),
    },
    Column {
        doc: ColumnDoc {
            name: "is_in_last_revision",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the page's last revision whose text is known has the token.",
            source: SOURCE,
        },
        put: |row, cells| cells.boolean(row.token.is_in_last),
    },
    Column {
        doc: shared::PAGE_HISTORY_IS_WHOLE,
        put: |row, cells| cells.boolean(row.is_whole),
    },
];

fn count(cells: &mut super::Cells, value: u64) {
    cells.int(value.try_into().ok());
}
