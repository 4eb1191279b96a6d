//! Waiting for work in Rust without keeping Python from other work, or from signals.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use mwparquet::engine::{Next, Stop, Stream};
use mwparquet::{Error, Result};
use pyo3::prelude::*;

use crate::errors::exception;

/// How often somebody looks for signals.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The next item of a stream; `None` at its proven end.
pub fn next_item<T, R>(py: Python<'_>, stream: &mut Stream<T, R>) -> PyResult<Option<T>>
where
    T: Send + 'static,
    R: Send + 'static,
{
    loop {
        py.check_signals().inspect_err(|_| stream.stop().ask())?;
        let next = py.detach(|| stream.next_within(LOOK_EVERY));
        match next.map_err(|error| exception(py, &error))? {
            Next::Item(item) => return Ok(Some(item)),
            Next::End => return Ok(None),
            Next::NotYet => {}
        }
    }
}

/// Runs something on a thread of its own; a signal stops it.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce(&Stop) -> Result<T> + Send) -> PyResult<T> {
    let stop = Stop::default();
    let outcome = py.detach(|| {
        thread::scope(|scope| -> PyResult<Result<T>> {
            let (send, receive) = channel();
            let for_work = stop.clone();
            scope.spawn(move || send.send(work(&for_work)));
            loop {
                match receive.recv_timeout(LOOK_EVERY) {
                    Ok(outcome) => return Ok(outcome),
                    Err(RecvTimeoutError::Disconnected) => {
                        return Ok(Err(Error::internal("a call panicked")));
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        // The work ends with the scope.
                        Python::attach(|py| py.check_signals()).inspect_err(|_| stop.ask())?;
                    }
                }
            }
        })
    })?;
    outcome.map_err(|error| exception(py, &error))
}
