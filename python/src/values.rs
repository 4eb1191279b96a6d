//! Values of Rust as values of Python.

use mwparquet::engine::ScanReport;
use mwparquet::model::Timestamp;
use mwparquet::tables::Reject;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTzInfo};

/// A time as `mwparquet.Timestamp`.
pub fn timestamp(py: Python<'_>, time: Option<Timestamp>) -> PyResult<Option<Py<PyAny>>> {
    static CLASS_AND_UTC: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();
    let Some(time) = time else {
        return Ok(None);
    };
    let (class, utc) = CLASS_AND_UTC.get_or_try_init(py, || {
        let class = py.import("mwparquet.timestamp")?.getattr("Timestamp")?;
        let utc = PyTzInfo::utc(py)?.to_owned().into_any();
        PyResult::Ok((class.unbind(), utc.unbind()))
    })?;
    let (year, month, day) = time.date();
    let second = time.seconds().rem_euclid(24 * 60 * 60);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // As its own class takes them: asking a class method for so many seconds takes three times as long.
    let parts = (year, month, day, hour, minute, second, 0, utc);
    class.call1(py, parts).map(Some)
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
