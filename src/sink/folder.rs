//! The folder of a job: empty or given up at the begin, finished by its manifest.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::access::Access;
use super::manifest::{MANIFEST_NAME, Manifest};
use super::part::Part;
use crate::error::{Error, Result};
use crate::tables;

/// The folder for what is sorted on disk, in the job's own.
pub(super) const SORTING_NAME: &str = ".mwparquet-sorting.tmp";

/// A file that is made to see whether it can be.
const PROBE_NAME: &str = ".mwparquet-probe.tmp";

/// What lies beside the tables' folders while a job runs.
pub(super) const TOP_TEMPORARIES: [&str; 3] = [SORTING_NAME, PROBE_NAME, ".manifest.json.tmp"];

/// Whether a file is called as parts are.
pub(super) fn is_part(name: &str) -> bool {
    name.starts_with("part-") && name.ends_with(".parquet")
}

/// Whether it is called as parts are that are not finished.
pub(super) fn is_temporary_part(name: &str) -> bool {
    name.starts_with(".part-") && name.ends_with(".parquet.tmp")
}

/// Where a job writes.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    access: Access,
    /// Whether the job made the folder itself.
    made: bool,
    committed: bool,
}

impl OutputFolder {
    /// Refuses a folder with something in it, unless `overwrite` allows to remove that.  Changes
    /// nothing.
    pub fn check(path: &Path, overwrite: bool) -> Result<()> {
        if overwrite || !holds_anything(path) {
            return Ok(());
        }
        let what = match path.join(MANIFEST_NAME).exists() {
            true => "holds a finished job",
            false => "is not empty",
        };
        Err(Error::usage(format!(
            "the output folder {} {what}: name another, or give --overwrite",
            path.display()
        )))
    }

    /// Prepares `path`.  A folder with something in it is refused, unless `overwrite` allows to
    /// remove what an earlier job wrote.
    pub fn prepare(path: &Path, overwrite: bool, access: Access) -> Result<Self> {
        access.check()?;
        Self::check(path, overwrite)?;
        let cannot = |error| Error::io(format!("cannot write into {}", path.display()), error);
        let made = !path.exists();
        access.create_folder(path).map_err(cannot)?;
        if holds_anything(path) {
            remove_job(path).map_err(cannot)?;
        }
        // Whether it can be written at all is better known now than after an hour.
        let probe = path.join(PROBE_NAME);
        access
            .create_file(&probe)
            .and_then(|_| fs::remove_file(&probe))
            .map_err(cannot)?;
        Ok(Self {
            path: path.to_owned(),
            access,
            made,
            committed: false,
        })
    }

    /// The folder of a table.
    pub fn table(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A folder for what is sorted on disk; it is gone when the job ends, however that is.
    pub fn sorting(&self) -> PathBuf {
        self.path.join(SORTING_NAME)
    }

    /// Gives the parts their names and writes the manifest, last.
    pub fn commit(mut self, parts: &[Part], manifest: &Manifest) -> Result<()> {
        remove_sorting(&self.path)
            .map_err(|error| Error::io("cannot remove what was sorted on disk", error))?;
        for part in parts {
            fs::rename(&part.temporary, &part.path).map_err(|error| {
                Error::io(format!("cannot rename {}", part.temporary.display()), error)
            })?;
        }
        let path = self.path.join(MANIFEST_NAME);
        let temporary = self.path.join(format!(".{MANIFEST_NAME}.tmp"));
        let write = || -> io::Result<()> {
            let folders: BTreeSet<_> = parts.iter().map(|part| part.path.parent()).collect();
            for folder in folders {
                sync_folder(folder)?;
            }
            let mut file = self.access.create_file(&temporary)?;
            serde_json::to_writer_pretty(&mut file, manifest)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            sync_folder(Some(&self.path))
        };
        write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for OutputFolder {
    /// A job that fails leaves no parts, whichever of its inputs were finished, and no empty folders.
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        let _ = remove_job(&self.path);
        for folder in table_folders(&self.path) {
            let _ = fs::remove_dir(folder);
        }
        if self.made {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

#[cfg(unix)]
fn sync_folder(path: Option<&Path>) -> io::Result<()> {
    path.map_or(Ok(()), |path| File::open(path)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_: Option<&Path>) -> io::Result<()> {
    Ok(())
}

/// Whether there is a folder with something in it.
fn holds_anything(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

/// Whether a folder of this name in a job's folder is that of a table: one of ours, or of SQL dumps.
pub(super) fn is_table_name(name: &str) -> bool {
    tables::by_name(name).is_some() || name.starts_with("sql_")
}

/// The folders of tables in a folder; links are none.
pub(super) fn table_folders(path: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(path).into_iter().flatten().flatten();
    let of_tables = found.filter(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        is_folder && is_table_name(&entry.file_name().to_string_lossy())
    });
    let mut folders: Vec<_> = of_tables.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// Removes what jobs write: the manifest first, then parts in the tables' folders.
fn remove_job(path: &Path) -> io::Result<()> {
    for name in [MANIFEST_NAME.to_owned(), format!(".{MANIFEST_NAME}.tmp")] {
        remove_if_there(&path.join(name))?;
    }
    remove_sorting(path)?;
    for folder in table_folders(path) {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_part(&name) || is_temporary_part(&name) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// Removes runs and their folder.
fn remove_sorting(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path.join(SORTING_NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
