//! A folder belongs to one job at a time.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::access::Access;
use crate::error::{Error, Result};

/// The file that is locked.
pub(super) const LOCK_NAME: &str = ".mwparquet-lock.tmp";

/// A folder that no other job can take.  The system lets go of the lock when the process ends,
/// however that is; a file that is left behind then means nothing.
#[derive(Debug)]
pub(super) struct FolderLock {
    path: PathBuf,
    /// Held open: with it goes the lock.
    _file: File,
}

impl FolderLock {
    /// Takes a folder that exists, or says that another job has it.
    pub(super) fn take(folder: &Path, access: Access) -> Result<Self> {
        let path = folder.join(LOCK_NAME);
        let cannot = |error| Error::io(format!("cannot write into {}", folder.display()), error);
        loop {
            let file = access.open_file(&path).map_err(cannot)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(taken(folder)),
                Err(TryLockError::Error(error)) if is_unknown(&error) => {}
                Err(TryLockError::Error(error)) => return Err(cannot(error)),
            }
            // Whoever had it before may have removed the file between our opening and locking it:
            // then others do not see this lock.
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn taken(folder: &Path) -> Error {
    let why = io::Error::new(ErrorKind::WouldBlock, "another job is writing into it");
    let what = format!("cannot write into {}", folder.display());
    Error::io(what, why)
}

/// Whether a file system knows no locks at all.
fn is_unknown(error: &io::Error) -> bool {
    // What NFS says that nobody serves locks for.
    const ENOLCK: i32 = 37;
    let has_no_server = cfg!(target_os = "linux") && error.raw_os_error() == Some(ENOLCK);
    error.kind() == ErrorKind::Unsupported || has_no_server
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |found: fs::Metadata| (found.dev(), found.ino());
    let here = file.metadata().map(place);
    let there = fs::metadata(path).map(place);
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

/// Where open files cannot be removed, theirs is the one at the path.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path(), Access::Shared).unwrap();
        let error = FolderLock::take(folder.path(), Access::Shared).unwrap_err();
        assert!(
            error.to_string().contains("another job is writing into it"),
            "{error}"
        );
        drop(first);
        assert!(!folder.path().join(LOCK_NAME).exists());
        // What a job left that was killed is no lock.
        fs::write(folder.path().join(LOCK_NAME), b"").unwrap();
        FolderLock::take(folder.path(), Access::Shared).unwrap();
    }
}
