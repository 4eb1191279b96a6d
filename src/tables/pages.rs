//! `pages`: a row a `<page>` element, with what was seen of its revisions.

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::{Page, Timestamp};

/// A page with counts over its revisions; those of a page in several chunks are added up.
#[derive(Debug, Clone, Default)]
pub struct PageSummary {
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Page id.
    pub page_id: Option<i64>,
    /// Namespace number.
    pub namespace_id: Option<i32>,
    /// Title.
    pub title: Option<String>,
    /// Whether the page is a redirect.
    pub is_redirect: bool,
    /// Where to.
    pub redirect_target: Option<String>,
    /// Protection of old dumps.
    pub restrictions: Vec<String>,
    /// Revisions seen.
    pub revision_count: u64,
    /// Earliest revision seen.
    pub first_revision: Option<Timestamp>,
    /// Latest revision seen.
    pub last_revision: Option<Timestamp>,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "pages",
    version: 1,
    row: "a page",
    is_default: true,
    order: &["page_id"],
    docs: docs::<Pages>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Pages;

impl Table for Pages {
    type Row<'r> = PageSummary;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Pages>; 10] = [
    Column {
        doc: shared::WIKI_ID,
        put: |row, cells| cells.string(row.wiki_id.as_deref()),
    },
    Column {
        doc: shared::PAGE_ID,
        put: |row, cells| cells.int(row.page_id),
    },
    Column {
        doc: shared::PAGE_NAMESPACE_ID,
        put: |row, cells| cells.int(row.namespace_id.map(i64::from)),
    },
    Column {
        doc: shared::PAGE_TITLE,
        put: |row, cells| cells.string(row.title.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "page_redirect_target",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Title of the page that it redirects to; null where the dump names none.",
            source: "page/redirect/@title",
        },
        put: |row, cells| cells.string(row.redirect_target.as_deref()),
    },
    Column {
        doc: ColumnDoc {
            name: "page_is_redirect",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the dump marks it as a redirect; a redirect to an impossible title is not marked.",
            source: "page/redirect",
        },
        put: |row, cells| cells.boolean(row.is_redirect),
    },
    Column {
        doc: ColumnDoc {
            name: "page_restrictions",
            kind: Kind::StringList,
            nullable: false,
            unit: "",
            meaning: "Protection as old dumps have it, such as edit=sysop:move=sysop.",
            source: "page/restrictions",
        },
        put: |row, cells| cells.list(row.restrictions.iter()),
    },
    Column {
        doc: ColumnDoc {
            name: "revision_count",
            kind: Kind::Int64,
            nullable: false,
            unit: "revisions",
            meaning: "How many of its revisions are in this output: filters count.",
            source: "page/revision",
        },
        put: |row, cells| cells.int(row.revision_count.try_into().ok()),
    },
    Column {
        doc: ColumnDoc {
            name: "first_revision_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "Time of the earliest of them.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(row.first_revision),
    },
    Column {
        doc: ColumnDoc {
            name: "last_revision_dt",
            kind: Kind::Timestamp,
            nullable: true,
            unit: "UTC",
            meaning: "Time of the latest of them.",
            source: "revision/timestamp",
        },
        put: |row, cells| cells.time(row.last_revision),
    },
];

impl PageSummary {
    /// A page of which no revision has been seen.
    pub fn of(wiki_id: Option<&str>, page: &Page<'_>) -> Self {
        Self {
            wiki_id: wiki_id.map(str::to_owned),
            page_id: page.id,
            namespace_id: page.namespace_id,
            title: page.title.map(|title| title.to_string()),
            is_redirect: page.redirect.is_some(),
            redirect_target: page
                .redirect
                .and_then(|redirect| redirect.target)
                .map(|target| target.to_string()),
            restrictions: page
                .restrictions
                .iter()
                .map(|text| text.to_string())
                .collect(),
            ..Self::default()
        }
    }

    /// Counts a revision.
    pub fn count(&mut self, time: Option<Timestamp>) {
        self.revision_count += 1;
        self.see(time);
    }

    /// Adds what was counted in a later chunk.
    pub fn add(&mut self, later: &Self) {
        self.revision_count += later.revision_count;
        self.see(later.first_revision);
        self.see(later.last_revision);
    }

    fn see(&mut self, time: Option<Timestamp>) {
        let Some(time) = time else { return };
        self.first_revision = Some(self.first_revision.map_or(time, |first| first.min(time)));
        self.last_revision = Some(self.last_revision.map_or(time, |last| last.max(time)));
    }
}
