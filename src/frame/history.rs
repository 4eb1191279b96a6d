//! What a chunk needs of its page's history: which revision its revisions are, and the one before
//! its first.
//!
//! Elements `<page>` of one id that follow each other are one page.  Whether they do is known when the
//! header of the later one is.

use std::mem;
use std::sync::Arc;

use super::pending::Pending;

/// The revision of the page that stands right before the chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Predecessor {
    /// There is none: the chunk begins with a page's first revision.
    #[default]
    None,
    /// Its bytes, from `<revision>` up to the chunk, with the page's end if another element of the
    /// same page begins there.
    Revision(Arc<[u8]>),
    /// It was passed over because of damage.
    Lost,
}

/// Where a revision begins, and which one of its page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisionPlace {
    /// Offset of `<revision>` in the decoded XML.
    pub xml_offset_bytes: u64,
    /// How many revisions of its page stand before it.
    pub index: u64,
}

/// What the framer keeps of the page that is open.  A document can go on with the one that another has
/// ended with, where a page is spread over files.
#[derive(Debug, Default)]
pub struct History {
    /// The id of the page, if it has one.
    page_id: Option<Box<[u8]>>,
    /// Whether another element has begun, whose id is not known yet.
    is_new_element: bool,
    /// Revisions of the page so far.
    count: u64,
    /// Whether a revision is open: what looks like one inside it is none.
    is_inside: bool,
    /// Where the page's last revision begins, if it has any in the chunk at hand.
    last_begin: Option<u64>,
    /// The last one that the page had before the chunk at hand.
    last_before: Predecessor,
    /// What goes with the chunk at hand.
    predecessor: Predecessor,
    places: Vec<RevisionPlace>,
}

impl History {
    /// An element `<page>` begins.
    pub(super) fn page_begins(&mut self) {
        if self.is_new_element {
            // The one before had no header that could be read.
            self.page_is(None);
        }
        self.is_new_element = true;
        self.is_inside = false;
    }

    /// Whether the id of the page is asked for.
    pub(super) fn asks_for_id(&self) -> bool {
        self.is_new_element
    }

    /// Tells the id of the element that has begun: the page before goes on, or another one begins.
    pub(super) fn page_is(&mut self, id: Option<&[u8]>) {
        self.is_new_element = false;
        if id.is_some() && id == self.page_id.as_deref() {
            return;
        }
        self.page_id = id.map(Box::from);
        self.count = 0;
        self.last_begin = None;
        self.last_before = Predecessor::None;
        if self.places.is_empty() {
            self.predecessor = Predecessor::None;
        }
    }

    pub(super) fn revision_begins(&mut self, at: u64) {
        if self.is_inside {
            return;
        }
        self.places.push(RevisionPlace {
            xml_offset_bytes: at,
            index: self.count,
        });
        self.count += 1;
        self.is_inside = true;
        self.last_begin = Some(at);
    }

    pub(super) fn revision_ends(&mut self) {
        self.is_inside = false;
    }

    /// Damage begins, behind the last chunk that was made: what follows has lost the one before it.
    pub(super) fn loses(&mut self) {
        self.is_inside = false;
        self.last_begin = None;
        self.last_before = Predecessor::Lost;
        self.predecessor = Predecessor::Lost;
    }

    /// As it is handed on to a document that goes on, by one that has ended, whole or not.
    pub(super) fn ended(mut self, is_whole: bool) -> Self {
        if !is_whole {
            self.loses();
        }
        self.is_inside = false;
        self
    }

    /// What stands between the last document and the next is not known.
    pub fn lose(&mut self) {
        self.loses();
    }

    /// What goes with the chunk that ends at `end`; what is pending still holds its bytes.
    pub(super) fn end_chunk(
        &mut self,
        pending: &Pending,
        end: u64,
    ) -> (Predecessor, Vec<RevisionPlace>) {
        let next = match self.last_begin.take() {
            Some(begin) if begin < end => Predecessor::Revision(pending.copy(begin, end).into()),
            _ => self.last_before.clone(),
        };
        self.last_before = next.clone();
        let predecessor = mem::replace(&mut self.predecessor, next);
        (predecessor, mem::take(&mut self.places))
    }
}
