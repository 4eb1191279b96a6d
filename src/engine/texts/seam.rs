//! Where chunks meet: a page that goes on is known for one, and its next text is held against its last.

use super::changes::{ChunkChanges, PageChanges, USUAL, differ};
use crate::derive::diff::{Algorithm, Diff, Differ};
use crate::derive::identity::{Change, Kept};
use crate::derive::tokens::Tokenized;
use crate::derive::{Fact, Facts};
use crate::error::Result;
use crate::tables::PageHeader;

/// Puts the chunks of a document behind each other.
#[derive(Debug)]
pub(in crate::engine) struct Seam {
    differ: Differ,
    diff: Diff,
    kept: Kept,
    /// The id of the page that may go on, if there is one.
    open: Option<Option<i64>>,
    /// That page's last text.
    text: Tokenized,
}

/// What changed in a chunk, with regard to those before.
#[derive(Debug)]
pub(in crate::engine) struct JoinedChunk {
    facts: Facts,
    /// Pages, each with whether it goes on with the one before, and the number of its first revision.
    pages: Vec<(PageChanges, bool, usize)>,
}

/// A page of it, as far as it lies in the chunk.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct JoinedPage<'c> {
    pub(super) header: &'c PageHeader,
    /// Whether it is the page before, here or in another chunk.
    pub(in crate::engine) goes_on: bool,
    pub(super) is_damaged: bool,
    facts: &'c Facts,
    changes: &'c [Option<Change>],
    first: usize,
}

/// A revision of it.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct ChangedRevision<'c> {
    /// Its number in the chunk.
    pub(in crate::engine) number: usize,
    pub(in crate::engine) fact: Fact<'c>,
    /// `None` where the text is not known.
    pub(in crate::engine) change: Option<&'c Change>,
}

impl Seam {
    /// Without a page.
    pub(in crate::engine) fn new(kept: Kept) -> Result<Self> {
        Self::matched_by(USUAL, kept)
    }

    /// The same with tokens that are matched in another way.
    pub(in crate::engine) fn matched_by(algorithm: Algorithm, kept: Kept) -> Result<Self> {
        Ok(Self {
            differ: differ(algorithm)?,
            diff: Diff::default(),
            kept,
            open: None,
            text: Tokenized::default(),
        })
    }

    /// Puts a chunk behind those before.
    pub(in crate::engine) fn join(&mut self, chunk: ChunkChanges) -> JoinedChunk {
        let mut first_text = chunk.first_text;
        let mut first = 0;
        let join = |mut page: PageChanges| {
            let text = first_text.take();
            let goes_on = self.is_open(&page);
            match goes_on {
                true => self.compare(text, &mut page.changes),
                false => self.forget(),
            }
            self.open = Some(page.header.page_id);
            if let Some(text) = page.last_text.take() {
                self.text = text;
            }
            let begins_at = first;
            first += page.changes.len();
            (page, goes_on, begins_at)
        };
        JoinedChunk {
            pages: chunk.pages.into_iter().map(join).collect(),
            facts: chunk.facts,
        }
    }

    /// Whether a page is the open one.  One page can be several elements in a row.
    fn is_open(&self, page: &PageChanges) -> bool {
        let id = page.header.page_id;
        self.open == Some(id) && (page.began_before || id.is_some())
    }

    /// Tells what a chunk's first text changed in the page's last.
    fn compare(&mut self, first_text: Option<Tokenized>, changes: &mut [Option<Change>]) {
        let Some(mut text) = first_text else {
            return;
        };
        let Some(change) = changes.iter_mut().flatten().next() else {
            return;
        };
        let first = text.text().to_owned();
        let write = |room: &mut String| *room = first;
        self.differ
            .next_into(&self.text, &mut text, write, &mut self.diff);
        let operations = self.diff.operations.clone();
        *change = Change::new(change.sha1, operations, &self.text, &text, self.kept);
    }

    /// The open page does not go on.
    pub(in crate::engine) fn forget(&mut self) {
        self.open = None;
        self.text = Tokenized::default();
    }
}

impl JoinedChunk {
    /// Its pages, in order.
    pub(in crate::engine) fn pages(&self) -> impl Iterator<Item = JoinedPage<'_>> {
        self.pages.iter().map(|(page, goes_on, first)| JoinedPage {
            header: &page.header,
            goes_on: *goes_on,
            is_damaged: page.is_damaged,
            facts: &self.facts,
            changes: &page.changes,
            first: *first,
        })
    }
}

impl<'c> JoinedPage<'c> {
    /// Its revisions, in order.
    pub(in crate::engine) fn revisions(self) -> impl Iterator<Item = ChangedRevision<'c>> {
        let numbered = (self.first..).zip(self.changes);
        numbered.map_while(move |(number, change)| {
            Some(ChangedRevision {
                number,
                fact: self.facts.get(number)?,
                change: change.as_ref(),
            })
        })
    }
}
