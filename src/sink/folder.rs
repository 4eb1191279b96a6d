//! The folder of a job: empty, given up or gone on with at the begin, finished by its manifest.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::access::Access;
use super::journal::{JOURNAL_NAME, NEW_JOURNAL_NAME, Recorded};
use super::layout::{SUCCESS_NAME, folders_of_table, mark_complete, partitions};
use super::lock::{FolderLock, LOCK_NAME};
use super::manifest::{MANIFEST_NAME, Manifest};
use super::part::Part;
use super::recover::{forget, keep_finished};
use super::rewrite::{NEW_REWRITE_NAME, REWRITE_NAME};
use super::split_job::{SPLITS_NAME, remove_attempt, remove_attempts};
use super::sync::sync_folders;
use super::update::leave_earlier;
use crate::error::{Error, Result};
use crate::tables;

/// The folder for what is sorted on disk, in the job's own.
pub(super) const SORTING_NAME: &str = ".mwparquet-sorting.tmp";

/// What lies beside the tables' folders while a job runs.
pub(super) const TOP_TEMPORARIES: [&str; 8] = [
    SORTING_NAME,
    SPLITS_NAME,
    LOCK_NAME,
    JOURNAL_NAME,
    NEW_JOURNAL_NAME,
    REWRITE_NAME,
    NEW_REWRITE_NAME,
    ".manifest.json.tmp",
];

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
    /// Whether nothing is worth keeping.
    given_up: bool,
    splits: Splits,
    /// `None` when it is let go.
    lock: Option<FolderLock>,
}

/// Whether a job is done in splits, by many processes.
#[derive(Debug, PartialEq, Eq)]
enum Splits {
    /// All of it is done here.
    None,
    /// An attempt at a split writes, by its name.
    Attempt(String),
    /// The splits are done and are committed.
    Commit,
}

/// What lies in a folder that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occupied {
    Finished,
    /// A job that left a journal.
    Unfinished,
    /// Splits of a job.
    Splits,
    Otherwise,
}

/// What lies in a folder; `None` where it is empty or there is none.
pub(super) fn occupied(path: &Path) -> Option<Occupied> {
    let has = |name: &str| path.join(name).exists();
    if !holds_anything(path) {
        return None;
    }
    Some(if has(MANIFEST_NAME) {
        Occupied::Finished
    } else if has(JOURNAL_NAME) || has(NEW_JOURNAL_NAME) {
        Occupied::Unfinished
    } else if has(SPLITS_NAME) {
        Occupied::Splits
    } else {
        Occupied::Otherwise
    })
}

