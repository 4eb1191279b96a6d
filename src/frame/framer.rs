//! The framer: decoded bytes in, frames out.

use std::collections::VecDeque;
use std::mem;

use bytes::Bytes;
use memchr::{memchr, memmem};

use super::chunk::{Chunk, PageHeader, Piece};
use super::tags::{self, LOOKAHEAD_BYTES, Tag};
use crate::error::{Error, ErrorKind, Result};

/// What a framer is told.
#[derive(Debug, Clone, Copy)]
pub struct FramerOptions {
    /// A chunk is cut at the first record that begins so many bytes behind its own begin.
    pub chunk_bytes: usize,
    /// Largest record, in bytes of XML.
    pub record_max_bytes: usize,
    /// Whether to go on behind damage, at the next page that begins whole.
    pub keep_going: bool,
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
    options: FramerOptions,
    frames: VecDeque<Frame>,
    /// Offset in the decoded XML behind all bytes received.
    received: u64,
    document: Document,
}

/// The state of the document at hand.  All offsets count from the first byte ever received.
#[derive(Debug)]
struct Document {
    begin: u64,
    state: State,
    /// Namespace prefix of the root with its colon, or empty.
    prefix: Vec<u8>,
    has_root: bool,
    /// What is wrong with the root, where the framer goes on nevertheless.
    strange_root: Option<Error>,
    section: Option<Section>,
    /// Bytes before this have been looked at.
    scanned: u64,
    /// Nothing before this needs another look, though it may lie behind `scanned`.
    skip_to: u64,
    /// Bytes received and not scanned: too few to know a tag by.
    tail: Vec<u8>,
    /// Received bytes that belong to no frame yet.
    pending: VecDeque<Piece>,
    /// Offset of the first pending byte.
    chunk_begin: u64,
    /// The last place where a cut was possible.
    boundary: u64,
    /// Bytes behind `boundary` that were not kept.
    elided: u64,
    /// Whether the last tag seen closed a record.
    after_record: bool,
    /// The page that is open.
    page: Option<OpenPage>,
    /// The header of the page in which the next chunk begins.
    begins_in: Option<PageHeader>,
    /// Damage whose extent is not known yet, and where it begins.
    losing: Option<(Error, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
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
}

/// Where a `<` means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Until(&'static str),
    /// The body of an uploaded file: no table holds it, and it can be larger than memory.
    Contents {
        from: u64,
    },
}

#[derive(Debug)]
struct OpenPage {
    begin: u64,
    /// Where its first revision or upload begins.
    header_end: Option<u64>,
    header: Option<PageHeader>,
}

impl Framer {
    /// A framer at the begin of a document.
    pub fn new(options: FramerOptions) -> Self {
        Self {
            options,
            frames: VecDeque::new(),
            received: 0,
            document: Document::new(0),
        }
    }

    /// The next frame that is ready.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Bytes received so far.
    pub fn received_bytes(&self) -> u64 {
        self.received
    }

