//! Columns that several tables have: the same name is the same meaning.

use super::column::{ColumnDoc, Kind};

pub(super) const WIKI_ID: ColumnDoc = ColumnDoc {
    name: "wiki_id",
    kind: Kind::String,
    nullable: true,
    unit: "",
    meaning: "Database name of the wiki, such as enwiki; by the file name where the dump does not say it; null where neither does.",
    source: "siteinfo/dbname",
};

pub(super) const PAGE_ID: ColumnDoc = ColumnDoc {
    name: "page_id",
    kind: Kind::Int64,
    nullable: true,
    unit: "",
    meaning: "Id of the page; null in dumps of schemas before 0.7 that leave it out.",
    source: "page/id",
};

pub(super) const PAGE_NAMESPACE_ID: ColumnDoc = ColumnDoc {
    name: "page_namespace_id",
    kind: Kind::Int32,
    nullable: true,
    unit: "",
    meaning: "Number of the page's namespace; by the title's prefix in schemas before 0.6; null where that is not known either.",
    source: "page/ns",
};

pub(super) const PAGE_TITLE: ColumnDoc = ColumnDoc {
    name: "page_title",
    kind: Kind::String,
    nullable: true,
    unit: "",
    meaning: "Title with the namespace's local name in front, with spaces.",
    source: "page/title",
};

pub(super) const USER_ID: ColumnDoc = ColumnDoc {
    name: "user_id",
    kind: Kind::Int64,
    nullable: true,
    unit: "",
    meaning: "Id of the account, or what --user puts in its place; null where there is none or it is hidden or dropped, 0 where the dump says so.",
    source: "contributor/id",
};

pub(super) const USER_TEXT: ColumnDoc = ColumnDoc {
    name: "user_text",
    kind: Kind::String,
    nullable: true,
    unit: "",
    meaning: "Name of the account, or the address, or what --user and --ip put in their place; null if hidden, dropped or not given.",
    source: "contributor/username, contributor/ip",
};

pub(super) const USER_KIND: ColumnDoc = ColumnDoc {
    name: "user_kind",
    kind: Kind::String,
    nullable: false,
    unit: "registered, ip, temporary, imported, hidden, unknown",
    meaning: "What kind of contributor it is, by id and shape of the name.",
    source: "contributor",
};

pub(super) const USER_IS_VISIBLE: ColumnDoc = ColumnDoc {
    name: "user_is_visible",
    kind: Kind::Boolean,
    nullable: false,
    unit: "",
    meaning: "Whether the contributor is shown.",
    source: "contributor/@deleted",
};

pub(super) const PAGE_HISTORY_IS_WHOLE: ColumnDoc = ColumnDoc {
    name: "page_history_is_whole",
    kind: Kind::Boolean,
    nullable: false,
    unit: "",
    meaning: "Whether all of the page's history in this input, or in those over which the page is spread, was looked at: false where damage or purge took some of it, where a file of it is known to be missing, and where it is too long for --memory and was looked at in pieces.",
    source: "page/revision",
};

/// Of tables that have a row for each row of `revisions`.
pub(super) const REVISION_ID: ColumnDoc = ColumnDoc {
    name: "revision_id",
    kind: Kind::Int64,
    nullable: true,
    unit: "",
    meaning: "Id of the revision; joins with revisions. Null in dumps of schemas before 0.7 that leave it out; rows have the order of revisions.",
    source: "revision/id",
};

pub(super) const LOG_ID: ColumnDoc = ColumnDoc {
    name: "log_id",
    kind: Kind::Int64,
    nullable: false,
    unit: "",
    meaning: "Id of the log entry.",
    source: "logitem/id",
};

pub(super) const LOG_DT: ColumnDoc = ColumnDoc {
    name: "log_dt",
    kind: Kind::Timestamp,
    nullable: false,
    unit: "UTC",
    meaning: "When it was made.",
    source: "logitem/timestamp",
};
