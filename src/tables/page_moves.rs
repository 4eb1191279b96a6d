//! `page_moves`: a row a move of a page.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::log_events::LogRow;
use super::registry::TableInfo;
use super::shared;

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "page_moves",
    version: 1,
    row: "a move of a page, by the log move",
    is_default: false,
    order: &["log_id"],
    docs: docs::<PageMoves>,
};

/// The table as a type.
#[derive(Debug)]
pub struct PageMoves;

impl Table for PageMoves {
    type Row<'r> = LogRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<PageMoves>; 13] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::LOG_ID,
        put: |row, cells| cells.int(row.item.id),
    },
    Column {
        doc: shared::LOG_DT,
        put: |row, cells| cells.time(row.item.timestamp),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.item.contributor.id),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.text(row.item.contributor.name),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(Some(row.item.contributor.kind().name())),
    },
    Column {
        doc: shared::USER_IS_VISIBLE,
        put: |row, cells| cells.boolean(row.item.contributor.is_visible),
    },
    Column {
        doc: ColumnDoc {
            name: "log_action",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "move, or move_redir where a redirect was overwritten.",
            source: "logitem/action",
        },
        put: |row, cells| cells.text(row.item.action),
    },
    Column {
        doc: ColumnDoc {
            name: "page_namespace_id_before",
            kind: Kind::Int32,
            nullable: true,
            unit: "",
            meaning: "Number of the namespace before, by the prefix of the title.",
            source: "logitem/logtitle",
        },
        put: |row, cells| cells.int(row.namespace_id.map(i64::from)),
    },
    Column {
        doc: ColumnDoc {
            name: "page_title_before",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Title before, with the namespace's local name in front; null if hidden.",
            source: "logitem/logtitle",
        },
        put: |row, cells| cells.text(row.title()),
    },
    Column {
        doc: ColumnDoc {
            name: "page_namespace_id_after",
            kind: Kind::Int32,
            nullable: true,
            unit: "",
            meaning: "Number of the namespace after, by the prefix of the title.",
            source: "logitem/params",
        },
        put: |row, cells| cells.int(row.namespace_of(target(row).as_deref())),
    },
    Column {
        doc: ColumnDoc {
            name: "page_title_after",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Title after, with the namespace's local name in front; null if hidden.",
            source: "logitem/params",
        },
        put: |row, cells| cells.string(target(row).as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "leaves_redirect",
            kind: Kind::Boolean,
            nullable: true,
            unit: "",
            meaning: "Whether a redirect was left at the old title; null if hidden.",
            source: "logitem/params",
        },
        put: |row, cells| cells.optional_boolean(leaves_redirect(row)),
    },
];

/// Whether an entry is about a move.
pub fn is_page_move(row: &LogRow<'_>) -> bool {
    row.item.kind.is_some_and(|kind| &kind == "move")
}

fn target(row: &LogRow<'_>) -> Option<String> {
    row.param("4::target", "0")
        .filter(|title| !title.is_empty())
}

fn leaves_redirect(row: &LogRow<'_>) -> Option<bool> {
    target(row)?;
    let suppressed = row.param("5::noredir", "1");
    Some(suppressed.as_deref() != Some("1"))
}
