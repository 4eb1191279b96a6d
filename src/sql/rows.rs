//! The rows of an `INSERT`.

use super::value::{Misfit, Quoted, Short, Value};
use crate::marks::{BLOCK_BYTES, hits_in};

/// Takes rows, value by value.
pub trait Rows {
    /// Whether a column is wanted; values of others are not looked at.
    fn wants(&self, column: usize) -> bool;

    /// A value of a column, by the column's number.
    fn value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit>;

    /// The same, for values of rare forms.
    #[inline(never)]
    fn rare_value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit> {
        self.value(column, value)
    }

    /// The row is whole.
    fn row_ended(&mut self);

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
    let wanted = |column: &usize| rows.wants(*column).then_some(*column);
    let columns: Vec<_> = columns.iter().map(wanted).collect();
    let mut needs_comma = follows_row;
    loop {
        parser.skip_blank();
        if parser.at >= bytes.len() {
            return Ok(());
        }
        let row_begin = parser.at;
        let outcome = parser.between_rows(needs_comma).and_then(|()| {
            let begin = parser.at;
            let outcome = parser.row(&columns, rows);
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
            Ok(()) => rows.row_ended(),
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

    /// Reads a row, from its parenthesis on.  `columns`: the numbers of those that are wanted.
    #[inline]
    fn row<R: Rows>(&mut self, columns: &[Option<usize>], rows: &mut R) -> Result<(), Box<Broken>> {
        let begin = self.at;
        self.at += 1;
        let mut misfit = None;
        let mut index = 0;
        loop {
            self.skip_blank();
            let at = self.at;
            let column = columns.get(index).copied().flatten();
            let column = column.filter(|_| misfit.is_none());
            if let Err(Misfit(expected)) = self.value(column, rows)? {
                misfit = Some((at, self.at, index, expected));
            }
            index += 1;
            self.skip_blank();
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b')') => break,
                _ => return Err(self.unexpected("a comma or a parenthesis behind a value")),
            }
        }
        self.at += 1;
        if index != columns.len() {
            return Err(Box::new(Broken {
                at: begin,
                message: format!(
                    "a row has {index} values, and not {}, as its INSERT has columns",
                    columns.len()
                ),
                is_row_only: true,
                column: None,
            }));
        }
        match misfit {
            None => Ok(()),
            Some((at, end, index, expected)) => Err(Box::new(Broken {
                at,
                message: format!(
                    "value {} of a row is {}, and not {expected}",
                    index + 1,
                    shown(self.bytes.get(at..end).unwrap_or_default())
                ),
                is_row_only: true,
                column: columns.get(index).copied().flatten(),
            })),
        }
    }

    /// Reads a value and hands it to `rows`, if its column is wanted.
    ///
    /// Each of the frequent forms is handed on where it is read, so that it never lies in memory: a value
    /// written there in pieces and read as a whole takes longer than all else.
    #[inline]
    fn value<R: Rows>(
        &mut self,
        column: Option<usize>,
        rows: &mut R,
    ) -> Result<Result<(), Misfit>, Box<Broken>> {
        match self.byte() {
            Some(b'\'') => {
                let quoted = self.quoted()?;
                return Ok(taken(rows, column, Value::Quoted(quoted)));
            }
            Some(b'0'..=b'9') => {
                if let Some(short) = self.short() {
                    return Ok(taken(rows, column, Value::Short(short)));
                }
            }
            // Nothing of a word may follow.
            Some(b'N') if self.bytes.get(self.at..self.at + 5).is_some_and(is_null) => {
                self.at += 4;
                return Ok(taken(rows, column, Value::Null));
            }
            _ => {}
        }
        let value = self.rare_value()?;
        Ok(column.map_or(Ok(()), |column| rows.rare_value(column, value)))
    }

    /// A value of any form.
    #[inline(never)]
    fn rare_value(&mut self) -> Result<Value<'b>, Box<Broken>> {
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

    /// A number, if it is short and nothing strange.
    #[inline]
    fn short(&mut self) -> Option<Short<'b>> {
        let rest = self.bytes.get(self.at..)?;
        let short = Short::leading(rest)?;
        let length = short.digits().len();
        // Anything else goes on with it, as hexadecimal digits do behind `0x`, or is rare.
        if !matches!(rest.get(length), Some(b',' | b')')) {
            return None;
        }
        self.at += length;
        Some(short)
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
                    Some(b'\'' | b'0') => self.rare_value(),
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

/// Hands on a value that is wanted.
#[inline(always)]
fn taken<R: Rows>(rows: &mut R, column: Option<usize>, value: Value<'_>) -> Result<(), Misfit> {
    match column {
        Some(column) => rows.value(column, value),
        None => Ok(()),
    }
}

#[inline]
fn is_of_number(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

/// Whether bytes are `NULL` and what ends a value.
#[inline]
fn is_null(bytes: &[u8]) -> bool {
    matches!(bytes, [b'N', b'U', b'L', b'L', b',' | b')'])
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
mod tests {
    use super::*;

    /// Notes down what comes, in rows of two columns.
    #[derive(Default)]
    struct Noted {
        row: Vec<String>,
        rows: Vec<String>,
    }

    impl Rows for Noted {
        fn wants(&self, _: usize) -> bool {
            true
        }

        fn value(&mut self, column: usize, value: Value<'_>) -> Result<(), Misfit> {
            let value = match (column, value) {
                (_, Value::Null) => "null".to_owned(),
                (0, value) => value.int()?.to_string(),
                (_, value) => String::from_utf8_lossy(&value.bytes()?).into_owned(),
            };
            self.row.push(value);
            Ok(())
        }

        fn row_ended(&mut self) {
            self.rows.push(std::mem::take(&mut self.row).join("|"));
        }

        fn row_dropped(&mut self) {
            self.row.clear();
        }
    }

    fn parse(text: &str) -> (Vec<String>, Vec<(String, usize)>) {
        let mut noted = Noted::default();
        let mut faults = Vec::new();
        let mut fault = |fault: Fault| -> Result<(), ()> {
            faults.push((fault.message, fault.at));
            Ok(())
        };
        parse_run(
            text.as_bytes(),
            0,
            false,
            &[0, 1],
            100,
            &mut noted,
            &mut fault,
        )
        .unwrap();
        (noted.rows, faults)
    }

    #[test]
    fn values_of_all_forms() {
        let (rows, faults) = parse(
            r"(1,'a),(b'),
              (-2,NULL) , (3,_binary 'L\'x'),(4,0x4D4d),(5,x'4d'),(6,'it''s'),(7,1e-05),(8,'')",
        );
        assert_eq!(faults, []);
        assert_eq!(
            rows,
            [
                "1|a),(b", "-2|null", "3|L'x", "4|MM", "5|M", "6|it's", "7|1e-05", "8|"
            ]
        );
    }

    #[test]
    fn a_wrong_row_is_left_out() {
        let (rows, faults) = parse("(1,'a'),('x','b'),(3),(4,'d','e'),(5,'e')");
        assert_eq!(rows, ["1|a", "5|e"]);
        let expected = [
            (
                "value 1 of a row is 'x', and not a whole number of 64 bits with a sign",
                9,
            ),
            (
                "a row has 1 values, and not 2, as its INSERT has columns",
                18,
            ),
            (
                "a row has 3 values, and not 2, as its INSERT has columns",
                22,
            ),
        ];
        let expected = expected.map(|(message, at)| (message.to_owned(), at));
        assert_eq!(faults, expected);
    }

    #[test]
    fn broken_text_ends_the_reading() {
        for (text, message, at) in [
            (
                "(1,'a'),(2,'L'H'),(3,'c')",
                "expected a comma or a parenthesis behind a value, found H')",
                14,
            ),
            (
                "(1,'a'),(2,'b),(3,'c')",
                "expected a comma or a parenthesis behind a value, found c')",
                19,
            ),
            (
                "(1,'a'),(2,'b",
                "a string has no end: a quote is missing",
                11,
            ),
            (
                "(1,'a'),(2",
                "expected a comma or a parenthesis behind a value, found nothing more",
                10,
            ),
            (
                "(1,'a')(2,'b')",
                "expected a comma or a semicolon behind a row, found (2,'b')",
                7,
            ),
            (
                "(1,'a'),(2,_latin1 'b')",
                "a value is in the character set _latin1, which is not read",
                11,
            ),
            ("(1,'a'),(2,foo)", "expected a value, found foo)", 11),
        ] {
            let (rows, faults) = parse(text);
            assert_eq!(rows, ["1|a"], "{text}");
            assert_eq!(faults, [(message.to_owned(), at)], "{text}");
        }
    }
}
