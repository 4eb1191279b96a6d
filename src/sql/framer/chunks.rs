//! Rows on their way out: runs of them, and the chunks that they are in.

use std::sync::Arc;

use super::{Frame, Framer, Mode, RunScan, SLICE_BYTES};
use crate::error::FilePlace;
use crate::model::SqlTable;

/// Rows of one table, to be parsed by anyone.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The table.
    pub table: Arc<SqlTable>,
    /// The bytes that its runs lie in.
    pub bytes: Vec<u8>,
    /// Where rows lie.
    pub runs: Vec<Run>,
    /// Offset of the first byte in the SQL.
    pub sql_offset_bytes: u64,
    /// Line of the first byte, from 1.
    pub line: u64,
    /// Where pieces of it stood in the file: offsets in the SQL, rising, and places in the file.
    pub places: Vec<(u64, FilePlace)>,
}

/// Rows of one `INSERT`, or a part of them.
#[derive(Debug, Clone)]
pub struct Run {
    /// Where they begin, behind `VALUES` or behind a row.
    pub begin: usize,
    /// Where they end.
    pub end: usize,
    /// Offset in the SQL of the statement that begins a line and whose first rows these are.  Behind
    /// broken rows reading goes on at such.
    pub fresh_at: Option<u64>,
    /// Whether rows of the same statement stand before.
    pub follows_row: bool,
    /// Numbers of the columns that the values belong to.
    pub columns: Arc<[usize]>,
}

impl Chunk {
    /// The place of an offset: in the SQL, its line, and in the file, as exactly as that is known.
    pub fn place_of(&self, at: usize) -> (u64, u64, u64) {
        let before = self.bytes.get(..at).unwrap_or(&self.bytes);
        let line = self.line + memchr::memchr_iter(b'\n', before).count() as u64;
        let sql_offset = self.sql_offset_bytes + at as u64;
        let file_offset = file_offset_of(sql_offset, self.places.iter().rev());
        (sql_offset, line, file_offset)
    }
}

/// The offset in the file of an offset in the SQL, by the places of pieces, the last first.
pub(super) fn file_offset_of<'p>(
    sql_offset: u64,
    mut places: impl Iterator<Item = &'p (u64, FilePlace)>,
) -> u64 {
    let piece = places.find(|(begin, _)| *begin <= sql_offset);
    let place = piece.map(|(begin, place)| place.behind(sql_offset - begin));
    place.map_or(0, FilePlace::offset_bytes)
}

impl Framer {
    /// Rows of the `INSERT` at hand begin at the offset looked at; `fresh_at` as in [`Run`].
    pub(super) fn begin_run(&mut self, fresh_at: Option<u64>) {
        let Some(insert) = &self.insert else {
            return;
        };
        let follows_row = self.at == 0;
        self.runs.push(Run {
            begin: self.at,
            end: self.at,
            fresh_at,
            follows_row,
            columns: Arc::clone(&insert.columns),
        });
        self.mode = Mode::Rows(RunScan::new(self.at));
    }

    pub(super) fn end_run(&mut self, end: usize) {
        if let Some(run) = self.runs.last_mut() {
            run.end = end;
        }
    }

    /// Makes a chunk of the rows before the offset `end`, which no statement or row lies across.
    pub(super) fn emit_chunk(&mut self, end: usize) {
        let end = end.min(self.buffer.len());
        let runs = std::mem::take(&mut self.runs);
        let (sql_offset_bytes, line) = (self.base, self.line);
        let places = self.places_before(end);
        let bytes = self.take(end);
        if let (Some(insert), false) = (&self.insert, runs.is_empty()) {
            self.frames.push_back(Frame::Chunk(Chunk {
                table: Arc::clone(&insert.table),
                bytes,
                runs,
                sql_offset_bytes,
                line,
                places,
            }));
        }
    }

    /// Lets go of what was looked at, if no rows lie in it.
    pub(super) fn drop_read(&mut self) {
        if self.runs.is_empty() {
            self.take(self.at);
        }
    }

    /// Lets go of all bytes.
    pub(super) fn drop_all(&mut self) {
        self.take(self.buffer.len());
    }

    /// Takes the bytes before an offset off the buffer.
    fn take(&mut self, end: usize) -> Vec<u8> {
        if end == 0 {
            return Vec::new();
        }
        // What follows is going to be about as large, and does not have to grow to that.
        let bytes = self.buffer.len().min(self.options.chunk_bytes);
        let mut rest = Vec::with_capacity(bytes + SLICE_BYTES);
        rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
        let mut taken = std::mem::replace(&mut self.buffer, rest);
        taken.truncate(end);
        self.base += end as u64;
        self.line += memchr::memchr_iter(b'\n', &taken).count() as u64;
        self.before = taken.last().copied().unwrap_or(self.before);
        self.at = self.at.saturating_sub(end);
        if let Mode::Rows(scan) = &mut self.mode {
            scan.shift(end);
        }
        while self.places.len() > 1 && self.places.get(1).is_some_and(|(sql, _)| *sql <= self.base)
        {
            self.places.pop_front();
        }
        taken
    }

    fn places_before(&self, end: usize) -> Vec<(u64, FilePlace)> {
        let end = self.base + end as u64;
        let before = self.places.iter().take_while(|(sql, _)| *sql < end);
        before.copied().collect()
    }
}
