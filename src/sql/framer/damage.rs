//! Damage: what is given up, and where reading goes on.

use super::{Frame, Framer, Mode};
use crate::error::{Error, Result};
use crate::sql::prose::{BEGIN_BYTES, begins_statement};
use crate::sql::run_scan::{Event, RunScan};

impl Framer {
    pub(super) fn refuse_too_large(&mut self) -> Result<()> {
        self.end_broken_off();
        let why = Error::damaged(format!(
            "a row has more than {} bytes of SQL, the limit of --max-record-bytes",
            self.options.row_max_bytes
        ));
        self.lose(0, why)
    }

    /// Makes a chunk of what is whole of the rows at hand; the buffer begins then with what is not.
    pub(super) fn end_broken_off(&mut self) {
        if matches!(self.mode, Mode::Rows(_)) {
            let begin = self.runs.last().map_or(0, |run| run.begin);
            let mut scan = RunScan::new(begin);
            let mut end = begin;
            while let Some(event) = scan.next(&self.buffer, begin, true) {
                if let Event::RowEnd(at) = event {
                    end = at + 1;
                }
            }
            self.end_run(end);
            self.at = end;
        }
        self.emit_chunk(self.at);
    }

    /// Gives up at an offset of the buffer, or seeks the next statement where told to keep going.
    pub(super) fn lose(&mut self, at: usize, why: Error) -> Result<()> {
        let skip = self.buffer.get(at..).unwrap_or_default();
        let blank = skip.len() - skip.trim_ascii_start().len();
        let at = at + blank;
        let (offset, line) = self.place_of(at);
        let why = why
            .at_sql(offset, line)
            .at_file_byte(self.file_offset_of(offset));
        // Rows before it are told of first, should something be wrong with them.
        self.emit_chunk(at);
        if !self.options.keep_going {
            return Err(why);
        }
        self.frames.push_back(Frame::Lost(why));
        self.mode = Mode::Seeking;
        Ok(())
    }

    /// Passes over bytes up to a line that begins a statement; `false` where more bytes are needed.
    pub(super) fn seek(&mut self, is_end: bool) -> bool {
        loop {
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let Some(hit) = memchr::memchr(b'\n', rest) else {
                self.at = self.buffer.len();
                self.drop_read();
                return false;
            };
            let line = rest.get(hit + 1..).unwrap_or_default();
            if line.len() < BEGIN_BYTES && !is_end {
                self.at += hit;
                self.drop_read();
                return false;
            }
            self.at += hit + 1;
            if begins_statement(line) {
                self.drop_read();
                self.mode = Mode::Prose;
                return true;
            }
        }
    }
}
