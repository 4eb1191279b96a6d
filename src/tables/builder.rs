//! Collecting a table's rows, only in the columns that are wanted.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};

use super::column::{Cells, Column, Table};
use super::registry::TableInfo;
use crate::error::{Error, Result};

/// A table with the columns that are wanted of it.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The table.
    pub table: &'static TableInfo,
    /// Indices of its columns, in the table's order.
    pub columns: Vec<usize>,
}

impl Selection {
    /// All columns of a table.
    pub fn all(table: &'static TableInfo) -> Self {
        let columns = (0..table.columns().len()).collect();
        Self { table, columns }
    }

    /// The columns of a table that are written without being asked for.
    pub fn usual(table: &'static TableInfo) -> Self {
        let on_request = table.on_request().iter();
        on_request.fold(Self::all(table), |selection, name| selection.without(name))
    }

    /// Whether any column is there that is not written without being asked for.
    pub fn has_on_request(&self) -> bool {
        let docs = self.table.columns();
        let on_request = self.table.on_request();
        let mut columns = self.columns.iter();
        columns.any(|index| on_request.contains(&docs[*index].name))
    }

    /// The named columns of a table, in the table's order.
    pub fn of(table: &'static TableInfo, names: &[String]) -> Result<Self> {
        let docs = table.columns();
        for name in names {
            if !docs.iter().any(|doc| doc.name == name) {
                let known: Vec<_> = docs.iter().map(|doc| doc.name).collect();
                return Err(Error::usage(format!(
                    "the table {} has no column {name:?}; it has {}",
                    table.name,
                    known.join(", ")
                )));
            }
        }
        let is_wanted = |index: &usize| names.iter().any(|name| name == docs[*index].name);
        let columns = (0..docs.len()).filter(is_wanted).collect();
        Ok(Self { table, columns })
    }

    /// The same without a column.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        let docs = self.table.columns();
        self.columns.retain(|index| docs[*index].name != name);
        self
    }

    /// The schema in Arrow, each field with its meaning as metadata.
    pub fn schema(&self) -> SchemaRef {
        let docs = self.table.columns();
        let fields: Vec<_> = self
            .columns
            .iter()
            .map(|index| {
                let doc = docs[*index];
                let metadata = HashMap::from([
                    ("description".to_owned(), doc.meaning.to_owned()),
                    ("source".to_owned(), doc.source.to_owned()),
                    ("unit".to_owned(), doc.unit.to_owned()),
                ]);
                Field::new(doc.name, doc.kind.arrow(), doc.nullable).with_metadata(metadata)
            })
            .collect();
        Arc::new(Schema::new(fields))
    }
}

/// Rows of one table on their way into a batch.
pub struct TableBuilder<T: Table> {
    schema: SchemaRef,
    columns: Vec<(&'static Column<T>, Cells)>,
    rows: usize,
}

impl<T: Table> TableBuilder<T> {
    /// A builder for the selected columns.
    pub fn new(selection: &Selection) -> Self {
        let columns = selection.columns.iter().map(|index| &T::columns()[*index]);
        Self {
            schema: selection.schema(),
            columns: columns
                .map(|column| (column, Cells::new(column.doc.kind)))
                .collect(),
            rows: 0,
        }
    }

    /// The same with room for so many bytes in a column of texts, which need not be moved as it grows then.
    #[must_use]
    pub fn with_room(mut self, name: &str, bytes: usize) -> Self {
        for (column, cells) in &mut self.columns {
            if column.doc.name == name {
                cells.make_room(bytes);
            }
        }
        self
    }

    /// Adds a row.
    pub fn push(&mut self, row: &T::Row<'_>) {
        for (column, cells) in &mut self.columns {
            (column.put)(row, cells);
        }
        self.rows += 1;
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows as a batch; `None` if there are none.
    pub fn finish(&mut self) -> Result<Option<RecordBatch>> {
        if std::mem::take(&mut self.rows) == 0 {
            return Ok(None);
        }
        let arrays = self.columns.iter_mut().map(|(_, cells)| cells.finish());
        RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect())
            .map(Some)
            .map_err(|error| Error::internal("a table's columns do not fit").with_source(error))
    }
}
