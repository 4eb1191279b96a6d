//! The one public error: what went wrong, where, and what it came from.

mod file_place;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub use file_place::FilePlace;

/// A result whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that keeps a job from going on, with the place where it happened.
///
/// `Display` gives one line: the input, what was expected and found, the place.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    location: Location,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What an [`Error`] means for the one who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that cannot be done as asked.
    Usage,
    /// The input is a dump, but cut, altered or not well formed.
    Damaged,
    /// The input is something else than a MediaWiki dump in XML or of SQL tables.
    NotADump,
    /// The surroundings fail: a file cannot be read, a disk is full.
    Environment,
    /// Somebody asked the job to stop.
    Cancelled,
    /// The program itself is wrong.
    Internal,
}

/// Where something was found, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// Name of the input as the user gave it.
    pub input: Option<Arc<str>>,
    /// Offset in the file as stored, in bits; containers that are not bit packed give whole bytes.
    pub file_offset_bits: Option<u64>,
    /// Offset in the decoded XML, in bytes.
    pub xml_offset_bytes: Option<u64>,
    /// Offset in the decoded SQL, in bytes.
    pub sql_offset_bytes: Option<u64>,
    /// Line in the decoded SQL, from 1.
    pub sql_line: Option<u64>,
    /// Id of the page it lies in.
    pub page_id: Option<i64>,
    /// Id of the revision it lies in.
    pub revision_id: Option<i64>,
}

impl Error {
    /// An error of a kind, with a message that says what was expected and found.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            location: Location::default(),
            source: None,
        }))
    }

    /// Short for [`ErrorKind::Damaged`].
    pub fn damaged(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, message)
    }

    /// Short for [`ErrorKind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Short for [`ErrorKind::Internal`]: a state that the code rules out.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Short for [`ErrorKind::Cancelled`].
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "stopped on request")
    }

    /// An operation on the surroundings failed: `what` names it ("cannot write x.parquet").
    pub fn io(what: impl Into<String>, error: std::io::Error) -> Self {
        Self::new(ErrorKind::Environment, what).with_source(error)
    }

    /// Adds what the error came from.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Names the input, unless a layer below has named it.
    #[must_use]
    pub fn in_input(mut self, name: &Arc<str>) -> Self {
        let input = &mut self.0.location.input;
        input.get_or_insert_with(|| Arc::clone(name));
        self
    }

    /// Adds the offset in the stored file, in bytes, unless it is known.
    #[must_use]
    pub fn at_file_byte(self, offset_bytes: u64) -> Self {
        self.at_file_bit(offset_bytes * 8)
    }

    /// Adds the offset in the stored file, in bits, unless it is known.
    #[must_use]
    pub fn at_file_bit(mut self, offset_bits: u64) -> Self {
        self.0.location.file_offset_bits.get_or_insert(offset_bits);
        self
    }

    /// Adds the offset in the decoded XML, in bytes, unless it is known.
    #[must_use]
    pub fn at_xml_byte(mut self, offset_bytes: u64) -> Self {
        self.0.location.xml_offset_bytes.get_or_insert(offset_bytes);
        self
    }

    /// Adds the offset in the decoded SQL, in bytes, and its line, unless they are known.
    #[must_use]
    pub fn at_sql(mut self, offset_bytes: u64, line: u64) -> Self {
        let location = &mut self.0.location;
        location.sql_offset_bytes.get_or_insert(offset_bytes);
        location.sql_line.get_or_insert(line);
        self
    }

    /// Takes away the offset in the decoded XML, where it does not count from the XML's begin.
    #[must_use]
    pub fn without_xml_byte(mut self) -> Self {
        self.0.location.xml_offset_bytes = None;
        self
    }

    /// Adds the page and revision it lies in.
    #[must_use]
    pub fn in_record(mut self, page_id: Option<i64>, revision_id: Option<i64>) -> Self {
        self.0.location.page_id = page_id;
        self.0.location.revision_id = revision_id;
        self
    }

    /// What the error means.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it happened.
    pub fn location(&self) -> &Location {
        &self.0.location
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            message,
            location,
            source,
            ..
        } = &*self.0;
        if let Some(input) = &location.input {
            write!(f, "{input}: ")?;
        }
        f.write_str(message)?;
        if let Some(source) = source {
            write!(f, ": {source}")?;
        }
        let place = location.place();
        if !place.is_empty() {
            write!(f, " ({})", place.join(", "))?;
        }
        Ok(())
    }
}

impl Location {
    fn place(&self) -> Vec<String> {
        let mut place = Vec::new();
        if let Some(bits) = self.file_offset_bits {
            place.push(match bits % 8 {
                0 => format!("byte {} of the file", bits / 8),
                bit => format!("byte {} bit {bit} of the file", bits / 8),
            });
        }
        if let Some(bytes) = self.xml_offset_bytes {
            place.push(format!("byte {bytes} of the XML"));
        }
        if let Some(line) = self.sql_line {
            place.push(format!("line {line}"));
        }
        if let Some(bytes) = self.sql_offset_bytes {
            place.push(format!("byte {bytes} of the SQL"));
        }
        if let Some(id) = self.page_id {
            place.push(format!("page {id}"));
        }
        if let Some(id) = self.revision_id {
            place.push(format!("revision {id}"));
        }
        place
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_with_all_that_is_known() {
        let error = Error::damaged("timestamp \"never\" is no time")
            .in_input(&"a.xml.bz2".into())
            .at_file_bit(83)
            .at_xml_byte(4096)
            .in_record(Some(7), Some(42));
        assert_eq!(
            error.to_string(),
            "a.xml.bz2: timestamp \"never\" is no time \
             (byte 10 bit 3 of the file, byte 4096 of the XML, page 7, revision 42)"
        );
    }

    #[test]
    fn the_first_place_stays() {
        let error = Error::damaged("x").at_xml_byte(1).at_xml_byte(2);
        assert_eq!(error.location().xml_offset_bytes, Some(1));
    }
}
