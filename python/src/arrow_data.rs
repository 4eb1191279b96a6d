//! Arrow data for whoever takes it through the PyCapsule interface, without copies.

use std::ffi::CStr;

use arrow::array::{Array, RecordBatch, RecordBatchIterator, StructArray};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ffi::{FFI_ArrowSchema, to_ffi};
use arrow::ffi_stream::FFI_ArrowArrayStream;
use mwparquet::engine::CountedRows;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};

use crate::values::plain;

/// Names of the capsules, as the interface has them.
const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

fn failed(error: &ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

/// A schema in its capsule.
pub fn schema_capsule<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    let ffi = FFI_ArrowSchema::try_from(schema.as_ref()).map_err(|error| failed(&error))?;
    PyCapsule::new_with_value(py, ffi, SCHEMA)
}

/// A stream in its capsule.
pub fn stream_capsule<'py>(
    py: Python<'py>,
    reader: impl arrow::array::RecordBatchReader + Send + 'static,
) -> PyResult<Bound<'py, PyCapsule>> {
    let ffi = FFI_ArrowArrayStream::new(Box::new(reader));
    PyCapsule::new_with_value(py, ffi, STREAM)
}

/// The columns of a table: anything that takes Arrow data takes it, such as `pyarrow.schema`.
#[pyclass(frozen, module = "mwparquet")]
pub struct Schema(pub SchemaRef);

#[pymethods]
impl Schema {
    /// The names of the columns, in their order.
    #[getter]
    fn names(&self) -> Vec<String> {
        let fields = self.0.fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    fn __len__(&self) -> usize {
        self.0.fields().len()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.0)
    }

    fn __repr__(&self) -> String {
        let fields = self.0.fields().iter();
        let fields = fields.map(|field| format!("{}: {}", field.name(), field.data_type()));
        format!("Schema({})", fields.collect::<Vec<_>>().join(", "))
    }
}

/// Some rows: anything that takes Arrow data takes them, such as `pyarrow.record_batch`.
#[pyclass(frozen, module = "mwparquet")]
pub struct Batch(pub RecordBatch);

#[pymethods]
impl Batch {
    /// The columns.
    #[getter]
    fn schema(&self) -> Schema {
        Schema(self.0.schema())
    }

    /// How many rows there are.
    #[getter]
    fn num_rows(&self) -> usize {
        self.0.num_rows()
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.0.schema())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        // A request may be left unheard.
        drop(requested_schema);
        let rows = StructArray::from(self.0.clone());
        let (array, _) = to_ffi(&rows.to_data()).map_err(|error| failed(&error))?;
        let schema = schema_capsule(py, &self.0.schema())?;
        Ok((schema, PyCapsule::new_with_value(py, array, ARRAY)?))
    }

    fn __repr__(&self) -> String {
        format!("Batch({} rows)", self.0.num_rows())
    }
}

/// All rows of a result: anything that takes Arrow data takes them, such as `pyarrow.table`.
#[pyclass(frozen, module = "mwparquet")]
pub struct Table(pub CountedRows);

#[pymethods]
impl Table {
    /// The columns.
    #[getter]
    fn schema(&self) -> Schema {
        Schema(self.0.schema.clone())
    }

    /// How many rows there are.
    #[getter]
    fn num_rows(&self) -> usize {
        self.0.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// What has been read: counts by name.
    #[getter]
    fn seen<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        plain(py, &self.0.report.seen)
    }

    /// The rows as dictionaries.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let mut rows = Vec::with_capacity(self.num_rows());
        for batch in &self.0.batches {
            crate::cells::for_each_row(py, batch, |row| rows.push(row))?;
        }
        Ok(rows)
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.0.schema)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = self.0.batches.clone().into_iter().map(Ok);
        stream_capsule(py, RecordBatchIterator::new(batches, self.0.schema.clone()))
    }

    fn __repr__(&self) -> String {
        format!("Table({} rows)", self.num_rows())
    }
}
