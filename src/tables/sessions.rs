//! `sessions`: a row a user's session, over all inputs of a job.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::derive::sessions::Session;
use crate::model::Timestamp;

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "sessions",
    version: 1,
    row: "edits of a user without a break of --session-cutoff seconds or more, on all pages of all inputs",
    is_default: false,
    order: &["wiki_id", "user_id", "user_text", "session_start_dt"],
    docs: docs::<Sessions>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Sessions;

impl Table for Sessions {
    type Row<'r> = Session;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Sessions>; 10] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id.as_deref()),
    },
    Column {
        doc: shared::USER_ID,
        put: |row, cells| cells.int(row.user.id),
    },
    Column {
        doc: ColumnDoc {
            name: "user_text",
            kind: Kind::String,
            nullable: false,
            unit: "",
            meaning: "Name of the account at the session's first edit, or the address. Edits of hidden users, and without a name, are in no session.",
            source: "contributor/username, contributor/ip",
        },
        put: |row, cells| cells.string(Some(&row.user.name)),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(Some(row.user.kind.name())),
    },
    Column {
        doc: ColumnDoc {
            name: "session_index",
            kind: Kind::Int64,
            nullable: false,
            unit: "",
            meaning: "Which of the user's sessions it is, from 0.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.int(row.index.try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "session_start_dt",
            kind: Kind::Timestamp,
            nullable: false,
            unit: "UTC",
            meaning: "Its first edit.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(Timestamp::from_seconds(row.start_seconds)),
    },
    Column {
        doc: ColumnDoc {
            name: "session_end_dt",
            kind: Kind::Timestamp,
            nullable: false,
            unit: "UTC",
            meaning: "Its last edit.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(Timestamp::from_seconds(row.end_seconds)),
    },
    Column {
        doc: ColumnDoc {
            name: "session_seconds",
            kind: Kind::Int64,
            nullable: false,
            unit: "seconds",
            meaning: "Time from the first edit to the last: 0 where there is one.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.int(Some(row.end_seconds - row.start_seconds)),
    },
    Column {
        doc: ColumnDoc {
            name: "session_events",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many edits it has; a revision that several inputs hold counts once.",
            source: "page/revision",
        },
        put: |row, cells| cells.int(row.events.try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_ids",
            kind: Kind::Int64List,
            nullable: false,
            unit: "",
            meaning: "Ids of these revisions by time; those without an id are left out.",
            source: "revision/id",
        },
        put: |row, cells| cells.int_list(row.revision_ids.iter().copied()),
    },
];
