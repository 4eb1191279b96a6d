//! One input into tables, or several over which a page is spread.

use std::sync::Arc;

use super::digest::FileSums;
use super::document::Document;
use super::input_tables::InputTables;
use super::kinds::run_any_input_after;
use super::lane::Lane;
use super::plan::Plan;
use super::resume::check_still;
use super::row_groups::PartsByTable;
use super::sequences::{Sequence, read_sequence};
use super::sql::SqlTables;
use crate::error::{ErrorKind, Result};
use crate::frame::History;
use crate::sink::{InputEntry, Run};
use crate::source::{Input, Stamp};
use crate::tables::Reject;

/// What became of an input, or of several that were read as a sequence.
pub(super) struct Converted {
    /// The inputs, in the order in which they were read.
    pub(super) files: Vec<ConvertedFile>,
    pub(super) parts: PartsByTable,
    /// What was passed over, the first of many.
    pub(super) rejects: Vec<Reject>,
    /// The documents, as far as their wikis differ.
    pub(super) wikis: Vec<Arc<Document>>,
    /// The edits, of which sessions are made, sorted.
    pub(super) edits: Vec<Run>,
    /// The tables, if the input is a dump of these.
    pub(super) sql: Option<SqlTables>,
    /// Whether the first text is that of a stub, where a table needs texts.
    pub(super) begins_with_stub: Option<bool>,
}

/// An input as it was read.
pub(super) struct ConvertedFile {
    pub(super) number: usize,
    /// The file as it was read; `None` of what is none.
    pub(super) stamp: Option<Stamp>,
    pub(super) entry: InputEntry,
}

/// Writes the tables of a sequence of inputs; their parts have a number.
pub(super) fn convert_sequence(
    plan: &Plan<'_>,
    lane: &Lane<'_>,
    inputs: &[Input],
    sequence: &Sequence,
    number: usize,
) -> Result<Converted> {
    let mut tables = InputTables::new(plan, lane, number, sequence)?;
    let mut files: Vec<ConvertedFile> = Vec::new();
    let mut history: Option<History> = None;
    read_sequence(sequence, inputs, lane, &mut |lane, file, input| {
        let stamp = input.stamp()?;
        let lane = &Lane {
            sums: match plan.checks_files() {
                true => FileSums::of(input)?,
                false => None,
            },
            ..lane.clone()
        };
        tables.begin_file(file, input);
        if let Some(history) = history.as_mut().filter(|_| !sequence.is_whole()) {
            history.lose();
        }
        let outcome = run_any_input_after(history.take(), input, lane, &mut tables);
        if !matches!(&outcome, Err(error) if error.kind() == ErrorKind::Cancelled) {
            // Before what was found in it: a file that is still written looks damaged.
            check_still(input, stamp.as_ref())?;
        }
        let (passed, left) = outcome?;
        history = left;
        let checksums = tables.check_file(lane)?;
        let before = files.last().map(|before| before.entry.name.clone());
        files.push(ConvertedFile {
            number: file.number,
            stamp,
            entry: InputEntry {
                follows: before,
                ..tables.end_file(input, lane, passed, checksums)
            },
        });
        Ok(())
    })?;
    tables.finish(files)
}
