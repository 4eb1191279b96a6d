//! A table as one Parquet file.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;

use super::packing::Packing;
use super::properties::properties;
use crate::error::{Error, Result};
use crate::tables::Selection;

/// A row group is closed at so many encoded bytes.
const ROW_GROUP_BYTES: usize = 16 << 20;

/// Writes batches into a file of Parquet.
pub struct ParquetFile<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> ParquetFile<W> {
    /// Begins a file of the selected columns.
    pub fn new(file: W, selection: &Selection, packing: Packing) -> Result<Self> {
        let properties = properties(selection, packing, &[])?;
        ArrowWriter::try_new(file, Arc::clone(&selection.schema()), Some(properties))
            .map(Self)
            .map_err(cannot_write)
    }

    /// Adds rows.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.0.write(batch).map_err(cannot_write)?;
        if self.0.in_progress_size() >= ROW_GROUP_BYTES {
            self.0.flush().map_err(cannot_write)?;
        }
        Ok(())
    }

    /// Ends the file and gives back where it was written.
    pub fn finish(self) -> Result<W> {
        self.0.into_inner().map_err(cannot_write)
    }
}

fn cannot_write(error: parquet::errors::ParquetError) -> Error {
    Error::io("cannot write Parquet", std::io::Error::other(error))
}
