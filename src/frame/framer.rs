//! The framer: decoded bytes in, frames out.

use std::collections::VecDeque;

use bytes::Bytes;

use super::chunk::{Chunk, Piece};
use super::document::{Document, Section, State};
use super::history::History;
use super::region::{Region, RegionEdges};
use crate::error::{Error, ErrorKind, FilePlace, Result};

/// What a framer is told.
#[derive(Debug, Clone, Copy)]
pub struct FramerOptions {
    /// A chunk is cut at the first record that begins so many bytes behind its own begin.  For the rows that they become,
    /// records are counted as [`FramerOptions::ROW_BYTES`] longer than they are.
    pub chunk_bytes: usize,
    /// Largest record, in bytes of XML.
    pub record_max_bytes: usize,
    /// Largest header of a page, in bytes of XML: every chunk that begins in the page has it.
    pub page_header_max_bytes: usize,
    /// Whether to go on behind damage, at the next page that begins whole.
    pub keep_going: bool,
    /// Whether chunks are to know the revision before their first, and which one of its page each of
    /// their revisions is.
    pub with_history: bool,
}

impl FramerOptions {
    /// What a record's row takes beside its texts, about.
    pub const ROW_BYTES: u64 = 512;
    /// Largest header of a page where nothing else is said: real ones have some hundred bytes.
    pub const DEFAULT_PAGE_HEADER_MAX_BYTES: usize = 1 << 20;
}

/// What a framer gives, in the order of the document.
#[derive(Debug)]
pub enum Frame {
    /// All that stands before the first record.  Comes once a document, first.
    Header(Header),
    /// Whole records.
    Chunk(Chunk),
    /// Bytes left out because of damage; only where the framer was told to keep going.
    Lost(Lost),
}

/// What stands before the first record: root element and site information.
#[derive(Debug)]
pub struct Header {
    /// Offset of the first byte in the decoded XML.
    pub xml_offset_bytes: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Namespace prefix of the root with its colon, or empty: elements of another one are no records.
    pub prefix: String,
}

/// Bytes left out.
#[derive(Debug)]
pub struct Lost {
    /// Why, with the place where it begins.
    pub why: Error,
    /// How many bytes of decoded XML were passed over.
    pub bytes: u64,
}

/// Largest header: real ones have some kilobytes.
const HEADER_MAX_BYTES: u64 = 16 << 20;

/// Cuts one document at a time.
#[derive(Debug)]
pub struct Framer {
    pub(super) options: FramerOptions,
    pub(super) frames: VecDeque<Frame>,
    /// Offset in the decoded XML behind all bytes received.
    pub(super) received: u64,
    pub(super) document: Document,
    /// What the last document that has ended knew of its page.
    ended: Option<History>,
    /// What was found at the edges of the document that was finished last, if it was a region of one.
    pub(super) edges: Option<RegionEdges>,
}

impl Framer {
    /// A framer at the begin of a document.
    pub fn new(options: FramerOptions) -> Self {
        Self {
            options,
            frames: VecDeque::new(),
            received: 0,
            document: Document::new(0, options.with_history),
            ended: None,
            edges: None,
        }
    }

    /// Lets the document at hand, which has not begun, go on with the page that another one has ended
    /// with, if it begins with the same.
    pub fn go_on(&mut self, history: History) {
        if self.options.with_history {
            self.document.history = Some(history);
        }
    }

    /// What the document that has ended leaves to one that may go on with its last page.
    pub fn take_history(&mut self) -> Option<History> {
        self.ended.take()
    }

    /// The next frame that is ready.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Bytes received so far.
    pub fn received_bytes(&self) -> u64 {
        self.received
    }

    /// Takes the next decoded bytes, and where they stood in the file.
    ///
    /// Frames that became ready before an error are still to be had.
    pub fn push(&mut self, bytes: Bytes, file_place: FilePlace) -> Result<()> {
        let received = self.received;
        self.receive(bytes, file_place)
            .map_err(|error| in_file(error, received, file_place))
    }

