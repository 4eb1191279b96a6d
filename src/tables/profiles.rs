//! Profiles: tables in the shapes that others have made, for jobs that expect these.
//!
//! Names, types and order of the columns are theirs, and so are the rules of what is null.  What
//! dumps cannot give is a column of nulls, so that a job finds all that it names.

mod carried;
mod content_history;
mod mediawiki_history;
mod values;
mod wikiq;
mod wikitext_history;

use super::column::{Cells, Column, ColumnDoc, Kind, Table};
use super::registry::TableInfo;

pub use self::carried::{Carried, Carries};
pub use self::content_history::{CONTENT_CURRENT, CONTENT_HISTORY, ContentHistory};
pub use self::mediawiki_history::{
    MediawikiHistory, MediawikiHistoryRow, TABLE as MEDIAWIKI_HISTORY,
};
pub(crate) use self::values::history_time;
pub use self::wikiq::{TABLE as WIKIQ, TOKEN_COLUMNS as WIKIQ_TOKENS, Wikiq, WikiqRow};
pub use self::wikitext_history::{
    WIKITEXT_HISTORY, WIKITEXT_HISTORY_WIKI_ID, WikitextHistory, WikitextHistoryWikiId,
};

/// A shape that others have made.
#[derive(Debug)]
pub struct Profile {
    /// The name used on the command line.
    pub name: &'static str,
    /// The table that has this shape.
    pub table: &'static TableInfo,
    /// What it is for.
    pub purpose: &'static str,
}

/// All profiles.
pub static PROFILES: [Profile; 6] = [
    Profile {
        name: "wikitext-history",
        table: &WIKITEXT_HISTORY,
        purpose: "Wikimedia's wmf.mediawiki_wikitext_history, as its DDL spells it",
    },
    Profile {
        name: "wikitext-history-wiki-id",
        table: &WIKITEXT_HISTORY_WIKI_ID,
        purpose: "the same as the converter spells it that fills it: wiki_id, page_namespace_id, revision_dt",
    },
    Profile {
        name: "content-history",
        table: &CONTENT_HISTORY,
        purpose: "Wikimedia's wmf_content.mediawiki_content_history_v1",
    },
    Profile {
        name: "content-current",
        table: &CONTENT_CURRENT,
        purpose: "Wikimedia's wmf_content.mediawiki_content_current_v1: each page's latest revision",
    },
    Profile {
        name: "mediawiki-history",
        table: &MEDIAWIKI_HISTORY,
        purpose: "Wikimedia's wmf.mediawiki_history, of which a dump has the revision-create events",
    },
    Profile {
        name: "wikiq",
        table: &WIKIQ,
        purpose: "what wikiq writes, a row a revision (cat --format wikiq for TSV)",
    },
];

/// The profile of a name.
pub fn profile_by_name(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

impl<T: Table> Column<T> {
    /// A column of a profile, any of which can be null.
    const fn of_profile(
        name: &'static str,
        kind: Kind,
        meaning: &'static str,
        source: &'static str,
        put: fn(&T::Row<'_>, &mut Cells),
    ) -> Self {
        Self {
            doc: ColumnDoc {
                name,
                kind,
                nullable: true,
                unit: "",
                meaning,
                source,
            },
            put,
        }
    }

    /// The same with a unit.
    const fn in_unit(mut self, unit: &'static str) -> Self {
        self.doc.unit = unit;
        self
    }

    /// A column of nothing but nulls; `why` says why no dump can fill it.
    const fn of_nulls(name: &'static str, kind: Kind, why: &'static str) -> Self {
        Self::of_profile(name, kind, why, "nothing in a dump", |_, cells| {
            cells.null();
        })
    }
}
