//! Rows of a table of a database on their way into a batch.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, MapArray, MapBuilder, MapFieldNames, RecordBatch, StringArray,
    StringBuilder,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, SchemaRef};

use super::cells::{Cells, texts};
use super::selection::{SqlSelection, raw_key, raw_value, raw_values_type};
use crate::error::{Error, Result};
use crate::model::SqlKind;

/// Rows of one table, in the columns that are wanted.
#[derive(Debug)]
pub struct SqlRows {
    selection: Arc<SqlSelection>,
    schema: SchemaRef,
    wiki_id: Option<String>,
    /// By the number of the column; `None` if it is not wanted.
    columns: Vec<Option<Cells>>,
    rows: usize,
    /// Those of them that rows at hand say nothing of.
    missing: Vec<usize>,
    raw: Vec<Raw>,
}

/// A value that its column cannot hold.
#[derive(Debug)]
struct Raw {
    row: usize,
    column: usize,
    bytes: Vec<u8>,
}

/// A value does not fit: an array cannot hold more bytes, or a column is not what it was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit;

impl SqlRows {
    /// No rows yet, of the wiki `wiki_id`.
    pub fn new(selection: Arc<SqlSelection>, schema: SchemaRef, wiki_id: Option<String>) -> Self {
        let columns = selection.table.columns.iter().zip(&selection.wanted);
        Self {
            missing: Vec::new(),
            columns: columns
                .map(|(column, wanted)| wanted.then(|| Cells::new(column.kind, column.nullable)))
                .collect(),
            selection,
            schema,
            wiki_id,
            rows: 0,
            raw: Vec::new(),
        }
    }

    /// Whether a column is wanted, by its number.
    pub fn wants(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(Option::is_some)
    }

    /// What a wanted column holds.
    #[inline]
    pub fn kind(&self, column: usize) -> Option<SqlKind> {
        let cells = self.columns.get(column)?.as_ref()?;
        Some(cells.kind)
    }

    /// A wanted column.
    #[inline]
    fn cells(&mut self, column: usize) -> Option<&mut Cells> {
        self.columns.get_mut(column)?.as_mut()
    }

    /// Tells the numbers of the columns that each of the rows to come has a value of, or a null.  All others
    /// are null.
    pub fn expect(&mut self, columns: &[usize]) {
        let is_missing = |column: &usize| self.wants(*column) && !columns.contains(column);
        self.missing = (0..self.columns.len()).filter(is_missing).collect();
    }

    /// Makes room for so many more rows like those so far.
    pub fn reserve_like_these(&mut self, more_rows: usize) {
        for cells in self.columns.iter_mut().flatten() {
            cells.reserve_like_these(more_rows);
        }
    }

