//! Objects as dictionaries, as `to_json` of mwxml gives them.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A dictionary of attributes; those that are `None` are left out.
pub fn document<'py>(object: &Bound<'py, PyAny>, names: &[&str]) -> PyResult<Bound<'py, PyDict>> {
    let document = PyDict::new(object.py());
    for name in names {
        let value = object.getattr(*name)?;
        if !value.is_none() {
            document.set_item(*name, plain(value)?)?;
        }
    }
    Ok(document)
}

/// A value that JSON has.
fn plain(value: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    let py = value.py();
    if let Ok(values) = value.cast::<PyList>() {
        let list = PyList::empty(py);
        for value in values {
            list.append(plain(value)?)?;
        }
        return Ok(list.into_any());
    }
    if let Ok(values) = value.cast::<PyDict>() {
        let dict = PyDict::new(py);
        for (key, value) in values {
            dict.set_item(key, plain(value)?)?;
        }
        return Ok(dict.into_any());
    }
    match value.getattr_opt("to_json")? {
        Some(to_json) => to_json.call0(),
        None => Ok(value),
    }
}
