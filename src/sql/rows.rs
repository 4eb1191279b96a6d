//! The rows of an `INSERT`.

use super::value::{Misfit, Quoted, Value};
use crate::marks::{BLOCK_BYTES, hits_in};

/// Takes rows, value by value.
pub trait Rows {
    /// Whether a column is wanted; values of others are not looked at.
    fn wants(&self, column: usize) -> bool;

    /// Rows begin whose values belong to the columns of these numbers.
    fn run_begins(&mut self, columns: &[usize]) {
        let _ = columns;
    }

    /// Takes the value of a wanted column that `bytes` begin with, if it is of the form that values of its
    /// column mostly have and `end` stands right behind it; gives the bytes that follow.
    ///
    /// [`frequent`](super::frequent) reads such forms.  What is not taken comes as a [`value`](Self::value),
    /// of which the same has to be made.
    #[inline(always)]
    fn frequent<'b>(&mut self, column: usize, bytes: &'b [u8], end: u8) -> Option<&'b [u8]> {
        let _ = (column, bytes, end);
        None
    }

    /// A value of a column, by the column's number.
    fn value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit>;

    /// The row is whole; it ends at an offset of the bytes that are read.
    fn row_ended(&mut self, end: usize);

    /// The row is not to be had: whatever came of it is to be forgotten.
    fn row_dropped(&mut self);
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What was expected and found.
    pub message: String,
    /// Where it stands.
    pub at: usize,
    /// Where the row ends, or `None`: the text is broken, and nobody knows what is text behind it.
    pub row_end: Option<usize>,
    /// Where the row begins.
    pub row_begin: usize,
    /// Number of the column whose value is wrong, if it is that.
    pub column: Option<usize>,
}

/// Reads rows from the offset `at` to the end of `bytes`: `(1,'a'),(2,'b')`.
///
/// `columns` are the numbers of the columns that the values belong to.  A row with a wrong value, or
/// of another length, is dropped and told to `fault`; reading goes on behind it unless `fault` says
/// otherwise.  Broken text ends the reading.
pub fn parse_run<R: Rows, E>(
    bytes: &[u8],
    at: usize,
    follows_row: bool,
    columns: &[usize],
    row_max_bytes: usize,
    rows: &mut R,
    fault: &mut dyn FnMut(Fault) -> Result<(), E>,
) -> Result<(), E> {
    let mut parser = Parser { bytes, at };
    rows.run_begins(columns);
    let places = places_of(columns, rows);
    let mut needs_comma = follows_row;
    loop {
        parser.skip_blank();
        if parser.at >= bytes.len() {
            return Ok(());
        }
        let row_begin = parser.at;
        let outcome = parser.between_rows(needs_comma).and_then(|()| {
            let begin = parser.at;
            let outcome = parser.row(&places, rows);
            match outcome {
                Ok(()) if parser.at - begin > row_max_bytes => Err(Broken::text(
                    begin,
                    format!(
                        "a row has more than {row_max_bytes} bytes of SQL, the limit of \
                         --max-record-bytes"
                    ),
                )),
                outcome => outcome,
            }
        });
        needs_comma = true;
        match outcome {
            Ok(()) => rows.row_ended(parser.at),
            Err(broken) => {
                rows.row_dropped();
                let row_end = broken.is_row_only.then_some(parser.at);
                fault(Fault {
                    message: broken.message,
                    at: broken.at,
                    row_begin,
                    row_end,
                    column: broken.column,
                })?;
                if row_end.is_none() {
                    return Ok(());
                }
            }
        }
    }
}

/// What is to come at a place of a row.
struct Place {
    /// Number of its column, if it is wanted.
    column: Option<usize>,
    /// The byte behind its value.
    end: u8,
}

fn places_of<R: Rows>(columns: &[usize], rows: &R) -> Vec<Place> {
    let place = |(index, column): (usize, &usize)| Place {
        column: rows.wants(*column).then_some(*column),
        end: match index + 1 == columns.len() {
            true => b')',
            false => b',',
        },
    };
    columns.iter().enumerate().map(place).collect()
}

