//! Calls that do all their work at once.

use mwparquet::cli::library;
use mwparquet::engine::Progress;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arrow_data::Table;
use crate::values::{from_json, plain, rejects};
use crate::waiting::run;

/// Converts; gives the manifest and what was passed over.
#[pyfunction]
pub fn convert<'py>(py: Python<'py>, words: Vec<String>) -> PyResult<Bound<'py, PyDict>> {
    let progress = Progress::default();
    let report = run(py, |stop| {
        library::convert(&words, &progress, stop, &mut || ())
    })?;
    let told = PyDict::new(py);
    told.set_item("manifest", plain(py, &report.manifest)?)?;
    told.set_item("seen", plain(py, &report.seen)?)?;
    told.set_item("rejects", rejects(py, &report.rejects)?)?;
    Ok(told)
}

/// Counts.
#[pyfunction]
pub fn count(py: Python<'_>, words: Vec<String>) -> PyResult<Table> {
    let progress = Progress::default();
    let counted = run(py, |stop| {
        library::count(&words, &progress, stop, &mut || ())
    })?;
    Ok(Table(counted))
}

/// Tells what dumps are.
#[pyfunction]
pub fn inspect<'py>(py: Python<'py>, words: Vec<String>) -> PyResult<Bound<'py, PyAny>> {
    let inspections = run(py, |stop| library::inspect(&words, stop))?;
    plain(py, &inspections)
}

/// Plans splits.
#[pyfunction]
pub fn plan<'py>(py: Python<'py>, words: Vec<String>) -> PyResult<Bound<'py, PyAny>> {
    let json = run(py, |stop| library::plan(&words, stop))?;
    from_json(py, &json)
}

/// Tells the columns of tables.
#[pyfunction]
#[pyo3(signature = (table=None))]
pub fn schema<'py>(py: Python<'py>, table: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
    let table = table.map(str::to_owned);
    let json = run(py, |stop| library::schema(table.as_deref(), stop))?;
    from_json(py, &json)
}
