//! Encoding rows into a row group, apart from the file that it goes into.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::Encoding;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::ColumnPath;

use super::column_factories::{ColumnFactories, factory};
use super::dictionaries;
use super::order::Order;
use super::packing::{Compression, Packing};
use super::properties::properties;
use super::read::PartReader;
use super::sql_properties::{sql_part_properties, sql_properties};
use super::trial_packing;
use crate::error::{Error, Result};
use crate::tables::{Selection, SqlSelection};

/// Encodes row groups of one table; can be shared by threads.
#[derive(Clone)]
pub struct RowGroupEncoder {
    pub(super) schema: SchemaRef,
    pub(super) properties: WriterPropertiesPtr,
    pub(super) order: Option<Order>,
    factory: Arc<ArrowRowGroupWriterFactory>,
    /// By column, for writers of that alone: each takes some memory.
    trial: ColumnFactories,
    /// The same with less ado: texts and bytes without dictionaries, numbers not packed.
    plain: ColumnFactories,
    /// Whether a sample tells if numbers are packed.
    judges_packing: bool,
}

/// A row group that is to be encoded.
pub struct UnencodedRowGroup {
    /// Its columns, until they are taken to be encoded.
    pub columns: Vec<UnencodedColumn>,
    rows: u64,
    is_sorted: bool,
}

/// A column of a row group that is to be encoded.
pub struct UnencodedColumn {
    encoder: RowGroupEncoder,
    /// Its rows, batch after batch.
    arrays: Vec<ArrayRef>,
    /// Its place in the schema.
    index: usize,
    writers: Vec<ArrowColumnWriter>,
}

/// A column of a row group that is encoded.
pub struct EncodedColumn(Vec<ArrowColumnChunk>);

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
        packing: Packing,
        settings: &[(&str, String)],
    ) -> Result<Self> {
        let properties = properties(selection, packing, settings)?;
        Self::with(
            selection.schema(),
            properties,
            packing,
            Order::of(selection),
        )
    }

    /// An encoder for a table of a database.
    pub fn of_sql(selection: &SqlSelection, packing: Packing) -> Result<Self> {
        let properties = sql_properties(selection, packing)?;
        Self::of_database(selection.schema(), properties, packing)
    }

    /// An encoder that writes a table of a database as one of its parts was written.
    pub(super) fn of_sql_part(table: &str, part: &PartReader, packing: Packing) -> Result<Self> {
        let schema = part.schema();
        let properties = sql_part_properties(table, part, packing)?;
        Self::of_database(schema, properties, packing)
    }

    fn of_database(
        schema: SchemaRef,
        properties: WriterProperties,
        packing: Packing,
    ) -> Result<Self> {
        Ok(Self {
            judges_packing: packing.compression.is_quick(),
            ..Self::with(schema, properties, packing, None)?
        })
    }

    fn with(
        schema: SchemaRef,
        properties: WriterProperties,
        packing: Packing,
        order: Option<Order>,
    ) -> Result<Self> {
        let plain = plain_properties(&schema, properties.clone(), packing)?;
        let (properties, factory) = factory(&schema, properties)?;
        Ok(Self {
            trial: ColumnFactories::new(&schema, Arc::clone(&properties)),
            plain: ColumnFactories::new(&schema, Arc::new(plain)),
            schema,
            properties,
            order,
            factory: Arc::new(factory),
            judges_packing: false,
        })
    }

    /// One row group with the rows of all batches, each column of which is to be encoded by whoever has
    /// time.  The rows of a column are let go as they are encoded.
    pub fn row_group(&self, batches: Vec<RecordBatch>) -> Result<UnencodedRowGroup> {
        let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let order = self.order.as_ref();
        let is_sorted = order.is_some_and(|order| order.holds(&batches));
        let writers = self.factory.create_column_writers(0);
        let mut writers = writers.map_err(cannot_encode)?.into_iter();
        let columns = self.schema.fields().iter().enumerate();
        let columns = columns.map(|(index, field)| {
            let leaves = leaves_of(field.data_type());
            UnencodedColumn {
                encoder: self.clone(),
                arrays: batches
                    .iter()
                    .map(|batch| Arc::clone(batch.column(index)))
                    .collect(),
                index,
                writers: writers.by_ref().take(leaves).collect(),
            }
        });
        Ok(UnencodedRowGroup {
            columns: columns.collect(),
            rows,
            is_sorted,
        })
    }

    /// Encodes the rows of all batches as one row group.
    pub fn encode(&self, batches: Vec<RecordBatch>) -> Result<EncodedRowGroup> {
        let mut group = self.row_group(batches)?;
        let columns = std::mem::take(&mut group.columns).into_iter();
        let encoded: Vec<_> = columns
            .map(UnencodedColumn::encode)
            .collect::<Result<_>>()?;
        Ok(group.encoded(encoded))
    }
}

