//! One table as a stream of batches, for whoever wants rows and no files.
//!
//! The same pipeline as that of `convert`, but its rows go to a [`TableOutlet`] instead of a part.

mod outlet;
mod run;
mod schema;

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::options::{DiffOptions, Filters, HistoryOptions, Limits};
use super::progress::Stop;
use super::splits::Split;
use super::stream::Stream;
use crate::error::{Error, Result};
use crate::protect::Protection;
use crate::sink::Seen;
use crate::source::Input;
use crate::tables::{self, Reject, Selection};

pub(super) use outlet::{Handing, TableOutlet};

/// What is to be read, and of which table.
#[derive(Debug, Clone)]
pub struct ScanJob {
    /// The inputs, in order.
    pub inputs: Vec<Input>,
    /// What is to be read of them instead of all: the input is its file.
    pub split: Option<Split>,
    /// The table.
    pub table: ScanTable,
    /// The records wanted.
    pub filters: Filters,
    /// How tables of pages' histories are made.
    pub history: HistoryOptions,
    /// How the table `diffs` is made.
    pub diffs: DiffOptions,
    /// What becomes of personal data.
    pub protection: Protection,
    /// What bounds memory, and what happens at damage.
    pub limits: Limits,
    /// Worker threads.
    pub threads: usize,
    /// Whether rows come in the order of the inputs.  Then one is read at a time; else several are,
    /// which is faster where there are many and each is decoded by one thread.
    pub in_order: bool,
    /// Where `sessions` are sorted on disk.
    pub sorting_parent: PathBuf,
}

/// A table with the columns that are wanted of it.
#[derive(Debug, Clone)]
pub enum ScanTable {
    /// One of [`crate::tables::ALL`].
    Ours(Selection),
    /// A table of SQL dumps.
    Sql {
        /// The name that it is written by, such as `sql_page`.
        name: String,
        /// Its columns; all where nothing is said.
        columns: Option<Vec<String>>,
    },
}

impl ScanTable {
    /// The columns of a table of ours.
    pub(super) fn selection(&self) -> Option<&Selection> {
        match self {
            Self::Ours(selection) => Some(selection),
            Self::Sql { .. } => None,
        }
    }
}

/// What a scan has read, told at its end.
#[derive(Debug, Clone, Default)]
pub struct ScanReport {
    /// Counts over all inputs.
    pub seen: Seen,
    /// What was passed over because of damage, the first of many.
    pub rejects: Vec<Reject>,
}

/// The rows of a scan, in the order of the dump.
pub type Batches = Stream<RecordBatch, ScanReport>;

/// A scan whose schema is known; it can be run as often as its inputs can be read.
///
/// # Examples
///
/// The edits of each namespace, without any text being held for longer than it is read:
///
/// ```
/// use mwparquet::engine::{DiffOptions, Filters, HistoryOptions, Limits, Scan, ScanJob, ScanTable, Stop};
/// use mwparquet::{protect::Protection, source::Input, tables};
///
/// let columns = ["page_namespace_id".to_owned()];
/// let scan = Scan::open(ScanJob {
///     inputs: vec![Input::File("sample-dumps/containers.xml.bz2".into())],
///     split: None,
///     table: ScanTable::Ours(tables::Selection::of(tables::by_name("revisions").unwrap(), &columns)?),
///     filters: Filters::default(),
///     history: HistoryOptions::default(),
///     diffs: DiffOptions::default(),
///     protection: Protection::default(),
///     limits: Limits::default(),
///     threads: 2,
///     in_order: true,
///     sorting_parent: std::env::temp_dir(),
/// }, &Stop::default())?;
/// let mut rows = 0;
/// for batch in scan.batches() {
///     rows += batch?.num_rows();
/// }
/// assert!(rows > 0);
/// # Ok::<(), mwparquet::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scan {
    job: Arc<ScanJob>,
    schema: SchemaRef,
}

impl Scan {
    /// Finds the schema.  That of a table of SQL dumps stands in these, so their beginnings are read;
    /// nothing else is, yet.
    ///
    /// # Errors
    ///
    /// Of usage, if there is no input, or no SQL dump among them declares the table or the columns; or if
    /// a table is to be read of a split that is made of all inputs.
    pub fn open(job: ScanJob, stop: &Stop) -> Result<Self> {
        if job.inputs.is_empty() {
            return Err(Error::usage("there is nothing to scan"));
        }
        let of_job = [&tables::NAMESPACES, &tables::SESSIONS];
        if let (Some(_), Some(selection)) = (&job.split, job.table.selection())
            && of_job
                .iter()
                .any(|table| table.name == selection.table.name)
        {
            return Err(Error::usage(format!(
                "the table {} is made of all inputs, and belongs to no split: scan them without",
                selection.table.name
            )));
        }
        let schema = schema::schema_of(&job, stop)?;
        let job = Arc::new(job);
        Ok(Self { job, schema })
    }

    /// What is scanned.
    pub fn job(&self) -> &ScanJob {
        &self.job
    }

    /// The columns, each with its meaning as metadata.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The rows.  Reading begins when the first batch is asked for.
    pub fn batches(&self) -> Batches {
        let (job, schema) = (Arc::clone(&self.job), self.schema());
        Stream::new(move |outlet, progress, stop| {
            let outlet = TableOutlet::new(&job.table, schema, outlet);
            run::run(&job, outlet, progress, stop)
        })
    }
}
