//! The work on a chunk of SQL: its values become rows.

use std::num::NonZero;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::error::{Error, Result};
use crate::model::{SqlKind, Timestamp};
use crate::sql::{Chunk, Fault, Misfit, Rows, Value, parse_run};
use crate::tables::{SqlRows, SqlSelection, Unfit};

/// What workers are told of a table.
#[derive(Debug)]
pub(in crate::engine) struct Prepared {
    /// The name that it is written by.
    pub name: String,
    pub selection: Arc<SqlSelection>,
    pub schema: SchemaRef,
    pub wiki_id: Option<String>,
    /// The program that wrote the dump.
    pub writer: Option<String>,
    /// Rows of tables that are not are looked at nevertheless.
    pub is_written: bool,
}

impl Prepared {
    /// Leaves the column of the wiki out: the names of folders tell it.
    pub(super) fn leave_wiki_to_partition(&mut self) {
        let mut selection = (*self.selection).clone();
        selection.with_wiki_id = false;
        self.schema = selection.schema();
        self.selection = Arc::new(selection);
    }
}

/// The rows of a chunk.
pub(in crate::engine) struct SqlChunkRows {
    pub prepared: Arc<Prepared>,
    pub batch: Option<RecordBatch>,
    pub runs: Vec<RunRows>,
}

/// The rows of a run, which stand in the batch behind those of the runs before.
#[derive(Default)]
pub(in crate::engine) struct RunRows {
    /// As in [`crate::sql::Run`].
    pub fresh_at: Option<u64>,
    pub rows: usize,
    /// Rows left out, with how many bytes they have.
    pub rejects: Vec<(Error, u64)>,
    /// Where the text is broken, so that rows behind it cannot be told.
    pub broken: Option<Error>,
}

/// Makes the rows of a chunk.  Unless `keep_going`, what is wrong first is an error.
pub(in crate::engine) fn rows_of(
    prepared: &Arc<Prepared>,
    chunk: &Chunk,
    row_max_bytes: usize,
    keep_going: bool,
) -> Result<SqlChunkRows> {
    let (selection, schema) = (
        Arc::clone(&prepared.selection),
        Arc::clone(&prepared.schema),
    );
    let rows = SqlRows::new(selection, schema, prepared.wiki_id.clone());
    let mut taker = Taker {
        rows,
        is_written: prepared.is_written,
        chunk_bytes: chunk.bytes.len(),
    };
    let mut runs = Vec::with_capacity(chunk.runs.len());
    for run in &chunk.runs {
        let before = taker.rows.rows();
        let mut told = RunRows {
            fresh_at: run.fresh_at,
            ..RunRows::default()
        };
        let mut fault = |fault: Fault| {
            let (offset, line, file_offset) = chunk.place_of(fault.at);
            let columns = &prepared.selection.table.columns;
            let column = fault.column.and_then(|number| columns.get(number));
            let message = match column {
                Some(column) => format!("{}: {}", column.name, fault.message),
                None => fault.message,
            };
            let why = Error::damaged(message)
                .at_sql(offset, line)
                .at_file_byte(file_offset);
            match (keep_going, fault.row_end) {
                (false, _) => return Err(why),
                (true, Some(end)) => {
                    let bytes = end.saturating_sub(fault.row_begin);
                    told.rejects.push((why, bytes as u64));
                }
                (true, None) => told.broken = Some(why),
            }
            Ok(())
        };
        let bytes = chunk.bytes.get(..run.end).unwrap_or_default();
        parse_run(
            bytes,
            run.begin,
            run.follows_row,
            &run.columns,
            row_max_bytes,
            &mut taker,
            &mut fault,
        )?;
        told.rows = taker.rows.rows() - before;
        runs.push(told);
    }
    let batch = match prepared.is_written {
        true => taker.rows.finish()?,
        false => None,
    };
    Ok(SqlChunkRows {
        prepared: Arc::clone(prepared),
        batch,
        runs,
    })
}

const TOO_LONG: Misfit = Misfit("so long that an array can hold it");

struct Taker {
    rows: SqlRows,
    is_written: bool,
    chunk_bytes: usize,
}

/// So many rows show how large those of a chunk are.
const ROWS_TOLD_BY: usize = 512;

