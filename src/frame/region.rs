//! A region of a document: which of its records one reader takes, when others take the rest.
//!
//! A page or log entry begins where its opening `<` stands.  A region takes the records behind its first
//! one, and those up to and with the first that begins behind the region; elements `<page>` of one id that
//! follow each other go together, for they are one page.  So what a region leaves at its begin is just
//! what the region before it reads on to, wherever the cut falls, and nobody has to know what stands
//! before a region.  The first region of a document also takes what no other is before it to take.

use std::ops::Range;

use super::document::{Document, State, page_id};
use super::framer::Framer;
use crate::tags::Tag;

/// Which records of a document a framer takes.
#[derive(Debug)]
pub(super) struct Region {
    phase: Phase,
    /// Offset behind the region, as soon as it is known.
    end: Option<u64>,
    /// The first record in the region or behind it.  The first region of a document needs none.
    first: Option<Edge>,
    /// The first record behind the region.
    next: Option<Edge>,
    /// Where the element begins whose id is not known yet.
    unknown: Option<u64>,
    taken: Range<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No record was seen.
    Seeking,
    /// Records come that belong to the region before.
    Passing,
    Taking,
    /// Behind the last record that is taken.
    Done,
}

/// A record at the edge of a region.
#[derive(Debug)]
struct Edge {
    begin: u64,
    /// The page's id; `None` if it has none, as log entries, or is not known yet.
    page_id: Option<Box<[u8]>>,
}

impl Edge {
    fn at(begin: u64) -> Self {
        Self {
            begin,
            page_id: None,
        }
    }

    /// Whether an element goes together with this one, whose id it tells if it is the same.
    fn goes_with(&mut self, begin: u64, id: Option<&[u8]>) -> bool {
        if self.begin == begin {
            self.page_id = id.map(Box::from);
            return true;
        }
        id.is_some() && id == self.page_id.as_deref()
    }
}

/// What a framer found at the edges of its region.  All offsets are in the decoded XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionEdges {
    /// Where the first record begins that stands in the region or behind it, if one was seen.
    pub first_record: Option<u64>,
    /// Where the first record begins that stands behind the region, if one was seen.
    pub next_record: Option<u64>,
    /// The bytes that were taken; without any where nothing was.
    pub taken: Range<u64>,
    /// Whether the document came to its end before all was taken.
    pub reached_end: bool,
}

impl Region {
    fn of(phase: Phase, begin: u64) -> Self {
        Self {
            phase,
            end: None,
            first: None,
            next: None,
            unknown: None,
            taken: begin..begin,
        }
    }

    /// Whether records are left to other regions for now.
    pub(super) fn leaves_records(&self) -> bool {
        self.phase == Phase::Passing
    }

    fn record_begins(&mut self, at: u64) {
        if self.end.is_some_and(|end| end <= at) {
            self.next.get_or_insert_with(|| Edge::at(at));
        }
        self.unknown = Some(at);
    }

    /// An element's id is known: whether it is the first that is taken, and whether it is the first that
    /// is not any more.
    fn record_is(&mut self, begin: u64, id: Option<&[u8]>) -> (bool, bool) {
        let leaves = self.phase == Phase::Passing;
        let goes_with = |edge: &mut Option<Edge>| {
            let edge = edge.as_mut();
            edge.is_none_or(|edge| edge.goes_with(begin, id))
        };
        let begins = !goes_with(&mut self.first) && leaves;
        let ends = !goes_with(&mut self.next);
        (begins, ends)
    }
}

impl Framer {
    /// A framer of the first region of a document.
    pub fn of_first_region(options: super::FramerOptions) -> Self {
        let mut framer = Self::new(options);
        framer.document.region = Some(Region::of(Phase::Taking, 0));
        framer
    }

    /// A framer of a region that begins anywhere in a document, at an offset of its XML.  `prefix` is what
    /// the document's header has.
    pub fn of_region(options: super::FramerOptions, prefix: &[u8], begin: u64) -> Self {
        let mut framer = Self::new(options);
        framer.received = begin;
        let mut document = Document::new(begin, options.with_history);
        document.state = State::SeekingFirst;
        document.has_root = true;
        document.prefix = prefix.to_vec();
        document.region = Some(Region::of(Phase::Seeking, begin));
        framer.document = document;
        framer
    }

    /// Tells where the region ends.  No byte behind may have been received before.
    pub fn end_region_at(&mut self, end: u64) {
        if let Some(region) = &mut self.document.region {
            region.end.get_or_insert(end);
        }
    }

