//! How the job's memory is shared by the inputs that are read at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::options::Limits;

/// Divides the bytes in flight among the inputs that are being read.
///
/// Nobody waits for a share: each input holds itself to what it may have now, by collecting its own
/// results before it lets more in.  So inputs cannot keep each other from going on.
#[derive(Debug)]
pub struct Budget {
    memory_bytes: usize,
    /// How many inputs are being read.
    running: AtomicUsize,
    /// Held by the one input that has a large chunk at work.
    large: Mutex<()>,
    /// Held by the one input that derives from a long history.
    long_history: Mutex<()>,
}

impl Budget {
    /// The budget of a job; one input is being read.
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: limits.memory_bytes,
            running: AtomicUsize::new(1),
            large: Mutex::new(()),
            long_history: Mutex::new(()),
        }
    }

    /// Tells how many inputs are being read from now on.
    pub(super) fn set_running(&self, inputs: usize) {
        self.running.store(inputs.max(1), Ordering::Relaxed);
    }

    /// How many inputs are being read, at least one.
    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// Bytes of chunks and their rows that an input may have in flight.
    pub(super) fn chunks_bytes(&self) -> usize {
        self.memory_bytes / self.running() / 2
    }

    /// Bytes of an input's rows that may wait for their encoding, or be in it.
    pub(super) fn encoding_bytes(&self) -> usize {
        self.memory_bytes / self.running() / 4
    }

    /// Bytes of facts from which an input's rows are being derived.
    pub(super) fn histories_bytes(&self) -> usize {
        self.memory_bytes / self.running() / 8
    }

    /// Waits until no other input has a chunk at work that is larger than its share.
    ///
    /// Who holds the turn waits for tasks only, which wait for nobody.
    pub(super) fn large_turn(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no other input derives from a history that is larger than its share.
    ///
    /// Who holds this turn waits for tasks only; one can have it and the large one, but asks for
    /// this one last.
    pub(super) fn long_history_turn(&self) -> MutexGuard<'_, ()> {
        let turn = self.long_history.lock();
        turn.unwrap_or_else(PoisonError::into_inner)
    }
}
