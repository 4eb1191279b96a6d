//! Encoding rows into a row group, apart from the file that it goes into.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::Encoding;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::ColumnPath;

use super::column_factories::ColumnFactories;
use super::dictionaries;
use super::order::{Order, OrderCheck};
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
    usual: ColumnFactories,
    /// The same with less ado: texts and bytes without dictionaries, numbers not packed.
    plain: ColumnFactories,
    /// Whether a sample tells if numbers are packed.
    judges_packing: bool,
}

/// A row group whose rows are coming.
pub struct OpenRowGroup {
    columns: usize,
    order: Option<OrderCheck>,
    rows: u64,
}

/// A column of a row group whose rows are coming.
///
/// The first that come tell how the column is encoded.
pub struct OpenColumn {
    encoder: RowGroupEncoder,
    /// Its place in the schema.
    index: usize,
    /// A writer for each leaf; none before rows have come.
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
        let properties = Arc::new(properties);
        Ok(Self {
            usual: ColumnFactories::new(&schema, Arc::clone(&properties)),
            plain: ColumnFactories::new(&schema, Arc::new(plain)),
            schema,
            properties,
            order,
            judges_packing: false,
        })
    }

    /// Begins a row group.
    pub fn begin(&self) -> OpenRowGroup {
        OpenRowGroup {
            columns: self.schema.fields().len(),
            order: self.order.as_ref().map(Order::check),
            rows: 0,
        }
    }

    /// Begins the columns of a row group, in the schema's order.  Each is encoded by whoever has time.
    pub fn columns(&self) -> impl Iterator<Item = OpenColumn> {
        (0..self.schema.fields().len()).map(|index| OpenColumn {
            encoder: self.clone(),
            index,
            writers: Vec::new(),
        })
    }

    /// Encodes the rows of all batches as one row group.
    pub fn encode(&self, batches: Vec<RecordBatch>) -> Result<EncodedRowGroup> {
        let mut group = self.begin();
        let arrays = group.add(batches);
        let columns = self.columns().zip(arrays).map(|(mut column, arrays)| {
            column.add(arrays)?;
            column.close()
        });
        Ok(group.encoded(columns.collect::<Result<Vec<_>>>()?))
    }
}

impl OpenRowGroup {
    /// Takes note of rows, and gives what each column is to be given of them.
    pub fn add(&mut self, batches: Vec<RecordBatch>) -> Vec<Vec<ArrayRef>> {
        let mut arrays = vec![Vec::new(); self.columns];
        for batch in batches {
            self.rows += batch.num_rows() as u64;
            if let Some(order) = &mut self.order {
                order.look_at(&batch);
            }
            for (arrays, column) in arrays.iter_mut().zip(batch.columns()) {
                arrays.push(Arc::clone(column));
            }
        }
        arrays
    }

    /// The row group, put together from its columns.
    pub fn encoded(self, columns: impl IntoIterator<Item = EncodedColumn>) -> EncodedRowGroup {
        EncodedRowGroup {
            columns: columns.into_iter().flat_map(|column| column.0).collect(),
            rows: self.rows,
            is_sorted: self.order.is_some_and(|order| order.holds()),
        }
    }
}

impl OpenColumn {
    /// Encodes rows, which are let go one array after the other.
    pub fn add(&mut self, arrays: Vec<ArrayRef>) -> Result<()> {
        let schema = Arc::clone(&self.encoder.schema);
        let field = schema.field(self.index);
        if self.writers.is_empty() {
            self.writers = self.writers_for(field, &arrays)?;
        }
        for array in arrays {
            write(&mut self.writers, field, &array)?;
        }
        Ok(())
    }

    /// All rows are there.
    pub fn close(mut self) -> Result<EncodedColumn> {
        self.add(Vec::new())?;
        let chunks = self.writers.into_iter();
        let chunks = chunks.map(|writer| writer.close().map_err(cannot_encode));
        Ok(EncodedColumn(chunks.collect::<Result<_>>()?))
    }

    /// Writers for a column that begins with these rows.
    fn writers_for(&self, field: &Field, arrays: &[ArrayRef]) -> Result<Vec<ArrowColumnWriter>> {
        let encoder = &self.encoder;
        let factories =
            match self.has_useless_dictionary(field, arrays) || self.hardly_packs(field, arrays)? {
                true => &encoder.plain,
                false => &encoder.usual,
            };
        factories.writers(self.index)
    }

    fn has_useless_dictionary(&self, field: &Field, arrays: &[ArrayRef]) -> bool {
        let path = ColumnPath::from(field.name().as_str());
        dictionaries::is_judged(field.data_type())
            && self.encoder.properties.dictionary_enabled(&path)
            && dictionaries::are_different(arrays)
    }

    /// Whether packing takes hardly anything off a column of numbers.
    fn hardly_packs(&self, field: &Field, arrays: &[ArrayRef]) -> Result<bool> {
        if !self.encoder.judges_packing || !trial_packing::is_judged(field.data_type()) {
            return Ok(false);
        }
        let Some(sample) = trial_packing::sample(arrays) else {
            return Ok(false);
        };
        let mut writers = self.encoder.usual.writers(self.index)?;
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

pub(super) fn cannot_encode(error: parquet::errors::ParquetError) -> Error {
    Error::internal("cannot encode Parquet").with_source(error)
}

#[cfg(test)]
mod tests;
