//! `mediawiki_history`, Wikimedia's table of events, of which a dump has those that make revisions.

use super::carried::Carried;
use super::values::{history_time, is_bot_name};
use crate::derive::Fact;
use crate::model::UserKind;
use crate::tables::RevisionHistoryRow;
use crate::tables::column::{Column, Kind, Table, docs};
use crate::tables::registry::TableInfo;

/// What a row is made of.
#[derive(Debug, Clone, Copy)]
pub struct MediawikiHistoryRow<'r> {
    /// The revision and what its page's history tells of it.
    pub history: RevisionHistoryRow<'r>,
    /// What else is told of the revision.
    pub carried: Carried<'r>,
    /// The page's first revision, if it is known.
    pub first: Option<Fact<'r>>,
}

/// The table.
pub static TABLE: TableInfo = TableInfo {
    name: "mediawiki_history",
    version: 1,
    row: "the event that a revision was made, as in Wikimedia's table of this name",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<MediawikiHistory>,
};

/// The table as a type.
#[derive(Debug)]
pub struct MediawikiHistory;

impl Table for MediawikiHistory {
    type Row<'r> = MediawikiHistoryRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        &COLUMNS
    }
}

// Why a column has nothing but nulls.
const LOGS: &str = "Null: it takes the logs of the wiki.";
const SQL: &str = "Null: it takes other tables of the wiki's database.";
const CLOSED: &str = "Null: Wikimedia does not publish it.";
const ALL_PAGES: &str =
    "Null: it takes all edits of the user, over all pages (see the table sessions).";
const OF_USERS: &str = "Null: only events of users have it.";

/// A column of nulls.
const fn nulls(name: &'static str, kind: Kind, why: &'static str) -> Column<MediawikiHistory> {
    Column::of_nulls(name, kind, why)
}

