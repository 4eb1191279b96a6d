//! `counts`: a row a group of revisions or log entries, which `mwparquet count` makes.
//!
//! It is no table of the registry: which columns it has depends on what is counted.

use super::builder::Selection;
use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::derive::counts::{CountPlan, CountRow, Group, Key, Measure, Subject};
use crate::error::{Error, Result};

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "counts",
    version: 1,
    row: "a group of revisions, or of log entries, that agree in all keys",
    is_default: false,
    order: &[],
    docs: docs::<Counts>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Counts;

impl Table for Counts {
    type Row<'r> = CountRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

/// The columns of a count: the wiki, those of the keys in their order, those of the measures.
pub fn count_columns(plan: &CountPlan, subject: Subject) -> Result<Selection> {
    let mut names = vec!["wiki_id"];
    for key in plan.keys() {
        names.extend(columns_of_key(*key));
    }
    names.push(match subject {
        Subject::Revisions => "edits",
        Subject::LogEntries => "log_entries",
    });
    for measure in plan.measures(subject) {
        names.extend(columns_of_measure(measure, subject));
    }
    let docs = TABLE.columns();
    let mut columns = Vec::new();
    for name in names {
        let index = docs.iter().position(|doc| doc.name == name);
        let index = index.ok_or_else(|| Error::internal("a count has a column of no table"))?;
        if !columns.contains(&index) {
            columns.push(index);
        }
    }
    Ok(Selection {
        table: &TABLE,
        columns,
    })
}

fn columns_of_key(key: Key) -> &'static [&'static str] {
    match key {
        Key::Page => &["page_id", "page_namespace_id", "page_title"],
        Key::User => &["user_id", "user_text", "user_kind"],
        Key::Namespace => &["page_namespace_id"],
        Key::UserKind => &["user_kind"],
        Key::Model => &["content_model"],
        Key::Type => &["log_type"],
        Key::Action => &["log_action"],
        Key::Day => &["day"],
        Key::Month => &["month"],
        Key::Year => &["year"],
    }
}

fn columns_of_measure(measure: Measure, subject: Subject) -> &'static [&'static str] {
    match (measure, subject) {
        (Measure::Minor, _) => &["minor_edits"],
        (Measure::Time, Subject::Revisions) => &["first_edit_dt", "last_edit_dt"],
        (Measure::Time, Subject::LogEntries) => &["first_log_dt", "last_log_dt"],
        (Measure::Pages, _) => &["pages"],
        (Measure::Users, _) => &["users"],
        (Measure::Bytes, _) => &["bytes_added", "bytes_net", "bytes_unknown_edits"],
        (Measure::Reverts, _) => &["reverted_edits", "reverting_edits"],
    }
}

fn count(row: &CountRow<'_>, of: impl FnOnce(Group<'_>) -> u64) -> Option<i64> {
    row.counts.and_then(|group| of(group).try_into().ok())
}

const fn number(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    source: &'static str,
) -> ColumnDoc {
    ColumnDoc {
        name,
        kind: Kind::Int64,
        nullable: false,
        unit,
        meaning,
        source,
    }
}

const fn time(name: &'static str, meaning: &'static str, source: &'static str) -> ColumnDoc {
    ColumnDoc {
        name,
        kind: Kind::Timestamp,
        nullable: true,
        unit: "UTC",
        meaning,
        source,
    }
}

const fn text(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    source: &'static str,
) -> ColumnDoc {
    ColumnDoc {
        name,
        kind: Kind::String,
        nullable: true,
        unit,
        meaning,
        source,
    }
}

