//! What the writing of all inputs has in common.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::convert::Job;
use super::rows::Wanted;
use super::scan::{ScanJob, TableOutlet};
use super::sql::{Prepared, SqlWanted};
use crate::error::{Error, Result};
use crate::sink::{OutputFolder, Partition, RowGroupEncoder, TableWriter};
use crate::tables::{self, Selection};

/// The tables of a job, and where their rows go.
pub(super) struct Plan<'j> {
    pub(super) wanted: Arc<Wanted>,
    pub(super) sql: &'j SqlWanted,
    /// A row group is closed at so many bytes.
    pub(super) row_group_bytes: usize,
    /// The folder for what is sorted on disk.
    pub(super) sorting_folder: PathBuf,
    goal: Goal<'j>,
}

enum Goal<'j> {
    /// Parts in a folder.
    Parts {
        job: &'j Job,
        folder: &'j OutputFolder,
        encoders: BTreeMap<&'static str, RowGroupEncoder>,
    },
    /// Somebody who takes the batches of one table.
    Taker(TableOutlet),
}

impl<'j> Plan<'j> {
    /// Writes parts into a folder.
    pub(super) fn new(job: &'j Job, folder: &'j OutputFolder) -> Result<Self> {
        let encoder = |selection: &Selection| {
            let mut settings = job.protection.described();
            if selection.table.name == tables::DIFFS.name {
                settings.extend(job.diffs.described());
            }
            if selection.has_on_request() {
                let matching = job.history.wikiq_tokens.name().to_owned();
                settings.push(("wikiq_persistence", matching));
            }
            let encoder = RowGroupEncoder::new(selection, job.writer.packing, &settings)?;
            Ok((selection.table.name, encoder))
        };
        Ok(Self {
            wanted: Arc::new(Wanted {
                selections: job.selections.clone(),
                filters: job.filters.clone(),
                history: job.history,
                diffs: job.diffs,
                protection: job.protection.clone(),
                keep_going: job.limits.keep_going,
            }),
            sql: &job.sql,
            row_group_bytes: job.writer.row_group_bytes.min(job.limits.row_group_bytes()),
            sorting_folder: folder.sorting(),
            goal: Goal::Parts {
                job,
                folder,
                encoders: job
                    .selections
                    .iter()
                    .map(encoder)
                    .collect::<Result<BTreeMap<_, _>>>()?,
            },
        })
    }

    /// Hands batches to somebody; `sorting` is a folder for what is sorted on disk.
    pub(super) fn of_scan(
        job: &ScanJob,
        sql: &'j SqlWanted,
        outlet: TableOutlet,
        sorting: &Path,
    ) -> Self {
        Self {
            wanted: Arc::new(Wanted {
                selections: job.table.selection().into_iter().cloned().collect(),
                filters: job.filters.clone(),
                history: job.history,
                diffs: job.diffs,
                protection: job.protection.clone(),
                keep_going: job.limits.keep_going,
            }),
            sql,
            row_group_bytes: job.limits.row_group_bytes(),
            sorting_folder: sorting.to_owned(),
            goal: Goal::Taker(outlet),
        }
    }

    /// The partition of an input's rows of a wiki; `None` where tables have none.
    pub(super) fn partition(&self, input: usize, wiki_id: Option<&str>) -> Option<Partition> {
        let snapshots = match &self.goal {
            Goal::Parts { job, .. } => job.snapshots.as_ref()?,
            Goal::Taker(_) => return None,
        };
        Some(Partition {
            wiki_id: wiki_id.map(str::to_owned),
            snapshot: snapshots.get(input).cloned().unwrap_or_default(),
        })
    }

    /// Whether tables are partitioned by wiki and snapshot.
    pub(super) fn is_partitioned(&self) -> bool {
        matches!(&self.goal, Goal::Parts { job, .. } if job.snapshots.is_some())
    }

    /// Who takes batches, if they do not become parts.
    pub(super) fn outlet(&self) -> Option<&TableOutlet> {
        match &self.goal {
            Goal::Taker(outlet) => Some(outlet),
            Goal::Parts { .. } => None,
        }
    }

    /// Whether files are held against the checksums beside them.
    pub(super) fn checks_files(&self) -> bool {
        matches!(&self.goal, Goal::Parts { job, .. } if job.checks_files)
    }

    /// Names of the tables that become parts.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'static str> {
        let encoders = match &self.goal {
            Goal::Parts { encoders, .. } => Some(encoders),
            Goal::Taker(_) => None,
        };
        encoders
            .into_iter()
            .flat_map(|encoders| encoders.keys().copied())
    }

    /// What the names of files have that are sorted there, if others sort there, too.
    pub(super) fn attempt(&self) -> Option<&str> {
        match &self.goal {
            Goal::Parts { folder, .. } => folder.attempt(),
            Goal::Taker(_) => None,
        }
    }

    /// A writer of a table of an SQL dump, for one input or for the job as a whole.
    pub(super) fn sql_writer(
        &self,
        prepared: &Prepared,
        input: Option<usize>,
    ) -> Result<TableWriter> {
        let Goal::Parts { job, folder, .. } = &self.goal else {
            return Err(Error::internal("a scan writes no parts"));
        };
        let encoder = RowGroupEncoder::of_sql(&prepared.selection, job.writer.packing)?;
        Ok(TableWriter::new(
            folder.table(&prepared.name),
            input,
            encoder,
            job.writer.part_bytes,
            job.writer.access,
        )
        .of_attempt(folder.attempt()))
    }

    /// A writer of a table, for one input or for the job as a whole.
    pub(super) fn writer(&self, table: &'static str, input: Option<usize>) -> Result<TableWriter> {
        let Goal::Parts {
            job,
            folder,
            encoders,
        } = &self.goal
        else {
            return Err(Error::internal("a scan writes no parts"));
        };
        let encoder = encoders
            .get(table)
            .ok_or_else(|| Error::internal("a table is written that nobody wants"))?;
        Ok(TableWriter::new(
            folder.table(table),
            input,
            encoder.clone(),
            job.writer.part_bytes,
            job.writer.access,
        )
        .of_attempt(folder.attempt()))
    }
}
