//! `wikiq`: a row a revision with the columns that the program wikiq writes.

use super::carried::Carried;
use crate::derive::Fact;
use crate::derive::token_revisions::TokenRevisions;
use crate::tables::PageHeader;
use crate::tables::column::{Column, Kind, Table, docs};
use crate::tables::registry::TableInfo;

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct WikiqRow<'r> {
    /// The page.
    pub page: &'r PageHeader,
    /// The revision.
    pub revision: Fact<'r>,
    /// What else is told of it.
    pub carried: Carried<'r>,
    /// The revisions that it reverts by the definition of mwreverts, the earliest first; `None` if it is
    /// no revert.
    pub reverted: Option<&'r [Fact<'r>]>,
    /// What became of its tokens; `None` where its text is not known, or nobody asks.
    pub tokens: Option<TokenRevisions>,
}

/// Columns of which wikiq has no more without its option `--persistence`.
pub static TOKEN_COLUMNS: [&str; 4] = [
    "token_revs",
    "tokens_added",
    "tokens_removed",
    "tokens_window",
];

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "wikiq",
    version: 1,
    row: "a revision with the columns that wikiq writes",
    is_default: false,
    order: &["articleid", "revid"],
    docs: docs::<Wikiq>,
};

/// The table as a type.
#[derive(Debug)]
pub struct Wikiq;

impl Table for Wikiq {
    type Row<'r> = WikiqRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

static COLUMNS: [Column<Wikiq>; 18] = [
    Column::of_profile(
        "anon",
        Kind::Boolean,
        "Whether the user has no id; null if hidden.",
        "contributor/id",
        |row, cells| {
            let is_visible = row.carried.user_is_visible;
            cells.optional_boolean(is_visible.then_some(row.carried.user_has_no_id));
        },
    ),
    Column::of_profile(
        "articleid",
        Kind::Int64,
        "Id of the page.",
        "page/id",
        |row, cells| cells.int(row.page.page_id),
    ),
    Column::<Wikiq>::of_profile(
        "date_time",
        Kind::Timestamp,
        "When it was saved.",
        "revision/timestamp",
        |row, cells| cells.time(row.revision.timestamp()),
    )
    .in_unit("UTC"),
    Column::of_profile(
        "deleted",
        Kind::Boolean,
        "Whether the text is hidden.",
        "revision/text/@deleted",
        |row, cells| cells.boolean(!row.carried.content_is_visible),
    ),
    Column::of_profile(
        "editor",
        Kind::String,
        "Name of the account, or the address; null if hidden.",
        "contributor/username, contributor/ip",
        |row, cells| cells.string(row.revision.user_text()),
    ),
    Column::of_profile(
        "editor_id",
        Kind::Int64,
        "Id of the account; null of an address, and if hidden.",
        "contributor/id",
        |row, cells| cells.int(row.revision.user_id()),
    ),
    Column::of_profile(
        "minor",
        Kind::Boolean,
        "Whether it was marked as minor.",
        "revision/minor",
        |row, cells| cells.boolean(row.carried.is_minor),
    ),
    Column::of_profile(
        "namespace",
        Kind::Int64,
        "Number of the page's namespace.",
        "page/ns",
        |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    ),
    Column::of_profile(
        "revert",
        Kind::Boolean,
        "Whether it is an identity revert by the definition of mwreverts; null if the text is hidden.",
        "revision/sha1",
        |row, cells| {
            let is_visible = row.carried.content_is_visible;
            cells.optional_boolean(is_visible.then_some(row.reverted.is_some()));
        },
    ),
    Column::of_profile(
        "reverteds",
        Kind::String,
        "Ids of the revisions that it reverts, the latest first, with commas between; null if it is no revert.",
        "revision/sha1",
        |row, cells| cells.string(row.reverted.map(reverted_ids).as_deref()),
    ),
    Column::of_profile(
        "revid",
        Kind::Int64,
        "Id of the revision.",
        "revision/id",
        |row, cells| cells.int(row.revision.id()),
    ),
    Column::<Wikiq>::of_profile(
        "sha1",
        Kind::String,
        "Checksum of the revision; null if not known or hidden, and where --ip changed a text.",
        "revision/sha1",
        |row, cells| cells.string(row.carried.sha1),
    )
    .in_unit("SHA-1, 31 digits of base 36"),
    Column::<Wikiq>::of_profile(
        "text_chars",
        Kind::Int64,
        "Length of the main slot's text in characters, not bytes; null if hidden, lost or in a stub.",
        "revision/text",
        |row, cells| cells.int(row.carried.characters),
    )
    .in_unit("characters"),
    Column::of_profile(
        "title",
        Kind::String,
        "Title of the page with the namespace's local name in front, with spaces.",
        "page/title",
        |row, cells| cells.string(row.page.title.as_deref()),
    ),
    Column::<Wikiq>::of_profile(
        "token_revs",
        Kind::Int32,
        "Sum over the tokens that it adds of later revisions, of those looked at, that have them; null if the text is hidden, lost, too long or in a stub. Only with --persistence.",
        "revision/text",
        |row, cells| cells.int(row.tokens.map(|tokens| tokens.token_revs.into())),
    )
    .in_unit("tokens times revisions"),
    Column::<Wikiq>::of_profile(
        "tokens_added",
        Kind::Int32,
        "How many tokens it adds; 0 if an earlier text comes back; null as token_revs is. Only with --persistence.",
        "revision/text",
        |row, cells| cells.int(row.tokens.map(|tokens| tokens.added.into())),
    )
    .in_unit("tokens"),
    Column::<Wikiq>::of_profile(
        "tokens_removed",
        Kind::Int32,
        "How many tokens of the text before it removes; 0 if an earlier text comes back; null as token_revs is. Only with --persistence.",
        "revision/text",
        |row, cells| cells.int(row.tokens.map(|tokens| tokens.removed.into())),
    )
    .in_unit("tokens"),
    Column::<Wikiq>::of_profile(
        "tokens_window",
        Kind::Int32,
        "How many later revisions were looked at: 6, or those that the page has; null as token_revs is. Only with --persistence.",
        "revision/text",
        |row, cells| cells.int(row.tokens.map(|tokens| tokens.window.into())),
    )
    .in_unit("revisions"),
];

/// Ids as wikiq lists them: the latest first.
fn reverted_ids(reverted: &[Fact<'_>]) -> String {
    let ids = reverted.iter().rev().filter_map(|fact| fact.id());
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    ids.join(",")
}
