//! What a worker tells of the texts in a chunk: how each came from the one before on its page.

use std::mem;

use super::comparer::Comparer;
use crate::derive::identity::Change;
use crate::derive::tokens::Tokenized;
use crate::derive::{Facts, Sha1};
use crate::model::{Page, Revision};
use crate::tables::PageHeader;

/// Longer texts are passed over, like those that are not known: tokens take several times the memory
/// of their text.  MediaWiki stores texts of up to 2 MiB where nothing else is configured.
const MAX_TEXT_BYTES: usize = 4 << 20;

/// What changed in a chunk.
#[derive(Debug, Default)]
pub(in crate::engine) struct ChunkChanges {
    /// Facts of its revisions.
    pub(super) facts: Facts,
    pub(super) pages: Vec<PageChanges>,
    /// The first text of the first page, which may have begun in a chunk before: its change is told
    /// as if nothing had been there.
    pub(super) first_text: Option<Tokenized>,
}

/// A page, as far as it lies in the chunk.
#[derive(Debug)]
pub(super) struct PageChanges {
    pub(super) header: PageHeader,
    pub(super) began_before: bool,
    pub(super) is_damaged: bool,
    /// By revision; `None` where the text is not known.
    pub(super) changes: Vec<Option<Change>>,
    /// The last text, if the page is the chunk's last.
    pub(super) last_text: Option<Tokenized>,
}

/// Changes on their way.
#[derive(Debug)]
pub(in crate::engine) struct Changes {
    comparer: Comparer,
    /// The page's last text.
    before: Tokenized,
    /// Room for the next one.
    after: Tokenized,
    /// Room for its characters.
    text: String,
    has_text: bool,
    chunk: ChunkChanges,
    /// Of the page that is open.
    changes: Vec<Option<Change>>,
    damaged: Vec<Option<i64>>,
}

impl Changes {
    /// Of a chunk.
    pub(in crate::engine) fn new(comparer: Comparer) -> Self {
        Self {
            comparer,
            before: Tokenized::default(),
            after: Tokenized::default(),
            text: String::new(),
            has_text: false,
            chunk: ChunkChanges::default(),
            changes: Vec::new(),
            damaged: Vec::new(),
        }
    }

    /// Takes a page's next revision; `is_wanted` says whether its row is to be written.
    pub(in crate::engine) fn revision(
        &mut self,
        page: &Page<'_>,
        revision: &Revision<'_>,
        is_wanted: bool,
    ) {
        self.forget_other_page(page);
        // Only ids, times and users are looked at.
        self.chunk.facts.push(revision, false, is_wanted);
        let change = self.change(revision);
        self.changes.push(change);
    }

    /// Forgets the text of the page before, where this one begins.
    fn forget_other_page(&mut self, page: &Page<'_>) {
        if self.changes.is_empty() && !self.goes_on(page) {
            self.before = Tokenized::default();
            self.has_text = false;
        }
    }

    /// Whether a page is the one before, in another element.
    fn goes_on(&self, page: &Page<'_>) -> bool {
        let last = self.chunk.pages.last();
        last.is_some_and(|last| page.id.is_some() && last.header.page_id == page.id)
    }

    fn change(&mut self, revision: &Revision<'_>) -> Option<Change> {
        let main = revision.main.as_ref()?;
        let text = main.visible_text()?;
        self.text.clear();
        text.for_each_piece(|piece| self.text.push_str(piece));
        if self.text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let sha1 = Sha1::of_revision(revision)
            .unwrap_or_else(|| Sha1::of_text(main.dump_text().unwrap_or(text)));
        let write = |room: &mut String| mem::swap(room, &mut self.text);
        let change = self
            .comparer
            .change(sha1, &self.before, &mut self.after, write);
        mem::swap(&mut self.before, &mut self.after);
        if !self.has_text && self.chunk.pages.is_empty() {
            self.chunk.first_text = Some(self.before.clone());
        }
        self.has_text = true;
        Some(change)
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
        self.forget_other_page(page);
        self.chunk.pages.push(PageChanges {
            header: PageHeader::of(wiki_id, page),
            began_before,
            is_damaged: self.damaged.contains(&page.id),
            changes: std::mem::take(&mut self.changes),
            last_text: None,
        });
        self.damaged.clear();
    }

    /// All changes.
    pub(in crate::engine) fn finish(mut self) -> ChunkChanges {
        if self.has_text
            && let Some(last) = self.chunk.pages.last_mut()
        {
            last.last_text = Some(self.before);
        }
        self.chunk
    }
}