    /// Whether more bytes can change what is taken.
    pub fn wants_more(&self) -> bool {
        let Some(region) = &self.document.region else {
            return true;
        };
        let has_none = region.phase == Phase::Seeking
            && region.end.is_some_and(|end| end <= self.document.scanned);
        region.phase != Phase::Done && !has_none
    }

    /// What was found at the edges of a region, when it is finished.
    pub fn region_edges(&self) -> Option<&RegionEdges> {
        self.edges.as_ref()
    }

    /// Where its first record and the first behind it begin, as far as they were seen by now.
    pub fn edges_so_far(&self) -> [Option<u64>; 2] {
        let region = self.document.region.as_ref();
        let begin = |edge: &Option<Edge>| edge.as_ref().map(|edge| edge.begin);
        region.map_or([None; 2], |region| {
            [begin(&region.first), begin(&region.next)]
        })
    }

    /// What is found at the edges when the last byte was looked at that is wanted.
    pub(super) fn edges_found(&self) -> Option<RegionEdges> {
        let region = self.document.region.as_ref()?;
        let reached_end = region.phase != Phase::Done && self.wants_more();
        let takes_rest = reached_end && region.phase == Phase::Taking;
        let end = if takes_rest {
            self.received
        } else {
            region.taken.end
        };
        Some(RegionEdges {
            first_record: region.first.as_ref().map(|edge| edge.begin),
            next_record: region.next.as_ref().map(|edge| edge.begin),
            taken: region.taken.start..end,
            reached_end,
        })
    }

    /// Before the first record of a region.
    pub(super) fn see_before_region(&mut self, bytes: &[u8], tag: Tag, at: u64) {
        match tag {
            Tag::OpenPage | Tag::OpenLogItem => {
                let document = &mut self.document;
                document.take(at);
                if let Some(region) = &mut document.region
                    && region.end.is_some_and(|end| end <= at)
                {
                    region.phase = Phase::Done;
                    document.state = State::Done;
                    return;
                }
                document.state = State::Body;
                document.boundary = at;
                document.elided = 0;
                if let Some(region) = &mut document.region {
                    region.phase = Phase::Passing;
                    region.first = Some(Edge::at(at));
                }
                if !self.see_at_edge(tag, at) {
                    self.see_in_body(bytes, tag, at);
                }
            }
            Tag::CloseRoot => {
                self.document.take(at);
                self.document.state = State::Behind;
                self.document.enter(">", at);
            }
            _ => {}
        }
    }

    /// Looks for the edges of the region at a tag in the body; `true` if nothing is taken from here on.
    pub(super) fn see_at_edge(&mut self, tag: Tag, at: u64) -> bool {
        let Some(region) = &mut self.document.region else {
            return false;
        };
        match tag {
            Tag::OpenPage | Tag::OpenLogItem => {
                // An element that has ended without a word of its id is no other's.
                let unnamed = region.unknown.take();
                region.record_begins(at);
                let is_over = unnamed.is_some_and(|begin| self.know_record(begin, None));
                is_over || (tag == Tag::OpenLogItem && self.know_open_record(at))
            }
            Tag::OpenRevision | Tag::ClosePage | Tag::CloseRoot => self.know_open_record(at),
            _ => false,
        }
    }

    /// Tells the region the id of the element that is open, whose header ends at `at` or before.
    fn know_open_record(&mut self, at: u64) -> bool {
        let document = &mut self.document;
        let region = document.region.as_mut();
        let Some(begin) = region.and_then(|region| region.unknown.take()) else {
            return false;
        };
        let page = document.page.as_ref().filter(|page| page.begin == begin);
        let header = page.map(|page| {
            let end = page.header_end.unwrap_or(at);
            document.pending.copy(begin, end)
        });
        let id = header
            .as_deref()
            .and_then(|header| page_id(header, &document.prefix));
        self.know_record(begin, id)
    }

    fn know_record(&mut self, begin: u64, id: Option<&[u8]>) -> bool {
        let Some(region) = &mut self.document.region else {
            return false;
        };
        let (begins, ends) = region.record_is(begin, id);
        if begins {
            // While the region still says so, this drops what was not to be taken.
            self.emit_chunk(begin, false);
            self.set_phase(Phase::Taking, begin);
        }
        if ends {
            self.emit_chunk(begin, false);
            self.set_phase(Phase::Done, begin);
            self.document.state = State::Done;
        }
        ends
    }

    fn set_phase(&mut self, phase: Phase, at: u64) {
        let Some(region) = &mut self.document.region else {
            return;
        };
        match (region.phase, phase) {
            (_, Phase::Taking) => region.taken = at..at,
            // Nothing is taken by a region in which no record begins that is its own.
            (Phase::Taking, Phase::Done) => region.taken.end = at,
            _ => {}
        }
        region.phase = phase;
    }
}
