//! `user_creations`: a row a new account.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::log_events::LogRow;
use super::registry::TableInfo;
use super::shared;

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "user_creations",
    version: 1,
    row: "an account that was made, by the log newusers",
    is_default: false,
    order: &["log_id"],
    docs: docs::<UserCreations>,
};

/// The table as a type.
#[derive(Debug)]
pub struct UserCreations;

impl Table for UserCreations {
    type Row<'r> = LogRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<UserCreations>; 12] = [
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
        doc: ColumnDoc {
            name: "log_action",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "How it was made: create, autocreate, create2, byemail, newusers, forcecreatelocal, migrated …; an open set.",
            source: "logitem/action",
        },
        put: |row, cells| cells.text(row.item.action),
    },
    Column {
        doc: ColumnDoc {
            name: "user_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the new account; null where the entry does not tell.",
            source: "logitem/params, contributor/id",
        },
        put: |row, cells| cells.int(created_id(row)),
    },
    Column {
        doc: ColumnDoc {
            name: "user_text",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Name of the new account; null where it is hidden.",
            source: "logitem/logtitle, contributor/username",
        },
        put: |row, cells| cells.string(created_name(row).as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "is_created_by_self",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether its owner made it: create, and newusers of the first years.",
            source: "logitem/action",
        },
        put: |row, cells| cells.boolean(way_of(row) == Way::Owner),
    },
    Column {
        doc: ColumnDoc {
            name: "is_created_by_system",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the software made it at the first visit of somebody who has an account on another wiki: autocreate, and migrated.",
            source: "logitem/action",
        },
        put: |row, cells| cells.boolean(way_of(row) == Way::System),
    },
    Column {
        doc: ColumnDoc {
            name: "is_created_by_peer",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether somebody else made it: create2, byemail, forcecreatelocal.",
            source: "logitem/action",
        },
        put: |row, cells| cells.boolean(way_of(row) == Way::Peer),
    },
    Column {
        doc: ColumnDoc {
            name: "creator_user_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the account that made it.",
            source: "contributor/id",
        },
        put: |row, cells| cells.int(row.item.contributor.id),
    },
    Column {
        doc: ColumnDoc {
            name: "creator_user_text",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Name of the account that made it; null if hidden.",
            source: "contributor/username",
        },
        put: |row, cells| cells.text(row.item.contributor.name),
    },
    Column {
        doc: ColumnDoc {
            name: "creator_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the account that made it is shown.",
            source: "contributor/@deleted",
        },
        put: |row, cells| cells.boolean(row.item.contributor.is_visible),
    },
];

/// Whether an entry is about a new account.
pub fn is_user_creation(row: &LogRow<'_>) -> bool {
    row.item.kind.is_some_and(|kind| &kind == "newusers")
}

/// Who made an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Owner,
    System,
    Peer,
    Unknown,
}

fn way_of(row: &LogRow<'_>) -> Way {
    match row.item.action.map(|action| action.to_cow()).as_deref() {
        Some("create" | "newusers") => Way::Owner,
        Some("autocreate" | "migrated") => Way::System,
        Some("create2" | "byemail" | "forcecreatelocal") => Way::Peer,
        _ => Way::Unknown,
    }
}

/// The one that the entry is by is the one that it is about.
fn is_by_itself(row: &LogRow<'_>) -> bool {
    matches!(way_of(row), Way::Owner | Way::System)
}

fn created_id(row: &LogRow<'_>) -> Option<i64> {
    let told = row.param("4::userid", "0");
    let own = row.item.contributor.id.filter(|_| is_by_itself(row));
    told.and_then(|id| id.parse().ok()).or(own)
}

fn created_name(row: &LogRow<'_>) -> Option<String> {
    if row.item.target_is_hidden {
        return None;
    }
    let title = row.title().map(|title| title.to_cow());
    let told = title.and_then(|title| Some(title.split_once(':')?.1.to_owned()));
    let own = row.item.contributor.name.filter(|_| is_by_itself(row));
    told.or_else(|| own.map(|name| name.to_cow().into_owned()))
}
