//! Encoding rows into a row group, apart from the file that it goes into.

use std::io;
use std::sync::Arc;

use arrow::array::RecordBatch;
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
use super::properties::{Compression, properties};
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
        settings: &[(&str, String)],
    ) -> Result<Self> {
        let properties = properties(selection, compression, settings)?;
        Self::with(
            selection.schema(),
            properties,
            compression,
            Order::of(selection),
        )
    }

    /// An encoder for a table of a database.
    pub fn of_sql(selection: &SqlSelection, compression: Compression) -> Result<Self> {
        let properties = sql_properties(selection, compression)?;
        Self::with(selection.schema(), properties, compression, None)
    }

    /// An encoder that writes a table of a database as one of its parts was written.
    pub(super) fn of_sql_part(
        table: &str,
        part: &PartReader,
        compression: Compression,
    ) -> Result<Self> {
        let schema = part.schema();
        let properties = sql_part_properties(table, part, compression)?;
        Self::with(schema, properties, compression, None)
    }

    fn with(
        schema: SchemaRef,
        properties: WriterProperties,
        compression: Compression,
        order: Option<Order>,
    ) -> Result<Self> {
        let plain = without_dictionaries(&schema, properties.clone(), compression)?;
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

    /// A writer for each leaf of the schema, with a dictionary or without as the rows demand.
    fn writers(&self, batches: &[RecordBatch]) -> Result<Vec<ArrowColumnWriter>> {
        let create = |factory: &ArrowRowGroupWriterFactory| {
            factory.create_column_writers(0).map_err(cannot_encode)
        };
        let mut writers = create(&self.factory)?;
        let mut leaf = 0;
        let mut plain = None;
        for (column, field) in self.schema.fields().iter().enumerate() {
            if dictionaries::is_judged(field.data_type())
                && self.has_dictionary(field)
                && dictionaries::are_different(batches, column)
            {
                let plain = match &mut plain {
                    Some(plain) => plain,
                    none => none.insert(create(&self.plain_factory)?),
                };
                if let (Some(writer), Some(plain)) = (writers.get_mut(leaf), plain.get_mut(leaf)) {
                    std::mem::swap(writer, plain);
                }
            }
            leaf += leaves_of(field.data_type());
        }
        Ok(writers)
    }

    fn has_dictionary(&self, field: &Field) -> bool {
        let path = ColumnPath::from(field.name().as_str());
        self.properties.dictionary_enabled(&path)
    }

    /// Encodes the rows of all batches as one row group.
    pub fn encode(&self, batches: &[RecordBatch]) -> Result<EncodedRowGroup> {
        let mut writers = self.writers(batches)?;
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
    compression: Compression,
) -> Result<WriterProperties> {
    let codec = compression.of_numbers().codec()?;
    let fields = schema.fields().iter();
    let judged = fields.filter(|field| dictionaries::is_judged(field.data_type()));
    let builder = judged.fold(properties.into_builder(), |builder, field| {
        let path = ColumnPath::from(field.name().as_str());
        builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_column_compression(path, codec)
    });
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
