//! Ctrl-C while another library pulls at a stream.
//!
//! Python notes a signal and hands it on between two of its own instructions, none of which is run while such a
//! library reads.  So the stream looks, and ends in an error.  But of an error a stream in C can tell a number
//! and a line, of which the library makes an exception of its own.  What the user's code is to see is what the
//! signal's handler has raised, `KeyboardInterrupt` as a rule.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};
use std::time::Instant;

use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

use crate::waiting::LOOK_EVERY;

/// Who looks for signals on behalf of one stream.
pub struct Lookout {
    began_on: ThreadId,
    looked: Instant,
}

impl Lookout {
    /// For a stream that begins on this thread.
    pub fn new() -> Self {
        Self {
            began_on: thread::current().id(),
            looked: Instant::now(),
        }
    }

    /// Whether a signal came that is to end the stream; looks now and then.
    ///
    /// On other threads than that on which the stream began nobody looks: Python hands signals to its main
    /// thread alone, and its lock may be held by who waits for the others.
    pub fn sees_signal(&mut self) -> bool {
        if thread::current().id() != self.began_on || self.looked.elapsed() < LOOK_EVERY {
            return false;
        }
        self.looked = Instant::now();
        Python::try_attach(|py| match py.check_signals() {
            Ok(()) => false,
            Err(raised) => {
                if raise_in_caller(py, raised).is_err() {
                    // Then as soon as Python looks again, after the library's own exception.
                    let again = py.import("_thread");
                    let _ = again.and_then(|module| module.call_method0("interrupt_main"));
                }
                true
            }
        })
        .unwrap_or_default()
    }
}

/// Has the frame that called the library raise an exception, in place of what the library raises there.
///
/// A trace function may do that: it is told of what comes up in a frame before anything in the frame catches
/// it, and what it raises takes its place.  Python ends the tracing then.  A debugger's is left alone.
fn raise_in_caller(py: Python<'_>, raised: PyErr) -> PyResult<()> {
    let sys = py.import("sys")?;
    if !sys.call_method0("gettrace")?.is_none() {
        return Err(raised);
    }
    // Code in C and Rust has no frame.
    let frame = sys.call_method0("_getframe")?;
    let (caller, is_raised) = (frame.as_ptr() as usize, AtomicBool::new(false));
    let trace = PyCFunction::new_closure(
        py,
        Some(c"interrupt"),
        None,
        move |told: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<()> {
            let is_caller = told.get_item(0)?.as_ptr() as usize == caller;
            if is_caller && !is_raised.swap(true, Ordering::Relaxed) {
                return Err(raised.clone_ref(told.py()));
            }
            Ok(())
        },
    )?;
    frame.setattr("f_trace", &trace)?;
    sys.call_method1("settrace", (trace,))?;
    Ok(())
}
