//! Kinds of dumps in a run.

use std::fmt;

/// What a dump of a run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// All revisions, with their texts.
    PagesMetaHistory,
    /// All revisions, with their texts, as the content file exports give them.
    ContentHistory,
    /// All revisions, without texts.
    StubMetaHistory,
    /// The current revision of each page.
    PagesMetaCurrent,
    /// The current revision of each page, as the content file exports give it.
    ContentCurrent,
    /// The current revision of each page, without texts.
    StubMetaCurrent,
    /// The current revision of each page that is no discussion and no user's own.
    PagesArticles,
    /// The same, in streams of 100 pages.
    PagesArticlesMultistream,
    /// The same, without texts.
    StubArticles,
    /// All revisions of a day, with their texts.
    PagesMetaHistIncr,
    /// All revisions of a day, without texts.
    StubsMetaHistIncr,
    /// The public log.
    PagesLogging,
    /// A table of the database.
    Tables,
}

impl Kind {
    /// All, those of pages with the most revisions first, and of equals those with texts.
    pub const ALL: [Self; 13] = [
        Self::PagesMetaHistory,
        Self::ContentHistory,
        Self::StubMetaHistory,
        Self::PagesMetaCurrent,
        Self::ContentCurrent,
        Self::StubMetaCurrent,
        Self::PagesArticles,
        Self::PagesArticlesMultistream,
        Self::StubArticles,
        Self::PagesMetaHistIncr,
        Self::StubsMetaHistIncr,
        Self::PagesLogging,
        Self::Tables,
    ];

    /// The name, which is that in the names of files where they have one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PagesMetaHistory => "pages-meta-history",
            Self::ContentHistory => "content-history",
            Self::StubMetaHistory => "stub-meta-history",
            Self::PagesMetaCurrent => "pages-meta-current",
            Self::ContentCurrent => "content-current",
            Self::StubMetaCurrent => "stub-meta-current",
            Self::PagesArticles => "pages-articles",
            Self::PagesArticlesMultistream => "pages-articles-multistream",
            Self::StubArticles => "stub-articles",
            Self::PagesMetaHistIncr => "pages-meta-hist-incr",
            Self::StubsMetaHistIncr => "stubs-meta-hist-incr",
            Self::PagesLogging => "pages-logging",
            Self::Tables => "tables",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is one of the content file exports.
    pub fn is_of_exports(self) -> bool {
        matches!(self, Self::ContentHistory | Self::ContentCurrent)
    }

    /// Whether it holds revisions of pages, which other kinds of the same run hold too.
    pub fn is_of_pages(self) -> bool {
        !matches!(self, Self::PagesLogging | Self::Tables)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
