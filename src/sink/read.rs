//! Reading parts back.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::error::{Error, ErrorKind, Result};

/// Rows that are read at once: few, as each may hold whole texts.
const BATCH_ROWS: usize = 64;

/// Begin of the names of metadata that are ours.
const OURS: &str = "mwparquet.";

/// A part of a table, read from its front.
pub struct PartReader {
    name: String,
    settings: BTreeMap<String, String>,
    batches: ParquetRecordBatchReader,
}

impl PartReader {
    /// Opens a part of the table `table`, of which the `columns` are wanted.
    pub fn open(path: &Path, table: &str, columns: &[&str]) -> Result<Self> {
        let name = path.display().to_string();
        let file =
            File::open(path).map_err(|error| Error::io(format!("cannot read {name}"), error))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| not_readable(&name, error))?;
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
        for column in columns {
            if builder.schema().index_of(column).is_err() {
                return Err(Error::usage(format!(
                    "{name} has no column {column}, without which texts cannot be rebuilt"
                )));
            }
        }
        let wanted = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let batches = builder
            .with_projection(wanted)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|error| not_readable(&name, error))?;
        Ok(Self {
            name,
            settings,
            batches,
        })
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
    PartReader::open(path, table, &[]).is_ok()
}

fn not_readable(name: &str, error: parquet::errors::ParquetError) -> Error {
    Error::new(
        ErrorKind::Damaged,
        format!("{name} cannot be read as Parquet"),
    )
    .with_source(error)
}