impl UnencodedRowGroup {
    /// The row group, put together from its columns.
    pub fn encoded(self, columns: impl IntoIterator<Item = EncodedColumn>) -> EncodedRowGroup {
        EncodedRowGroup {
            columns: columns.into_iter().flat_map(|column| column.0).collect(),
            rows: self.rows,
            is_sorted: self.is_sorted,
        }
    }
}

impl UnencodedColumn {
    /// Encodes the column.
    pub fn encode(mut self) -> Result<EncodedColumn> {
        let schema = Arc::clone(&self.encoder.schema);
        let field = schema.field(self.index);
        if self.has_useless_dictionary(field) || self.hardly_packs(field)? {
            self.writers = self.encoder.plain.writers(self.index)?;
        }
        for array in self.arrays {
            write(&mut self.writers, field, &array)?;
        }
        let chunks = self.writers.into_iter();
        let chunks = chunks.map(|writer| writer.close().map_err(cannot_encode));
        Ok(EncodedColumn(chunks.collect::<Result<_>>()?))
    }

    fn has_useless_dictionary(&self, field: &Field) -> bool {
        let path = ColumnPath::from(field.name().as_str());
        dictionaries::is_judged(field.data_type())
            && self.encoder.properties.dictionary_enabled(&path)
            && dictionaries::are_different(&self.arrays)
    }

    /// Whether packing takes hardly anything off a column of numbers.
    fn hardly_packs(&self, field: &Field) -> Result<bool> {
        if !self.encoder.judges_packing || !trial_packing::is_judged(field.data_type()) {
            return Ok(false);
        }
        let Some(sample) = trial_packing::sample(&self.arrays) else {
            return Ok(false);
        };
        let mut writers = self.encoder.trial.writers(self.index)?;
        for array in sample {
            write(&mut writers, field, &array)?;
        }
        let mut chunks = writers.into_iter().map(ArrowColumnWriter::close);
        let chunk = chunks.next().transpose().map_err(cannot_encode)?;
        Ok(chunk.is_some_and(|chunk| trial_packing::saves_little(&chunk)))
    }
}

fn write(writers: &mut [ArrowColumnWriter], field: &Field, array: &ArrayRef) -> Result<()> {
    let leaves = compute_leaves(field, array).map_err(cannot_encode)?;
    if leaves.len() != writers.len() {
        return Err(Error::internal("a column has other leaves than its type"));
    }
    for (writer, leaf) in writers.iter_mut().zip(leaves) {
        writer.write(&leaf).map_err(cannot_encode)?;
    }
    Ok(())
}

/// Texts that are all different stand one behind the other, their lengths apart; so packed at a low
/// level they are as small as with their lengths between them at a higher one.  Numbers that hardly get
/// smaller by packing are not packed.
fn plain_properties(
    schema: &Schema,
    properties: WriterProperties,
    packing: Packing,
) -> Result<WriterProperties> {
    let mut builder = properties.into_builder();
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        let kind = field.data_type();
        if dictionaries::is_judged(kind) {
            builder = builder.set_column_dictionary_enabled(path.clone(), false);
            builder = packing.encode_small(builder, path, Encoding::DELTA_LENGTH_BYTE_ARRAY)?;
        } else if trial_packing::is_judged(kind) {
            builder = builder.set_column_compression(path, Compression::None.codec()?);
        }
    }
    Ok(builder.build())
}

/// How many columns Parquet makes of a type.
fn leaves_of(kind: &DataType) -> usize {
    match kind {
        DataType::Struct(fields) => fields
            .iter()
            .map(|field| leaves_of(field.data_type()))
            .sum(),
        DataType::List(field) | DataType::Map(field, _) => leaves_of(field.data_type()),
        _ => 1,
    }
}

pub(super) fn cannot_encode(error: parquet::errors::ParquetError) -> Error {
    Error::internal("cannot encode Parquet").with_source(error)
}

#[cfg(test)]
mod tests;
