//! Waiting for the disk beside other work, and for many files at once: that takes hardly longer than
//! for one.

use std::fs::File;
use std::io;
use std::path::Path;
use std::thread::{self, Builder, JoinHandle};

/// Bytes on their way to the disk.
#[derive(Debug)]
pub(super) struct Sync(JoinHandle<io::Result<()>>);

impl Sync {
    /// Begins to `sync`.
    pub(super) fn begin(
        sync: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        Ok(Self(named().spawn(sync)?))
    }

    /// Returns when all is on disk.
    pub(super) fn wait(self) -> io::Result<()> {
        joined(self.0.join())
    }
}

/// Has the names of the files in folders on disk.
#[cfg(unix)]
pub(super) fn sync_folders<'p>(folders: impl IntoIterator<Item = &'p Path>) -> io::Result<()> {
    let sync = |folder: &Path| File::open(folder)?.sync_all();
    thread::scope(|scope| {
        let folders = folders.into_iter();
        let threads = folders.map(|folder| named().spawn_scoped(scope, move || sync(folder)));
        let threads = threads.collect::<io::Result<Vec<_>>>()?;
        let mut outcomes = threads.into_iter().map(|thread| joined(thread.join()));
        outcomes.try_for_each(|outcome| outcome)
    })
}

/// Only Unix has folders that can be opened.
#[cfg(not(unix))]
pub(super) fn sync_folders<'p>(_: impl IntoIterator<Item = &'p Path>) -> io::Result<()> {
    Ok(())
}

fn named() -> Builder {
    Builder::new().name("disk".to_owned())
}

fn joined(outcome: thread::Result<io::Result<()>>) -> io::Result<()> {
    outcome.unwrap_or_else(|_| Err(io::Error::other("what waits for the disk panicked")))
}