    /// Takes the next decoded bytes, which stood about at `file_offset_bytes` of the file.
    ///
    /// Frames that became ready before an error are still to be had.
    pub fn push(&mut self, bytes: Bytes, file_offset_bytes: u64) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.document.pending.push_back(Piece {
            xml_offset_bytes: self.received,
            file_offset_bytes,
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
        if matches!(self.document.state, State::Behind | State::Junk) {
            self.frames.push_back(Frame::Lost(Lost { why, bytes: 0 }));
            return Ok(());
        }
        self.flush_broken_off();
        self.document.lose(why, State::SeekingPage, self.received);
        Ok(())
    }

    /// Ends the document, whose container has come to its proven end, and begins the next.
    pub fn finish(&mut self) -> Result<()> {
        self.scan_tail()?;
        let at = self.received;
        let outcome = match self.document.state {
            State::Behind if self.document.section.is_none() => Ok(()),
            State::Junk | State::SeekingPage | State::SeekingRecord => {
                self.end_loss(at);
                Ok(())
            }
            State::Prolog | State::Body | State::Behind => self.finish_without_end(),
        };
        self.document = Document::new(at);
        outcome
    }

    fn finish_without_end(&mut self) -> Result<()> {
        let at = self.received;
        let document = &mut self.document;
        if at == document.begin {
            return Err(Error::damaged("is empty: no XML in it"));
        }
        if document.state == State::Prolog && !document.has_root {
            return Err(Error::new(
                ErrorKind::NotADump,
                "is no MediaWiki XML dump: there is no <mediawiki> in it",
            ));
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

    /// Gives up, or notes what is lost where told to keep going.
    fn damage(&mut self, why: Error, bytes: u64) -> Result<()> {
        if !self.options.keep_going {
            return Err(why);
        }
        self.frames.push_back(Frame::Lost(Lost { why, bytes }));
        Ok(())
    }

    /// Makes a frame of all that is pending, at a place where no record ends.
    fn flush_broken_off(&mut self) {
        let at = self.received;
        match self.document.state {
            State::Prolog => self.emit_header(at),
            State::Body => self.emit_chunk(at, false),
            _ => {}
        }
    }

    fn emit_header(&mut self, end: u64) {
        let document = &mut self.document;
        let header = Header {
            xml_offset_bytes: document.chunk_begin,
            bytes: document.copy(document.chunk_begin, end),
        };
        document.take(end);
        document.state = State::Body;
        if let Some(why) = document.strange_root.take() {
            self.frames.push_back(Frame::Lost(Lost { why, bytes: 0 }));
        }
        self.frames.push_back(Frame::Header(header));
    }

    /// Makes a chunk of what is pending before `end`; `page_continues` behind it or not.
    fn emit_chunk(&mut self, end: u64, page_continues: bool) {
        let document = &mut self.document;
        document.keep_page_header();
        let page = document.begins_in.take();
        let pieces = document.take(end);
        if !pieces.is_empty() {
            self.frames.push_back(Frame::Chunk(Chunk {
                pieces,
                page,
                page_continues,
            }));
        }
    }

    fn end_loss(&mut self, at: u64) {
        if let Some((why, begin)) = self.document.losing.take() {
            let bytes = at - begin;
            self.frames.push_back(Frame::Lost(Lost { why, bytes }));
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

    /// Whether the record at hand, which reaches at least to `upto`, is too large and passed over.
    fn refuse_too_large(&mut self, upto: u64) -> Result<bool> {
        let document = &self.document;
        let record = upto.saturating_sub(document.boundary + document.elided);
        if document.state != State::Body || record <= self.options.record_max_bytes as u64 {
            return Ok(false);
        }
        let why = Error::damaged(format!(
            "a record has more than {} bytes of XML, the limit of --max-record-bytes",
            self.options.record_max_bytes
        ))
        .at_xml_byte(document.boundary);
        if !self.options.keep_going {
            return Err(why);
        }
        self.pass_over_record(why);
        Ok(true)
    }

    /// Gives out what stands before the record at hand and passes over the record itself.
    fn pass_over_record(&mut self, why: Error) {
        let boundary = self.document.boundary;
        self.document.keep_page_header();
        let page = self.document.page.take();
        let header = page.as_ref().and_then(|page| page.header.clone());
        self.emit_chunk(boundary, header.is_some());
        let state = match header {
            Some(_) => State::SeekingRecord,
            None => State::SeekingPage,
        };
        let document = &mut self.document;
        document.lose(why, state, boundary);
        document.begins_in = header;
        document.page = page;
    }

    /// Scans as far as every `<` has the bytes behind it by which its tag is known.
    fn scan_new(&mut self, bytes: &[u8]) -> Result<()> {
        const LOOK: usize = LOOKAHEAD_BYTES - 1;
        if !self.document.tail.is_empty() {
            let mut joint = mem::take(&mut self.document.tail);
            let tail_length = joint.len();
            joint.extend_from_slice(&bytes[..bytes.len().min(LOOK)]);
            let upto = joint.len().saturating_sub(LOOK).min(tail_length);
            self.scan(&joint, upto)?;
            if upto < tail_length {
                // The new bytes were too few; all of them are in `joint`.
                joint.drain(..upto);
                self.document.tail = joint;
                return Ok(());
            }
        }
        let upto = bytes.len().saturating_sub(LOOK);
        self.scan(bytes, upto)?;
        self.document.tail.extend_from_slice(&bytes[upto..]);
        Ok(())
    }

    /// Scans what is left where no more bytes come.
    fn scan_tail(&mut self) -> Result<()> {
        let tail = mem::take(&mut self.document.tail);
        self.scan(&tail, tail.len())
    }

    /// Scans `bytes`, which begin at `scanned`, up to the offset `upto`.
    fn scan(&mut self, bytes: &[u8], upto: usize) -> Result<()> {
        let base = self.document.scanned;
        self.document.scanned = base + upto as u64;
        loop {
            let at = self.document.skip_to.saturating_sub(base) as usize;
            if at >= upto {
                return Ok(());
            }
            let Some(hit) = self.find(&bytes[at..], upto - at) else {
                return Ok(());
            };
            let at = at + hit;
            self.document.skip_to = base + at as u64 + 1;
            match self.document.section {
                Some(Section::Until(terminator)) => {
                    self.document.skip_to += terminator.len() as u64 - 1;
                    self.document.section = None;
                }
                _ => self.see(&bytes[at..], base + at as u64)?,
            }
        }
    }

    /// The first offset below `upto` where something has to be looked at.
    fn find(&self, bytes: &[u8], upto: usize) -> Option<usize> {
        let document = &self.document;
        let room = &bytes[..upto];
        match (document.state, document.section) {
            (State::Junk, _) => None,
            (_, Some(Section::Until(terminator))) => {
                let end = bytes.len().min(upto + terminator.len() - 1);
                memmem::find(&bytes[..end], terminator.as_bytes())
            }
            (State::Behind, _) => room
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0)),
            _ => memchr(b'<', room),
        }
    }

    /// Looks at what begins at offset `at`: a tag, or junk behind the root's end.
    fn see(&mut self, bytes: &[u8], at: u64) -> Result<()> {
        if let Some(Section::Contents { from }) = self.document.section.take() {
            self.document.elide(from, at);
        }
        let tag = Tag::of(bytes, &self.document.prefix);
        match (self.document.state, tag) {
            // Comments and instructions may follow the root; an XML declaration begins another dump.
            (State::Behind, Tag::Comment) => self.document.enter("-->", at + 4),
            (State::Behind, Tag::Instruction) if !bytes.starts_with(b"<?xml ") => {
                self.document.enter("?>", at + 2);
            }
            (State::Behind, _) => return self.see_junk(bytes, at),
            (_, Tag::Comment) => self.document.enter("-->", at + 4),
            (_, Tag::Cdata) => self.document.enter("]]>", at + 9),
            (_, Tag::Instruction) => self.document.enter("?>", at + 2),
            (State::Prolog, tag) => return self.see_in_prolog(bytes, tag, at),
            (State::Body, tag) => {
                let ends_record = match tag {
                    Tag::OpenPage | Tag::OpenRevision | Tag::OpenLogItem => {
                        self.document.after_record
                    }
                    Tag::CloseRoot => true,
                    _ => false,
                };
                if ends_record && self.refuse_too_large(at)? {
                    self.see_while_seeking(tag, at);
                } else {
                    self.see_in_body(bytes, tag, at);
                }
            }
            (State::SeekingPage | State::SeekingRecord, tag) => self.see_while_seeking(tag, at),
            (State::Junk, _) => {}
        }
        Ok(())
    }

    fn see_in_prolog(&mut self, bytes: &[u8], tag: Tag, at: u64) -> Result<()> {
        if !self.document.has_root {
            refuse_doctype(bytes).map_err(|error| error.at_xml_byte(at))?;
            let Some((prefix, name)) = tags::root_name(bytes) else {
                return Ok(());
            };
            self.document.has_root = true;
            if name == b"mediawiki" {
                self.document.prefix = prefix.to_vec();
                return Ok(());
            }
            let name = String::from_utf8_lossy(&[prefix, name].concat()).into_owned();
            let strange = not_a_dump(&name).at_xml_byte(at);
            if !self.options.keep_going {
                return Err(strange);
            }
            self.document.strange_root = Some(strange);
        }
        match tag {
            Tag::OpenPage | Tag::OpenLogItem => {
                self.emit_header(at);
                self.document.after_record = true;
                self.see_in_body(bytes, tag, at);
            }
            Tag::CloseRoot => {
                self.emit_header(at);
                self.see_in_body(bytes, tag, at);
            }
            _ => {}
        }
        Ok(())
    }

    fn see_in_body(&mut self, bytes: &[u8], tag: Tag, at: u64) {
        // Cuts fall only where a record has just ended: a `<revision>` inside some element of the
        // future has none right before it.
        let record_ended = self.document.after_record;
        match tag {
            Tag::OpenPage => {
                // Inside a page it is damage, which the chunk's parser has to see.
                if record_ended && self.document.page.is_none() {
                    self.cut_if_large(at);
                }
                self.document.page = Some(OpenPage {
                    begin: at,
                    header_end: None,
                    header: None,
                });
            }
            Tag::OpenRevision => {
                self.document.end_page_header(at);
                if record_ended {
                    self.cut_if_large(at);
                }
            }
            Tag::OpenLogItem if record_ended => self.cut_if_large(at),
            Tag::OpenUpload => self.document.end_page_header(at),
            Tag::OpenContents => {
                if let Some(end) = memchr(b'>', &bytes[..bytes.len().min(LOOKAHEAD_BYTES)]) {
                    let from = at + end as u64 + 1;
                    self.document.section = Some(Section::Contents { from });
                    self.document.skip_to = from;
                }
            }
            Tag::ClosePage => self.document.page = None,
            Tag::CloseRoot => {
                self.emit_chunk(at, false);
                self.document.state = State::Behind;
                self.document.enter(">", at);
            }
            _ => {}
        }
        let closes_record = matches!(tag, Tag::CloseRevision | Tag::ClosePage | Tag::CloseLogItem);
        self.document.after_record = closes_record;
    }

    /// Cuts before the record that begins `at`, if the chunk is large enough.
    fn cut_if_large(&mut self, at: u64) {
        let document = &mut self.document;
        document.boundary = at;
        document.elided = 0;
        if at - document.chunk_begin >= self.options.chunk_bytes as u64 {
            self.emit_chunk(at, self.document.page.is_some());
            let page = self.document.page.as_ref();
            self.document.begins_in = page.and_then(|page| page.header.clone());
        }
    }

    fn see_while_seeking(&mut self, tag: Tag, at: u64) {
        let seeks_record = self.document.state == State::SeekingRecord;
        match tag {
            Tag::OpenPage => self.document.begins_in = None,
            Tag::OpenRevision if seeks_record => {}
            Tag::CloseRoot => {}
            Tag::ClosePage => {
                // The next revision belongs to another page.
                self.document.state = State::SeekingPage;
                return;
            }
            _ => return,
        }
        self.end_loss(at);
        let document = &mut self.document;
        document.take(at);
        document.state = State::Body;
        document.boundary = at;
        document.elided = 0;
        document.after_record = false;
        self.see_in_body(&[], tag, at);
    }

    fn see_junk(&mut self, bytes: &[u8], at: u64) -> Result<()> {
        let is_dump = tags::root_name(bytes).is_some_and(|(_, name)| name == b"mediawiki");
        let what = if is_dump || bytes.starts_with(b"<?xml") {
            "a second dump begins behind </mediawiki>: convert it as a file of its own"
        } else {
            "there are bytes behind </mediawiki> that do not belong to a dump"
        };
        let why = Error::damaged(what).at_xml_byte(at);
        if !self.options.keep_going {
            return Err(why);
        }
        self.document.lose(why, State::Junk, at);
        Ok(())
    }
}

impl Document {
    fn new(begin: u64) -> Self {
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
            pending: VecDeque::new(),
            chunk_begin: begin,
            boundary: begin,
            elided: 0,
            after_record: false,
            page: None,
            begins_in: None,
            losing: None,
        }
    }

    fn enter(&mut self, terminator: &'static str, from: u64) {
        self.section = Some(Section::Until(terminator));
        self.skip_to = from;
    }

    fn end_page_header(&mut self, at: u64) {
        if let Some(page) = &mut self.page {
            page.header_end.get_or_insert(at);
        }
    }

    /// Begins to pass over bytes, from the offset `begin` on.
    fn lose(&mut self, why: Error, state: State, begin: u64) {
        self.losing.get_or_insert((why, begin));
        self.state = state;
        self.section = None;
        self.page = None;
        self.after_record = false;
        self.take(begin);
    }

    /// Copies the open page's header while its bytes are pending.
    fn keep_page_header(&mut self) {
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
            bytes: self.copy(begin, end).into(),
        };
        if let Some(page) = &mut self.page {
            page.header = Some(header);
        }
    }

    /// Takes the pending bytes before the offset `end`.
    fn take(&mut self, end: u64) -> Vec<Piece> {
        let mut taken = Vec::new();
        while let Some(piece) = self.pending.front_mut() {
            let begin = piece.xml_offset_bytes;
            if begin >= end {
                break;
            }
            if begin + piece.bytes.len() as u64 <= end {
                taken.extend(self.pending.pop_front());
            } else {
                let bytes = piece.bytes.split_to((end - begin) as usize);
                piece.xml_offset_bytes = end;
                taken.push(Piece {
                    xml_offset_bytes: begin,
                    file_offset_bytes: piece.file_offset_bytes,
                    bytes,
                });
            }
        }
        self.chunk_begin = self.chunk_begin.max(end);
        self.boundary = self.boundary.max(end);
        taken
    }

    /// Copies the pending bytes from `begin` to `end`.
    fn copy(&self, begin: u64, end: u64) -> Vec<u8> {
        let mut copied = Vec::with_capacity((end - begin) as usize);
        for piece in &self.pending {
            let from = begin.max(piece.xml_offset_bytes) - piece.xml_offset_bytes;
            let to = end.saturating_sub(piece.xml_offset_bytes);
            let to = to.min(piece.bytes.len() as u64);
            if from < to {
                copied.extend_from_slice(&piece.bytes[from as usize..to as usize]);
            }
        }
        copied
    }

    /// Removes the bytes from `begin` to `end` from what is pending.
    fn elide(&mut self, begin: u64, end: u64) {
        if begin >= end {
            return;
        }
        let mut kept = VecDeque::with_capacity(self.pending.len() + 1);
        for mut piece in mem::take(&mut self.pending) {
            let from = piece.xml_offset_bytes;
            let to = from + piece.bytes.len() as u64;
            if to <= begin || from >= end {
                kept.push_back(piece);
                continue;
            }
            let behind = (to > end).then(|| Piece {
                xml_offset_bytes: end,
                file_offset_bytes: piece.file_offset_bytes,
                bytes: piece.bytes.slice((end - from) as usize..),
            });
            if from < begin {
                piece.bytes.truncate((begin - from) as usize);
                kept.push_back(piece);
            }
            kept.extend(behind);
        }
        self.pending = kept;
        self.elided += end - begin;
    }
}

/// No writer of dumps has ever written a DOCTYPE; what comes with one is an HTML page or an attack
/// by entities.
fn refuse_doctype(tag: &[u8]) -> Result<()> {
    let Some((start, rest)) = tag.split_at_checked(b"<!DOCTYPE".len()) else {
        return Ok(());
    };
    if !start.eq_ignore_ascii_case(b"<!DOCTYPE") {
        return Ok(());
    }
    if rest
        .trim_ascii_start()
        .get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case(b"html"))
    {
        return Err(not_a_dump("html"));
    }
    Err(Error::new(
        ErrorKind::NotADump,
        "has a DOCTYPE, which no dump has: entities are not expanded",
    ))
}

fn not_a_dump(root: &str) -> Error {
    let what = match root.to_ascii_lowercase().as_str() {
        "html" | "body" | "head" => {
            "is an HTML page, not a dump: perhaps the error page of a mirror".to_owned()
        }
        "feed" => "is a file of abstracts (<feed>), not a dump of pages".to_owned(),
        _ => format!("is no MediaWiki XML dump: its first element is <{root}>, not <mediawiki>"),
    };
    Error::new(ErrorKind::NotADump, what)
}
