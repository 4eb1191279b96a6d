//! From a table `diffs` back to the texts.

mod rows;

use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};

pub(super) use self::rows::{COLUMNS, Rows};
use self::rows::{Changes, Optional, OptionalText};
use super::progress::Stop;
use crate::derive::diff::rebuild;
use crate::derive::tokens::{Tokenized, Tokenizer};
use crate::error::{Error, Result};
use crate::sink::{PartReader, Wanted};
use crate::tables;

/// Rows that are read at once: few, as each may hold whole texts.
const BATCH_ROWS: usize = 64;

/// A revision with its text, as far as it can be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt<'r> {
    /// The wiki.
    pub wiki_id: Option<&'r str>,
    /// The page.
    pub page_id: Option<i64>,
    /// The revision.
    pub revision_id: Option<i64>,
    /// Why its text is in the dump or not.
    pub text_state: &'r str,
    /// Checksum of the text as declared.
    pub text_sha1: Option<&'r str>,
    /// The text; `None` where the dump does not have it, or where nothing leads to it.
    pub text: Option<&'r str>,
}

impl Rebuilt<'_> {
    /// Whether the dump has a text that is not here: the row before does not lead to it, and it is
    /// no keyframe.
    pub fn is_out_of_reach(&self) -> bool {
        self.text.is_none() && matches!(self.text_state, "present" | "empty")
    }
}

/// The parts of the table behind a path: a part, the table's folder, or that of a job.
pub fn diff_parts(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let of_job = path.join(tables::DIFFS.name);
    let folder = if of_job.is_dir() { &of_job } else { path };
    let cannot = |error| Error::io(format!("cannot read {}", folder.display()), error);
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            parts.push(path);
        }
    }
    // Names have the order of the rows.
    parts.sort();
    match parts.is_empty() {
        true => Err(Error::usage(format!(
            "there is no part of a table diffs in {}",
            folder.display()
        ))),
        false => Ok(parts),
    }
}

/// Rebuilds the texts of all rows of parts, in their order, and hands them on.
pub fn apply(
    parts: &[PathBuf],
    stop: &Stop,
    take: &mut dyn FnMut(&Rebuilt<'_>) -> Result<()>,
) -> Result<()> {
    let mut history = History::default();
    let wanted = Wanted {
        columns: &COLUMNS,
        purpose: "without which texts cannot be rebuilt",
        batch_rows: BATCH_ROWS,
        row_group: None,
    };
    for part in parts {
        let mut reader = PartReader::open(part, tables::DIFFS.name, &wanted)?;
        let tokenizer = reader
            .setting("diff_tokenizer")
            .and_then(Tokenizer::by_name)
            .ok_or_else(|| {
                Error::usage(format!(
                    "{} does not tell a tokenizer that is known: it is of another version",
                    part.display()
                ))
            })?;
        while let Some(batch) = reader.next_batch()? {
            stop.check()?;
            let rows = Rows::of(&batch)?;
            for row in 0..batch.num_rows() {
                history.take(&rows, row, tokenizer).map_err(|error| {
                    Error::damaged(format!("{}: {}", part.display(), error.message()))
                        .in_record(rows.page_ids.get(row), rows.revision_ids.get(row))
                })?;
                take(&Rebuilt {
                    wiki_id: rows.wiki_ids.text(row),
                    page_id: rows.page_ids.get(row),
                    revision_id: rows.revision_ids.get(row),
                    text_state: rows.text_states.value(row),
                    text_sha1: rows.sha1s.text(row),
                    text: history.text(),
                })?;
            }
        }
    }
    Ok(())
}

/// The text at hand, and whose it is.
#[derive(Default)]
pub(super) struct History {
    text: Option<Tokenized>,
    wiki_id: Option<String>,
    page_id: Option<i64>,
    revision_id: Option<i64>,
    index: i64,
}

impl History {
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(Tokenized::text)
    }

    /// Goes on to the next row.
    pub(super) fn take(&mut self, rows: &Rows<'_>, row: usize, tokenizer: Tokenizer) -> Result<()> {
        let text = match rows.keyframes.text(row) {
            Some(keyframe) => Some(keyframe.to_owned()),
            None => self.rebuild(rows, row)?,
        };
        self.text = text.map(|text| Tokenized::new(tokenizer, text));
        if self.wiki_id.as_deref() != rows.wiki_ids.text(row) {
            self.wiki_id = rows.wiki_ids.text(row).map(str::to_owned);
        }
        self.page_id = rows.page_ids.get(row);
        self.revision_id = rows.revision_ids.get(row);
        self.index = rows.indices.value(row);
        Ok(())
    }

    fn rebuild(&self, rows: &Rows<'_>, row: usize) -> Result<Option<String>> {
        if rows.operations.is_null(row) {
            return Ok(None);
        }
        let empty = Tokenized::default();
        let before = match rows.is_first.value(row) {
            true => Some(&empty),
            false => self.text.as_ref().filter(|_| self.leads_to(rows, row)),
        };
        let Some(before) = before else {
            return Ok(None);
        };
        let operations = rows.operations.value(row);
        rebuild(before, Changes::of(operations.as_struct())?.iter()?).map(Some)
    }

    /// Whether the text at hand is that of the revision before.
    fn leads_to(&self, rows: &Rows<'_>, row: usize) -> bool {
        self.page_id == rows.page_ids.get(row)
            && self.wiki_id.as_deref() == rows.wiki_ids.text(row)
            && self.revision_id == rows.previous_ids.get(row)
            && self.index + 1 == rows.indices.value(row)
    }
}
