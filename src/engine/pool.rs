//! The workers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, bounded};

use crate::error::{Error, Result};

/// Threads that run tasks, first come first served.
pub struct Pool {
    threads: usize,
    pool: rayon::ThreadPool,
}

/// The outcome of a task, when it comes.
pub struct Pending<T>(Receiver<Result<T>>);

impl Pool {
    /// A pool of its own: the library never touches the one of its caller.
    pub fn new(threads: usize) -> Result<Self> {
        let threads = threads.max(1);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("worker-{index}"))
            .build()
            .map_err(|error| Error::internal("cannot start threads").with_source(error))?;
        Ok(Self { threads, pool })
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Queues a task.  A panic in it becomes an error.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Pending<T> {
        let (send, receive) = bounded(1);
        self.pool.spawn_fifo(move || {
            let outcome = caught("a task", task);
            // Nobody waits for it any more where the job has failed.
            let _ = send.send(outcome);
        });
        Pending(receive)
    }
}

/// Runs `work`; a panic in it becomes an error that tells of `what`.
pub(super) fn caught<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::internal(format!("{what} panicked"))))
}

impl<T> Pending<T> {
    /// Whether the outcome is there.
    pub fn is_ready(&self) -> bool {
        !self.0.is_empty()
    }

    /// Waits for the outcome.
    pub fn wait(self) -> Result<T> {
        self.0
            .recv()
            .unwrap_or_else(|_| Err(Error::internal("a task was lost")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_panic_is_an_internal_error() {
        let pool = Pool::new(1).unwrap();
        let task = pool.spawn::<()>(|| panic!("on purpose"));
        let error = task.wait().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Internal, "a task panicked")
        );
    }
}
