//! The rows of the table `diffs` of a chunk.
//!
//! A revision is compared with the one right before it in its page.  For the first one of a chunk
//! the framer has handed on the bytes of that one, which are parsed when they are needed.

mod known;
#[cfg(test)]
mod tests;

pub(super) use self::known::state_of;

use std::mem;
use std::sync::Arc;

use arrow::array::RecordBatch;

use self::known::{Held, Known, hold_text};
use super::document::Document;
use super::options::DiffOptions;
use super::rows::Wanted;
use crate::derive::diff::{Counts, Diff, Differ};
use crate::derive::tokens::Tokenized;
use crate::error::Result;
use crate::frame::{Predecessor, RevisionPlace};
use crate::model::{ContentState, Page, Revision};
use crate::tables::{self, DiffRow, Operations, Selection, TableBuilder};

/// What is said of the text of a revision that could not be read.
const LOST: &str = "lost";

/// Makes rows, revision by revision.
pub(super) struct DiffRows<'c> {
    options: DiffOptions,
    wanted: &'c Wanted,
    document: &'c Document,
    builder: TableBuilder<tables::Diffs>,
    differ: Differ,
    /// Where the chunk's revisions begin.
    places: Vec<RevisionPlace>,
    /// Which one of its page the revision at hand is.
    index: u64,
    /// What the revision at hand is compared with.
    earlier: Earlier,
    /// What the next one is compared with.
    previous: Earlier,
    /// The text of `earlier`, if it is there, with tokens or without.
    before: Tokenized,
    uncut: String,
    after: Tokenized,
    text: String,
    diff: Diff,
}

/// The revision before another one in its page.
#[derive(Debug, Clone)]
enum Earlier {
    None,
    Lost,
    /// As the framer has handed it on.
    Unread(Arc<[u8]>),
    Known(Known),
}

impl<'c> DiffRows<'c> {
    pub(super) fn new(
        selection: &Selection,
        wanted: &'c Wanted,
        document: &'c Document,
    ) -> Result<Self> {
        let options = wanted.diffs;
        Ok(Self {
            options,
            wanted,
            document,
            builder: TableBuilder::new(selection),
            differ: Differ::new(options.tokenizer, options.algorithm)?,
            places: Vec::new(),
            index: 0,
            earlier: Earlier::None,
            previous: Earlier::None,
            before: Tokenized::default(),
            uncut: String::new(),
            after: Tokenized::default(),
            text: String::new(),
            diff: Diff::default(),
        })
    }

    /// What the framer knows of the revision before the chunk, and of the chunk's revisions.
    pub(super) fn begin(&mut self, predecessor: Predecessor, places: Vec<RevisionPlace>) {
        self.places = places;
        self.previous = match predecessor {
            Predecessor::None => Earlier::None,
            Predecessor::Lost => Earlier::Lost,
            Predecessor::Revision(bytes) => Earlier::Unread(bytes),
        };
    }

    /// A revision begins, of which it is not known yet whether it can be read.
    pub(super) fn revision_begins(&mut self, xml_offset_bytes: u64) {
        let behind = self
            .places
            .partition_point(|place| place.xml_offset_bytes <= xml_offset_bytes);
        let place = behind.checked_sub(1).and_then(|at| self.places.get(at));
        // The framer takes one that begins before another has ended for a part of that.
        let is_inside = place.is_some_and(|place| place.xml_offset_bytes < xml_offset_bytes);
        self.index = place.map_or(0, |place| place.index + u64::from(is_inside));
        self.earlier = mem::replace(&mut self.previous, Earlier::Lost);
        if self.index == 0 {
            self.earlier = Earlier::None;
        }
    }

    /// Takes the revision that has begun, of a page that is wanted.
    pub(super) fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>, is_wanted: bool) {
        let state = state_of(revision);
        if is_wanted {
            self.wanted_revision(page, revision, state);
        } else {
            self.uncut.clear();
            let text = hold_text(revision, &mut self.uncut);
            self.previous = Earlier::Known(Known {
                revision_id: revision.id,
                state,
                text,
                is_row: false,
            });
        }
    }

    fn wanted_revision(&mut self, page: &Page<'_>, revision: &Revision<'_>, state: ContentState) {
        self.text.clear();
        let mut text = hold_text(revision, &mut self.text);
        let earlier = self.earlier_known();
        let is_first = matches!(self.earlier, Earlier::None);
        let comparable = match (text, earlier.map(|known| known.text)) {
            (Held::Uncut, None) => is_first,
            (Held::Uncut, Some(Held::Cut)) => true,
            _ => false,
        };
        let has_too_large = match (text, earlier.map(|known| known.text)) {
            (Held::Nothing, _) | (_, Some(Held::Nothing)) => false,
            (Held::TooLarge, None) => is_first,
            (Held::TooLarge, _) | (_, Some(Held::TooLarge)) => true,
            _ => false,
        };
        self.diff.is_limited = false;
        if comparable {
            let write = |room: &mut String| mem::swap(room, &mut self.text);
            self.differ
                .next_into(&self.before, &mut self.after, write, &mut self.diff);
            text = Held::Cut;
        }
        let leads_here = comparable && earlier.is_none_or(|known| known.is_row);
        let is_keyframe = self
            .options
            .keyframe_every
            .is_some_and(|every| is_first || !leads_here || self.index.is_multiple_of(every.get()));
        self.builder.push(&DiffRow {
            wiki_id: self.document.wiki_id.as_deref(),
            page,
            revision,
            index: self.index,
            previous_revision_id: earlier.and_then(|known| known.revision_id),
            text_state: state.name(),
            previous_text_state: match earlier {
                Some(known) => Some(known.state.name()),
                None => (!is_first).then_some(LOST),
            },
            is_limited: self.diff.is_limited || has_too_large,
            change: comparable.then(|| {
                let operations = Operations {
                    operations: &self.diff.operations,
                    before: &self.before,
                    after: &self.after,
                };
                let counts = Counts::of(&self.diff.operations, &self.before, &self.after);
                (operations, counts)
            }),
            is_keyframe,
        });
        match text {
            Held::Cut => mem::swap(&mut self.before, &mut self.after),
            Held::Uncut => mem::swap(&mut self.uncut, &mut self.text),
            Held::Nothing | Held::TooLarge => {}
        }
        self.previous = Earlier::Known(Known {
            revision_id: revision.id,
            state,
            text,
            is_row: true,
        });
    }

    /// What the revision at hand is compared with, its text cut into tokens.
    fn earlier_known(&mut self) -> Option<Known> {
        if let Earlier::Unread(bytes) = &self.earlier {
            let bytes = Arc::clone(bytes);
            self.earlier = self
                .read_predecessor(&bytes)
                .map_or(Earlier::Lost, Earlier::Known);
        }
        match &mut self.earlier {
            Earlier::Known(known) => {
                if known.text == Held::Uncut {
                    let write = |room: &mut String| mem::swap(room, &mut self.uncut);
                    self.differ.cut(&mut self.before, write);
                    known.text = Held::Cut;
                }
                Some(*known)
            }
            Earlier::None => {
                self.differ.cut(&mut self.before, |_| {});
                None
            }
            Earlier::Lost | Earlier::Unread(_) => None,
        }
    }

    /// Reads the revision that the framer has handed on.
    fn read_predecessor(&mut self, bytes: &[u8]) -> Option<Known> {
        Known::read(bytes, self.document.reading(), self.wanted, &mut self.uncut)
    }

    pub(super) fn finish(mut self) -> Result<Option<RecordBatch>> {
        self.builder.finish()
    }
}
