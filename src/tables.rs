//! The tables: a file each, with every column's meaning and value in one place.
//!
//! The registry [`ALL`] drives the command line, the codebook, the metadata in Parquet and the
//! tests.

mod builder;
mod column;
mod content;
mod counts;
mod differing_texts;
mod diffs;
mod log_events;
mod namespaces;
mod page_header;
mod page_moves;
mod pages;
mod persistence;
mod personal;
mod profiles;
mod registry;
mod rejects;
mod reverts;
mod revision_history;
mod revisions;
mod sessions;
mod shared;
mod sql;
mod sql_docs;
mod tokens;
mod uploads;
mod user_creations;

pub use builder::{Selection, TableBuilder};
pub use column::{Cells, Column, ColumnDoc, Kind, Operations, SlotValue, Table};
pub use personal::{Personal, personal};
pub(crate) use profiles::history_time;
pub use profiles::{
    CONTENT_CURRENT, CONTENT_HISTORY, Carried, Carries, ContentHistory, MEDIAWIKI_HISTORY,
    MediawikiHistory, MediawikiHistoryRow, PROFILES, Profile, WIKIQ, WIKIQ_TOKENS,
    WIKITEXT_HISTORY, WIKITEXT_HISTORY_WIKI_ID, Wikiq, WikiqRow, WikitextHistory,
    WikitextHistoryWikiId, profile_by_name,
};
pub use registry::{ALL, DEFAULT, OF_TEXTS, TableInfo, WIKI_ID, by_name};

pub use content::{Content, ContentRow, TABLE as CONTENT};
pub use counts::{Counts, TABLE as COUNTS, count_columns};
pub use differing_texts::{DifferingText, DifferingTexts, TABLE as DIFFERING_TEXTS};
pub use diffs::{DiffRow, Diffs, TABLE as DIFFS};
pub use log_events::{LogEvents, LogRow, TABLE as LOG_EVENTS};
pub use namespaces::{NamespaceRow, Namespaces, TABLE as NAMESPACES};
pub use page_header::PageHeader;
pub use page_moves::{PageMoves, TABLE as PAGE_MOVES, is_page_move};
pub use pages::{PageSummary, Pages, TABLE as PAGES};
pub use persistence::{Persistence, PersistenceRow, TABLE as PERSISTENCE};
pub use rejects::{Reject, Rejects, TABLE as REJECTS};
pub use reverts::{RevertDefinition, RevertRow, Reverts, TABLE as REVERTS};
pub use revision_history::{RevisionHistory, RevisionHistoryRow, TABLE as REVISION_HISTORY};
pub use revisions::{RevisionRow, Revisions, TABLE as REVISIONS};
pub use sessions::{Sessions, TABLE as SESSIONS};
pub use sql::{SqlColumnDoc, SqlRows, SqlSelection, Unfit};
pub use sql_docs::{SqlColumnNote, SqlTableDoc, of_table as sql_table_doc, sql_tables};
pub use tokens::{TABLE as TOKENS, TokenRow, Tokens};
pub use uploads::{TABLE as UPLOADS, UploadRow, Uploads};
pub use user_creations::{TABLE as USER_CREATIONS, UserCreations, is_user_creation};
