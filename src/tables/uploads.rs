//! `uploads`: a row a version of a file.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::{Page, Upload};

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct UploadRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The page that describes the file.
    pub page: &'r Page<'r>,
    /// The version of the file.
    pub upload: &'r Upload<'r>,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "uploads",
    version: 1,
    row: "a version of an uploaded file",
    is_default: false,
    order: &["page_id"],
    docs: docs::<Uploads>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Uploads;

impl Table for Uploads {
    type Row<'r> = UploadRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Uploads>; 17] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page.id),
    },
    Column {
        doc: shared::PAGE_TITLE,
        put: |row, cells| cells.text(row.page.title),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "When it was uploaded.",
            source: "upload/timestamp",
        },
        put: |row, cells| cells.time(row.upload.timestamp),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.upload.contributor.id),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.text(row.upload.contributor.name),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(Some(row.upload.contributor.kind().name())),
    },
    Column {
        doc: shared::USER_IS_VISIBLE,
        put: |row, cells| cells.boolean(row.upload.contributor.is_visible),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_comment",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "What was said about it; null if hidden.",
            source: "upload/comment",
        },
        put: |row, cells| cells.text(row.upload.comment.text()),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_comment_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the comment is shown.",
            source: "upload/comment/@deleted",
        },
        put: |row, cells| cells.boolean(row.upload.comment.is_visible()),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_filename",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Name of the file.",
            source: "upload/filename",
        },
        put: |row, cells| cells.text(row.upload.filename),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_archive_name",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Name under which a replaced version is kept; null for the current one.",
            source: "upload/archivename",
        },
        put: |row, cells| cells.text(row.upload.archive_name),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_src",
            kind: Kind::String,
            nullable: true,
            unit: "URL",
            meaning: "Where the file lies.",
            source: "upload/src",
        },
        put: |row, cells| cells.text(row.upload.src),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_size",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Size of the file.",
            source: "upload/size",
        },
        put: |row, cells| cells.int(row.upload.size_bytes),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_sha1",
            kind: Kind::String,
            nullable: true,
            unit: "SHA-1, 31 digits of base 36",
            meaning: "Checksum of the file.",
            source: "upload/sha1base36",
        },
        put: |row, cells| cells.text(row.upload.sha1),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_rel",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Path below the wiki's file store.",
            source: "upload/rel",
        },
        put: |row, cells| cells.text(row.upload.rel),
    },
    Column {
        doc: ColumnDoc {
            name: "upload_has_contents",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the dump holds the file itself, which no table does.",
            source: "upload/contents",
        },
        put: |row, cells| cells.boolean(row.upload.has_contents),
    },
];
