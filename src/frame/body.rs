//! What tags mean for the records: where they begin and end, and where a chunk is cut.

use memchr::memchr2;

use super::document::{OpenPage, Section, State};
use super::framer::{Framer, FramerOptions};
use crate::error::Result;
use crate::tags::{LOOKAHEAD_BYTES, Tag};

impl Framer {
    /// Looks at what begins at offset `at`: a tag, or junk behind the root's end.
    pub(super) fn see(&mut self, bytes: &[u8], at: u64) -> Result<()> {
        if let Some(Section::Contents { from }) = self.document.section.take() {
            self.document.elide(from, at);
        }
        // What is known of a tag must not depend on the pieces in which bytes come.
        let bytes = &bytes[..bytes.len().min(LOOKAHEAD_BYTES)];
        let tag = Tag::of(bytes, &self.document.prefix);
        // Comments and instructions may follow the root; an XML declaration begins another dump.
        let is_junk = self.document.state == State::Behind
            && (tag == Tag::Cdata || bytes.starts_with(b"<?xml "));
        if let Some((opening, closing)) = tag.section().filter(|_| !is_junk) {
            self.document.enter(closing, at + opening.len() as u64);
            return Ok(());
        }
        match (self.document.state, tag) {
            (State::Behind, _) => return self.see_junk(bytes, at),
            (State::Prolog, tag) => return self.see_in_prolog(bytes, tag, at),
            (State::Body, tag) => {
                let ends_record = match tag {
                    Tag::OpenPage | Tag::OpenRevision | Tag::OpenLogItem => {
                        self.document.after_record
                    }
                    Tag::CloseRoot => true,
                    _ => false,
                };
                let is_refused = self.refuse_large_page_header(tag, at)?
                    || (ends_record && self.refuse_too_large(at)?);
                if is_refused {
                    self.see_while_seeking(tag, at);
                } else if !self.see_at_edge(tag, at) {
                    self.see_in_body(bytes, tag, at);
                }
            }
            (State::SeekingPage | State::SeekingRecord, tag) => self.see_while_seeking(tag, at),
            (State::SeekingFirst, tag) => self.see_before_region(bytes, tag, at),
            (State::Junk | State::Done, _) => {}
        }
        Ok(())
    }

    pub(super) fn see_in_body(&mut self, bytes: &[u8], tag: Tag, at: u64) {
        // Cuts fall only where a record has just ended: a `<revision>` inside some element of the
        // future has none right before it.
        let record_ended = self.document.after_record;
        match tag {
            Tag::OpenPage => {
                // Inside a page it is damage, which the chunk's parser has to see.
                if record_ended && self.document.page.is_none() {
                    self.cut_if_large(at);
                }
                if let Some(history) = &mut self.document.history {
                    history.page_begins();
                }
                self.document.page = Some(OpenPage {
                    begin: at,
                    header_end: None,
                    header: None,
                });
            }
            Tag::OpenRevision => {
                self.document.end_page_header(at);
                self.document.tell_page_id(at);
                if record_ended {
                    self.cut_if_large(at);
                }
                if let Some(history) = &mut self.document.history {
                    history.revision_begins(at);
                }
            }
            Tag::CloseRevision => {
                if let Some(history) = &mut self.document.history {
                    history.revision_ends();
                }
            }
            // Inside a page it is damage, too.
            Tag::OpenLogItem if record_ended && self.document.page.is_none() => {
                self.cut_if_large(at);
            }
            Tag::OpenUpload => self.document.end_page_header(at),
            Tag::OpenContents => {
                // Where another tag begins before this one has ended, this one is none.
                let rest = &bytes[1..];
                if let Some(end) = memchr2(b'>', b'<', rest)
                    && rest[end] == b'>'
                {
                    let from = at + end as u64 + 2;
                    self.document.section = Some(Section::Contents { from });
                    self.document.skip_to = from;
                }
            }
            Tag::ClosePage => {
                self.document.tell_page_id(at);
                self.document.page = None;
            }
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
        let row_bytes = document.chunk_records * FramerOptions::ROW_BYTES;
        if at - document.chunk_begin + row_bytes >= self.options.chunk_bytes as u64 {
            self.emit_chunk(at, self.document.page.is_some());
            let page = self.document.page.as_ref();
            self.document.begins_in = page.and_then(|page| page.header.clone());
        }
        self.document.chunk_records += 1;
    }
}
