//! Looking at each `<`, whatever the pieces in which the bytes come.

use std::mem;

use memchr::{memchr, memmem};

use super::document::{Section, State};
use super::framer::Framer;
use crate::error::Result;
use crate::tags::{LOOKAHEAD_BYTES, search};

impl Framer {
    /// Scans as far as every `<` has the bytes behind it by which its tag is known.
    pub(super) fn scan_new(&mut self, bytes: &[u8]) -> Result<()> {
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
    pub(super) fn scan_tail(&mut self) -> Result<()> {
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
    fn find(&mut self, bytes: &[u8], upto: usize) -> Option<usize> {
        let document = &mut self.document;
        let room = &bytes[..upto];
        match (document.state, document.section) {
            (State::Junk | State::Done, _) => None,
            (_, Some(Section::Until(terminator))) => {
                let end = bytes.len().min(upto + terminator.len() - 1);
                memmem::find(&bytes[..end], terminator.as_bytes())
            }
            (State::Behind, _) => room
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0)),
            (State::Body, None) if document.prefix.is_empty() => {
                let search = search(bytes, upto);
                // Most tags mean nothing here but that no record has just ended.
                document.after_record &= !search.passed_others;
                search.found
            }
            _ => memchr(b'<', room),
        }
    }
}
