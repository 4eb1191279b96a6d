//! Errors as exceptions, with their places.

use std::io;

use mwparquet::{Error, ErrorKind};
use pyo3::prelude::*;

/// The exception of an error: one of `mwparquet.errors`.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    // A signal that stopped something has an exception of its own.
    if error.kind() == ErrorKind::Cancelled {
        py.check_signals()?;
    }
    let class = py.import("mwparquet.errors")?.getattr(class_of(error))?;
    let place = error.location();
    let exception = class.call1((error.to_string(),))?;
    exception.setattr("message", error.message())?;
    exception.setattr("input", place.input.as_deref())?;
    exception.setattr("file_offset", place.file_offset_bits.map(|bits| bits / 8))?;
    exception.setattr("xml_offset", place.xml_offset_bytes)?;
    exception.setattr("sql_offset", place.sql_offset_bytes)?;
    exception.setattr("sql_line", place.sql_line)?;
    exception.setattr("page_id", place.page_id)?;
    exception.setattr("revision_id", place.revision_id)?;
    Ok(PyErr::from_value(exception))
}

fn class_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Usage => "UsageError",
        ErrorKind::Damaged => "DamagedError",
        ErrorKind::NotADump => "NotADumpError",
        ErrorKind::Environment if is_missing(error) => "MissingFileError",
        ErrorKind::Environment => "AccessError",
        ErrorKind::Cancelled => "StoppedError",
        _ => "InternalError",
    }
}

fn is_missing(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|source| source.kind() == io::ErrorKind::NotFound)
}
