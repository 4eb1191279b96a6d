//! `log_events`: a row an entry of a log.

use std::cell::OnceCell;

use super::column::{Column, ColumnDoc, Kind, Table, docs};
use super::registry::TableInfo;
use super::shared;
use crate::model::{LogItem, LogParams, ParamsForm, SiteInfo, Text};

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "log_events",
    version: 1,
    row: "an entry of a log",
    is_default: true,
    order: &["log_id"],
    docs: docs::<LogEvents>,
};

/// The table as a type.
#[derive(Debug)]
pub struct LogEvents;

impl Table for LogEvents {
    type Row<'r> = LogRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<LogEvents>; 17] = [
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
            name: "log_type",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Kind of log, such as block; an open set.",
            source: "logitem/type",
        },
        put: |row, cells| cells.text(row.item.kind),
    },
    Column {
        doc: ColumnDoc {
            name: "log_action",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Kind of action within the log, such as reblock; an open set, empty in some old entries.",
            source: "logitem/action",
        },
        put: |row, cells| cells.text(row.item.action),
    },
    Column {
        doc: ColumnDoc {
            name: "log_action_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether target and parameters are shown.",
            source: "logitem/text/@deleted",
        },
        put: |row, cells| cells.boolean(!row.item.target_is_hidden),
    },
    Column {
        doc: ColumnDoc {
            name: "page_namespace_id",
            kind: Kind::Int32,
            nullable: true,
            unit: "",
            meaning: "Number of the target's namespace by the prefix of its title; null where there is no title or the namespaces are not known.",
            source: "logitem/logtitle",
        },
        put: |row, cells| cells.int(row.namespace_id.map(i64::from)),
    },
    Column {
        doc: ColumnDoc {
            name: "page_title",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "Title of the target with the namespace's local name in front, with spaces; not always that of a page (User:#12, a range of addresses); null if hidden or not given.",
            source: "logitem/logtitle",
        },
        put: |row, cells| cells.text(row.title()),
    },
    Column {
        doc: ColumnDoc {
            name: "log_comment",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "What was said about it; null if hidden.",
            source: "logitem/comment",
        },
        put: |row, cells| cells.text(row.item.comment.text()),
    },
    Column {
        doc: ColumnDoc {
            name: "log_comment_is_visible",
            kind: Kind::Boolean,
            nullable: false,
            unit: "",
            meaning: "Whether the comment is shown.",
            source: "logitem/comment/@deleted",
        },
        put: |row, cells| cells.boolean(row.item.comment.is_visible()),
    },
    Column {
        doc: ColumnDoc {
            name: "log_params_raw",
            kind: Kind::String,
            nullable: true,
            unit: "",
            meaning: "The parameters as MediaWiki stores them; null if hidden or not given.",
            source: "logitem/params",
        },
        put: |row, cells| cells.text(row.item.params),
    },
    Column {
        doc: ColumnDoc {
            name: "log_params_form",
            kind: Kind::String,
            nullable: false,
            unit: "empty, php, php-repaired, lines, broken",
            meaning: "How the parameters are written: php is PHP's serialisation; repaired where lengths in it are wrong because characters were replaced; lines have a parameter each. Empty, too, where --user leaves parameters out.",
            source: "logitem/params",
        },
        put: |row, cells| cells.string(Some(row.params().form.name())),
    },
    Column {
        doc: ColumnDoc {
            name: "log_params",
            kind: Kind::StringMap,
            nullable: true,
            unit: "",
            meaning: "The parameters by their names (4::target), lines by their numbers from 0; arrays as JSON, truth values as true and false; null if hidden, not given or not legible.",
            source: "logitem/params",
        },
        put: |row, cells| cells.map(row.named_params()),
    },
];

/// What a row is made of; the tables of accounts and moves are made of the same.
#[derive(Debug)]
pub struct LogRow<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The log entry.
    pub item: &'r LogItem<'r>,
    /// The wiki's namespaces.
    pub site: &'r SiteInfo,
    /// Namespace of the target.
    pub namespace_id: Option<i32>,
    /// The parameters, taken apart when somebody wants them.
    params: OnceCell<LogParams>,
}

impl<'r> LogRow<'r> {
    /// A row of an entry in a dump of `site`.
    pub fn of(wiki_id: Option<&'r str>, item: &'r LogItem<'r>, site: &'r SiteInfo) -> Self {
        Self {
            wiki_id,
            item,
            site,
            namespace_id: item
                .title
                .filter(|title| !title.is_empty())
                .and_then(|title| site.namespace_of_title(&title.to_cow())),
            params: OnceCell::new(),
        }
    }

    fn params(&self) -> &LogParams {
        self.params.get_or_init(|| {
            let params = self.item.params.map(|params| params.to_cow());
            LogParams::of(&params.unwrap_or_default())
        })
    }

    /// The title of the target, if there is one.
    pub(super) fn title(&self) -> Option<Text<'r>> {
        self.item.title.filter(|title| !title.is_empty())
    }

    /// Number of the namespace of another title.
    pub(super) fn namespace_of(&self, title: Option<&str>) -> Option<i64> {
        self.site.namespace_of_title(title?).map(i64::from)
    }

    /// The value of a parameter that has a name or, in the first years, a line.
    pub(super) fn param(&self, name: &str, line: &str) -> Option<String> {
        let name = match self.params().form {
            ParamsForm::Lines => line,
            _ => name,
        };
        self.params().get(name)?.to_text()
    }

    fn named_params(&self) -> Option<impl Iterator<Item = (&str, Option<String>)>> {
        let is_legible = !matches!(self.params().form, ParamsForm::Empty | ParamsForm::Broken);
        let entries = self.params().entries.iter();
        is_legible.then(|| entries.map(|(name, value)| (name.as_str(), value.to_text())))
    }
}
