//! A dump's bytes in, tables and chunks of rows out.

mod chunks;
mod damage;
mod statements;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::prose::{BEGIN_BYTES, Notes, begins_statement};
use super::run_scan::{Event, RunScan};
use crate::error::{Error, ErrorKind, FilePlace, Result};
use crate::model::SqlTable;

use self::chunks::file_offset_of;

pub use self::chunks::{Chunk, Run};

/// What a framer is told.
#[derive(Debug, Clone, Copy)]
pub struct FramerOptions {
    /// A chunk is cut at the first row that ends so many bytes behind its begin.
    pub chunk_bytes: usize,
    /// Largest row, and largest statement without rows, in bytes of SQL.
    pub row_max_bytes: usize,
    /// Whether to go on behind damage.
    pub keep_going: bool,
}

/// What a framer gives, in the order of the dump.
#[derive(Debug)]
pub enum Frame {
    /// A table is declared.
    Table(Declared),
    /// Rows.
    Chunk(Chunk),
    /// Something is wrong; all behind it is passed over up to the next statement that begins a line.
    /// Only where the framer was told to keep going.
    Lost(Error),
}

/// A table, and what the dump says of itself.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The table.
    pub table: Arc<SqlTable>,
    /// The database that it is of.
    pub database: Option<String>,
    /// The program that wrote the dump.
    pub writer: Option<String>,
    /// Where the statement begins.
    pub sql_offset_bytes: u64,
}

/// Cuts one dump.
#[derive(Debug)]
pub struct Framer {
    options: FramerOptions,
    frames: VecDeque<Frame>,
    /// Bytes received that belong to no frame yet.
    buffer: Vec<u8>,
    /// Offset of the buffer in the SQL.
    base: u64,
    /// Line of its first byte, from 1.
    line: u64,
    /// The byte before it.
    before: u8,
    /// Where pieces of the buffer stood in the file: offsets in the SQL and in the file.
    places: VecDeque<(u64, FilePlace)>,
    /// Everything before it has been looked at.
    at: usize,
    mode: Mode,
    runs: Vec<Run>,
    tables: BTreeMap<String, Arc<SqlTable>>,
    /// The last head of an `INSERT`, which the next one mostly repeats.
    last_head: Vec<u8>,
    insert: Option<Insert>,
    notes: Notes,
}

#[derive(Debug)]
enum Mode {
    /// Between rows.
    Prose,
    /// In the rows of an `INSERT`.
    Rows(RunScan),
    /// Behind damage, on the way to a line that begins a statement.
    Seeking,
}

/// The `INSERT` at hand.
#[derive(Debug, Clone)]
struct Insert {
    table: Arc<SqlTable>,
    /// Numbers of the columns that its values belong to.
    columns: Arc<[usize]>,
}

/// Bytes are looked at in slices of this size, so that little is moved where a chunk is cut.
const SLICE_BYTES: usize = 64 << 10;

impl Framer {
    /// A framer at the begin of a dump.
    pub fn new(options: FramerOptions) -> Self {
        Self {
            options,
            frames: VecDeque::new(),
            buffer: Vec::new(),
            base: 0,
            line: 1,
            before: b'\n',
            places: VecDeque::new(),
            at: 0,
            mode: Mode::Prose,
            runs: Vec::new(),
            tables: BTreeMap::new(),
            last_head: Vec::new(),
            insert: None,
            notes: Notes::default(),
        }
    }

    /// The next frame that is ready.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Bytes received so far.
    pub fn received_bytes(&self) -> u64 {
        self.base + self.buffer.len() as u64
    }

    /// Takes the next bytes, and where they stood in the file.
    ///
    /// Frames that became ready before an error are still to be had.
    pub fn push(&mut self, bytes: &[u8], file_place: FilePlace) -> Result<()> {
        self.places.push_back((self.received_bytes(), file_place));
        for slice in bytes.chunks(SLICE_BYTES) {
            self.buffer.extend_from_slice(slice);
            self.scan(false)?;
        }
        Ok(())
    }