/// A value that does not fit its column.
struct Misfitting {
    begin: usize,
    end: usize,
    /// Its place in the row.
    index: usize,
    column: usize,
    expected: &'static str,
}

/// Why a row cannot be had.
struct Broken {
    at: usize,
    message: String,
    /// Whether the text is sound, so that the next row can be found.
    is_row_only: bool,
    /// Number of the column whose value is wrong.
    column: Option<usize>,
}

impl Broken {
    #[cold]
    fn text(at: usize, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            at,
            message: message.into(),
            is_row_only: false,
            column: None,
        })
    }
}

struct Parser<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Parser<'b> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    #[inline]
    fn between_rows(&mut self, needs_comma: bool) -> Result<(), Box<Broken>> {
        if needs_comma {
            if self.byte() != Some(b',') {
                return Err(self.unexpected("a comma or a semicolon behind a row"));
            }
            self.at += 1;
            self.skip_blank();
        }
        match self.byte() {
            Some(b'(') => Ok(()),
            _ => Err(self.unexpected("a row in parentheses")),
        }
    }

    /// Reads a row, from its parenthesis on.
    #[inline]
    fn row<R: Rows>(&mut self, places: &[Place], rows: &mut R) -> Result<(), Box<Broken>> {
        let begin = self.at;
        self.at += 1;
        if places.is_empty() {
            self.any_value(0, None, rows)?;
            return self.rest_of_row(begin, 1, None, places);
        }
        let mut rest = self.bytes.get(self.at..).unwrap_or_default();
        for (index, place) in places.iter().enumerate() {
            let column = place.column;
            match column.and_then(|column| rows.frequent(column, rest, place.end)) {
                Some(behind) => rest = behind,
                None => {
                    self.at = self.bytes.len() - rest.len();
                    let misfit = self.any_value(index, column, rows)?;
                    if misfit.is_some() || self.byte() != Some(place.end) {
                        return self.rest_of_row(begin, index + 1, misfit, places);
                    }
                    rest = self.bytes.get(self.at + 1..).unwrap_or_default();
                }
            }
        }
        self.at = self.bytes.len() - rest.len();
        Ok(())
    }

    /// Reads a value, whatever its form and whatever is blank around it, and hands it to `rows` if its
    /// column is wanted.
    #[inline(never)]
    fn any_value<R: Rows>(
        &mut self,
        index: usize,
        column: Option<usize>,
        rows: &mut R,
    ) -> Result<Option<Misfitting>, Box<Broken>> {
        self.skip_blank();
        let begin = self.at;
        let value = self.value()?;
        let misfit = column.and_then(|column| {
            let outcome = rows.value(column, value);
            outcome.err().map(|Misfit(expected)| Misfitting {
                begin,
                end: self.at,
                index,
                column,
                expected,
            })
        });
        self.skip_blank();
        Ok(misfit)
    }

    /// Passes over what is left of a row behind so many of its `values`, and tells what is wrong with it:
    /// there is a misfit, or it is longer or shorter than it should be.
    #[cold]
    fn rest_of_row(
        &mut self,
        begin: usize,
        mut values: usize,
        misfit: Option<Misfitting>,
        places: &[Place],
    ) -> Result<(), Box<Broken>> {
        loop {
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b')') => break,
                _ => return Err(self.unexpected("a comma or a parenthesis behind a value")),
            }
            self.skip_blank();
            self.value()?;
            self.skip_blank();
            values += 1;
        }
        self.at += 1;
        if values != places.len() {
            return Err(Box::new(Broken {
                at: begin,
                message: format!(
                    "a row has {values} values, and not {}, as its INSERT has columns",
                    places.len()
                ),
                is_row_only: true,
                column: None,
            }));
        }
        match misfit {
            None => Ok(()),
            Some(misfit) => Err(Box::new(Broken {
                at: misfit.begin,
                message: format!(
                    "value {} of a row is {}, and not {}",
                    misfit.index + 1,
                    shown(self.bytes.get(misfit.begin..misfit.end).unwrap_or_default()),
                    misfit.expected
                ),
                is_row_only: true,
                column: Some(misfit.column),
            })),
        }
    }

    /// A value of any form.
    fn value(&mut self) -> Result<Value<'b>, Box<Broken>> {
        match self.byte() {
            Some(b'\'') => self.quoted().map(Value::Quoted),
            Some(b'0') if matches!(self.bytes.get(self.at + 1), Some(b'x' | b'X')) => {
                self.at += 2;
                Ok(Value::Hex(self.take_while(|byte| byte.is_ascii_hexdigit())))
            }
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => {
                Ok(Value::Number(self.take_while(is_of_number)))
            }
            _ => self.word(),
        }
    }

    /// `NULL`, `DEFAULT`, and what can stand before a quote.
    fn word(&mut self) -> Result<Value<'b>, Box<Broken>> {
        let at = self.at;
        let word = self.take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
        let has_quote = self.byte() == Some(b'\'');
        match () {
            () if is("NULL") => Ok(Value::Null),
            () if is("DEFAULT") => Ok(Value::Default),
            () if is("x") && has_quote => Ok(Value::Hex(self.quoted()?.raw)),
            () if is("b") && has_quote => Ok(Value::Bits(self.quoted()?.raw)),
            () if ["_binary", "_utf8", "_utf8mb3", "_utf8mb4", "_ascii"]
                .iter()
                .any(|w| is(w)) =>
            {
                self.skip_blank();
                match self.byte() {
                    Some(b'\'' | b'0') => self.value(),
                    _ => Err(self.unexpected("quoted bytes")),
                }
            }
            () if word.starts_with(b"_") => Err(Broken::text(
                at,
                format!(
                    "a value is in the character set {}, which is not read",
                    shown(word)
                ),
            )),
            () => {
                self.at = at;
                Err(self.unexpected("a value"))
            }
        }
    }

    /// Bytes in quotes.
    #[inline]
    fn quoted(&mut self) -> Result<Quoted<'b>, Box<Broken>> {
        let begin = self.at;
        let mut at = begin + 1;
        let mut is_plain = true;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(hit) = find_special(rest) else {
                return Err(Broken::text(
                    begin,
                    "a string has no end: a quote is missing",
                ));
            };
            at += hit;
            let next = self.bytes.get(at + 1);
            match self.bytes.get(at) {
                Some(b'\\') => {}
                _ if next == Some(&b'\'') => {}
                _ => break,
            }
            is_plain = false;
            at += 2;
        }
        self.at = at + 1;
        let raw = self.bytes.get(begin + 1..at).unwrap_or_default();
        Ok(Quoted { raw, is_plain })
    }

    #[inline]
    fn take_while(&mut self, is_part: impl Fn(&u8) -> bool) -> &'b [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_part(byte));
        let length = length.unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    #[cold]
    fn unexpected(&self, expected: &str) -> Box<Broken> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = match rest {
            [] => "nothing more".to_owned(),
            _ => {
                // Bytes behind a parenthesis may be in the next chunk.
                let length = rest.iter().take(20).position(|byte| *byte == b')');
                let length = length.map_or(20, |at| at + 1);
                shown(rest.get(..length).unwrap_or(rest))
            }
        };
        Broken::text(self.at, format!("expected {expected}, found {found}"))
    }
}

#[inline]
fn is_of_number(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

/// The offset of the first quote or backslash.  Most strings end within a block.
#[inline]
fn find_special(bytes: &[u8]) -> Option<usize> {
    match bytes.first_chunk::<BLOCK_BYTES>() {
        Some(block) => match hits_in::<b'\'', b'\\'>(block) {
            0 => {
                memchr::memchr2(b'\'', b'\\', bytes.get(BLOCK_BYTES..)?).map(|at| at + BLOCK_BYTES)
            }
            hits => Some(hits.trailing_zeros() as usize),
        },
        None => memchr::memchr2(b'\'', b'\\', bytes),
    }
}

/// Input in a message, not more than a line of it.
pub(super) fn shown(bytes: &[u8]) -> String {
    const MOST_BYTES: usize = 60;
    let text = String::from_utf8_lossy(bytes.get(..MOST_BYTES).unwrap_or(bytes));
    let more = if bytes.len() > MOST_BYTES { "…" } else { "" };
    format!("{text}{more}")
}

#[cfg(test)]
mod tests;
