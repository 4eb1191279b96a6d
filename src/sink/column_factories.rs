//! What makes writers of single columns.

use std::io;
use std::sync::{Arc, OnceLock};

use arrow::datatypes::{Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory};
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};

use super::row_group::cannot_encode;
use crate::error::{Error, Result};

/// Makes writers of the columns of a schema one by one; can be shared by threads.
///
/// A factory of all columns makes writers of all, and each has a packer and an unpacker with room of their
/// own: where those of one column are wanted, nearly all of that is in vain.
#[derive(Clone)]
pub(super) struct ColumnFactories {
    schema: SchemaRef,
    properties: WriterPropertiesPtr,
    /// Of columns that somebody wanted.
    factories: Arc<[OnceLock<ArrowRowGroupWriterFactory>]>,
}

impl ColumnFactories {
    pub(super) fn new(schema: &SchemaRef, properties: WriterPropertiesPtr) -> Self {
        Self {
            schema: Arc::clone(schema),
            properties,
            factories: schema.fields().iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// A writer for each leaf of a column, by its place in the schema.
    pub(super) fn writers(&self, column: usize) -> Result<Vec<ArrowColumnWriter>> {
        let factory = self.factory(column)?;
        factory.create_column_writers(0).map_err(cannot_encode)
    }

    fn factory(&self, column: usize) -> Result<&ArrowRowGroupWriterFactory> {
        let known = self.factories.get(column);
        let known = known.ok_or_else(|| Error::internal("a column is not in its schema"))?;
        if let Some(factory) = known.get() {
            return Ok(factory);
        }
        let field = Arc::clone(&self.schema.fields()[column]);
        let schema = Arc::new(Schema::new(vec![field]));
        let factory = factory(&schema, (*self.properties).clone())?;
        Ok(known.get_or_init(|| factory))
    }
}

/// What makes writers of all columns of a schema.
fn factory(schema: &SchemaRef, properties: WriterProperties) -> Result<ArrowRowGroupWriterFactory> {
    let writer = ArrowWriter::try_new(io::sink(), Arc::clone(schema), Some(properties))
        .map_err(cannot_encode)?;
    let (_, factory) = writer.into_serialized_writer().map_err(cannot_encode)?;
    Ok(factory)
}
