//! Statements and comments between rows.

use std::sync::Arc;

use super::{Declared, Frame, Framer, Insert, not_a_dump};
use crate::error::{Error, Result};
use crate::model::{SqlKind, SqlTable};
use crate::sql::definition::{BadDefinition, parse_definition};
use crate::sql::insert::{Head, Read, read_head};
use crate::sql::prose::{Item, begins_statement, next_item};
use crate::sql::rows::shown;

/// Character sets in which texts are UTF-8, or bytes as the database has them.
const NAMES_READ: [&str; 5] = ["utf8", "utf8mb3", "utf8mb4", "binary", "ascii"];
/// Character sets in which no byte of a character is a backslash or a quote.
const NAMES_WITHOUT_BACKSLASHES: [&str; 3] = ["latin1", "koi8r", "cp1251"];
/// So much of what is no SQL is shown.
const SHOWN_BYTES: usize = 20;
/// Longest statement without rows: real ones have some kilobytes.
const STATEMENT_MAX_BYTES: usize = 16 << 20;

impl Framer {
    /// Reads what stands next between rows; `false` where more bytes are needed.
    pub(super) fn read_prose(&mut self, is_end: bool) -> Result<bool> {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let mut blank = rest.len() - rest.trim_ascii_start().len();
        if self.base == 0 && self.at == 0 && rest.starts_with(b"\xef\xbb\xbf") {
            blank = 3;
        }
        self.at += blank;
        if self.at >= self.buffer.len() {
            self.drop_read();
            return Ok(false);
        }
        if blank > 0 {
            return Ok(true);
        }
        if self.at >= self.options.chunk_bytes {
            self.emit_chunk(self.at);
            return Ok(true);
        }
        match next_item(rest, is_end) {
            Item::Comment(length) => {
                let text = rest.get(..length).unwrap_or_default().to_vec();
                self.notes.comment(&text);
                self.at += length;
            }
            Item::Delimited(length) => self.at += length,
            Item::Insert => return self.read_insert(is_end),
            Item::Statement(length) => {
                let text = rest.get(..length).unwrap_or_default().to_vec();
                self.read_statement(&text)?;
            }
            Item::CutOff if rest.len() > STATEMENT_MAX_BYTES => {
                let why = format!(
                    "a statement without rows has more than {} MiB",
                    STATEMENT_MAX_BYTES >> 20
                );
                return self.give_up(why);
            }
            Item::CutOff => return Ok(false),
            // What is told of it must not depend on how the bytes come.
            Item::Unknown if rest.len() < SHOWN_BYTES && !is_end => return Ok(false),
            Item::Unknown => {
                let why = format!(
                    "expected a statement or a comment, found {}",
                    shown(rest.get(..SHOWN_BYTES).unwrap_or(rest))
                );
                return self.give_up(why);
            }
        }
        Ok(true)
    }

    /// Gives up what stands here.
    fn give_up(&mut self, why: String) -> Result<bool> {
        if self.tables.is_empty() && !self.options.keep_going {
            return Err(not_a_dump(&why));
        }
        self.lose(self.at, Error::damaged(why))?;
        Ok(true)
    }

    fn read_statement(&mut self, text: &[u8]) -> Result<()> {
        let begin = self.at;
        let body = text.strip_suffix(b";").unwrap_or(text);
        match parse_definition(body, self.notes.is_utc) {
            Ok(None) => {
                self.notes.statement(body);
                self.at += text.len();
            }
            Ok(Some(table)) => {
                if let Some(why) = self.unread_names(&table) {
                    let why = self.placed(begin, Error::damaged(why));
                    self.emit_chunk(begin);
                    return Err(why);
                }
                // Rows behind it can be of another table, and of this one in another form.
                self.emit_chunk(begin);
                let sql_offset_bytes = self.base;
                self.at += text.len();
                let table = Arc::new(table);
                let name = table.name.clone();
                self.last_head.clear();
                self.tables.insert(name, Arc::clone(&table));
                self.frames.push_back(Frame::Table(Declared {
                    table,
                    database: self.notes.database.clone(),
                    writer: self.notes.writer.clone(),
                    sql_offset_bytes,
                }));
            }
            Err(BadDefinition(why)) => {
                let why = Error::damaged(format!("a CREATE TABLE cannot be read: {why}"));
                self.lose(begin, why)?;
            }
        }
        Ok(())
    }