    fn receive(&mut self, bytes: Bytes, file_place: FilePlace) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.document.pending.push(Piece {
            xml_offset_bytes: self.received,
            file_place,
            bytes: bytes.clone(),
        });
        self.received += bytes.len() as u64;
        self.scan_new(&bytes)?;
        self.drop_what_no_frame_needs();
        self.check_size()
    }

    /// Tells that bytes are missing here.  What is whole before becomes a chunk; the next chunk
    /// begins with a page.
    pub fn gap(&mut self, why: Error) -> Result<()> {
        self.scan_tail()?;
        if matches!(
            self.document.state,
            State::Behind | State::Junk | State::Done
        ) {
            self.frames.push_back(Frame::Lost(Lost { why, bytes: 0 }));
            return Ok(());
        }
        self.flush_broken_off();
        self.document.lose(why, State::SeekingPage, self.received);
        Ok(())
    }

    /// Ends the document, whose container has come to its proven end, and begins the next.
    pub fn finish(&mut self) -> Result<()> {
        // Behind a region nothing is looked at.
        if self.wants_more() {
            self.scan_tail()?;
        }
        self.edges = self.edges_found();
        let at = self.received;
        let is_whole = matches!(self.document.state, State::Behind | State::Junk);
        let outcome = match self.document.state {
            State::Behind if self.document.section.is_none() => Ok(()),
            State::Junk | State::SeekingPage | State::SeekingRecord => {
                self.end_loss(at);
                Ok(())
            }
            // The region before sees to the document's end.
            State::SeekingFirst | State::Done => Ok(()),
            State::Prolog | State::Body | State::Behind => self.finish_without_end(),
        };
        let history = self.document.history.take();
        self.ended = history.map(|history| history.ended(is_whole));
        self.document = Document::new(at, self.options.with_history);
        outcome
    }

    fn finish_without_end(&mut self) -> Result<()> {
        let at = self.received;
        let document = &mut self.document;
        if at == document.begin {
            return Err(Error::damaged("is empty: no XML in it"));
        }
        if document.state == State::Prolog && !document.has_root {
            return Err(self.without_root());
        }
        if document.state == State::Prolog
            && let Some(strange) = document.strange_root.take()
        {
            return Err(strange);
        }
        self.flush_broken_off();
        self.damage(
            Error::damaged("the XML ends without </mediawiki>: the dump is cut").at_xml_byte(at),
            0,
        )
    }

    /// Makes a frame of all that is pending, at a place where no record ends.
    pub(super) fn flush_broken_off(&mut self) {
        let at = self.received;
        match self.document.state {
            State::Prolog => self.emit_header(at),
            State::Body => self.emit_chunk(at, false),
            _ => {}
        }
    }

    pub(super) fn emit_header(&mut self, end: u64) {
        let document = &mut self.document;
        let header = Header {
            xml_offset_bytes: document.chunk_begin,
            bytes: document.pending.copy(document.chunk_begin, end),
            prefix: String::from_utf8_lossy(&document.prefix).into_owned(),
        };
        document.take(end);
        document.state = State::Body;
        if let Some(why) = document.strange_root.take() {
            self.frames.push_back(Frame::Lost(Lost { why, bytes: 0 }));
        }
        self.frames.push_back(Frame::Header(header));
    }

    /// Makes a chunk of what is pending before `end`; `page_continues` behind it or not.
    pub(super) fn emit_chunk(&mut self, end: u64, page_continues: bool) {
        let document = &mut self.document;
        document.keep_page_header();
        let page = document.begins_in.take();
        let history = document.history.as_mut();
        let (predecessor, revisions) = history.map_or_else(Default::default, |history| {
            history.end_chunk(&document.pending, end)
        });
        let pieces = document.take(end);
        let region = document.region.as_ref();
        let is_taken = !region.is_some_and(Region::leaves_records);
        if is_taken && !pieces.is_empty() {
            self.frames.push_back(Frame::Chunk(Chunk {
                pieces,
                predecessor,
                page,
                page_continues,
                revisions,
            }));
        }
    }

    /// Lets go of bytes that are passed over.
    fn drop_what_no_frame_needs(&mut self) {
        let document = &mut self.document;
        match (document.state, document.section) {
            (State::Body, Some(Section::Contents { from })) => {
                let to = document.scanned.max(from);
                document.elide(from, to);
                document.section = Some(Section::Contents { from: to });
            }
            (State::Prolog | State::Body, _) => {}
            _ => {
                document.take(document.scanned);
            }
        }
    }

    fn check_size(&mut self) -> Result<()> {
        let document = &mut self.document;
        match document.state {
            State::Prolog if self.received - document.begin > HEADER_MAX_BYTES => Err(Error::new(
                ErrorKind::NotADump,
                format!(
                    "is no MediaWiki XML dump: no page begins in the first {} MiB",
                    HEADER_MAX_BYTES >> 20
                ),
            )),
            State::Body => {
                let upto = document.scanned;
                if self.refuse_too_large(upto)? {
                    self.document.take(upto);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// An error with its place in the file, by that of the bytes before which so many had been received.
fn in_file(error: Error, received: u64, place: FilePlace) -> Error {
    let offset = match (place, error.location().xml_offset_bytes) {
        // What is not packed stands in one piece, earlier bytes too.
        (FilePlace::At(offset), Some(at)) => (offset + at).saturating_sub(received),
        _ => place.offset_bytes(),
    };
    error.at_file_byte(offset)
}
