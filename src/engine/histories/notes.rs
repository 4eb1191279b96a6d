//! What a worker notes down of a chunk for the histories of its pages.

use std::ops::Range;

use crate::derive::Facts;
use crate::engine::document::Document;
use crate::engine::open_page::goes_on;
use crate::model::{Page, Revision, SchemaVersion, SiteInfo};
use crate::tables::{Carried, Carries, PageHeader};

/// The first schema that tells of parents.
const PARENTS_SINCE: SchemaVersion = SchemaVersion(0, 8);

/// Facts of a chunk's revisions, and to which pages they belong.
#[derive(Debug, Default)]
pub(in crate::engine) struct ChunkHistory {
    pub(in crate::engine) facts: Facts,
    pub(in crate::engine) pages: Vec<Piece>,
}

/// A page, as far as it lies in the chunk.
#[derive(Debug)]
pub(in crate::engine) struct Piece {
    pub(in crate::engine) header: PageHeader,
    /// Numbers of its revisions among the facts.
    pub(in crate::engine) range: Range<usize>,
    pub(super) began_before: bool,
    /// Whether something of it could not be read.
    pub(super) is_damaged: bool,
}

impl Piece {
    /// Whether it is of the page of an id that is open.
    pub(in crate::engine) fn is_of(&self, open_id: Option<i64>) -> bool {
        goes_on(open_id, self.header.page_id, self.began_before)
    }
}

/// Notes on their way.
#[derive(Debug)]
pub(in crate::engine) struct Notes {
    has_parents: bool,
    carries: Option<Carries>,
    /// What is carried of a revision, on its way.
    carried: Vec<u8>,
    chunk: ChunkHistory,
    /// Pages of records that could not be read.
    damaged: Vec<Option<i64>>,
}

impl Notes {
    /// Of a chunk of a document.
    pub(in crate::engine) fn new(document: &Document) -> Self {
        let version = document.site.version();
        Self {
            has_parents: version.is_some_and(|version| version >= PARENTS_SINCE),
            carries: None,
            carried: Vec::new(),
            chunk: ChunkHistory::default(),
            damaged: Vec::new(),
        }
    }

    /// The same with what rows need beside facts.
    pub(in crate::engine) fn carrying(mut self, carries: Option<Carries>) -> Self {
        self.carries = carries;
        self
    }

    /// Notes down a revision with what is carried of it.
    pub(in crate::engine) fn revision_of(
        &mut self,
        site: &SiteInfo,
        page: &Page<'_>,
        revision: &Revision<'_>,
        is_wanted: bool,
    ) {
        self.revision(revision, is_wanted);
        if let Some(carries) = self.carries {
            self.carried.clear();
            Carried::note(carries, site, page, revision, &mut self.carried);
            self.chunk.facts.push_key(&self.carried);
        }
    }

    /// Notes down a revision; `is_wanted` says whether its rows are to be written.
    pub(in crate::engine) fn revision(&mut self, revision: &Revision<'_>, is_wanted: bool) {
        let facts = &mut self.chunk.facts;
        facts.push(revision, self.has_parents, is_wanted);
    }

    /// Notes down the key under which the revision counts that was noted last.
    pub(in crate::engine) fn key(&mut self, key: &[u8]) {
        self.chunk.facts.push_key(key);
    }

    /// A record of a page could not be read.
    pub(in crate::engine) fn damage(&mut self, page_id: Option<i64>) {
        self.damaged.push(page_id);
    }

    /// A page ends, or goes on in the next chunk.
    pub(in crate::engine) fn page_ended(
        &mut self,
        wiki_id: Option<&str>,
        page: &Page<'_>,
        began_before: bool,
    ) {
        let begin = self.chunk.pages.last().map_or(0, |last| last.range.end);
        self.chunk.pages.push(Piece {
            header: PageHeader::of(wiki_id, page),
            range: begin..self.chunk.facts.len(),
            began_before,
            is_damaged: self.damaged.contains(&page.id),
        });
        self.damaged.clear();
    }

    /// All notes.
    pub(in crate::engine) fn finish(mut self) -> ChunkHistory {
        self.chunk.facts.shrink();
        self.chunk
    }
}
