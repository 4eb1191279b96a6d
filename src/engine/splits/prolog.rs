//! What stands at the begin of a document, for those who read it from its middle.

use bytes::Bytes;

use crate::container::{Sink, Trailing};
use crate::engine::decode::{Feed, decode};
use crate::engine::lane::Lane;
use crate::error::{Error, FilePlace, Result};
use crate::frame::{Frame, Framer, Header};
use crate::source::Input;
use crate::sql::{self, Guess};

/// Reads an input up to its first record: root element and site information.  `None` where it is no XML
/// dump, or one in UTF-16.
pub fn read_header(input: &Input, lane: &Lane<'_>) -> Result<Option<Header>> {
    let mut reading = Reading {
        framer: Framer::new(lane.limits.framer()),
        held: Some(Vec::new()),
        header: None,
        is_other: false,
    };
    // What is read here counts for nobody.
    let lane = Lane {
        taken_bytes: Default::default(),
        ..lane.clone()
    };
    decode(input, &lane, &mut reading)?;
    reading.decide(true)?;
    if reading.header.is_none() && !reading.is_other {
        reading.framer.finish()?;
        reading.take_header();
    }
    Ok(reading.header)
}

struct Reading {
    framer: Framer,
    /// First bytes, too few to tell what they are.
    held: Option<Vec<u8>>,
    header: Option<Header>,
    is_other: bool,
}

impl Reading {
    fn decide(&mut self, is_end: bool) -> Result<()> {
        let Some(held) = &self.held else {
            return Ok(());
        };
        let head = held.get(..sql::HEAD_BYTES).unwrap_or(held);
        let guess = sql::guess(head);
        if guess == Guess::TooShort && !is_end {
            return Ok(());
        }
        self.is_other = guess == Guess::Sql || matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        let held = self.held.take().unwrap_or_default();
        self.frame(held.into())
    }

    fn frame(&mut self, bytes: Bytes) -> Result<()> {
        if self.is_other {
            return Ok(());
        }
        let outcome = self.framer.push(bytes, FilePlace::About(0));
        self.take_header();
        // What stands behind the header is not looked at here.
        match self.header {
            Some(_) => Ok(()),
            None => outcome,
        }
    }

    fn take_header(&mut self) {
        if let Some(Frame::Header(header)) = self.framer.next_frame() {
            self.header = Some(header);
        }
    }
}

impl Sink for Reading {
    fn data(&mut self, bytes: Bytes, _: FilePlace) -> Result<()> {
        match &mut self.held {
            Some(held) => {
                held.extend_from_slice(&bytes);
                self.decide(false)
            }
            None => self.frame(bytes),
        }
    }

    fn next_document(&mut self) -> Result<()> {
        Ok(())
    }

    fn piece_ended(&mut self) {}

    fn trailing(&mut self, _: Trailing) -> Result<()> {
        Ok(())
    }
}

impl Feed for Reading {
    fn gap(&mut self, why: Error) -> Result<()> {
        Err(why)
    }

    fn wants_more(&self) -> bool {
        self.header.is_none() && !self.is_other
    }
}
