//! Texts as strings of Python.

use std::cell::Cell;
use std::ptr;

use mwparquet::model::{Decoded, SharedText, Utf16Room};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyString;

thread_local! {
    static ROOM: Cell<Utf16Room> = Cell::default();
}

/// A text as a string.
///
/// Strings have characters of one width, which Python finds out as it decodes.  From UTF-16 it takes a fraction
/// of the time that it takes from UTF-8, where any other characters than ASCII are in a text.
pub fn string<'py>(py: Python<'py>, text: &SharedText) -> PyResult<Bound<'py, PyString>> {
    let mut room = ROOM.take();
    let string = text.read(&mut room, |decoded| match decoded {
        Decoded::Ascii(text) => Ok(PyString::new(py, text)),
        Decoded::Utf16(units) => from_utf16(py, units),
    });
    ROOM.set(room);
    string
}

#[allow(unsafe_code)]
fn from_utf16<'py>(py: Python<'py>, units: &[u16]) -> PyResult<Bound<'py, PyString>> {
    // Told, so that a mark of byte order at the beginning is a character like any other.
    let mut byte_order = if cfg!(target_endian = "little") {
        -1
    } else {
        1
    };
    // SAFETY: `py` proves that this thread may call Python. The pointer and the length, in bytes, are those of a
    // slice, which no slice has more than isize::MAX of, and are read during the call alone; no pointer to a
    // name of how to handle errors means that they are raised. What comes back is a reference of our own, or
    // null with an exception set, as `from_owned_ptr_or_err` expects.
    let made = unsafe {
        let bytes = size_of_val(units) as ffi::Py_ssize_t;
        let made =
            ffi::PyUnicode_DecodeUTF16(units.as_ptr().cast(), bytes, ptr::null(), &mut byte_order);
        Bound::from_owned_ptr_or_err(py, made)?
    };
    Ok(made.cast_into()?)
}
