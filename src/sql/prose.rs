//! What stands between rows: comments and statements.

use super::detect::begins_with;
use super::rows::shown;
use super::tokens::{Tokens, quoted_length};

/// What the text between rows goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// A comment of so many bytes.
    Comment(usize),
    /// An `INSERT` or `REPLACE`.
    Insert,
    /// Another statement of so many bytes, its semicolon included.
    Statement(usize),
    /// From here to the line that ends it the delimiter is another one: so many bytes.
    Delimited(usize),
    /// The bytes end within it.
    CutOff,
    /// What no dump of tables has.
    Unknown,
}

/// How statements begin.  Those that are not of tables and rows are passed over.
const STATEMENTS: [&str; 18] = [
    "SET", "USE", "DROP", "CREATE", "ALTER", "LOCK", "UNLOCK", "START", "BEGIN", "COMMIT",
    "ANALYZE", "TRUNCATE", "DELETE", "CHANGE", "FLUSH", "GRANT", "CALL", "SELECT",
];
/// Longer words begin no statement.
const WORD_MAX_BYTES: usize = 16;

/// What `text`, which begins with no white space, goes on with.
pub(super) fn next_item(text: &[u8], is_end: bool) -> Item {
    let cut_off = |length: Option<usize>, item: fn(usize) -> Item| match length {
        Some(length) => item(length),
        None if is_end => item(text.len()),
        None => Item::CutOff,
    };
    let line = || memchr::memchr(b'\n', text).map(|end| end + 1);
    match text {
        [b'-', b'-', b' ' | b'\t' | b'\r' | b'\n', ..] | [b'-', b'-'] | [b'#', ..] => {
            cut_off(line(), Item::Comment)
        }
        [b'-' | b'/'] if !is_end => Item::CutOff,
        [b'/', b'*', ..] => match memchr::memmem::find(text, b"*/") {
            Some(end) => Item::Comment(end + 2),
            None => Item::CutOff,
        },
        [b';', ..] => Item::Statement(1),
        _ => {
            let letters = text.iter().take(WORD_MAX_BYTES + 1);
            let length = letters
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count();
            let word = text.get(..length).unwrap_or_default();
            let is = |keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
            match () {
                () if length == text.len() && length <= WORD_MAX_BYTES => Item::CutOff,
                () if is("INSERT") || is("REPLACE") => Item::Insert,
                () if is("DELIMITER") => delimited(text),
                () if STATEMENTS.into_iter().any(is) => {
                    statement_length(text).map_or(Item::CutOff, Item::Statement)
                }
                () => Item::Unknown,
            }
        }
    }
}

/// From `DELIMITER ;;` to the line `DELIMITER ;`: triggers and procedures.
fn delimited(text: &[u8]) -> Item {
    const END: &[u8] = b"DELIMITER ;\n";
    if text.starts_with(END) {
        return Item::Delimited(END.len());
    }
    match memchr::memmem::find(text, b"\nDELIMITER ;\n") {
        Some(at) => Item::Delimited(at + 1 + END.len()),
        None => Item::CutOff,
    }
}

/// Length of a statement, its semicolon included; `None` if it has no end here.
fn statement_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += match rest {
            [] => return None,
            [b';', ..] => return Some(at + 1),
            [b'\'' | b'"' | b'`', ..] => quoted_length(rest)?,
            [b'/', b'*', b'!' | b'M', ..] => 3,
            [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/")? + 2,
            [b'-', b'-', b' ', ..] => memchr::memchr(b'\n', rest)?,
            _ => 1,
        };
    }
}

/// What comments and settings say of a dump.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    /// The database, by `-- Host: …    Database: …`.
    pub(super) database: Option<String>,
    /// The program that wrote it, by its first comment.
    pub(super) writer: Option<String>,
    /// Whether times are in UTC.
    pub(super) is_utc: bool,
    /// The character set, by `SET NAMES`.
    pub(super) names: Option<String>,
    /// Whether the writer is one that ends with `-- Dump completed`.
    needs_end: bool,
    has_end: bool,
}