    /// Tells that bytes are missing here.
    pub fn gap(&mut self, why: Error) -> Result<()> {
        self.scan(true)?;
        self.end_broken_off();
        self.lose(0, why)?;
        self.drop_all();
        Ok(())
    }

    /// Ends the dump, whose container has come to its proven end.
    pub fn finish(&mut self) -> Result<()> {
        self.scan(true)?;
        let is_whole = matches!(self.mode, Mode::Prose) && self.at >= self.buffer.len();
        if !is_whole && !matches!(self.mode, Mode::Seeking) {
            let what = match self.mode {
                Mode::Rows(_) => "the dump ends within an INSERT: it is cut",
                _ => "the dump ends within a statement: it is cut",
            };
            self.end_broken_off();
            self.lose(0, Error::damaged(what))?;
        }
        let end = self.buffer.len();
        self.emit_chunk(end);
        if self.tables.is_empty() {
            return Err(not_a_dump("there is no CREATE TABLE in it"));
        }
        if is_whole && self.notes.lacks_end() {
            let why = Error::damaged(
                "the dump ends without `-- Dump completed`, which its program writes: it is cut",
            );
            self.lose(self.buffer.len(), why)?;
        }
        Ok(())
    }

    fn scan(&mut self, is_end: bool) -> Result<()> {
        loop {
            let goes_on = match self.mode {
                Mode::Prose => self.read_prose(is_end)?,
                Mode::Rows(_) => self.read_rows(is_end)?,
                Mode::Seeking => self.seek(is_end),
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Goes on in the rows at hand; `false` where more bytes are needed.
    fn read_rows(&mut self, is_end: bool) -> Result<bool> {
        let Mode::Rows(scan) = &mut self.mode else {
            return Ok(false);
        };
        let rows_from = self.options.chunk_bytes.saturating_sub(1);
        let event = scan.next(&self.buffer, rows_from, is_end);
        self.at = scan.at;
        match event {
            Some(Event::Semicolon(at)) => {
                self.end_run(at);
                self.mode = Mode::Prose;
                if self.at >= self.options.chunk_bytes {
                    self.emit_chunk(self.at);
                }
            }
            Some(Event::RowEnd(at)) => {
                self.end_run(at + 1);
                self.emit_chunk(at + 1);
                self.begin_run(None);
            }
            Some(Event::LineInString(at)) => {
                let line = self.buffer.get(at + 1..).unwrap_or_default();
                if line.len() < BEGIN_BYTES && !is_end {
                    // Too few bytes to tell: back to the line break when there are more.
                    scan.at = at;
                    self.at = at;
                    return Ok(false);
                }
                if begins_statement(line) {
                    self.end_run(at);
                    self.emit_chunk(at + 1);
                    self.mode = Mode::Prose;
                    // The rows themselves tell where the string begins that has no end.
                    self.lose(0, Error::damaged("a string has no end: a quote is missing"))?;
                    self.mode = Mode::Prose;
                }
            }
            None => {
                let most = self
                    .options
                    .row_max_bytes
                    .saturating_add(self.options.chunk_bytes);
                if self.buffer.len() > most {
                    self.refuse_too_large()?;
                    return Ok(true);
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where an offset of the buffer lies in the SQL, and its line.
    fn place_of(&self, at: usize) -> (u64, u64) {
        let before = self.buffer.get(..at).unwrap_or(&self.buffer);
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        (self.base + at as u64, self.line + lines)
    }

    /// Where an offset in the SQL stood in the file, as exactly as it is known.
    fn file_offset_of(&self, sql_offset: u64) -> u64 {
        file_offset_of(sql_offset, self.places.iter().rev())
    }
}

fn not_a_dump(why: &str) -> Error {
    Error::new(
        ErrorKind::NotADump,
        format!("is no dump of SQL tables as mysqldump writes it: {why}"),
    )
}
