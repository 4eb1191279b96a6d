//! Encoding rows into a row group, apart from the file that it goes into.

use std::io;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};

use super::order::Order;
use super::properties::{Compression, properties};
use super::sql_properties::sql_properties;
use crate::error::{Error, Result};
use crate::tables::{Selection, SqlSelection};

/// Encodes row groups of one table; can be shared by threads.
#[derive(Clone)]
pub struct RowGroupEncoder {
    pub(super) schema: SchemaRef,
    pub(super) properties: WriterPropertiesPtr,
    pub(super) order: Option<Order>,
    factory: Arc<ArrowRowGroupWriterFactory>,
}

/// A row group that is ready to be appended to a part.
pub struct EncodedRowGroup {
    pub(super) columns: Vec<ArrowColumnChunk>,
    /// How many rows it has.
    pub rows: u64,
    /// Whether they are in the table's order.
    pub(super) is_sorted: bool,
}

impl RowGroupEncoder {
    /// An encoder for the selected columns.  The parts' metadata tell the `settings` by which the
    /// table was made.
    pub fn new(
        selection: &Selection,
        compression: Compression,
        settings: &[(&'static str, String)],
    ) -> Result<Self> {
        let properties = properties(selection, compression, settings)?;
        Self::with(selection.schema(), properties, Order::of(selection))
    }

    /// An encoder for a table of a database.
    pub fn of_sql(selection: &SqlSelection, compression: Compression) -> Result<Self> {
        let properties = sql_properties(selection, compression)?;
        Self::with(selection.schema(), properties, None)
    }

    fn with(schema: SchemaRef, properties: WriterProperties, order: Option<Order>) -> Result<Self> {
        let writer = ArrowWriter::try_new(io::sink(), Arc::clone(&schema), Some(properties))
            .map_err(cannot_encode)?;
        let (file, factory) = writer.into_serialized_writer().map_err(cannot_encode)?;
        Ok(Self {
            schema,
            properties: Arc::clone(file.properties()),
            order,
            factory: Arc::new(factory),
        })
    }

    /// Encodes the rows of all batches as one row group.
    pub fn encode(&self, batches: &[RecordBatch]) -> Result<EncodedRowGroup> {
        let mut writers = self
            .factory
            .create_column_writers(0)
            .map_err(cannot_encode)?;
        for batch in batches {
            let mut writer = writers.iter_mut();
            for (field, array) in self.schema.fields().iter().zip(batch.columns()) {
                for leaf in compute_leaves(field, array).map_err(cannot_encode)? {
                    let writer = writer
                        .next()
                        .ok_or_else(|| Error::internal("a table has more leaves than columns"))?;
                    writer.write(&leaf).map_err(cannot_encode)?;
                }
            }
        }
        let columns = writers
            .into_iter()
            .map(|writer| writer.close().map_err(cannot_encode))
            .collect::<Result<_>>()?;
        let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let is_sorted = self
            .order
            .as_ref()
            .is_some_and(|order| order.holds(batches));
        Ok(EncodedRowGroup {
            columns,
            rows,
            is_sorted,
        })
    }
}

fn cannot_encode(error: parquet::errors::ParquetError) -> Error {
    Error::internal("cannot encode Parquet").with_source(error)
}
