//! What the writing of all inputs has in common.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::convert::Job;
use super::rows::Wanted;
use super::sql::Prepared;
use crate::error::{Error, Result};
use crate::sink::{OutputFolder, Partition, RowGroupEncoder, TableWriter};
use crate::tables::{self, Selection};

/// The tables of a job: their columns, encoders and folders.
pub(super) struct Plan<'j> {
    pub(super) job: &'j Job,
    pub(super) wanted: Arc<Wanted>,
    /// A row group is closed at so many bytes.
    pub(super) row_group_bytes: usize,
    folder: &'j OutputFolder,
    encoders: BTreeMap<&'static str, RowGroupEncoder>,
}

impl<'j> Plan<'j> {
    pub(super) fn new(job: &'j Job, folder: &'j OutputFolder) -> Result<Self> {
        let encoder = |selection: &Selection| {
            let mut settings = job.protection.described();
            if selection.table.name == tables::DIFFS.name {
                settings.extend(job.diffs.described());
            }
            let encoder = RowGroupEncoder::new(selection, job.writer.compression, &settings)?;
            Ok((selection.table.name, encoder))
        };
        Ok(Self {
            job,
            wanted: Arc::new(Wanted {
                selections: job.selections.clone(),
                filters: job.filters.clone(),
                history: job.history,
                diffs: job.diffs,
                protection: job.protection.clone(),
                keep_going: job.limits.keep_going,
            }),
            row_group_bytes: job.writer.row_group_bytes.min(job.limits.row_group_bytes()),
            folder,
            encoders: job
                .selections
                .iter()
                .map(encoder)
                .collect::<Result<BTreeMap<_, _>>>()?,
        })
    }

    /// The partition of an input's rows of a wiki; `None` where tables have none.
    pub(super) fn partition(&self, input: usize, wiki_id: Option<&str>) -> Option<Partition> {
        let snapshots = self.job.snapshots.as_ref()?;
        Some(Partition {
            wiki_id: wiki_id.map(str::to_owned),
            snapshot: snapshots.get(input).cloned().unwrap_or_default(),
        })
    }

    /// Names of the tables wanted.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.encoders.keys().copied()
    }

    /// The folder for what is sorted on disk.
    pub(super) fn sorting_folder(&self) -> PathBuf {
        self.folder.sorting()
    }

    /// A writer of a table of an SQL dump, for one input or for the job as a whole.
    pub(super) fn sql_writer(
        &self,
        prepared: &Prepared,
        input: Option<usize>,
    ) -> Result<TableWriter> {
        let encoder = RowGroupEncoder::of_sql(&prepared.selection, self.job.writer.compression)?;
        Ok(TableWriter::new(
            self.folder.table(&prepared.name),
            input,
            encoder,
            self.job.writer.part_bytes,
            self.job.writer.access,
        ))
    }

    /// A writer of a table, for one input or for the job as a whole.
    pub(super) fn writer(&self, table: &'static str, input: Option<usize>) -> Result<TableWriter> {
        let encoder = self
            .encoders
            .get(table)
            .ok_or_else(|| Error::internal("a table is written that nobody wants"))?;
        Ok(TableWriter::new(
            self.folder.table(table),
            input,
            encoder.clone(),
            self.job.writer.part_bytes,
            self.job.writer.access,
        ))
    }
}
