//! What a running job tells of itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// Counters of a running job, readable by anyone at any time.
#[derive(Debug, Default)]
pub struct Progress {
    /// Decoded bytes framed, of all inputs: XML and SQL.
    pub xml_bytes: AtomicU64,
    /// Revisions read, of all inputs.
    pub revisions: AtomicU64,
    /// Rows of SQL dumps read, of all inputs.
    pub sql_rows: AtomicU64,
    /// Pages read, of all inputs.
    pub pages: AtomicU64,
    /// Inputs that a job which failed has finished, and keeps for another run.
    pub kept_inputs: AtomicUsize,
    /// Bytes of finished row groups, of all tables.
    pub written_bytes: AtomicU64,
    inputs: Mutex<Inputs>,
}

#[derive(Debug, Default)]
struct Inputs {
    /// Stored bytes taken from each input that is being read, by its number.
    running: BTreeMap<usize, Arc<AtomicU64>>,
    /// How many have been read.
    done: usize,
    /// Stored bytes of these.
    done_bytes: u64,
    /// Stored bytes of those that an earlier run of the job has read.
    earlier_bytes: u64,
}

/// Which inputs a job reads at a moment.
#[derive(Debug, Clone, Default)]
pub struct Running {
    /// The inputs being read: number, and stored bytes taken so far.
    pub inputs: Vec<(usize, u64)>,
    /// How many inputs have been read.
    pub done: usize,
    /// Stored bytes taken from all inputs so far.
    pub taken_bytes: u64,
    /// How many of these an earlier run of the job has taken.
    pub earlier_bytes: u64,
}

impl Progress {
    /// The inputs being read now.
    pub fn running(&self) -> Running {
        let inputs = self.inputs();
        let running: Vec<_> = inputs
            .running
            .iter()
            .map(|(number, taken)| (*number, taken.load(Ordering::Relaxed)))
            .collect();
        Running {
            done: inputs.done,
            taken_bytes: inputs.done_bytes + running.iter().map(|(_, taken)| taken).sum::<u64>(),
            earlier_bytes: inputs.earlier_bytes,
            inputs: running,
        }
    }

    /// An input begins: the counter of its stored bytes.
    pub(super) fn begin_input(&self, number: usize) -> Arc<AtomicU64> {
        let taken_bytes = Arc::new(AtomicU64::new(0));
        let mut inputs = self.inputs();
        inputs.running.insert(number, Arc::clone(&taken_bytes));
        taken_bytes
    }

    /// An earlier run of the job has read an input of so many stored bytes.
    pub(super) fn skip_input(&self, bytes: u64) {
        let mut inputs = self.inputs();
        inputs.done += 1;
        inputs.done_bytes += bytes;
        inputs.earlier_bytes += bytes;
    }

    /// An input has ended.
    pub(super) fn end_input(&self, number: usize) {
        let mut inputs = self.inputs();
        if let Some(taken_bytes) = inputs.running.remove(&number) {
            inputs.done += 1;
            inputs.done_bytes += taken_bytes.load(Ordering::Relaxed);
        }
    }

    fn inputs(&self) -> MutexGuard<'_, Inputs> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A flag by which somebody outside stops a job.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    /// An input's number, and the first input that has failed: those behind it are not wanted.
    input: Option<(usize, FirstFailed)>,
}

impl Stop {
    /// Asks the job to stop.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// An error if somebody has asked.
    pub fn check(&self) -> Result<()> {
        let is_behind = |(number, failed): &(usize, FirstFailed)| failed.is_before(*number);
        if self.asked.load(Ordering::Relaxed) || self.input.as_ref().is_some_and(is_behind) {
            return Err(Error::cancelled());
        }
        Ok(())
    }

    /// The flag for one input: set, too, where an input before it has failed.
    pub(super) fn of_input(&self, number: usize, failed: &FirstFailed) -> Self {
        Self {
            asked: Arc::clone(&self.asked),
            input: Some((number, failed.clone())),
        }
    }
}

/// The number of the first input, in their order, that has failed.
#[derive(Debug, Clone)]
pub(super) struct FirstFailed(Arc<AtomicUsize>);

impl FirstFailed {
    pub(super) fn none_yet() -> Self {
        Self(Arc::new(AtomicUsize::new(usize::MAX)))
    }

    /// An input has failed.
    pub(super) fn note(&self, number: usize) {
        self.0.fetch_min(number, Ordering::Relaxed);
    }

    /// Whether an input before `number` has failed.
    pub(super) fn is_before(&self, number: usize) -> bool {
        self.0.load(Ordering::Relaxed) < number
    }
}
