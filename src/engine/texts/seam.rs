//! Where chunks meet: a page that goes on is known for one, and its next text is held against its last.

use super::changes::{ChunkChanges, PageChanges};
use super::comparer::Comparer;
use crate::derive::identity::Change;
use crate::derive::tokens::Tokenized;
use crate::derive::{Fact, Facts};
use crate::engine::open_page::goes_on;
use crate::tables::PageHeader;

/// Puts the chunks of a document behind each other.
#[derive(Debug)]
pub(in crate::engine) struct Seam {
    comparer: Comparer,
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
    pub(in crate::engine) fn new(comparer: Comparer) -> Self {
        Self {
            comparer,
            open: None,
            text: Tokenized::default(),
        }
    }

    /// Puts a chunk behind those before.
    pub(in crate::engine) fn join(&mut self, chunk: ChunkChanges) -> JoinedChunk {
        let mut first_text = chunk.first_text;
        let mut first = 0;
        let join = |mut page: PageChanges| {
            let text = first_text.take();
            let id = page.header.page_id;
            let goes_on =
                (self.open).is_some_and(|open_id| goes_on(open_id, id, page.began_before));
            match goes_on {
                true => self.compare(text, &mut page.changes),
                false => self.forget(),
            }
            self.open = Some(id);
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
        *change = self
            .comparer
            .change(change.sha1, &self.text, &mut text, write);
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
