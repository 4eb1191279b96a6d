//! Values of Rust as values of Python.

use mwparquet::engine::ScanReport;
use mwparquet::model::Timestamp;
use mwparquet::tables::Reject;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList};

/// A time as `mwparquet.Timestamp`.
pub fn timestamp(py: Python<'_>, time: Option<Timestamp>) -> PyResult<Option<Py<PyAny>>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let Some(time) = time else {
        return Ok(None);
    };
    let make = MAKE.get_or_try_init(py, || {
        let class = py.import("mwparquet.timestamp")?.getattr("Timestamp")?;
        class.getattr("from_unix").map(Bound::unbind)
    })?;
    make.call1(py, (time.seconds(),)).map(Some)
}

/// JSON as dictionaries, lists and plain values.
pub fn from_json<'py>(py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (json,))
}

/// What serialises as JSON, the same way.
pub fn plain<'py>(py: Python<'py>, value: &impl Json) -> PyResult<Bound<'py, PyAny>> {
    let json = value
        .to_json()
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    from_json(py, &json)
}

/// What serialises as JSON.
pub trait Json {
    /// The JSON.
    fn to_json(&self) -> serde_json::Result<String>;
}

impl Json for mwparquet::sink::Manifest {
    fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl Json for mwparquet::sink::Seen {
    fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl Json for Vec<mwparquet::engine::Inspection> {
    fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// What has been read, and what was passed over.
pub fn report<'py>(py: Python<'py>, report: &ScanReport) -> PyResult<Bound<'py, PyDict>> {
    let told = PyDict::new(py);
    told.set_item("seen", plain(py, &report.seen)?)?;
    told.set_item("rejects", rejects(py, &report.rejects)?)?;
    Ok(told)
}

/// What was passed over, with its places.
pub fn rejects<'py>(py: Python<'py>, rejects: &[Reject]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for reject in rejects {
        let told = PyDict::new(py);
        told.set_item("input", &reject.input)?;
        told.set_item("reason", &reject.reason)?;
        told.set_item("xml_offset", reject.xml_offset_bytes)?;
        told.set_item("page_id", reject.page_id)?;
        told.set_item("revision_id", reject.revision_id)?;
        list.append(told)?;
    }
    Ok(list)
}