impl Rows for Taker {
    fn wants(&self, column: usize) -> bool {
        self.is_written && self.rows.wants(column)
    }

    fn run_begins(&mut self, columns: &[usize]) {
        self.rows.expect(columns);
    }

    #[inline(always)]
    fn frequent<'b>(&mut self, column: usize, bytes: &'b [u8], end: u8) -> Option<&'b [u8]> {
        self.rows.frequent(column, bytes, end)
    }

    fn value(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        if let Value::Null | Value::Default = value {
            return match self.rows.null(column) {
                true => Ok(()),
                false => Err(Misfit("a value, for its column is declared NOT NULL")),
            };
        }
        match self.rows.kind(column) {
            Some(SqlKind::Int { .. }) => self.rows.int(column, value.int()?),
            Some(SqlKind::Text | SqlKind::Bytes) => self.bytes(column, value)?,
            Some(SqlKind::WikiTime { ends }) => self.wiki_time(column, value, ends)?,
            Some(SqlKind::Float) => self.rows.float(column, value.float()?),
            Some(SqlKind::Decimal { precision, scale }) => {
                self.rows.decimal(column, value.decimal(precision, scale)?);
            }
            Some(SqlKind::Bits) => self.rows.int(column, value.bits()?),
            Some(SqlKind::Time { .. }) => self.time(column, value)?,
            Some(SqlKind::Day) => self.day(column, value)?,
            None => {}
        }
        Ok(())
    }

    #[inline]
    fn row_ended(&mut self, end: usize) {
        self.rows.row_ended();
        if self.is_written && self.rows.rows() == ROWS_TOLD_BY {
            self.make_room(end);
        }
    }

    fn row_dropped(&mut self) {
        self.rows.row_dropped();
    }
}

impl Taker {
    /// Makes room for the rest of a chunk whose first rows end at an offset, and a little more.
    #[cold]
    fn make_room(&mut self, end: usize) {
        let rest = self.chunk_bytes.saturating_sub(end);
        if let Some(bytes) = NonZero::new(end) {
            let rows = self.rows.rows().saturating_mul(rest) / bytes;
            self.rows.reserve_like_these(rows + rows / 32);
        }
    }

    fn bytes(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        let put = match value {
            Value::Quoted(quoted) => self.rows.bytes(column, |out| quoted.write_to(out)),
            value => {
                let bytes = value.bytes()?;
                self.rows.bytes(column, |out| out.extend_from_slice(&bytes))
            }
        };
        put.map_err(|Unfit| TOO_LONG)
    }

    /// MediaWiki's 14 digits.  Fixed columns are filled up with zeros.
    fn wiki_time(
        &mut self,
        column: usize,
        value: Value<'_>,
        ends: bool,
    ) -> std::result::Result<(), Misfit> {
        let bytes = value.bytes()?;
        let filled = bytes.iter().rposition(|byte| *byte != 0);
        let text = filled.and_then(|last| bytes.get(..=last));
        match text {
            Some(b"infinity") if ends => self.rows.infinite(column),
            None => self.rows.raw(column, &bytes),
            Some(text) if text.iter().all(|digit| *digit == b'0') && text.len() == 14 => {
                self.rows.raw(column, &bytes);
            }
            Some(text) => match Timestamp::parse_digits(text) {
                Some(time) => self.rows.int(column, time.microseconds()),
                None => return Err(Misfit("a time of 14 digits")),
            },
        }
        Ok(())
    }

    fn time(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        let bytes = value.bytes()?;
        match Value::microseconds(&bytes) {
            Some(micros) => self.rows.int(column, micros),
            None if bytes.starts_with(b"0000-00-00 00:00:00") => self.rows.raw(column, &bytes),
            None => return Err(Misfit("a time such as 2026-01-31 12:00:00")),
        }
        Ok(())
    }

    fn day(&mut self, column: usize, value: Value<'_>) -> std::result::Result<(), Misfit> {
        let bytes = value.bytes()?;
        match Value::days(&bytes) {
            Some(days) => self.rows.day(column, days),
            None if *bytes == *b"0000-00-00" => self.rows.raw(column, &bytes),
            None => return Err(Misfit("a day such as 2026-01-31")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