impl Notes {
    /// Looks at a comment.
    pub(super) fn comment(&mut self, text: &[u8]) {
        if text.starts_with(b"/*") {
            return self.statement(text);
        }
        let text = text.strip_prefix(b"--").unwrap_or_default().trim_ascii();
        let is_header = ["MySQL dump ", "MariaDB dump "]
            .iter()
            .any(|begin| text.starts_with(begin.as_bytes()));
        if is_header {
            let line = String::from_utf8_lossy(text).into_owned();
            *self = Self {
                // The programs up to 9 wrote no end.
                needs_end: version_of(&line).is_some_and(|version| version >= 10),
                writer: Some(line),
                ..Self::default()
            };
        } else if text.starts_with(b"Host:")
            && let Some(at) = memchr::memmem::find(text, b"Database:")
        {
            let name = text.get(at + 9..).unwrap_or_default().trim_ascii();
            let name = String::from_utf8_lossy(name).into_owned();
            self.database = Some(name).filter(|name| !name.is_empty());
        } else if text.starts_with(b"Dump completed") {
            self.has_end = true;
        }
    }

    /// Looks at a statement, or at one in a comment for some versions.
    pub(super) fn statement(&mut self, text: &[u8]) {
        let mut tokens = Tokens::new(text);
        match tokens.next() {
            Some(first) if first.is("SET") => {}
            _ => return,
        }
        let name = tokens.next();
        if name.as_ref().is_some_and(|name| name.is("NAMES")) {
            let names = tokens.next().and_then(|token| match token {
                super::tokens::Token::Text(text) => Some(shown(text)),
                token => token.into_name(),
            });
            self.names = names.map(|names| names.to_ascii_lowercase());
        } else if name.is_some_and(|name| name.is("TIME_ZONE")) {
            self.is_utc |= memchr::memmem::find(text, b"'+00:00'").is_some();
        }
    }

    /// Whether the dump's own end is missing.
    pub(super) fn lacks_end(&self) -> bool {
        self.needs_end && !self.has_end
    }
}

/// The version in `MySQL dump 10.13  Distrib …`.
fn version_of(line: &str) -> Option<u32> {
    let (_, version) = line.split_once("dump ")?;
    version.split(['.', ' ']).next()?.parse().ok()
}

/// Whether a line begins as only a statement of a dump does: behind damage reading goes on there.
/// No dump has a line break in a string.
pub(super) fn begins_statement(line: &[u8]) -> bool {
    const BEGINS: [&[u8]; 12] = [
        b"INSERT INTO `",
        b"INSERT IGNORE INTO `",
        b"INSERT  IGNORE INTO `",
        b"REPLACE INTO `",
        b"REPLACE  INTO `",
        b"CREATE TABLE `",
        b"DROP TABLE IF EXISTS `",
        b"/*!40000 ALTER TABLE `",
        b"LOCK TABLES `",
        b"UNLOCK TABLES;",
        b"-- Dump completed",
        b"-- Table structure",
    ];
    BEGINS.iter().any(|begin| begins_with(line, begin))
}

/// So many bytes of a line are enough for [`begins_statement`].
pub(super) const BEGIN_BYTES: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items() {
        for (text, item) in [
            ("-- a\nb", Item::Comment(5)),
            ("-- a", Item::CutOff),
            ("--\nb", Item::Comment(3)),
            ("/*!999999\\- sandbox */ ", Item::Comment(22)),
            ("/* a", Item::CutOff),
            ("insert into", Item::Insert),
            ("INSERT", Item::CutOff),
            ("SET a='x;y', `b;` = \"c\\\";\"; d", Item::Statement(27)),
            ("DROP TABLE `a", Item::CutOff),
            (
                "DELIMITER ;;\nBEGIN x; END ;;\nDELIMITER ;\nSET",
                Item::Delimited(41),
            ),
            ("<html>", Item::Unknown),
            ("Foo'),(", Item::Unknown),
        ] {
            assert_eq!(next_item(text.as_bytes(), false), item, "{text}");
        }
        assert_eq!(next_item(b"-- a", true), Item::Comment(4));
    }

    #[test]
    fn notes() {
        let mut notes = Notes::default();
        assert!(!notes.lacks_end());
        notes.comment(b"-- MariaDB dump 10.19  Distrib 10.5.29-MariaDB, for x\n");
        notes.comment(b"-- Host: db.example    Database: aawiki\n");
        notes.comment(b"/*!40101 SET NAMES utf8mb4 */");
        notes.comment(b"/*!40103 SET TIME_ZONE='+00:00' */");
        assert!(notes.lacks_end() && notes.is_utc);
        assert_eq!(notes.database.as_deref(), Some("aawiki"));
        assert_eq!(notes.names.as_deref(), Some("utf8mb4"));
        notes.comment(b"-- Dump completed on 2026-01-01 13:22:16");
        assert!(!notes.lacks_end());
        notes.comment(b"-- MySQL dump 9.11\n");
        assert!(!notes.lacks_end());
    }
}
