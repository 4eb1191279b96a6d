//! A table of dumps as a stream of Arrow batches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use mwparquet::Error;
use mwparquet::cli::library;
use mwparquet::engine::{self, Next, ScanReport};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyCapsule, PyDict};

use crate::arrow_data::{Batch, Schema, schema_capsule, stream_capsule};
use crate::errors::exception;
use crate::interrupt::Lookout;
use crate::values::report;
use crate::waiting::{LOOK_EVERY, next_item, run};

/// How the last pass that came to an end did.
#[derive(Default)]
struct Last(Mutex<Option<Result<ScanReport, Error>>>);

impl Last {
    fn get(&self) -> MutexGuard<'_, Option<Result<ScanReport, Error>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of one table.  Each pass over it reads the dumps anew.
#[pyclass(frozen, module = "mwparquet")]
pub struct Scan {
    scan: engine::Scan,
    last: Arc<Last>,
}

#[pymethods]
impl Scan {
    #[new]
    fn new(py: Python<'_>, words: Vec<String>) -> PyResult<Self> {
        Ok(Self {
            scan: run(py, |stop| library::scan(&words, stop))?,
            last: Arc::default(),
        })
    }

    /// The columns.
    #[getter]
    fn schema(&self) -> Schema {
        Schema(self.scan.schema())
    }

    /// What the last finished pass has read and passed over; `None` before.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        match &*self.last.get() {
            Some(Ok(last)) => report(py, last).map(Some),
            _ => Ok(None),
        }
    }

    /// What ended the last pass, if it was an error: libraries that take Arrow data raise errors of
    /// their own, without its place.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        match &*self.last.get() {
            Some(Err(error)) => Some(exception(py, error).into_value(py).into_any()),
            _ => None,
        }
    }

    fn __iter__(&self) -> Batches {
        Batches {
            batches: Mutex::new(self.scan.batches()),
            last: Arc::clone(&self.last),
        }
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.scan.schema())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A request may be left unheard.
        drop(requested_schema);
        let reader = Reader {
            batches: self.scan.batches(),
            schema: self.scan.schema(),
            last: Arc::clone(&self.last),
            lookout: Lookout::new(),
            is_stopped: false,
        };
        stream_capsule(py, reader)
    }

    fn __repr__(&self) -> String {
        let inputs = self.scan.job().inputs.len();
        let columns = self.scan.schema().fields().len();
        format!("Scan({inputs} inputs, {columns} columns)")
    }
}

/// One pass over a scan.
#[pyclass(frozen, module = "mwparquet")]
pub struct Batches {
    batches: Mutex<engine::Batches>,
    last: Arc<Last>,
}

#[pymethods]
impl Batches {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        let batches = self.batches.lock_py_attached(py);
        let mut batches = batches.unwrap_or_else(PoisonError::into_inner);
        let next = next_item(py, &mut batches)?;
        if next.is_none()
            && let Some(report) = batches.report()
        {
            *self.last.get() = Some(Ok(report.clone()));
        }
        Ok(next.map(Batch))
    }
}

/// The end of a pass that other libraries pull at, from any thread and without Python's lock.
struct Reader {
    batches: engine::Batches,
    schema: SchemaRef,
    last: Arc<Last>,
    lookout: Lookout,
    is_stopped: bool,
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if !self.is_stopped && self.lookout.sees_signal() {
                self.is_stopped = true;
                self.batches.stop().ask();
            }
            match self.batches.next_within(LOOK_EVERY) {
                // What was ready before the stop is wanted no more.
                Ok(Next::Item(_) | Next::NotYet) if self.is_stopped => {}
                Ok(Next::Item(batch)) => return Some(Ok(batch)),
                Ok(Next::NotYet) => {}
                Ok(Next::End) => {
                    let report = self.batches.report()?.clone();
                    *self.last.get() = Some(Ok(report));
                    return None;
                }
                Err(error) => {
                    let told = ArrowError::ExternalError(error.to_string().into());
                    *self.last.get() = Some(Err(error));
                    return Some(Err(told));
                }
            }
        }
    }
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
