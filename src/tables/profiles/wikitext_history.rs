//! `mediawiki_wikitext_history`, Wikimedia's table of wikitext, in both spellings that there are.

use super::values;
use crate::model::Slot;
use crate::tables::RevisionRow;
use crate::tables::column::{Column, Kind, Table, docs};
use crate::tables::registry::TableInfo;

/// As the table's DDL spells it.
pub static WIKITEXT_HISTORY: TableInfo = TableInfo {
    name: "mediawiki_wikitext_history",
    version: 1,
    row: "a revision with its main slot, as in Wikimedia's table of this name",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<WikitextHistory>,
};

/// As the converter spells it that fills the table.
pub static WIKITEXT_HISTORY_WIKI_ID: TableInfo = TableInfo {
    name: "mediawiki_wikitext_history_wiki_id",
    version: 1,
    row: "the same as mediawiki_wikitext_history with three columns spelt as Wikimedia's converter does",
    is_default: false,
    order: &["page_id", "revision_id"],
    docs: docs::<WikitextHistoryWikiId>,
};

/// The table as its DDL spells it.
pub type WikitextHistory = Spelling<false>;
/// The table as the converter spells it.
pub type WikitextHistoryWikiId = Spelling<true>;

/// The table as a type, with the names of later tables or without.
#[derive(Debug)]
pub struct Spelling<const LATER: bool>;

impl<const LATER: bool> Table for Spelling<LATER> {
    type Row<'r> = RevisionRow<'r>;

    fn columns() -> &'static [Column<Self>] {
        // What partitions a table stands behind its columns; the converter has it in front.
        const {
            &match LATER {
                true => [
                    Self::WIKI,
                    Self::ID,
                    Self::NAMESPACE,
                    Self::TITLE,
                    Self::REDIRECT,
                    Self::RESTRICTIONS,
                    Self::USER_ID,
                    Self::USER_TEXT,
                    Self::REVISION_ID,
                    Self::PARENT_ID,
                    Self::TIME,
                    Self::MINOR,
                    Self::COMMENT,
                    Self::BYTES,
                    Self::SHA1,
                    Self::TEXT,
                    Self::MODEL,
                    Self::FORMAT,
                    Self::USER_IS_VISIBLE,
                    Self::COMMENT_IS_VISIBLE,
                    Self::CONTENT_IS_VISIBLE,
                ],
                false => [
                    Self::ID,
                    Self::NAMESPACE,
                    Self::TITLE,
                    Self::REDIRECT,
                    Self::RESTRICTIONS,
                    Self::USER_ID,
                    Self::USER_TEXT,
                    Self::REVISION_ID,
                    Self::PARENT_ID,
                    Self::TIME,
                    Self::MINOR,
                    Self::COMMENT,
                    Self::BYTES,
                    Self::SHA1,
                    Self::TEXT,
                    Self::MODEL,
                    Self::FORMAT,
                    Self::USER_IS_VISIBLE,
                    Self::COMMENT_IS_VISIBLE,
                    Self::CONTENT_IS_VISIBLE,
                    Self::WIKI,
                ],
            }
        }
    }
}

