//! The list of tables.

use super::column::ColumnDoc;
use super::{
    content, differing_texts, diffs, log_events, namespaces, page_moves, pages, persistence,
    profiles, rejects, reverts, revision_history, revisions, sessions, tokens, uploads,
    user_creations,
};

/// The column that names the wiki in tables of ours and in later ones of Wikimedia's.
pub const WIKI_ID: &str = "wiki_id";
/// The same in Wikimedia's older tables.
const WIKI_DB: &str = "wiki_db";

/// A table, as far as it can be told without rows.
pub struct TableInfo {
    /// Its name, which is that of its folder.
    pub name: &'static str,
    /// Raised when the meaning of a column changes.
    pub version: u32,
    /// One row is …
    pub row: &'static str,
    /// Whether it is written without being asked for.
    pub is_default: bool,
    /// Columns by which the rows of a dump file come in order.
    pub order: &'static [&'static str],
    pub(super) docs: fn() -> Vec<&'static ColumnDoc>,
}

impl TableInfo {
    /// Its columns, in order.
    pub fn columns(&self) -> Vec<&'static ColumnDoc> {
        (self.docs)()
    }

    /// Columns that are written only if they are asked for, since they take much more work.
    pub fn on_request(&self) -> &'static [&'static str] {
        match self.name == profiles::WIKIQ.name {
            true => &profiles::WIKIQ_TOKENS,
            false => &[],
        }
    }

    /// The column that names the wiki, by which the table is partitioned if it is.
    pub fn wiki_column(&self) -> &'static str {
        let docs = self.columns();
        let has_wiki_db = docs.iter().any(|doc| doc.name == WIKI_DB);
        if has_wiki_db { WIKI_DB } else { WIKI_ID }
    }
}

impl std::fmt::Debug for TableInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All tables.
pub static ALL: [&TableInfo; 22] = [
    &pages::TABLE,
    &revisions::TABLE,
    &content::TABLE,
    &revision_history::TABLE,
    &reverts::TABLE,
    &persistence::TABLE,
    &tokens::TABLE,
    &sessions::TABLE,
    &namespaces::TABLE,
    &uploads::TABLE,
    &log_events::TABLE,
    &user_creations::TABLE,
    &page_moves::TABLE,
    &diffs::TABLE,
    &differing_texts::TABLE,
    &rejects::TABLE,
    &profiles::WIKITEXT_HISTORY,
    &profiles::WIKITEXT_HISTORY_WIKI_ID,
    &profiles::CONTENT_HISTORY,
    &profiles::CONTENT_CURRENT,
    &profiles::MEDIAWIKI_HISTORY,
    &profiles::WIKIQ,
];

/// Tables that hold the texts of revisions as they are.
pub static OF_TEXTS: [&TableInfo; 5] = [
    &content::TABLE,
    &profiles::WIKITEXT_HISTORY,
    &profiles::WIKITEXT_HISTORY_WIKI_ID,
    &profiles::CONTENT_HISTORY,
    &profiles::CONTENT_CURRENT,
];

/// Names of the tables that are written without being asked for.
pub static DEFAULT: [&str; 5] = ["pages", "revisions", "namespaces", "log_events", "rejects"];

/// The table of a name.
pub fn by_name(name: &str) -> Option<&'static TableInfo> {
    ALL.into_iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_documented_once() {
        for table in ALL {
            let docs = table.columns();
            assert_eq!(
                table.is_default,
                DEFAULT.contains(&table.name),
                "{}",
                table.name
            );
            for (index, doc) in docs.iter().enumerate() {
                assert!(
                    !doc.meaning.is_empty() && !doc.source.is_empty(),
                    "{}",
                    doc.name
                );
                assert!(docs[..index].iter().all(|other| other.name != doc.name));
            }
            for name in table.order {
                assert!(docs.iter().any(|doc| doc.name == *name), "{name}");
            }
        }
    }
}
