//! `differing_texts`: a row a text that is not what its checksum says.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;

/// A text that is not the one whose SHA-1 the dump declares.
#[derive(Debug, Clone, Default)]
pub struct DifferingText {
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Name of the input.
    pub input: String,
    /// The page.
    pub page_id: Option<i64>,
    /// The revision.
    pub revision_id: Option<i64>,
    /// The slot's role; `None` where the checksum is that of a revision of several slots.
    pub slot_role: Option<String>,
    /// The likely cause.
    pub cause: &'static str,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "differing_texts",
    version: 1,
    row: "a text that is not the one whose SHA-1 the dump declares",
    is_default: false,
    order: &[],
    docs: docs::<DifferingTexts>,
};

/// The table as a type.
#[derive(Debug)]
pub struct DifferingTexts;

impl Table for DifferingTexts {
    type Row<'r> = DifferingText;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<DifferingTexts>; 6] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "input",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "The input, as it was named.",
            source: "the run itself",
        },
        put: |row, cells| cells.string(Some(&row.input)),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page_id),
    },
    Column {
        doc: shared::REVISION_ID,
        put: |row, cells| cells.int(row.revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "slot_role",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Role of the slot; null where it is the checksum of a revision of several slots that differs.",
            source: "content/role",
        },
        put: |row, cells| cells.string(row.slot_role.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "cause",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "The likely cause: carriage_returns, replaced_characters and content_model are harmless, other_length is a normalised text or damage, unexplained is damage or a wrong checksum.",
            source: "revision/text, text/@sha1, revision/sha1",
        },
        put: |row, cells| cells.string(Some(row.cause)),
    },
];
