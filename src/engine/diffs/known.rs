//! What is known of a revision that others are compared with.

use std::convert::Infallible;
use std::fmt;

use super::super::options::Filters;
use super::super::protected::Protected;
use super::super::rows::Wanted;
use crate::model::{ContentState, LogItem, Page, Revision, Slot, Upload};
use crate::xml::{Fault, PageAt, Reading, Records, UnknownElement, parse_chunk};

/// Larger texts are not compared: what their tokens take would not be bounded by the memory asked for.
pub(super) const MAX_TEXT_BYTES: usize = 8 << 20;

/// The header of a page for a revision whose own is not asked for, with the namespace prefix of its dump.
fn some_page(prefix: &str) -> String {
    format!(
        "<{prefix}page><{prefix}title>-</{prefix}title><{prefix}ns>0</{prefix}ns><{prefix}id>1</{prefix}id>"
    )
}

/// What is known of a revision that others are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) revision_id: Option<i64>,
    pub(super) state: ContentState,
    pub(super) text: Held,
    /// Whether it has a row.
    pub(super) is_row: bool,
}

/// What is held of a revision's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It is not in the dump.
    Nothing,
    TooLarge,
    Uncut,
    Cut,
}

impl Known {
    /// Reads a revision and what follows it up to the next; its text goes into `room`.  `None` if it
    /// cannot be read.
    pub(super) fn read(
        bytes: &[u8],
        reading: Reading<'_>,
        wanted: &Wanted,
        room: &mut String,
    ) -> Option<Self> {
        let mut reader = FirstOnly {
            filters: &wanted.filters,
            text: room,
            known: None,
        };
        let mut records = Protected::new(&wanted.protection, reading.site, &mut reader);
        let page = some_page(&reading.site.prefix);
        let Ok(()) = parse_chunk(bytes, Some(page.as_bytes()), true, reading, &mut records);
        reader.known
    }
}

/// Why the text of the main slot is there or not.
pub(in crate::engine) fn state_of(revision: &Revision<'_>) -> ContentState {
    revision
        .main
        .as_ref()
        .map_or(ContentState::Missing, Slot::state)
}

/// Puts the text of the main slot into an empty `room`, where it is there and not too large.
pub(super) fn hold_text(revision: &Revision<'_>, room: &mut String) -> Held {
    let Some(text) = revision.main.as_ref().and_then(Slot::visible_text) else {
        return Held::Nothing;
    };
    match text.write_to(&mut Bounded(room)) {
        Ok(()) => Held::Uncut,
        Err(_) => {
            room.clear();
            Held::TooLarge
        }
    }
}

/// A string that takes no more than [`MAX_TEXT_BYTES`].
struct Bounded<'r>(&'r mut String);

impl fmt::Write for Bounded<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.0.len() + piece.len() > MAX_TEXT_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(piece);
        Ok(())
    }
}

/// Takes the first revision of what it is told.
struct FirstOnly<'r> {
    filters: &'r Filters,
    text: &'r mut String,
    known: Option<Known>,
}

impl Records for FirstOnly<'_> {
    type Error = Infallible;

    fn revision(&mut self, _: &Page<'_>, revision: &Revision<'_>) -> Result<(), Infallible> {
        if self.known.is_none() {
            self.text.clear();
            self.known = Some(Known {
                revision_id: revision.id,
                state: state_of(revision),
                text: hold_text(revision, self.text),
                is_row: self.filters.wants_time(revision.timestamp),
            });
        }
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn page_ended(&mut self, _: PageAt<'_, '_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    /// The chunk in which it stood has told of it.
    fn fault(&mut self, _: Fault) -> Result<(), Infallible> {
        Ok(())
    }

    fn skipped(&mut self, _: &str, _: UnknownElement) {}
}
