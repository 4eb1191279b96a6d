//! Texts as strings of Python.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;

use mwparquet::model::{Decoded, SharedText, Units, Utf16Room};
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
        Decoded::Utf16(units) => from_units(py, units),
    });
    ROOM.set(room);
    string
}

fn from_units<'py>(py: Python<'py>, units: Units<'_>) -> PyResult<Bound<'py, PyString>> {
    match copying() {
        Some(copy) if !units.have_pairs => copied(py, copy, units.all),
        _ => decoded(py, units.all),
    }
}

/// `PyUnicode_FromKindAndData`: the width of a character in bytes, the characters, and how many they are.
type Copying = unsafe extern "C" fn(c_int, *const c_void, ffi::Py_ssize_t) -> *mut ffi::PyObject;

/// Makes a string of characters of one width in a fraction of the time that decoding takes.
///
/// It is not of the stable interface, though all versions of Python have it: looked for by its name, so that the
/// package goes on without where it is gone.
#[cfg(unix)]
#[allow(unsafe_code)]
fn copying() -> Option<Copying> {
    static COPYING: std::sync::LazyLock<Option<Copying>> = std::sync::LazyLock::new(|| {
        // SAFETY: the name ends in a NUL. Since Python 3.3 what it names is a function of this type.
        unsafe {
            let found = libc::dlsym(libc::RTLD_DEFAULT, c"PyUnicode_FromKindAndData".as_ptr());
            std::mem::transmute::<*mut c_void, Option<Copying>>(found)
        }
    });
    *COPYING
}

#[cfg(not(unix))]
fn copying() -> Option<Copying> {
    None
}

/// Units that are a character each.
#[allow(unsafe_code)]
fn copied<'py>(py: Python<'py>, copy: Copying, units: &[u16]) -> PyResult<Bound<'py, PyString>> {
    const TWO_BYTES: c_int = 2;
    // SAFETY: as below; the length is that of the slice.
    let made = unsafe {
        let made = copy(
            TWO_BYTES,
            units.as_ptr().cast(),
            units.len() as ffi::Py_ssize_t,
        );
        Bound::from_owned_ptr_or_err(py, made)?
    };
    Ok(made.cast_into()?)
}

/// Any units.
#[allow(unsafe_code)]
fn decoded<'py>(py: Python<'py>, units: &[u16]) -> PyResult<Bound<'py, PyString>> {
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