static COLUMNS: [Column<Counts>; 27] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page_id),
    },
    Column {
        doc: shared::PAGE_NAMESPACE_ID,
        put: |row, cells| cells.int(row.page_namespace_id),
    },
    Column {
        doc: shared::PAGE_TITLE,
        put: |row, cells| cells.string(row.page_title),
    },
    Column {
        doc: ColumnDoc {
            name: "user_id",
            kind: Kind::Int64,
            nullable: true,
            unit: "",
            meaning: "Id of the account; null where there is none or it is hidden.",
            source: "contributor/id",
        },
        put: |row, cells| cells.int(row.user_id),
    },
    Column {
        doc: shared::USER_TEXT,
        put: |row, cells| cells.string(row.user_text),
    },
    Column {
        doc: shared::USER_KIND,
        put: |row, cells| cells.string(row.user_kind.map(|kind| kind.name())),
    },
    Column {
        doc: text(
            "content_model",
            "",
            "Content model of the slot main; null where the dump does not say it.",
            "revision/model",
        ),
        put: |row, cells| cells.string(row.content_model),
    },
    Column {
        doc: text("log_type", "", "Kind of log; an open set.", "logitem/type"),
        put: |row, cells| cells.string(row.log_type),
    },
    Column {
        doc: text(
            "log_action",
            "",
            "Kind of action within the log; an open set.",
            "logitem/action",
        ),
        put: |row, cells| cells.string(row.log_action),
    },
    Column {
        doc: text(
            "day",
            "UTC",
            "Day, such as 2024-01-31; null where the time is not known.",
            "timestamp",
        ),
        put: |row, cells| {
            let day = row
                .day
                .map(|day| (day / 10_000, day / 100 % 100, day % 100));
            let day = day.map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
            cells.string(day.as_deref());
        },
    },
    Column {
        doc: text(
            "month",
            "UTC",
            "Month, such as 2024-01; null where the time is not known.",
            "timestamp",
        ),
        put: |row, cells| {
            let month = row
                .month
                .map(|month| format!("{:04}-{:02}", month / 100, month % 100));
            cells.string(month.as_deref());
        },
    },
    Column {
        doc: ColumnDoc {
            name: "year",
            kind: Kind::Int32,
            nullable: true,
            unit: "UTC",
            meaning: "Year; null where the time is not known.",
            source: "timestamp",
        },
        put: |row, cells| cells.int(row.year),
    },
    Column {
        doc: number("edits", "revisions", "How many revisions.", "page/revision"),
        put: |row, cells| cells.int(count(row, |group| group.tally.records)),
    },
    Column {
        doc: number(
            "log_entries",
            "log entries",
            "How many log entries.",
            "logitem",
        ),
        put: |row, cells| cells.int(count(row, |group| group.tally.records)),
    },
    Column {
        doc: number(
            "minor_edits",
            "revisions",
            "How many of the revisions are marked as minor edits.",
            "revision/minor",
        ),
        put: |row, cells| cells.int(count(row, |group| group.tally.minor)),
    },
    Column {
        doc: time(
            "first_edit_dt",
            "When the first of the revisions was saved.",
            "revision/timestamp",
        ),
        put: |row, cells| cells.time(row.counts.and_then(|group| group.tally.first())),
    },
    Column {
        doc: time(
            "last_edit_dt",
            "When the last of the revisions was saved.",
            "revision/timestamp",
        ),
        put: |row, cells| cells.time(row.counts.and_then(|group| group.tally.last())),
    },
    Column {
        doc: time(
            "first_log_dt",
            "When the first of the log entries was made.",
            "logitem/timestamp",
        ),
        put: |row, cells| cells.time(row.counts.and_then(|group| group.tally.first())),
    },
    Column {
        doc: time(
            "last_log_dt",
            "When the last of the log entries was made.",
            "logitem/timestamp",
        ),
        put: |row, cells| cells.time(row.counts.and_then(|group| group.tally.last())),
    },
    Column {
        doc: number("pages", "pages", "How many different pages.", "page"),
        put: |row, cells| cells.int(count(row, |group| group.pages)),
    },
    Column {
        doc: number(
            "users",
            "users",
            "How many different users: accounts, and names without one. Who is hidden or has no name is not among them.",
            "contributor",
        ),
        put: |row, cells| cells.int(count(row, |group| group.users)),
    },
    Column {
        doc: number(
            "bytes_added",
            "bytes",
            "Sum of revision_text_bytes_diff (table revision_history) where it is above 0.",
            "revision/parentid, revision/text/@bytes",
        ),
        put: |row, cells| cells.int(row.counts.map(|group| group.tally.bytes_added)),
    },
    Column {
        doc: number(
            "bytes_net",
            "bytes",
            "Sum of revision_text_bytes_diff, what was taken away included.",
            "revision/parentid, revision/text/@bytes",
        ),
        put: |row, cells| cells.int(row.counts.map(|group| group.tally.bytes_net)),
    },
    Column {
        doc: number(
            "bytes_unknown_edits",
            "revisions",
            "How many of the revisions are in neither sum, for their revision_text_bytes_diff is null.",
            "revision/parentid, revision/text/@bytes",
        ),
        put: |row, cells| cells.int(count(row, |group| group.tally.bytes_unknown)),
    },
    Column {
        doc: number(
            "reverted_edits",
            "revisions",
            "How many of the revisions were reverted: revision_is_identity_reverted of revision_history.",
            "revision/sha1",
        ),
        put: |row, cells| cells.int(count(row, |group| group.tally.reverted)),
    },
    Column {
        doc: number(
            "reverting_edits",
            "revisions",
            "How many of the revisions are reverts: revision_is_identity_revert of revision_history.",
            "revision/sha1",
        ),
        put: |row, cells| cells.int(count(row, |group| group.tally.reverting)),
    },
];
