//! What lies in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// All entries, in the order of their names.
pub(super) fn entries_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| {
        Error::io(
            format!("cannot list the folder {}", folder.display()),
            error,
        )
    };
    let entries = fs::read_dir(folder).map_err(cannot)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<_> = paths.collect::<std::io::Result<_>>().map_err(cannot)?;
    paths.sort();
    Ok(paths)
}

/// The last part of a path, as text.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
