//! `rejects`: a row a piece of input that was passed over because of damage.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use crate::error::Error;

/// What was passed over, why and where.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Name of the input.
    pub input: String,
    /// Offset in the decoded XML, or SQL.
    pub xml_offset_bytes: Option<u64>,
    /// Line in the decoded SQL.
    pub sql_line: Option<u64>,
    /// Where in the stored file, about that if it is packed.
    pub file_offset_bytes: Option<u64>,
    /// The page it lies in.
    pub page_id: Option<i64>,
    /// The revision it lies in.
    pub revision_id: Option<i64>,
    /// How many bytes of XML were passed over, as far as that is known.
    pub lost_bytes: Option<u64>,
    /// What is wrong.
    pub reason: String,
}

impl Reject {
    /// What an error says of the place where something was passed over.
    pub fn of(why: &Error, lost_bytes: Option<u64>, wiki_id: Option<String>, input: &str) -> Self {
        let place = why.location();
        Self {
            wiki_id,
            input: input.to_owned(),
            xml_offset_bytes: place.xml_offset_bytes.or(place.sql_offset_bytes),
            sql_line: place.sql_line,
            file_offset_bytes: place.file_offset_bits.map(|bits| bits / 8),
            page_id: place.page_id,
            revision_id: place.revision_id,
            lost_bytes,
            reason: why.message().to_owned(),
        }
    }
}

fn signed(offset: Option<u64>) -> Option<i64> {
    offset.and_then(|offset| offset.try_into().ok())
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "rejects",
    version: 1,
    row: "a piece of input passed over because of damage",
    is_default: true,
    order: &[],
    docs: docs::<Rejects>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Rejects;

impl Table for Rejects {
    type Row<'r> = Reject;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Rejects>; 9] = [
    Column {
        doc: ColumnDoc {
            name: "wiki_id",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Database name of the wiki, where it is known.",
            source: "siteinfo/dbname",
        },
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
        doc: ColumnDoc {
            name: "xml_offset_bytes",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Where the damage begins in the decoded XML, or SQL.",
            source: "the run itself",
        },
        put: |row, cells| cells.int(signed(row.xml_offset_bytes)),
    },
    Column {
        doc: ColumnDoc {
            name: "sql_line",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "The line of the decoded SQL where it begins, from 1; null in XML.",
            source: "the run itself",
        },
        put: |row, cells| cells.int(signed(row.sql_line)),
    },
    Column {
        doc: ColumnDoc {
            name: "file_offset_bytes",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "Where that is in the file as stored; about where, if it is packed.",
            source: "the run itself",
        },
        put: |row, cells| cells.int(signed(row.file_offset_bytes)),
    },
    Column {
        doc: ColumnDoc {
            name: "page_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "The page it lies in, where it is known.",
            source: "page/id",
        },
        put: |row, cells| cells.int(row.page_id),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "The revision it lies in, where it is known.",
            source: "revision/id",
        },
        put: |row, cells| cells.int(row.revision_id),
    },
    Column {
        doc: ColumnDoc {
            name: "lost_bytes",
            kind: Kind::Int64,
            nullable: true,
            unit: "bytes",
            meaning: "How much of the decoded XML, or SQL, was passed over; null where it is not known, as behind a broken bzip2 block.",
            source: "the run itself",
        },
        put: |row, cells| cells.int(signed(row.lost_bytes)),
    },
    Column {
        doc: ColumnDoc {
            name: "reason",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "What is wrong.",
            source: "the run itself",
        },
        put: |row, cells| cells.string(Some(&row.reason)),
    },
];
