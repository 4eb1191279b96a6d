//! Reading parts back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::error::{Error, ErrorKind, Result};

/// Begin of the names of metadata that are ours.
const OURS: &str = "mwparquet.";

/// What is wanted of a part.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Names of columns.
    pub columns: &'w [&'w str],
    /// What is said of a column that is not there: "without which …".
    pub purpose: &'w str,
    /// Rows that are read at once.
    pub batch_rows: usize,
    /// One row group; `None` for all.
    pub row_group: Option<usize>,
}

/// A part of a table, read from its front.
pub struct PartReader {
    name: String,
    settings: BTreeMap<String, String>,
    /// Columns with a dictionary.
    with_dictionary: BTreeSet<String>,
    is_sorted: bool,
    batches: ParquetRecordBatchReader,
}

impl PartReader {
    /// How many row groups a part has.
    pub fn row_groups(path: &Path) -> Result<usize> {
        open(path).map(|builder| builder.metadata().num_row_groups())
    }

    /// Opens a part of the table `table`.
    pub fn open(path: &Path, table: &str, wanted: &Wanted<'_>) -> Result<Self> {
        let name = path.display().to_string();
        let builder = open(path)?;
        let metadata = builder.metadata().file_metadata().key_value_metadata();
        let settings: BTreeMap<_, _> = metadata
            .into_iter()
            .flatten()
            .filter_map(|pair| {
                let name = pair.key.strip_prefix(OURS)?;
                Some((name.to_owned(), pair.value.clone()?))
            })
            .collect();
        if settings.get("table").is_none_or(|found| found != table) {
            return Err(Error::usage(format!(
                "{name} is no part of a table {table}: expected what `mwparquet convert --tables {table}` has written"
            )));
        }
        for column in wanted.columns {
            if builder.schema().index_of(column).is_err() {
                return Err(Error::usage(format!(
                    "{name} has no column {column}, {}",
                    wanted.purpose
                )));
            }
        }
        let columns = wanted.columns.iter().copied();
        let columns = ProjectionMask::columns(builder.parquet_schema(), columns);
        let mut builder = builder
            .with_projection(columns)
            .with_batch_size(wanted.batch_rows);
        if let Some(row_group) = wanted.row_group {
            builder = builder.with_row_groups(vec![row_group]);
        }
        let groups = builder.metadata().row_groups();
        let is_sorted = groups.iter().all(|group| group.sorting_columns().is_some());
        let with_dictionary =
            groups
                .iter()
                .flat_map(|group| group.columns())
                .filter_map(|column| {
                    let has_one = column.dictionary_page_offset().is_some();
                    has_one.then(|| column.column_path().string())
                });
        let with_dictionary = with_dictionary.collect();
        let batches = builder
            .build()
            .map_err(|error| not_readable(&name, error))?;
        Ok(Self {
            name,
            settings,
            with_dictionary,
            is_sorted,
            batches,
        })
    }

    /// Opens a part of the table `table` with all of its columns.
    pub(super) fn open_whole(path: &Path, table: &str, batch_rows: usize) -> Result<Self> {
        let names: Vec<_> = {
            let builder = open(path)?;
            let fields = builder.schema().fields().iter();
            fields.map(|field| field.name().clone()).collect()
        };
        let columns: Vec<_> = names.iter().map(String::as_str).collect();
        let wanted = Wanted {
            columns: &columns,
            purpose: "",
            batch_rows,
            row_group: None,
        };
        Self::open(path, table, &wanted)
    }

    /// What the metadata say of how the table was made, by name.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = self.settings.iter();
        settings.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The columns that are read.
    pub(super) fn schema(&self) -> SchemaRef {
        let schema = self.batches.schema();
        Arc::new(Schema::new(schema.fields().clone()))
    }

    /// Whether a column has a dictionary in any row group.
    pub(super) fn has_dictionary(&self, column: &str) -> bool {
        self.with_dictionary.contains(column)
    }

    /// Whether the part says that its rows are in the table's order.
    pub(super) fn is_sorted(&self) -> bool {
        self.is_sorted
    }

    /// What the metadata say of how the table was made.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    /// The next rows; `None` at the end.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        self.batches.next().transpose().map_err(|error| {
            Error::damaged(format!("{} cannot be read as Parquet", self.name)).with_source(error)
        })
    }
}

/// Whether a file says of itself that it is a part of a table that we wrote.
pub(super) fn is_part_of(path: &Path, table: &str) -> bool {
    let nothing = Wanted {
        columns: &[],
        purpose: "",
        batch_rows: 1,
        row_group: None,
    };
    PartReader::open(path, table, &nothing).is_ok()
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::io(format!("cannot read {name}"), error))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| not_readable(&name, error))
}

fn not_readable(name: &str, error: parquet::errors::ParquetError) -> Error {
    Error::new(
        ErrorKind::Damaged,
        format!("{name} cannot be read as Parquet"),
    )
    .with_source(error)
}
