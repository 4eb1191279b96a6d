//! A folder that goes away.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder for what is sorted on disk.  It is made when the first file is written into it, and it is
/// gone with this.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    /// A folder below `parent`, of a name that no other job has.
    pub fn below(parent: &Path) -> Self {
        let process = std::process::id();
        let free = (0..)
            .map(|number| parent.join(format!(".mwparquet-sorting-{process}-{number}.tmp")))
            .find(|path| !path.exists());
        Self {
            path: free.unwrap_or_default(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
