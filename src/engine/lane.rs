//! What an input is run with.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::budget::Budget;
use super::digest::FileSums;
use super::options::Limits;
use super::pool::Pool;
use super::progress::{Progress, Stop};

/// An input's part of its job's means.  A lane runs one input; a job has one lane or several.
#[derive(Clone)]
pub struct Lane<'j> {
    /// What bounds memory, and what happens at damage.
    pub limits: &'j Limits,
    /// The workers, shared by all lanes.
    pub pool: &'j Pool,
    /// The memory, shared by all lanes.
    pub budget: &'j Budget,
    /// The job's counters.
    pub progress: &'j Progress,
    /// Stored bytes taken from this input.
    pub taken_bytes: Arc<AtomicU64>,
    /// What ends this lane before its time.
    pub stop: Stop,
    /// The checksums that are taken of the file while it is read.
    pub(super) sums: Option<Arc<FileSums>>,
}

impl Lane<'_> {
    /// How many pieces of its input are decoded at once: enough to keep the workers busy, which inputs that are
    /// read at once share.
    pub(super) fn pieces_ahead(&self) -> usize {
        self.pool.threads().div_ceil(self.budget.running()) + 2
    }

    /// Runs something in a lane that has all means for itself.
    pub(super) fn alone<T>(
        limits: &Limits,
        pool: &Pool,
        progress: &Progress,
        stop: &Stop,
        run: impl FnOnce(&Lane<'_>) -> T,
    ) -> T {
        run(&Lane {
            limits,
            pool,
            budget: &Budget::new(limits),
            progress,
            taken_bytes: Arc::default(),
            stop: stop.clone(),
            sums: None,
        })
    }
}
