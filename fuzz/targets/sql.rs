//! Dumps of tables: the same declarations, rows and first error for any chunks and pieces; told to go on,
//! it goes on to the end.

use mwparquet::error::FilePlace;
use mwparquet::sql::{Chunk, Frame, Framer, FramerOptions, Misfit, Rows, Value, parse_run};

use super::controls::{Controls, pieces};
use super::seeds;

const ROW_MAX_BYTES: usize = 1 << 20;

pub fn check(data: &[u8]) {
    let mut controls = Controls::new(data);
    let chunk_bytes = 1 + controls.number();
    let seed = controls.byte();
    let sql = controls.rest;
    let whole = told(&[sql], usize::MAX, false);
    assert_eq!(
        told(&pieces(sql, seed), chunk_bytes, false),
        whole,
        "in chunks"
    );
    let whole = told(&[sql], usize::MAX, true);
    let cut = told(&pieces(sql, seed), usize::MAX, true);
    assert_eq!(cut, whole, "going on, in pieces");
    told(&pieces(sql, seed), chunk_bytes, true);
}

/// Rows as text, a line each.
#[derive(Default)]
struct Lines {
    row: String,
    lines: Vec<String>,
}

impl Rows for Lines {
    fn wants(&self, column: usize) -> bool {
        column % 5 != 4
    }

    fn value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit> {
        self.row += &format!("{column}={value:?} ");
        Ok(())
    }

    fn row_ended(&mut self, _: usize) {
        self.lines.push(std::mem::take(&mut self.row));
    }

    fn row_dropped(&mut self) {
        self.row.clear();
    }
}

/// What a dump says, in order: tables, rows, and the first thing that is wrong, or all of them.
fn told(pieces: &[&[u8]], chunk_bytes: usize, keep_going: bool) -> Vec<String> {
    let mut framer = Framer::new(FramerOptions {
        chunk_bytes,
        row_max_bytes: ROW_MAX_BYTES,
        keep_going,
    });
    let mut lines = Lines::default();
    let mut outcome = Ok(());
    for piece in pieces {
        outcome = framer.push(piece, FilePlace::About(0));
        if outcome.is_err() {
            break;
        }
        if !take(&mut framer, &mut lines, keep_going) {
            return lines.lines;
        }
    }
    let outcome = outcome.and_then(|()| framer.finish());
    if take(&mut framer, &mut lines, keep_going)
        && let Err(error) = outcome
    {
        lines.lines.push(error.to_string());
    }
    lines.lines
}

/// Takes what is ready; `false` where a row is wrong and that ends it.
fn take(framer: &mut Framer, lines: &mut Lines, keep_going: bool) -> bool {
    while let Some(frame) = framer.next_frame() {
        match frame {
            Frame::Table(declared) => lines.lines.push(format!("{:?}", declared.table)),
            Frame::Lost(why) => lines.lines.push(format!("lost {why}")),
            Frame::Chunk(chunk) => {
                if !rows_of(&chunk, lines, keep_going) {
                    return false;
                }
            }
        }
    }
    true
}

fn rows_of(chunk: &Chunk, lines: &mut Lines, keep_going: bool) -> bool {
    for run in &chunk.runs {
        let mut faults = Vec::new();
        let mut fault = |fault: mwparquet::sql::Fault| {
            let (offset, line, _) = chunk.place_of(fault.at);
            faults.push(format!("fault {} {offset} {line}", fault.message));
            if keep_going { Ok(()) } else { Err(()) }
        };
        let (bytes, at) = (&chunk.bytes[..run.end], run.begin);
        let columns = &run.columns;
        let follows_row = run.follows_row;
        let read = parse_run(
            bytes,
            at,
            follows_row,
            columns,
            ROW_MAX_BYTES,
            lines,
            &mut fault,
        );
        lines.lines.append(&mut faults);
        if read.is_err() {
            return false;
        }
    }
    true
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut files = seeds::samples("sql", &[".sql"]);
    files.extend(seeds::samples("sql/broken", &[".sql"]));
    for packed in seeds::samples("sql", &[".sql.gz"]) {
        let mut plain = Vec::new();
        let mut gzip = flate2::read::MultiGzDecoder::new(&packed[..]);
        std::io::Read::read_to_end(&mut gzip, &mut plain).unwrap();
        plain.truncate(8000);
        files.push(plain);
    }
    seeds::with_controls(&[&[0, 1, 3], &[0, 200, 9]], files)
}
