//! Encoding rows into a row group, apart from the file that it goes into.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::Encoding;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::ColumnPath;

use super::dictionaries;
use super::order::Order;
use super::packing::Packing;
use super::properties::properties;
use super::read::PartReader;
use super::sql_properties::{sql_part_properties, sql_properties};
use crate::error::{Error, Result};
use crate::tables::{Selection, SqlSelection};

/// Encodes row groups of one table; can be shared by threads.
#[derive(Clone)]
pub struct RowGroupEncoder {
    pub(super) schema: SchemaRef,
    pub(super) properties: WriterPropertiesPtr,
    pub(super) order: Option<Order>,
    factory: Arc<ArrowRowGroupWriterFactory>,
    /// The same without dictionaries of texts and bytes.
    plain_factory: Arc<ArrowRowGroupWriterFactory>,
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
    /// The places of its leaves among all of the schema.
    leaves: Range<usize>,
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
        Self::with(selection.schema(), properties, packing, None)
    }

    /// An encoder that writes a table of a database as one of its parts was written.
    pub(super) fn of_sql_part(table: &str, part: &PartReader, packing: Packing) -> Result<Self> {
        let schema = part.schema();
        let properties = sql_part_properties(table, part, packing)?;
        Self::with(schema, properties, packing, None)
    }

    fn with(
        schema: SchemaRef,
        properties: WriterProperties,
        packing: Packing,
        order: Option<Order>,
    ) -> Result<Self> {
        let plain = without_dictionaries(&schema, properties.clone(), packing)?;
        let (_, plain_factory) = factory(&schema, plain)?;
        let (properties, factory) = factory(&schema, properties)?;
        Ok(Self {
            schema,
            properties,
            order,
            factory,
            plain_factory,
        })
    }

    /// One row group with the rows of all batches, each column of which is to be encoded by whoever has
    /// time.  The rows of a column are let go as they are encoded.
    pub fn row_group(&self, batches: Vec<RecordBatch>) -> Result<UnencodedRowGroup> {
        let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let order = self.order.as_ref();
        let is_sorted = order.is_some_and(|order| order.holds(&batches));
        let mut writers = create_writers(&self.factory)?.into_iter();
        let mut first_leaf = 0;
        let columns = self.schema.fields().iter().enumerate();
        let columns = columns.map(|(index, field)| {
            let leaves = leaves_of(field.data_type());
            let column = UnencodedColumn {
                encoder: self.clone(),
                arrays: batches
                    .iter()
                    .map(|batch| Arc::clone(batch.column(index)))
                    .collect(),
                index,
                leaves: first_leaf..first_leaf + leaves,
                writers: writers.by_ref().take(leaves).collect(),
            };
            first_leaf += leaves;
            column
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
        if self.has_useless_dictionary(field) {
            let plain = create_writers(&self.encoder.plain_factory)?.into_iter();
            let leaves = plain.skip(self.leaves.start).take(self.leaves.len());
            self.writers = leaves.collect();
        }
        for array in self.arrays {
            let leaves = compute_leaves(field, &array).map_err(cannot_encode)?;
            if leaves.len() != self.writers.len() {
                return Err(Error::internal("a column has other leaves than its type"));
            }
            for (writer, leaf) in self.writers.iter_mut().zip(leaves) {
                writer.write(&leaf).map_err(cannot_encode)?;
            }
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
}

/// A writer for each leaf of the schema.
fn create_writers(factory: &ArrowRowGroupWriterFactory) -> Result<Vec<ArrowColumnWriter>> {
    factory.create_column_writers(0).map_err(cannot_encode)
}

fn factory(
    schema: &SchemaRef,
    properties: WriterProperties,
) -> Result<(WriterPropertiesPtr, Arc<ArrowRowGroupWriterFactory>)> {
    let writer = ArrowWriter::try_new(io::sink(), Arc::clone(schema), Some(properties))
        .map_err(cannot_encode)?;
    let (file, factory) = writer.into_serialized_writer().map_err(cannot_encode)?;
    Ok((Arc::clone(file.properties()), Arc::new(factory)))
}

/// Texts that are all different stand one behind the other, their lengths apart; so packed at a low
/// level they are as small as with their lengths between them at a higher one.
fn without_dictionaries(
    schema: &Schema,
    properties: WriterProperties,
    packing: Packing,
) -> Result<WriterProperties> {
    let fields = schema.fields().iter();
    let judged = fields.filter(|field| dictionaries::is_judged(field.data_type()));
    let mut builder = properties.into_builder();
    for field in judged {
        let path = ColumnPath::from(field.name().as_str());
        builder = builder.set_column_dictionary_enabled(path.clone(), false);
        builder = packing.encode_small(builder, path, Encoding::DELTA_LENGTH_BYTE_ARRAY)?;
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

fn cannot_encode(error: parquet::errors::ParquetError) -> Error {
    Error::internal("cannot encode Parquet").with_source(error)
}
