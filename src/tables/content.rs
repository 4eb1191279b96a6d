//! `content`: a row a slot, with its text.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::{Page, Revision, Slot};

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct ContentRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The page.
    pub page: &'r Page<'r>,
    /// The revision.
    pub revision: &'r Revision<'r>,
    /// The slot.
    pub slot: &'r Slot<'r>,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "content",
    version: 2,
    row: "a slot of a revision",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<Content>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Content;

impl Table for Content {
    type Row<'r> = ContentRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Content>; 13] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.id),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.revision.id),
    },
    Column {
        doc: ColumnDoc {
            name: "slot_role",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "Role of the slot; main for the page's text.",
            source: "content/role",
        },
        put: |row, cells| cells.text(Some(row.slot.role())),
    },
    Column {
        doc: ColumnDoc {
            name: "content_model",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Content model, such as wikitext.",
            source: "revision/model, content/model",
        },
        put: |row, cells| cells.text(row.slot.model),
    },
    Column {
        doc: ColumnDoc {
            name: "content_format",
            kind: Kind::String,
            nullable: true,
            unit: "MIME type",
            meaning: "Serialisation format.",
            source: "revision/format, content/format",
        },
        put: |row, cells| cells.text(row.slot.format),
    },
    Column {
        doc: ColumnDoc {
            name: "content_sha1",
            kind: Kind::String,
            nullable: true,
            unit: "SHA-1, 31 digits of base 36",
            meaning: "Checksum of the slot as declared since schema 0.11; null where there is none, if it is hidden (but see --keep-hidden-sizes), and where --ip changed the text.",
            source: "text/@sha1",
        },
        put: |row, cells| cells.text(row.slot.known_sha1()),
    },
    Column {
        doc: ColumnDoc {
            name: "content_size",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Size as declared, as the content model counts it; null where it is not known or hidden (but see --keep-hidden-sizes). It can differ from the length of the text.",
            source: "text/@bytes",
        },
        put: |row, cells| cells.int(row.slot.known_declared_bytes()),
    },
    Column {
        doc: ColumnDoc {
            name: "content_text",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "The text, to the byte, line ends as LF; null in all states but present and empty.",
            source: "text",
        },
        put: |row, cells| cells.text(row.slot.visible_text()),
    },
    Column {
        doc: ColumnDoc {
            name: "content_state",
            kind: Kind::String,
            nullable: false,
            unit: "present, empty, hidden, missing, stub",
            meaning: "Why the text is there or not: hidden by revision deletion, lost by the wiki (missing), or in a dump without texts (stub).",
            source: "text",
        },
        put: |row, cells| cells.string(Some(row.slot.state().name())),
    },
    Column {
        doc: ColumnDoc {
            name: "origin_rev_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision that brought this content.",
            source: "revision/origin, content/origin",
        },
        put: |row, cells| cells.int(row.slot.origin_revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "text_id",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Id of the stored text, in stubs; hexadecimal for external stores.",
            source: "text/@id",
        },
        put: |row, cells| cells.text(row.slot.text_id),
    },
    Column {
        doc: ColumnDoc {
            name: "text_location",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Address of the stored text, in stubs.",
            source: "text/@location",
        },
        put: |row, cells| cells.text(row.slot.location),
    },
];
