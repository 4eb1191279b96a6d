//! Reading parts back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchReader, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::layout::wiki_of_path;
use crate::error::{Error, ErrorKind, Result};
use crate::tables::WIKI_ID;

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
    /// The wiki of all rows, where it is asked for and the names of folders tell it.
    wiki: Option<Option<String>>,
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
        let in_file = |column: &str| builder.schema().index_of(column).is_ok();
        let wants_wiki = wanted.columns.contains(&WIKI_ID) && !in_file(WIKI_ID);
        let wiki = wiki_of_path(path).filter(|_| wants_wiki);
        for column in wanted.columns {
            let is_told = *column == WIKI_ID && wiki.is_some();
            if !in_file(column) && !is_told {
                return Err(Error::usage(format!(
                    "{name} has no column {column}, {}",
                    wanted.purpose
                )));
            }
        }
        let columns = wanted
            .columns
            .iter()
            .copied()
            .filter(|column| in_file(column));
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
            wiki,
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
        let batch = self.batches.next().transpose().map_err(|error| {
            Error::damaged(format!("{} cannot be read as Parquet", self.name)).with_source(error)
        })?;
        match (batch, &self.wiki) {
            (Some(batch), Some(wiki)) => with_wiki(&batch, wiki.as_deref()).map(Some),
            (batch, _) => Ok(batch),
        }
    }
}

/// The same rows with the column of their wiki.
fn with_wiki(batch: &RecordBatch, wiki: Option<&str>) -> Result<RecordBatch> {
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(WIKI_ID, DataType::Utf8, true)));
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(StringArray::from(vec![wiki; batch.num_rows()])));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| Error::internal("a column cannot be added").with_source(error))
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
