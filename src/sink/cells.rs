//! Rows of batches, value by value: for formats of text.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int32Type, Int64Type, TimestampMicrosecondType};

use crate::error::{Error, Result};
use crate::model::Timestamp;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'b> {
    /// None.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(&'b str),
    /// A point in time.
    Time(Timestamp),
}

/// Rows in columns.
pub type Batch = RecordBatch;

/// Hands on the rows of a batch whose columns hold numbers, texts and times.
pub fn for_each_row(batch: &Batch, mut take: impl FnMut(&[Cell<'_>]) -> Result<()>) -> Result<()> {
    let mut cells = Vec::with_capacity(batch.num_columns());
    for row in 0..batch.num_rows() {
        cells.clear();
        for column in batch.columns() {
            cells.push(cell(column.as_ref(), row)?);
        }
        take(&cells)?;
    }
    Ok(())
}

fn cell(column: &dyn Array, row: usize) -> Result<Cell<'_>> {
    if column.is_null(row) {
        return Ok(Cell::Null);
    }
    match column.data_type() {
        DataType::Int32 => Ok(Cell::Number(
            column.as_primitive::<Int32Type>().value(row).into(),
        )),
        DataType::Int64 => Ok(Cell::Number(column.as_primitive::<Int64Type>().value(row))),
        DataType::Utf8 => Ok(Cell::Text(column.as_string::<i32>().value(row))),
        DataType::Timestamp(..) => {
            let microseconds = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let time = Timestamp::from_seconds(microseconds.div_euclid(1_000_000));
            Ok(time.map_or(Cell::Null, Cell::Time))
        }
        _ => Err(Error::internal("a column has no form as text")),
    }
}

/// Appends a line of CSV (RFC 4180, but for line ends of LF); nothing stands for what is null, and
/// `""` for an empty text.
pub fn put_csv<'c>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = Cell<'c>>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Null => {}
            Cell::Number(number) => put_number(out, number),
            Cell::Time(time) => out.extend(time.to_ascii()),
            Cell::Text(text) if wants_quotes(text) => {
                out.push(b'"');
                out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
                out.push(b'"');
            }
            Cell::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
    out.push(b'\n');
}

/// Appends a JSON object on a line of its own.
pub fn put_json(out: &mut Vec<u8>, names: &[String], cells: &[Cell<'_>]) {
    out.push(b'{');
    for (index, (name, cell)) in names.iter().zip(cells).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        put_quoted(out, name);
        out.push(b':');
        match cell {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Number(number) => put_number(out, *number),
            Cell::Time(time) => put_quoted(out, &time.to_string()),
            Cell::Text(text) => put_quoted(out, text),
        }
    }
    out.extend_from_slice(b"}\n");
}

fn wants_quotes(text: &str) -> bool {
    let is_special = |byte| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    text.is_empty() || text.bytes().any(is_special)
}

fn put_number(out: &mut Vec<u8>, number: i64) {
    const MOST_DIGITS: usize = 20;
    let mut digits = [0; MOST_DIGITS];
    let mut begin = MOST_DIGITS;
    let mut rest = number.unsigned_abs();
    if number < 0 {
        out.push(b'-');
    }
    loop {
        begin -= 1;
        digits[begin] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[begin..]);
}

fn put_quoted(out: &mut Vec<u8>, text: &str) {
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_written() {
        for number in [i64::MIN, -10, -1, 0, 9, 10, 1234, i64::MAX] {
            let mut out = Vec::new();
            put_number(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }

    #[test]
    fn csv_and_json() {
        let time = Timestamp::parse("2024-01-31T00:00:00Z").map_or(Cell::Null, Cell::Time);
        let cells = [
            Cell::Null,
            Cell::Text(""),
            Cell::Text("a \"b\", c\n"),
            Cell::Text("plain"),
            Cell::Number(-7),
            time,
        ];
        let mut csv = Vec::new();
        put_csv(&mut csv, cells);
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            ",\"\",\"a \"\"b\"\", c\n\",plain,-7,2024-01-31T00:00:00Z\n"
        );
        let names = ["n", "e", "q", "p", "i", "t"].map(str::to_owned);
        let mut json = Vec::new();
        put_json(&mut json, &names, &cells);
        assert_eq!(
            String::from_utf8(json).unwrap(),
            "{\"n\":null,\"e\":\"\",\"q\":\"a \\\"b\\\", c\\n\",\"p\":\"plain\",\"i\":-7,\"t\":\"2024-01-31T00:00:00Z\"}\n"
        );
    }
}