static COLUMNS: [Column<MediawikiHistory>; 79] = [
    Column::of_profile(
        "wiki_db",
        Kind::String,
        "Database name of the wiki, such as enwiki; by the file name where the dump does not say it.",
        "siteinfo/dbname",
        |row, cells| cells.string(row.history.page.wiki_id.as_deref()),
    ),
    nulls(
        "event_log_id",
        Kind::Int64,
        "Null: only events of logs have it.",
    ),
    Column::of_profile(
        "event_entity",
        Kind::String,
        "What the event is about: revision.",
        "revision",
        |_, cells| cells.string(Some("revision")),
    ),
    Column::of_profile(
        "event_type",
        Kind::String,
        "What happened: create.",
        "revision",
        |_, cells| cells.string(Some("create")),
    ),
    Column::<MediawikiHistory>::of_profile(
        "event_timestamp",
        Kind::String,
        "When the revision was saved: YYYY-MM-DD HH:MM:SS.0.",
        "revision/timestamp",
        |row, cells| cells.string(time_of(Some(row.revision())).as_deref()),
    )
    .in_unit("UTC"),
    Column::of_profile(
        "event_comment",
        Kind::String,
        "Edit summary; empty where there is none, null if hidden.",
        "revision/comment",
        |row, cells| cells.string(row.carried.comment),
    ),
    Column::of_profile(
        "event_user_id",
        Kind::Int64,
        "Id of the account; null of an address, and if hidden.",
        "contributor/id",
        |row, cells| cells.int(row.revision().user_id()),
    ),
    nulls("event_user_central_id", Kind::Int64, CLOSED),
    Column::of_profile(
        "event_user_text_historical",
        Kind::String,
        "The address, which is never renamed; null of accounts: their names of old take the logs.",
        "contributor/ip",
        |row, cells| {
            let is_address = row.revision().user_kind() == UserKind::Ip;
            cells.string(row.revision().user_text().filter(|_| is_address));
        },
    ),
    Column::of_profile(
        "event_user_text",
        Kind::String,
        "Name of the account on the day of the dump, or the address; null if hidden.",
        "contributor/username, contributor/ip",
        |row, cells| cells.string(row.revision().user_text()),
    ),
    nulls("event_user_blocks_historical", Kind::StringList, LOGS),
    nulls("event_user_blocks", Kind::StringList, LOGS),
    nulls("event_user_groups_historical", Kind::StringList, LOGS),
    nulls("event_user_groups", Kind::StringList, SQL),
    nulls("event_user_is_bot_by_historical", Kind::StringList, LOGS),
    Column::of_profile(
        "event_user_is_bot_by",
        Kind::StringList,
        "name where the name is one of a bot, else empty: who is one by group is in no dump. Null if hidden.",
        "contributor/username",
        |row, cells| {
            let name = row.revision().user_text();
            let is_account = row.revision().user_kind() != UserKind::Ip;
            cells.optional_list(name.map(|name| {
                let is_bot = is_account && is_bot_name(name);
                is_bot.then_some("name").into_iter()
            }));
        },
    ),
    nulls("event_user_is_created_by_self", Kind::Boolean, LOGS),
    nulls("event_user_is_created_by_system", Kind::Boolean, LOGS),
    nulls("event_user_is_created_by_peer", Kind::Boolean, LOGS),
    Column::of_profile(
        "event_user_is_anonymous",
        Kind::Boolean,
        "Whether the user has no account; null if hidden.",
        "contributor/ip",
        |row, cells| {
            let is_in_ip = row.carried.is_in_ip_element;
            cells.optional_boolean(row.of_user(|kind| is_in_ip || kind == UserKind::Ip));
        },
    ),
    Column::of_profile(
        "event_user_is_temporary",
        Kind::Boolean,
        "Whether it is a temporary account, by the name; null if hidden.",
        "contributor/username",
        |row, cells| cells.optional_boolean(row.of_user(|kind| kind == UserKind::Temporary)),
    ),
    Column::of_profile(
        "event_user_is_permanent",
        Kind::Boolean,
        "Whether it is an account that is not temporary; null if hidden.",
        "contributor/id",
        |row, cells| cells.optional_boolean(row.of_user(|kind| kind == UserKind::Registered)),
    ),
    Column::of_profile(
        "event_user_is_cross_wiki",
        Kind::Boolean,
        "Whether the edit was imported from another wiki, with > in the user's name; null if hidden.",
        "contributor",
        |row, cells| {
            let has_mark = row.revision().user_text().is_some_and(|name| name.contains('>'));
            cells.optional_boolean(row.of_user(|kind| {
                kind == UserKind::Imported || has_mark && kind == UserKind::Unknown
            }));
        },
    ),
    nulls("event_user_registration_timestamp", Kind::String, CLOSED),
    nulls("event_user_creation_timestamp", Kind::String, LOGS),
    nulls("event_user_first_edit_timestamp", Kind::String, ALL_PAGES),
    nulls("event_user_revision_count", Kind::Int64, ALL_PAGES),
    nulls(
        "event_user_seconds_since_previous_revision",
        Kind::Int64,
        ALL_PAGES,
    ),
    Column::of_profile(
        "page_id",
        Kind::Int64,
        "Id of the page.",
        "page/id",
        |row, cells| cells.int(row.history.page.page_id),
    ),
    nulls("page_artificial_id", Kind::String, CLOSED),
    nulls("page_title_historical", Kind::String, LOGS),
    Column::of_profile(
        "page_title",
        Kind::String,
        "Title on the day of the dump, with underscores, without its namespace.",
        "page/title",
        |row, cells| {
            let title = row.history.page.title.as_deref();
            let title = title.and_then(|title| title.get(row.carried.prefix_bytes..));
            cells.string(title.map(|title| title.replace(' ', "_")).as_deref());
        },
    ),
    nulls("page_namespace_historical", Kind::Int32, LOGS),
    nulls("page_namespace_is_content_historical", Kind::Boolean, LOGS),
    Column::of_profile(
        "page_namespace",
        Kind::Int32,
        "Number of the page's namespace on the day of the dump.",
        "page/ns",
        |row, cells| cells.int(row.history.page.namespace_id.map(i64::from)),
    ),
    nulls("page_namespace_is_content", Kind::Boolean, SQL),
    Column::of_profile(
        "page_is_redirect",
        Kind::Boolean,
        "Whether the page is a redirect on the day of the dump.",
        "page/redirect",
        |row, cells| cells.boolean(row.carried.page_is_redirect),
    ),
    Column::of_profile(
        "page_is_deleted",
        Kind::Boolean,
        "False: deleted pages are in no dump.",
        "page",
        |_, cells| cells.boolean(false),
    ),
    nulls("page_creation_timestamp", Kind::String, LOGS),
    Column::<MediawikiHistory>::of_profile(
        "page_first_edit_timestamp",
        Kind::String,
        "When the page's first revision was saved that is in the dump; null where the history is too long to be looked at as a whole.",
        "revision/timestamp",
        |row, cells| cells.string(time_of(row.first).as_deref()),
    )
    .in_unit("UTC"),
    Column::<MediawikiHistory>::of_profile(
        "page_revision_count",
        Kind::Int64,
        "How many revisions of the page there are up to this one, by time and then id; deleted ones are in no dump.",
        "page/revision",
        |row, cells| cells.int(row.history.page_revision_count.try_into().ok()),
    )
    .in_unit("revisions"),
    Column::<MediawikiHistory>::of_profile(
        "page_seconds_since_previous_revision",
        Kind::Int64,
        "Time since the page's previous revision, by time and then id; null for the first.",
        "revision/timestamp",
        |row, cells| cells.int(row.history.seconds_since_previous),
    )
    .in_unit("seconds"),
    nulls("user_id", Kind::Int64, OF_USERS),
    nulls("user_central_id", Kind::Int64, OF_USERS),
    nulls("user_text_historical", Kind::String, OF_USERS),
    nulls("user_text", Kind::String, OF_USERS),
    nulls("user_blocks_historical", Kind::StringList, OF_USERS),
    nulls("user_blocks", Kind::StringList, OF_USERS),
    nulls("user_groups_historical", Kind::StringList, OF_USERS),
    nulls("user_groups", Kind::StringList, OF_USERS),
    nulls("user_is_bot_by_historical", Kind::StringList, OF_USERS),
    nulls("user_is_bot_by", Kind::StringList, OF_USERS),
    nulls("user_is_created_by_self", Kind::Boolean, OF_USERS),
    nulls("user_is_created_by_system", Kind::Boolean, OF_USERS),
    nulls("user_is_created_by_peer", Kind::Boolean, OF_USERS),
    nulls("user_is_anonymous", Kind::Boolean, OF_USERS),
    nulls("user_is_temporary", Kind::Boolean, OF_USERS),
    nulls("user_is_permanent", Kind::Boolean, OF_USERS),
    nulls("user_registration_timestamp", Kind::String, OF_USERS),
    nulls("user_creation_timestamp", Kind::String, OF_USERS),
    nulls("user_first_edit_timestamp", Kind::String, OF_USERS),
    Column::of_profile(
        "revision_id",
        Kind::Int64,
        "Id of the revision.",
        "revision/id",
        |row, cells| cells.int(row.revision().id()),
    ),
    Column::of_profile(
        "revision_parent_id",
        Kind::Int64,
        "Id of the revision it was made from; null if there is none, -1 where exports have lost it.",
        "revision/parentid",
        |row, cells| cells.int(row.carried.parent_id),
    ),
    Column::of_profile(
        "revision_minor_edit",
        Kind::Boolean,
        "Whether it was marked as minor.",
        "revision/minor",
        |row, cells| cells.boolean(row.carried.is_minor),
    ),
    Column::of_profile(
        "revision_deleted_parts",
        Kind::StringList,
        "What is hidden of it: text, comment, user.",
        "revision/*/@deleted",
        |row, cells| {
            let parts = [
                ("text", row.carried.content_is_visible),
                ("comment", row.carried.comment_is_visible),
                ("user", row.carried.user_is_visible),
            ];
            let hidden = parts.into_iter().filter(|(_, is_visible)| !is_visible);
            cells.list(hidden.map(|(part, _)| part));
        },
    ),
    nulls("revision_deleted_parts_are_suppressed", Kind::Boolean, CLOSED),
    Column::<MediawikiHistory>::of_profile(
        "revision_text_bytes",
        Kind::Int64,
        "Sum of the slots' sizes; null if that of any slot is not known or hidden (but see --keep-hidden-sizes).",
        "revision/text/@bytes",
        |row, cells| cells.int(row.revision().size_bytes()),
    )
    .in_unit("bytes"),
    Column::<MediawikiHistory>::of_profile(
        "revision_text_bytes_diff",
        Kind::Int64,
        "Its size less its parent's; all of its size where it has no parent; null where a size or the parent is not known.",
        "revision/parentid, revision/text/@bytes",
        |row, cells| cells.int(row.history.text_bytes_diff),
    )
    .in_unit("bytes"),
    Column::<MediawikiHistory>::of_profile(
        "revision_text_sha1",
        Kind::String,
        "Checksum of the revision; null if not known or hidden, and where --ip changed a text.",
        "revision/sha1",
        |row, cells| cells.string(row.carried.sha1),
    )
    .in_unit("SHA-1, 31 digits of base 36"),
    Column::of_profile(
        "revision_content_model",
        Kind::String,
        "Content model of the main slot, such as wikitext.",
        "revision/model",
        |row, cells| cells.string(row.carried.model),
    ),
    Column::of_profile(
        "revision_content_format",
        Kind::String,
        "Serialisation format of the main slot.",
        "revision/format",
        |row, cells| cells.string(row.carried.format),
    ),
    Column::of_profile(
        "revision_is_deleted_by_page_deletion",
        Kind::Boolean,
        "False: deleted revisions are in no dump.",
        "revision",
        |_, cells| cells.boolean(false),
    ),
    nulls(
        "revision_deleted_by_page_deletion_timestamp",
        Kind::String,
        "Null: no revision of a dump is deleted.",
    ),
    Column::of_profile(
        "revision_is_identity_reverted",
        Kind::Boolean,
        "Whether a later revision of the page brought back one from before it.",
        "revision/sha1",
        |row, cells| cells.boolean(row.history.reverted_by.is_some()),
    ),
    Column::of_profile(
        "revision_first_identity_reverting_revision_id",
        Kind::Int64,
        "Id of the first revision that did; null where none did.",
        "revision/sha1",
        |row, cells| cells.int(row.history.reverted_by.and_then(Fact::id)),
    ),
    Column::<MediawikiHistory>::of_profile(
        "revision_seconds_to_identity_revert",
        Kind::Int64,
        "Time until then; null where none did.",
        "revision/timestamp",
        |row, cells| cells.int(row.history.seconds_to_revert()),
    )
    .in_unit("seconds"),
    Column::of_profile(
        "revision_is_identity_revert",
        Kind::Boolean,
        "Whether it brought back an earlier revision of the page.",
        "revision/sha1",
        |row, cells| cells.boolean(row.history.is_revert),
    ),
    nulls("revision_is_from_before_page_creation", Kind::Boolean, LOGS),
    nulls("revision_tags", Kind::StringList, SQL),
];

impl<'r> MediawikiHistoryRow<'r> {
    fn revision(&self) -> Fact<'r> {
        self.history.revision
    }

    /// What the kind of user tells, if they are shown.
    fn of_user(&self, tell: impl FnOnce(UserKind) -> bool) -> Option<bool> {
        let kind = self.revision().user_kind();
        (kind != UserKind::Hidden).then(|| tell(kind))
    }
}

fn time_of(revision: Option<Fact<'_>>) -> Option<String> {
    revision?.timestamp().map(history_time)
}