impl<const LATER: bool> Spelling<LATER> {
    const fn spelt(later: &'static str, ddl: &'static str) -> &'static str {
        match LATER {
            true => later,
            false => ddl,
        }
    }

    const WIKI: Column<Self> = Column::of_profile(
        Self::spelt("wiki_id", "wiki_db"),
        Kind::String,
        "Database name of the wiki, such as enwiki; by the file name where the dump does not say it.",
        "siteinfo/dbname",
        |row, cells| cells.string(row.wiki_id),
    );
    const ID: Column<Self> = Column::of_profile(
        "page_id",
        Kind::Int64,
        "Id of the page; -1 if the dump has none.",
        "page/id",
        |row, cells| cells.int(Some(row.page.id.unwrap_or(-1))),
    );
    const NAMESPACE: Column<Self> = Column::of_profile(
        Self::spelt("page_namespace_id", "page_namespace"),
        Kind::Int32,
        "Number of the page's namespace.",
        "page/ns",
        |row, cells| cells.int(row.page.namespace_id.map(i64::from)),
    );
    const TITLE: Column<Self> = Column::of_profile(
        "page_title",
        Kind::String,
        "Title as in the dump: with spaces, the namespace's local name in front.",
        "page/title",
        |row, cells| cells.text(row.page.title),
    );
    const REDIRECT: Column<Self> = Column::of_profile(
        "page_redirect_title",
        Kind::String,
        "Title of the page that it redirects to; empty if it is no redirect.",
        "page/redirect/@title",
        |row, cells| {
            let redirect = row.page.redirect.as_ref();
            cells.text(values::or_empty(
                redirect.and_then(|redirect| redirect.target),
            ));
        },
    );
    const RESTRICTIONS: Column<Self> = Column::of_profile(
        "page_restrictions",
        Kind::StringList,
        "Protection as the dump spells it; empty if it says nothing, as dumps of today never do.",
        "page/restrictions",
        |row, cells| cells.list(row.page.restrictions.iter().map(|text| text.to_cow())),
    );
    const USER_ID: Column<Self> = Column::of_profile(
        "user_id",
        Kind::Int64,
        "Id of the account; null of an address, 0 of old system users and imports, -1 if hidden or lost.",
        "contributor/id",
        |row, cells| cells.int(values::user_id(&row.revision.contributor)),
    );
    const USER_TEXT: Column<Self> = Column::of_profile(
        "user_text",
        Kind::String,
        "Name of the account, or the address; empty if hidden.",
        "contributor/username, contributor/ip",
        |row, cells| {
            cells.text(values::or_empty(values::user_text(
                &row.revision.contributor,
            )))
        },
    );
    const REVISION_ID: Column<Self> = Column::of_profile(
        "revision_id",
        Kind::Int64,
        "Id of the revision.",
        "revision/id",
        |row, cells| cells.int(row.revision.id),
    );
    const PARENT_ID: Column<Self> = Column::of_profile(
        "revision_parent_id",
        Kind::Int64,
        "Id of the revision it was made from; null if there is none.",
        "revision/parentid",
        |row, cells| cells.int(row.revision.parent_id),
    );
    const TIME: Column<Self> = Column::<Self>::of_profile(
        Self::spelt("revision_dt", "revision_timestamp"),
        Kind::String,
        "When it was saved: YYYY-MM-DDTHH:MM:SSZ.",
        "revision/timestamp",
        |row, cells| {
            let time = row.revision.timestamp.map(|time| time.to_string());
            cells.string(time.as_deref());
        },
    )
    .in_unit("ISO 8601, UTC");
    const MINOR: Column<Self> = Column::of_profile(
        "revision_minor_edit",
        Kind::Boolean,
        "Whether it was marked as minor.",
        "revision/minor",
        |row, cells| cells.boolean(row.revision.is_minor),
    );
    const COMMENT: Column<Self> = Column::of_profile(
        "revision_comment",
        Kind::String,
        "Edit summary; empty where there is none or it is hidden.",
        "revision/comment",
        |row, cells| cells.text(values::or_empty(row.revision.comment.text())),
    );
    const BYTES: Column<Self> = Column::<Self>::of_profile(
        "revision_text_bytes",
        Kind::Int64,
        "Size of the main slot as declared, or else the length of its text; 0 if neither is known or it is hidden (but see --keep-hidden-sizes).",
        "revision/text/@bytes",
        |row, cells| cells.int(Some(main(row).and_then(Slot::size_bytes).unwrap_or(0))),
    )
    .in_unit("bytes");
    const SHA1: Column<Self> = Column::<Self>::of_profile(
        "revision_text_sha1",
        Kind::String,
        "Checksum of the revision; empty if not known or hidden, and where --ip changed a text.",
        "revision/sha1",
        |row, cells| cells.text(values::or_empty(row.revision.known_sha1())),
    )
    .in_unit("SHA-1, 31 digits of base 36");
    const TEXT: Column<Self> = Column::of_profile(
        "revision_text",
        Kind::String,
        "Text of the main slot; empty if hidden, lost or in a stub.",
        "revision/text",
        |row, cells| cells.text(values::or_empty(main(row).and_then(Slot::visible_text))),
    );
    const MODEL: Column<Self> = Column::of_profile(
        "revision_content_model",
        Kind::String,
        "Content model of the main slot, such as wikitext.",
        "revision/model",
        |row, cells| cells.text(main(row).and_then(values::model)),
    );
    const FORMAT: Column<Self> = Column::<Self>::of_profile(
        "revision_content_format",
        Kind::String,
        "Serialisation format of the main slot.",
        "revision/format",
        |row, cells| cells.text(main(row).and_then(values::format)),
    )
    .in_unit("MIME type");
    const USER_IS_VISIBLE: Column<Self> = Column::of_profile(
        "user_is_visible",
        Kind::Boolean,
        "Whether the contributor is shown.",
        "contributor/@deleted",
        |row, cells| cells.boolean(row.revision.contributor.is_visible),
    );
    const COMMENT_IS_VISIBLE: Column<Self> = Column::of_profile(
        "comment_is_visible",
        Kind::Boolean,
        "Whether the edit summary is shown.",
        "revision/comment/@deleted",
        |row, cells| cells.boolean(row.revision.comment.is_visible()),
    );
    const CONTENT_IS_VISIBLE: Column<Self> = Column::of_profile(
        "content_is_visible",
        Kind::Boolean,
        "Whether the content is shown.",
        "revision/text/@deleted",
        |row, cells| cells.boolean(values::content_is_visible(row.revision)),
    );
}

fn main<'r>(row: &RevisionRow<'r>) -> Option<&'r Slot<'r>> {
    row.revision.main.as_ref()
}
