//! `revisions`: a row a revision, without its text.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::{Page, Revision, Slot};

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct RevisionRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The page.
    pub page: &'r Page<'r>,
    /// The revision.
    pub revision: &'r Revision<'r>,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "revisions",
    version: 2,
    row: "a revision of a page",
    is_default: true,
    order: &["page_id", "revision_id"],
    docs: docs::<Revisions>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Revisions;

impl Table for Revisions {
    type Row<'r> = RevisionRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Revisions>; 21] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.id),
    },
    Column {
        doc: shared::PAGE_NAMESPACE_ID,
        put: |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    },
    Column {
        doc: shared::PAGE_TITLE,
        put: |row, cells| cells.text(row.page.title),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision; null in dumps of schemas before 0.7 that leave it out.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.revision.id),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_parent_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision it was made from; null for a page's first, or where it is not known.",
            source: "revision/parentid",
        },
        put: |row, cells| cells.int(row.revision.parent_id),
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
        put: |row, cells| cells.time(row.revision.timestamp),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.revision.contributor.id),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.text(row.revision.contributor.name),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(Some(row.revision.contributor.kind().name())),
    },
    Column {
        doc: shared::USER_IS_VISIBLE,
        put: |row, cells| cells.boolean(row.revision.contributor.is_visible),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_is_minor_edit",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether it was marked as minor.",
            source: "revision/minor",
        },
        put: |row, cells| cells.boolean(row.revision.is_minor),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_comment",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Edit summary; empty where there is none, null if hidden.",
            source: "revision/comment",
        },
        put: |row, cells| cells.text(row.revision.comment.text()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_comment_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the edit summary is shown.",
            source: "revision/comment/@deleted",
        },
        put: |row, cells| cells.boolean(row.revision.comment.is_visible()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_content_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the content is shown.",
            source: "revision/text/@deleted",
        },
        put: |row, cells| cells.boolean(row.main().is_none_or(|slot| !slot.is_hidden)),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_sha1",
            kind: Kind::String,
            nullable: true,
            unit: "SHA-1, 31 digits of base 36",
            meaning: "Checksum over all slots; null if not known, if any slot is hidden, and where --ip changed a text.",
            source: "revision/sha1",
        },
        put: |row, cells| cells.text(row.revision.known_sha1()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_size",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Sum of the slots' sizes: as declared, or else the length of the text; null if that of any slot is not known or hidden (but see --keep-hidden-sizes).",
            source: "revision/text/@bytes, revision/content/text/@bytes",
        },
        put: |row, cells| cells.int(row.revision.size_bytes()),
    },
    Column {
        doc: ColumnDoc {
            name: "content_model",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Content model of the main slot, such as wikitext.",
            source: "revision/model",
        },
        put: |row, cells| cells.text(row.main().and_then(|slot| slot.model)),
    },
    Column {
        doc: ColumnDoc {
            name: "content_format",
            kind: Kind::String,
            nullable: true,
            unit: "MIME type",
            meaning: "Serialisation format of the main slot.",
            source: "revision/format",
        },
        put: |row, cells| cells.text(row.main().and_then(|slot| slot.format)),
    },
    Column {
        doc: ColumnDoc {
            name: "origin_rev_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the revision that brought the main slot's content.",
            source: "revision/origin",
        },
        put: |row, cells| cells.int(row.main().and_then(|slot| slot.origin_revision_id)),
    },
    Column {
        doc: ColumnDoc {
            name: "slot_roles",
            kind: Kind::StringList,
            nullable: false,
            unit: "",
            meaning: "Roles of all slots, main first.",
            source: "revision/text, revision/content/role",
        },
        put: |row, cells| cells.list(row.revision.slots().map(|slot| slot.role().to_cow())),
    },
];

impl<'r> RevisionRow<'r> {
    fn main(&self) -> Option<&'r Slot<'r>> {
        self.revision.main.as_ref()
    }
}
