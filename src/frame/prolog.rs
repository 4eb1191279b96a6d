//! What stands before the first record, and whether it is a dump at all.

use super::foreign::{BEGIN_BYTES, is_begin_of_xml, what_is_wrong};
use super::framer::Framer;
use crate::error::{Error, ErrorKind, Result};
use crate::tags::{self, Tag};

impl Framer {
    pub(super) fn see_in_prolog(&mut self, bytes: &[u8], tag: Tag, at: u64) -> Result<()> {
        if !self.document.has_root {
            refuse_doctype(bytes).map_err(|error| error.at_xml_byte(at))?;
            let Some((prefix, name)) = tags::root_name(bytes) else {
                return Ok(());
            };
            self.document.has_root = true;
            let begin = self.begin_of_document(at);
            if name == b"mediawiki" && what_is_wrong(&begin).is_none() {
                self.document.prefix = prefix.to_vec();
                return Ok(());
            }
            let name = String::from_utf8_lossy(&[prefix, name].concat()).into_owned();
            let strange = not_a_dump(&begin, &name).at_xml_byte(at);
            if !self.options.keep_going {
                return Err(strange);
            }
            self.document.strange_root = Some(strange);
        }
        match tag {
            Tag::OpenPage | Tag::OpenLogItem => {
                self.emit_header(at);
                self.document.after_record = true;
                if !self.see_at_edge(tag, at) {
                    self.see_in_body(bytes, tag, at);
                }
            }
            Tag::CloseRoot => {
                self.emit_header(at);
                self.see_in_body(bytes, tag, at);
            }
            _ => {}
        }
        Ok(())
    }

    /// Why a document without any root is no dump.
    pub(super) fn without_root(&self) -> Error {
        let begin = self.begin_of_document(self.received);
        let what = what_is_wrong(&begin);
        let what = what.unwrap_or("is no MediaWiki XML dump: there is no <mediawiki> in it");
        Error::new(ErrorKind::NotADump, what)
    }

    /// Its first bytes before the offset `upto`, which wait for the first record.  How many come behind the root with
    /// it depends on the pieces.
    fn begin_of_document(&self, upto: u64) -> Vec<u8> {
        let begin = self.document.begin;
        self.document
            .pending
            .copy(begin, upto.min(begin + BEGIN_BYTES))
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
        return Err(Error::new(ErrorKind::NotADump, HTML));
    }
    Err(Error::new(
        ErrorKind::NotADump,
        "has a DOCTYPE, which no dump has: entities are not expanded",
    ))
}

const HTML: &str = "is an HTML page, not a dump: perhaps the error page of a mirror";

fn not_a_dump(begin: &[u8], root: &str) -> Error {
    let what = match (what_is_wrong(begin), root.to_ascii_lowercase().as_str()) {
        (Some(what), _) => what.to_owned(),
        (None, "html" | "body" | "head") => HTML.to_owned(),
        (None, "feed") => "is a file of abstracts (<feed>), not a dump of pages".to_owned(),
        _ if !is_begin_of_xml(begin) => {
            "is no MediaWiki XML dump: what it begins with is no XML".to_owned()
        }
        _ => format!("is no MediaWiki XML dump: its first element is <{root}>, not <mediawiki>"),
    };
    Error::new(ErrorKind::NotADump, what)
}
