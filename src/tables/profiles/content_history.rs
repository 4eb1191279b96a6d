//! `mediawiki_content_history_v1` and `mediawiki_content_current_v1`, Wikimedia's tables of content.

use super::values;
use crate::tables::RevisionRow;
use crate::tables::column::{Column, Kind, Table, docs};
use crate::tables::registry::TableInfo;

/// A row a revision.
pub static CONTENT_HISTORY: TableInfo = TableInfo {
    name: "mediawiki_content_history_v1",
    version: 1,
    row: "a revision with all its slots, as in Wikimedia's table of this name",
    is_default: false,
    order: &["page_id"],
    docs: docs::<ContentHistory>,
};

/// A row a page.
pub static CONTENT_CURRENT: TableInfo = TableInfo {
    name: "mediawiki_content_current_v1",
    version: 1,
    row: "a page's latest revision, by time and then id, as in Wikimedia's table of this name",
    is_default: false,
    order: &["page_id"],
    docs: docs::<ContentHistory>,
};

/// Both tables as a type.
#[derive(Debug)]
pub struct ContentHistory;

impl Table for ContentHistory {
    type Row<'r> = RevisionRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

/// What is said of times of the tables' own upkeep.
const UPKEEP: &str = "Null: when Wikimedia's pipeline last wrote the row.";

static COLUMNS: [Column<ContentHistory>; 22] = [
    Column::of_profile(
        "page_id",
        Kind::Int64,
        "Id of the page.",
        "page/id",
        |row, cells| cells.int(row.page.id),
    ),
    Column::of_profile(
        "page_namespace_id",
        Kind::Int32,
        "Number of the page's namespace.",
        "page/ns",
        |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    ),
    Column::of_profile(
        "page_title",
        Kind::String,
        "Title with underscores, the namespace's local name in front.",
        "page/title",
        |row, cells| cells.string(row.page.title.map(values::underscored).as_deref()),
    ),
    Column::of_profile(
        "page_redirect_target",
        Kind::String,
        "Title of the page that it redirects to, in the same form; null if it is no redirect.",
        "page/redirect/@title",
        |row, cells| {
            let redirect = row.page.redirect.as_ref();
            let target = redirect.and_then(|redirect| redirect.target);
            cells.string(target.map(values::underscored).as_deref());
        },
    ),
    Column::of_profile(
        "user_id",
        Kind::Int64,
        "Id of the account; null of an address, 0 of old system users, -1 if hidden or lost in an import.",
        "contributor/id",
        |row, cells| cells.int(values::user_id(&row.revision.contributor)),
    ),
    Column::of_nulls(
        "user_central_id",
        Kind::Int64,
        "Null: ids over all wikis are in no dump.",
    ),
    Column::of_profile(
        "user_text",
        Kind::String,
        "Name of the account, or the address; null if hidden.",
        "contributor/username, contributor/ip",
        |row, cells| cells.text(values::user_text(&row.revision.contributor)),
    ),
    Column::of_profile(
        "user_is_visible",
        Kind::Boolean,
        "Whether the contributor is shown.",
        "contributor/@deleted",
        |row, cells| cells.boolean(row.revision.contributor.is_visible),
    ),
    Column::of_profile(
        "revision_id",
        Kind::Int64,
        "Id of the revision.",
        "revision/id",
        |row, cells| cells.int(row.revision.id),
    ),
    Column::of_profile(
        "revision_parent_id",
        Kind::Int64,
        "Id of the revision it was made from; null if there is none, -1 where exports have lost it.",
        "revision/parentid",
        |row, cells| cells.int(row.revision.parent_id),
    ),
    Column::<ContentHistory>::of_profile(
        "revision_dt",
        Kind::Timestamp,
        "When it was saved.",
        "revision/timestamp",
        |row, cells| cells.time(row.revision.timestamp),
    )
    .in_unit("UTC"),
    Column::of_profile(
        "revision_is_minor_edit",
        Kind::Boolean,
        "Whether it was marked as minor.",
        "revision/minor",
        |row, cells| cells.boolean(row.revision.is_minor),
    ),
    Column::of_profile(
        "revision_comment",
        Kind::String,
        "Edit summary; empty where there is none, null if hidden.",
        "revision/comment",
        |row, cells| cells.text(row.revision.comment.text()),
    ),
    Column::of_profile(
        "revision_comment_is_visible",
        Kind::Boolean,
        "Whether the edit summary is shown.",
        "revision/comment/@deleted",
        |row, cells| cells.boolean(row.revision.comment.is_visible()),
    ),
    Column::<ContentHistory>::of_profile(
        "revision_sha1",
        Kind::String,
        "Checksum over all slots; null if not known or hidden, and where --ip changed a text.",
        "revision/sha1",
        |row, cells| cells.text(row.revision.known_sha1()),
    )
    .in_unit("SHA-1, 31 digits of base 36"),
    Column::<ContentHistory>::of_profile(
        "revision_size",
        Kind::Int64,
        "Sum of the slots' sizes; null if that of any slot is not known or hidden (but see --keep-hidden-sizes).",
        "revision/text/@bytes, revision/content/text/@bytes",
        |row, cells| cells.int(row.revision.size_bytes()),
    )
    .in_unit("bytes"),
    Column::of_profile(
        "revision_content_slots",
        Kind::Slots,
        "All slots by their roles, such as main or mediainfo. In a slot that is hidden, lost or in a stub, content_body is null.",
        "revision/text, revision/content",
        |row, cells| cells.slots(values::slot_values(row.revision)),
    ),
    Column::of_profile(
        "revision_content_is_visible",
        Kind::Boolean,
        "Whether the content is shown.",
        "revision/text/@deleted",
        |row, cells| cells.boolean(values::content_is_visible(row.revision)),
    ),
    Column::of_profile(
        "wiki_id",
        Kind::String,
        "Database name of the wiki, such as enwiki; by the file name where the dump does not say it.",
        "siteinfo/dbname",
        |row, cells| cells.string(row.wiki_id),
    ),
    Column::of_nulls("row_content_update_dt", Kind::Timestamp, UPKEEP),
    Column::of_nulls("row_visibility_update_dt", Kind::Timestamp, UPKEEP),
    Column::of_nulls("row_move_update_dt", Kind::Timestamp, UPKEEP),
];
