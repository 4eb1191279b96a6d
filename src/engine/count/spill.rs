//! Groups in bounded memory: what is too much goes to disk, sorted.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::derive::counts::Groups;
use crate::engine::pool::{Pending, Pool};
use crate::error::Result;
use crate::sink::{Run, TemporaryFolder};

/// Where all lanes of a job write runs.
#[derive(Debug)]
pub(super) struct Spilling {
    folder: PathBuf,
    begun_runs: AtomicUsize,
}

impl Spilling {
    pub(super) fn new(folder: &TemporaryFolder) -> Self {
        Self {
            folder: folder.path().to_owned(),
            begun_runs: AtomicUsize::new(0),
        }
    }

    /// A name that no run has.  Which one has which does not matter: they are merged.
    fn next_path(&self) -> PathBuf {
        let number = self.begun_runs.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("run-{number:07}"))
    }
}

/// Groups of a lane or of the job.
pub(super) struct Spill<'s> {
    spilling: &'s Spilling,
    groups: Groups,
    /// Groups go to disk where they take more.
    limit_bytes: usize,
    writing: VecDeque<Pending<Run>>,
    runs: Vec<Run>,
}

impl<'s> Spill<'s> {
    pub(super) fn new(spilling: &'s Spilling, limit_bytes: usize) -> Self {
        Self {
            spilling,
            groups: Groups::default(),
            limit_bytes,
            writing: VecDeque::new(),
            runs: Vec::new(),
        }
    }

    /// Adds groups; what is too much is written by the pool, one run at a time.
    pub(super) fn add(&mut self, groups: Groups, pool: &Pool) -> Result<()> {
        match self.groups.is_empty() {
            true => self.groups = groups,
            false => self.groups.merge(&groups),
        }
        if self.groups.are_more_than(self.limit_bytes) {
            self.settle()?;
            let groups = std::mem::take(&mut self.groups);
            let path = self.spilling.next_path();
            self.writing
                .push_back(pool.spawn(move || write(path, &groups)));
        }
        Ok(())
    }

    /// Waits for the run at the pool.
    pub(super) fn settle(&mut self) -> Result<()> {
        while let Some(task) = self.writing.pop_front() {
            self.runs.push(task.wait()?);
        }
        Ok(())
    }

    /// Takes what a lane has left.
    pub(super) fn take_rest(&mut self, mut rest: Spill<'_>) -> Result<()> {
        rest.settle()?;
        self.runs.append(&mut rest.runs);
        match self.groups.is_empty() {
            true => self.groups = rest.groups,
            false => self.groups.merge(&rest.groups),
        }
        match self.groups.are_more_than(self.limit_bytes) {
            true => self.write_rest(),
            false => Ok(()),
        }
    }

    /// Writes what is in memory to disk.
    fn write_rest(&mut self) -> Result<()> {
        let groups = std::mem::take(&mut self.groups);
        self.runs.push(write(self.spilling.next_path(), &groups)?);
        Ok(())
    }

    /// All groups: in memory alone, or on disk alone.
    pub(super) fn finish(mut self) -> Result<(Groups, Vec<Run>)> {
        self.settle()?;
        if !self.runs.is_empty() && !self.groups.is_empty() {
            self.write_rest()?;
        }
        Ok((self.groups, self.runs))
    }
}

fn write(path: PathBuf, groups: &Groups) -> Result<Run> {
    Run::write_sorted(path, |push| groups.for_each_record(push))
}