    /// Why texts of a table cannot be read, if they cannot.
    fn unread_names(&self, table: &SqlTable) -> Option<String> {
        let names = self.notes.names.as_deref()?;
        let is_text = |declared: &str| {
            ![
                "binary",
                "varbinary",
                "blob",
                "tinyblob",
                "mediumblob",
                "longblob",
            ]
            .iter()
            .any(|bytes| declared.split('(').next() == Some(bytes))
        };
        let mut texts = table.columns.iter();
        let has_texts =
            texts.any(|column| column.kind == SqlKind::Text && is_text(&column.declared));
        let is_read = NAMES_READ.contains(&names)
            || (NAMES_WITHOUT_BACKSLASHES.contains(&names) && !has_texts);
        (!is_read).then(|| {
            format!(
                "the dump is in the character set {names}, and only utf8mb4, utf8 and binary are \
                 read: dump it again with --default-character-set=utf8mb4"
            )
        })
    }

    fn placed(&self, at: usize, why: Error) -> Error {
        let (offset, line) = self.place_of(at);
        why.at_sql(offset, line)
            .at_file_byte(self.file_offset_of(offset))
    }

    fn read_insert(&mut self, is_end: bool) -> Result<bool> {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let begin = self.at;
        let previous = match begin.checked_sub(1) {
            Some(at) => self.buffer.get(at).copied().unwrap_or_default(),
            None => self.before,
        };
        let fresh = previous == b'\n' && begins_statement(rest);
        let head_bytes = if !self.last_head.is_empty() && rest.starts_with(&self.last_head) {
            self.last_head.len()
        } else {
            let head = match read_head(rest) {
                Read::Whole(head) => head,
                Read::CutOff if is_end || rest.len() > STATEMENT_MAX_BYTES => {
                    return self.give_up("an INSERT has no VALUES".to_owned());
                }
                Read::CutOff => return Ok(false),
                Read::Bad(why) => return self.give_up(why.to_owned()),
            };
            let head_text = rest.get(..head.bytes).unwrap_or_default().to_vec();
            let insert = match self.insert_of(&head) {
                Ok(insert) => insert,
                Err(why) => return self.give_up(why),
            };
            let is_other_table = self
                .insert
                .as_ref()
                .is_some_and(|last| !Arc::ptr_eq(&last.table, &insert.table));
            if is_other_table {
                self.emit_chunk(self.at);
            }
            self.insert = Some(insert);
            self.last_head = head_text;
            self.last_head.len()
        };
        let fresh_at = fresh.then_some(self.base + self.at as u64);
        self.at += head_bytes;
        self.begin_run(fresh_at);
        Ok(true)
    }

    fn insert_of(&self, head: &Head) -> std::result::Result<Insert, String> {
        let Some(table) = self.tables.get(&head.table) else {
            return Err(format!(
                "there is no CREATE TABLE `{}` before its INSERT, so its columns are not known",
                head.table
            ));
        };
        let columns: Arc<[usize]> = match &head.columns {
            None => (0..table.columns.len()).collect(),
            Some(names) => names
                .iter()
                .map(|name| {
                    let mut columns = table.columns.iter();
                    columns
                        .position(|column| column.name == *name)
                        .ok_or_else(|| {
                            format!(
                                "an INSERT names a column that `{}` has not: {name}",
                                table.name
                            )
                        })
                })
                .collect::<std::result::Result<_, _>>()?,
        };
        let mut seen = vec![false; table.columns.len()];
        for column in columns.iter() {
            match seen.get_mut(*column) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err("an INSERT names a column twice".to_owned()),
            }
        }
        let missing = table
            .columns
            .iter()
            .enumerate()
            .find(|(number, column)| !column.is_generated && !columns.contains(number));
        if let Some((_, column)) = missing {
            return Err(format!("an INSERT leaves out the column {}", column.name));
        }
        Ok(Insert {
            table: Arc::clone(table),
            columns,
        })
    }
}