    /// Puts the value that `bytes` begin with, if it is of the form that values of the column mostly have and
    /// `end` stands right behind it; gives the bytes that follow.
    #[inline(always)]
    pub fn frequent<'b>(&mut self, column: usize, bytes: &'b [u8], end: u8) -> Option<&'b [u8]> {
        self.cells(column)?.frequent(bytes, end)
    }

    /// Puts no value; `false` where there must be one.
    pub fn null(&mut self, column: usize) -> bool {
        let cells = self.columns.get(column).and_then(Option::as_ref);
        let may_be_null = cells.is_some_and(Cells::nullable);
        if may_be_null && let Some(cells) = self.cells(column) {
            cells.null(None);
        }
        may_be_null
    }

    /// Puts a whole number, a time in microseconds since 1970, or a field of bits.
    #[inline]
    pub fn int(&mut self, column: usize, value: i64) {
        if let Some(cells) = self.cells(column) {
            cells.int(value);
        }
    }

    /// Puts a floating-point number.
    pub fn float(&mut self, column: usize, value: f64) {
        if let Some(cells) = self.cells(column) {
            cells.float(value);
        }
    }

    /// Puts a decimal number, as a whole number of its last digit.
    pub fn decimal(&mut self, column: usize, value: i128) {
        if let Some(cells) = self.cells(column) {
            cells.decimal(value);
        }
    }

    /// Puts a day, counted from 1970.
    pub fn day(&mut self, column: usize, value: i32) {
        if let Some(cells) = self.cells(column) {
            cells.day(value);
        }
    }

    /// Puts text or bytes, which `write` appends.
    #[inline]
    pub fn bytes(
        &mut self,
        column: usize,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> std::result::Result<(), Unfit> {
        match self.cells(column).is_none_or(|cells| cells.bytes(write)) {
            true => Ok(()),
            false => Err(Unfit),
        }
    }

    /// Puts a time that is never.
    pub fn infinite(&mut self, column: usize) {
        if let Some(cells) = self.cells(column) {
            cells.null(Some(true));
        }
    }

    /// Puts a value that the column cannot hold.
    pub fn raw(&mut self, column: usize, bytes: &[u8]) {
        let row = self.rows;
        if let Some(cells) = self.cells(column) {
            cells.null(Some(false));
            let bytes = bytes.to_vec();
            self.raw.push(Raw { row, column, bytes });
        }
    }

    /// The row is whole.
    #[inline]
    pub fn row_ended(&mut self) {
        self.rows += 1;
        for column in &self.missing {
            if let Some(Some(cells)) = self.columns.get_mut(*column) {
                cells.null(None);
            }
        }
    }

    /// The row is to be forgotten.
    pub fn row_dropped(&mut self) {
        let rows = self.rows;
        for cells in self.columns.iter_mut().flatten() {
            cells.truncate(rows);
        }
        self.raw.retain(|raw| raw.row < rows);
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows as a batch; `None` if there are none.
    pub fn finish(self) -> Result<Option<RecordBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let mut arrays: Vec<ArrayRef> = Vec::new();
        let mut raw = self.raw;
        if self.selection.with_wiki_id {
            arrays.push(Arc::new(repeated(self.wiki_id.as_deref(), self.rows)?));
        }
        for (column, cells) in self.columns.into_iter().enumerate() {
            let Some(cells) = cells else {
                continue;
            };
            let finished = cells.finish()?;
            arrays.push(finished.values);
            arrays.extend(finished.is_infinite);
            let others = finished.not_utf8.into_iter();
            raw.extend(others.map(|(row, bytes)| Raw { row, column, bytes }));
        }
        if self.selection.has_raw_values() {
            raw.sort_by_key(|raw| (raw.row, raw.column));
            arrays.push(raw_array(&self.selection, self.rows, &raw)?);
        }
        RecordBatch::try_new(self.schema, arrays)
            .map(Some)
            .map_err(|error| Error::internal("a table's columns do not fit").with_source(error))
    }
}

/// The same text or null in all rows.
fn repeated(text: Option<&str>, rows: usize) -> Result<StringArray> {
    let Some(text) = text else {
        return Ok(StringArray::new_null(rows));
    };
    let number = |count: usize| i32::try_from(count);
    let (Ok(bytes), Ok(row_count), Ok(_)) = (
        number(text.len()),
        number(rows),
        number(text.len().saturating_mul(rows)),
    ) else {
        return Err(Error::internal("a table has too many rows at once"));
    };
    let ends = (0..=row_count).map(|row| row * bytes).collect();
    texts(text.as_bytes().repeat(rows), ends, None).map(|(array, _)| array)
}

fn raw_array(selection: &SqlSelection, rows: usize, raw: &[Raw]) -> Result<ArrayRef> {
    let names = MapFieldNames {
        entry: "key_value".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let builder = MapBuilder::new(Some(names), StringBuilder::new(), BinaryBuilder::new());
    let mut builder = builder
        .with_keys_field(Arc::new(raw_key()))
        .with_values_field(Arc::new(raw_value()));
    if raw.is_empty() {
        let DataType::Map(entry, _) = raw_values_type() else {
            return Err(Error::internal("a table's map is no map"));
        };
        let nulls = NullBuffer::new_null(rows);
        let entries = builder.finish().entries().clone();
        return MapArray::try_new(
            entry,
            OffsetBuffer::new_zeroed(rows),
            entries,
            Some(nulls),
            false,
        )
        .map(|map| Arc::new(map) as ArrayRef)
        .map_err(|error| Error::internal("a table's map is not sound").with_source(error));
    }
    let mut raw = raw.iter().peekable();
    for row in 0..rows {
        let mut has_some = false;
        while let Some(value) = raw.next_if(|value| value.row == row) {
            let column = selection.table.columns.get(value.column);
            let name = column.map_or("", |column| column.name.as_str());
            builder.keys().append_value(name);
            builder.values().append_value(&value.bytes);
            has_some = true;
        }
        builder
            .append(has_some)
            .map_err(|error| Error::internal("a table's map is not sound").with_source(error))?;
    }
    Ok(Arc::new(builder.finish()))
}