impl OutputFolder {
    /// Refuses a folder with something in it, unless `overwrite` allows to remove that.  Changes
    /// nothing.
    pub fn check(path: &Path, overwrite: bool) -> Result<()> {
        let what = match occupied(path) {
            None => return Ok(()),
            _ if overwrite => return Ok(()),
            Some(Occupied::Finished) => "holds a finished job: name another",
            Some(Occupied::Unfinished) => {
                "holds a job that is not finished: go on with --resume, name another"
            }
            Some(Occupied::Splits) => {
                "holds splits of a job that is not committed: commit them with --commit, name another"
            }
            Some(Occupied::Otherwise) => "is not empty: name another",
        };
        Err(Error::usage(format!(
            "the output folder {} {what}, or give --overwrite",
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
        // Whether it can be written at all is better known now than after an hour, too.
        let lock = FolderLock::take(path, access)?;
        // Another job may have begun and ended meanwhile.
        Self::check(path, overwrite)?;
        if holds_anything(path) {
            remove_job(path).map_err(cannot)?;
        }
        let mut folder = Self::taken(path, access, lock);
        folder.made = made;
        Ok(folder)
    }

    /// A folder that is ready to be written into.
    pub(super) fn taken(path: &Path, access: Access, lock: FolderLock) -> Self {
        Self {
            path: path.to_owned(),
            access,
            made: false,
            committed: false,
            given_up: false,
            splits: Splits::None,
            lock: Some(lock),
        }
    }

    /// The folder for an attempt at a split.
    pub(super) fn of_attempt(path: &Path, access: Access, name: String) -> Self {
        Self {
            path: path.to_owned(),
            access,
            made: false,
            committed: false,
            given_up: false,
            splits: Splits::Attempt(name),
            lock: None,
        }
    }

    /// The folder of a job whose splits are done.
    pub(super) fn of_commit(path: &Path, access: Access, lock: FolderLock) -> Self {
        let mut folder = Self::taken(path, access, lock);
        folder.splits = Splits::Commit;
        folder
    }

    /// The name of the attempt that writes, if others may write at the same time.
    pub fn attempt(&self) -> Option<&str> {
        match &self.splits {
            Splits::Attempt(name) => Some(name),
            Splits::None | Splits::Commit => None,
        }
    }

    /// What the attempt wrote is not removed any more.
    pub(super) fn keep_attempt(&mut self) {
        self.committed = true;
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn access(&self) -> Access {
        self.access
    }

    /// Nothing of the job is worth keeping: it could not be gone on with.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    /// The folder of a table.
    pub fn table(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A folder for what is sorted on disk; it is gone when the job is finished.
    pub fn sorting(&self) -> PathBuf {
        match self.splits {
            Splits::Attempt(_) => self.path.join(SPLITS_NAME),
            Splits::None | Splits::Commit => self.path.join(SORTING_NAME),
        }
    }

    /// Gives the parts their names and writes the manifest, last.
    pub fn commit(mut self, parts: &[Part], manifest: &Manifest) -> Result<()> {
        self.replace_earlier()?;
        for part in parts {
            fs::rename(&part.temporary, &part.path).map_err(|error| {
                Error::io(format!("cannot rename {}", part.temporary.display()), error)
            })?;
        }
        let path = self.path.join(MANIFEST_NAME);
        let temporary = self.path.join(format!(".{MANIFEST_NAME}.tmp"));
        let write = || -> io::Result<()> {
            // Those of partitions lie in others.
            let mut folders = BTreeSet::new();
            for part in parts {
                let above = part.path.ancestors().skip(1);
                folders.extend(above.take_while(|folder| *folder != self.path));
            }
            sync_folders(folders)?;
            let mut text = serde_json::to_vec_pretty(manifest)?;
            text.push(b'\n');
            let mut file = self.access.create_file(&temporary)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            sync_folders([self.path.as_path()])
        };
        write().map_err(|error| Error::io(format!("cannot write {}", path.display()), error))?;
        self.committed = true;
        let parts = manifest.tables.values().flat_map(|table| &table.parts);
        let complete = partitions(parts.map(|part| &part.path[..]));
        mark_complete(&self.path, self.access, &complete)
            .map_err(|error| Error::io("cannot mark a partition as complete", error))?;
        // The job is finished.  What stays here is known to whoever cleans or resumes.
        let _ = forget(&self.path);
        if self.splits == Splits::Commit {
            let _ = remove_attempts(&self.path);
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    /// A job that fails leaves the parts of inputs that its journal has as finished, and the journal.
    /// Where there are none it leaves nothing, not even empty folders.
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        match &self.splits {
            Splits::None => {}
            Splits::Attempt(name) => return remove_attempt(&self.path, name),
            // The splits can be committed later.
            Splits::Commit => return,
        }
        if self.path.join(MANIFEST_NAME).exists() {
            return leave_earlier(&self.path, self.given_up);
        }
        let recorded = match self.given_up {
            true => None,
            false => Recorded::read(&self.path).ok().flatten(),
        };
        if let Some(recorded) = recorded.filter(|recorded| !recorded.finished.is_empty()) {
            return keep_finished(&self.path, recorded.finished);
        }
        let _ = remove_job(&self.path);
        self.lock = None;
        for folder in table_folders(&self.path) {
            let _ = fs::remove_dir(folder);
        }
        if self.made {
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// Whether there is a folder with something in it but a lock.
fn holds_anything(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != LOCK_NAME))
    })
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

/// The folders of tables in a folder, and those of their partitions.
pub(super) fn part_folders(path: &Path) -> Vec<PathBuf> {
    let tables = table_folders(path);
    let folders = tables.iter().flat_map(|table| folders_of_table(table));
    folders.collect()
}

/// Removes what jobs write: the manifest first, then parts in the tables' folders.
fn remove_job(path: &Path) -> io::Result<()> {
    let temporary = format!(".{MANIFEST_NAME}.tmp");
    for name in [REWRITE_NAME, NEW_REWRITE_NAME, MANIFEST_NAME, &temporary] {
        remove_if_there(&path.join(name))?;
    }
    forget(path)?;
    for table in table_folders(path) {
        let folders = folders_of_table(&table);
        // Before their parts, so that none is taken for complete.
        for partition in folders.iter().filter(|folder| **folder != table) {
            remove_if_there(&partition.join(SUCCESS_NAME))?;
        }
        for folder in &folders {
            remove_parts(folder)?;
            if *folder != table {
                // Something else may lie in it.
                let _ = fs::remove_dir(folder);
            }
        }
    }
    Ok(())
}

fn remove_parts(folder: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_part(&name) || is_temporary_part(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
