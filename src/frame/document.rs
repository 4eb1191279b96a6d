//! What the framer knows of the document at hand.

use super::chunk::{PageHeader, Piece};
use super::history::History;
use super::pending::Pending;
use super::region::Region;
use crate::error::Error;

/// The state of the document at hand.  All offsets count from the first byte ever received.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) begin: u64,
    pub(super) state: State,
    /// Namespace prefix of the root with its colon, or empty.
    pub(super) prefix: Vec<u8>,
    pub(super) has_root: bool,
    /// What is wrong with the root, where the framer goes on nevertheless.
    pub(super) strange_root: Option<Error>,
    pub(super) section: Option<Section>,
    /// Bytes before this have been looked at.
    pub(super) scanned: u64,
    /// Nothing before this needs another look, though it may lie behind `scanned`.
    pub(super) skip_to: u64,
    /// Bytes received and not scanned: too few to know a tag by.
    pub(super) tail: Vec<u8>,
    /// Received bytes that belong to no frame yet.
    pub(super) pending: Pending,
    /// Offset of the first pending byte.
    pub(super) chunk_begin: u64,
    /// Places in the chunk where a record begins.
    pub(super) chunk_records: u64,
    /// The last place where a cut was possible.
    pub(super) boundary: u64,
    /// Bytes behind `boundary` that were not kept.
    pub(super) elided: u64,
    /// Whether the last tag seen closed a record.
    pub(super) after_record: bool,
    /// The page that is open.
    pub(super) page: Option<OpenPage>,
    /// The header of the page in which the next chunk begins.
    pub(super) begins_in: Option<PageHeader>,
    /// What chunks are told of their page's history, if they are.
    pub(super) history: Option<History>,
    /// Damage whose extent is not known yet, and where it begins.
    pub(super) losing: Option<(Error, u64)>,
    /// Which records are taken, if not all are.
    pub(super) region: Option<Region>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Prolog,
    Body,
    /// Behind damage: passing over bytes up to the next page.
    SeekingPage,
    /// Behind a record that is too large: passing over bytes up to the next record.
    SeekingRecord,
    /// Behind the root's end.
    Behind,
    /// Behind the root's end there is more than white space.
    Junk,
    /// Before the first record of a region.
    SeekingFirst,
    /// Behind the last record that is taken of a region.
    Done,
}

/// Where a `<` means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Until(&'static str),
    /// The body of an uploaded file: no table holds it, and it can be larger than memory.
    Contents {
        from: u64,
    },
}

#[derive(Debug)]
pub(super) struct OpenPage {
    pub(super) begin: u64,
    /// Where its first revision or upload begins.
    pub(super) header_end: Option<u64>,
    pub(super) header: Option<PageHeader>,
}

impl Document {
    pub(super) fn new(begin: u64, with_history: bool) -> Self {
        Self {
            begin,
            state: State::Prolog,
            prefix: Vec::new(),
            has_root: false,
            strange_root: None,
            section: None,
            scanned: begin,
            skip_to: begin,
            tail: Vec::new(),
            pending: Pending::default(),
            chunk_begin: begin,
            chunk_records: 0,
            boundary: begin,
            elided: 0,
            after_record: false,
            page: None,
            begins_in: None,
            history: with_history.then(History::default),
            losing: None,
            region: None,
        }
    }

    pub(super) fn enter(&mut self, terminator: &'static str, from: u64) {
        self.section = Some(Section::Until(terminator));
        self.skip_to = from;
    }

    pub(super) fn end_page_header(&mut self, at: u64) {
        if let Some(page) = &mut self.page {
            page.header_end.get_or_insert(at);
        }
    }

    /// Tells the history which page it is, where the page's header ends `at` an offset.
    pub(super) fn tell_page_id(&mut self, at: u64) {
        let (Some(history), Some(page)) = (&mut self.history, &self.page) else {
            return;
        };
        if history.asks_for_id() {
            let header = self.pending.copy(page.begin, page.header_end.unwrap_or(at));
            history.page_is(page_id(&header, &self.prefix));
        }
    }

    /// The id of the open page, if it stands where ids do: near the begin of the page's header, which lies
    /// between these offsets.
    pub(super) fn id_of_page(&self, begin: u64, end: u64) -> Option<i64> {
        const NEAR_BYTES: u64 = 4 << 10;
        let header = self.pending.copy(begin, end.min(begin + NEAR_BYTES));
        let id = page_id(&header, &self.prefix)?;
        std::str::from_utf8(id).ok()?.parse().ok()
    }

    /// Copies the open page's header while its bytes are pending.
    pub(super) fn keep_page_header(&mut self) {
        let Some((begin, Some(end))) = self
            .page
            .as_ref()
            .filter(|page| page.header.is_none())
            .map(|page| (page.begin, page.header_end))
        else {
            return;
        };
        let header = PageHeader {
            xml_offset_bytes: begin,
            bytes: self.pending.copy(begin, end).into(),
        };
        if let Some(page) = &mut self.page {
            page.header = Some(header);
        }
    }

    /// Takes the pending bytes before the offset `end`.
    pub(super) fn take(&mut self, end: u64) -> Vec<Piece> {
        self.chunk_begin = self.chunk_begin.max(end);
        self.chunk_records = 0;
        self.boundary = self.boundary.max(end);
        self.pending.take(end)
    }

    /// Removes the bytes from `begin` to `end` from what is pending.
    pub(super) fn elide(&mut self, begin: u64, end: u64) {
        if begin < end {
            self.pending.remove(begin, end);
            self.elided += end - begin;
        }
    }
}

/// What stands in a page header's `<id>`.
pub(super) fn page_id<'h>(header: &'h [u8], prefix: &[u8]) -> Option<&'h [u8]> {
    let tag = [b"<", prefix, b"id>"].concat();
    let begin = memchr::memmem::find(header, &tag)? + tag.len();
    let rest = header.get(begin..)?;
    let id = rest.get(..memchr::memchr(b'<', rest)?)?.trim_ascii();
    (!id.is_empty()).then_some(id)
}
