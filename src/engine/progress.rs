//! What a running job tells of itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Counters of a running job, readable by anyone at any time.
#[derive(Debug, Default)]
pub struct Progress {
    /// Compressed bytes taken from the input at hand.
    pub taken_bytes: Arc<AtomicU64>,
    /// Decoded bytes framed, of all inputs.
    pub xml_bytes: AtomicU64,
    /// Revisions read, of all inputs.
    pub revisions: AtomicU64,
    /// Pages read, of all inputs.
    pub pages: AtomicU64,
    /// Bytes of finished row groups, of all tables.
    pub written_bytes: AtomicU64,
}

/// A flag by which somebody outside stops a job.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the job to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// An error if somebody has asked.
    pub fn check(&self) -> Result<()> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(Error::cancelled()),
            false => Ok(()),
        }
    }
}
