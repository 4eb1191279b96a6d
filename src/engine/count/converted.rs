//! Counts of what `convert` has written: the same records, read from Parquet.

mod histories;
mod rows;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chunk::Counting;
use super::spill::Spill;
use crate::derive::counts::{Counter, Groups, Subject};
use crate::engine::pool::{Pending, Pool};
use crate::engine::progress::Stop;
use crate::error::{Error, Result};
use crate::sink::{MANIFEST_NAME, Manifest, PartReader, Seen, TableEntry, Wanted};
use crate::tables::{self, TableInfo};

use rows::{Rows, needed_columns};

/// Row groups at the workers, beside one a thread.
const ROW_GROUPS_AHEAD: usize = 2;
const BATCH_ROWS: usize = 8192;

/// Whether a folder is that of a finished job.
pub fn is_finished_job(folder: &Path) -> bool {
    folder.join(MANIFEST_NAME).is_file()
}

/// What counting a folder takes.
pub(super) struct Means<'m> {
    pub(super) counting: &'m Arc<Counting>,
    pub(super) pool: &'m Pool,
    pub(super) stop: &'m Stop,
}

/// Counts what a finished job has written into a folder.
pub(super) fn count_folder(
    means: &Means<'_>,
    path: &Path,
    spill: &mut Spill<'_>,
    seen: &mut Seen,
) -> Result<()> {
    let folder = JobFolder::open(path)?;
    let has = |table: &TableInfo| folder.rows_of(table);
    let (revisions, log_items) = (has(&tables::REVISIONS), has(&tables::LOG_EVENTS));
    let subject = match (means.counting.plan.subject(), revisions > 0, log_items > 0) {
        (Some(subject), ..) => subject,
        (None, true, true) => {
            // Which of both is not told: the job ends with that.
            (seen.revisions, seen.log_items) = (revisions, log_items);
            return Ok(());
        }
        (None, false, true) => Subject::LogEntries,
        (None, ..) => Subject::Revisions,
    };
    let (table, rows) = match subject {
        Subject::Revisions => (&tables::REVISIONS, revisions),
        Subject::LogEntries => (&tables::LOG_EVENTS, log_items),
    };
    match subject {
        Subject::Revisions => seen.revisions += rows,
        Subject::LogEntries => seen.log_items += rows,
    }
    seen.rejects += folder.rejects();
    let columns = needed_columns(means.counting, subject);
    let entry = folder.table(table, &columns)?;
    match subject == Subject::Revisions && means.counting.plan.needs_histories() {
        true => histories::count(means, &folder, entry, &columns, spill),
        false => count_row_groups(means, &folder, subject, entry, &columns, spill),
    }
}

/// Counts the row groups of a table, several at once.
fn count_row_groups(
    means: &Means<'_>,
    folder: &JobFolder,
    subject: Subject,
    entry: &TableEntry,
    columns: &[&'static str],
    spill: &mut Spill<'_>,
) -> Result<()> {
    let table = table_of(subject);
    let mut counting = VecDeque::<Pending<Groups>>::new();
    for part in folder.parts(entry) {
        for row_group in 0..PartReader::row_groups(&part)? {
            means.stop.check()?;
            while counting.len() >= means.pool.threads() + ROW_GROUPS_AHEAD {
                if let Some(oldest) = counting.pop_front() {
                    spill.add(oldest.wait()?, means.pool)?;
                }
            }
            let (what, part) = (Arc::clone(means.counting), part.clone());
            let columns = columns.to_vec();
            counting.push_back(means.pool.spawn(move || {
                let wanted = wanted(&columns, Some(row_group));
                let mut reader = PartReader::open(&part, table.name, &wanted)?;
                let mut counter = Counter::new(&what.plan, None);
                while let Some(batch) = reader.next_batch()? {
                    let rows = Rows::of(&batch, subject)?;
                    (0..batch.num_rows())
                        .for_each(|row| rows.count(row, &what, &mut counter, None));
                }
                Ok(counter.take())
            }));
        }
    }
    for task in counting {
        spill.add(task.wait()?, means.pool)?;
    }
    Ok(())
}

fn table_of(subject: Subject) -> &'static TableInfo {
    match subject {
        Subject::Revisions => &tables::REVISIONS,
        Subject::LogEntries => &tables::LOG_EVENTS,
    }
}

/// Columns that are counted by.
fn wanted<'w>(columns: &'w [&'w str], row_group: Option<usize>) -> Wanted<'w> {
    Wanted {
        columns,
        purpose: "which the count needs",
        batch_rows: BATCH_ROWS,
        row_group,
    }
}

/// The folder of a finished job.
pub(super) struct JobFolder {
    path: PathBuf,
    manifest: Manifest,
}

impl JobFolder {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            manifest: Manifest::of_finished(path)?,
        })
    }

    fn rows_of(&self, table: &TableInfo) -> u64 {
        self.manifest
            .tables
            .get(table.name)
            .map_or(0, |entry| entry.rows)
    }

    fn rejects(&self) -> u64 {
        self.manifest
            .inputs
            .iter()
            .map(|input| input.seen.rejects)
            .sum()
    }

    /// A table with the columns that are needed.
    pub(super) fn table(&self, table: &TableInfo, columns: &[&'static str]) -> Result<&TableEntry> {
        let folder = self.path.display();
        let entry = self.manifest.tables.get(table.name).ok_or_else(|| {
            Error::usage(format!(
                "{folder} has no table {0}, which the count needs: convert with --tables {0}",
                table.name
            ))
        })?;
        // Of partitions the names of folders tell it.
        let in_path = |column: &str| {
            let mut parts = entry.parts.iter();
            column == tables::WIKI_ID && parts.any(|part| part.path.contains("/wiki_id="))
        };
        match columns
            .iter()
            .find(|column| !entry.columns.iter().any(|found| found == **column) && !in_path(column))
        {
            Some(column) => Err(Error::usage(format!(
                "the table {} in {folder} has no column {column}, which the count needs",
                table.name
            ))),
            None => Ok(entry),
        }
    }

    /// The parts of a table, in the order of its rows.
    pub(super) fn parts(&self, entry: &TableEntry) -> Vec<PathBuf> {
        entry
            .parts
            .iter()
            .map(|part| self.path.join(&part.path))
            .collect()
    }
}
