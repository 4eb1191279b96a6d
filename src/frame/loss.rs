//! Damage: what is given up, what is told of it, and where reading goes on.

use super::document::{Document, State};
use super::framer::{Frame, Framer, Lost};
use crate::error::{Error, Result};
use crate::tags::{self, Tag};

impl Framer {
    /// Gives up, or notes what is lost where told to keep going.
    pub(super) fn damage(&mut self, why: Error, bytes: u64) -> Result<()> {
        if !self.options.keep_going {
            return Err(why);
        }
        self.frames.push_back(Frame::Lost(Lost { why, bytes }));
        Ok(())
    }

    /// Whether the record at hand, which reaches at least to `upto`, is too large and passed over.
    pub(super) fn refuse_too_large(&mut self, upto: u64) -> Result<bool> {
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

    /// Whether the header of a page, which ends where `tag` begins, is too large: the page is passed over.
    pub(super) fn refuse_large_page_header(&mut self, tag: Tag, at: u64) -> Result<bool> {
        if !matches!(tag, Tag::OpenRevision | Tag::OpenUpload | Tag::ClosePage) {
            return Ok(false);
        }
        let Some(page) = self.document.page.as_ref() else {
            return Ok(false);
        };
        let (begin, most) = (page.begin, self.options.page_header_max_bytes);
        if page.header_end.is_some() || at - begin <= most as u64 {
            return Ok(false);
        }
        let why = Error::damaged(format!(
            "what stands before a page's first revision has more than {most} bytes of XML, the limit of \
             --max-page-header-bytes"
        ))
        .at_xml_byte(begin)
        .in_record(self.document.id_of_page(begin, at), None);
        if !self.options.keep_going {
            return Err(why);
        }
        self.document.boundary = begin;
        self.document.elided = 0;
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

    pub(super) fn see_while_seeking(&mut self, tag: Tag, at: u64) {
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

    pub(super) fn end_loss(&mut self, at: u64) {
        if let Some((why, begin)) = self.document.losing.take() {
            let bytes = at - begin;
            self.frames.push_back(Frame::Lost(Lost { why, bytes }));
        }
    }

    pub(super) fn see_junk(&mut self, bytes: &[u8], at: u64) -> Result<()> {
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
    /// Begins to pass over bytes, from the offset `begin` on.
    pub(super) fn lose(&mut self, why: Error, state: State, begin: u64) {
        self.losing.get_or_insert((why, begin));
        self.state = state;
        self.section = None;
        self.page = None;
        self.after_record = false;
        if let Some(history) = &mut self.history {
            history.loses();
        }
        self.take(begin);
    }
}
