//! Removing what a job wrote, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::access::Access;
use super::folder::{SORTING_NAME, TOP_TEMPORARIES, is_part, is_table_name, is_temporary_part};
use super::jobs::{FoundJob, entries_of, file_name, is_file, is_folder};
use super::lock::{FolderLock, LOCK_NAME};
use super::manifest::MANIFEST_NAME;
use super::read::is_part_of;
use super::split_job::SPLITS_NAME;
use crate::error::{Error, Result};

/// What is to be removed of a job's folder.
#[derive(Debug, Default)]
pub struct Cleaning {
    /// Files that mwparquet wrote, with their sizes: the manifest first, so that what is removed in
    /// part is not taken for finished.
    pub files: Vec<(PathBuf, u64)>,
    /// Folders that it made, which are removed if nothing else lies in them, the innermost first.
    pub folders: Vec<PathBuf>,
    /// What it did not write, or what was changed since.
    pub foreign: Vec<PathBuf>,
}

impl Cleaning {
    /// Looks at a folder, and changes nothing.  Refuses one that no job wrote into.
    pub fn plan(folder: &Path) -> Result<Self> {
        let Some(job) = FoundJob::at(folder)? else {
            return Err(Error::usage(format!(
                "{} holds nothing that mwparquet wrote",
                folder.display()
            )));
        };
        let mut told: BTreeMap<PathBuf, u64> = BTreeMap::new();
        for table in job
            .manifest
            .iter()
            .flat_map(|manifest| manifest.tables.values())
        {
            let parts = table.parts.iter();
            told.extend(parts.map(|part| (folder.join(&part.path), part.bytes)));
        }
        let told = job.manifest.is_some().then_some(told);
        let mut cleaning = Self::default();
        for path in entries_of(folder)? {
            let name = file_name(&path);
            if name == MANIFEST_NAME && job.manifest.is_some() {
                cleaning.add_file(path)?;
            } else if [SORTING_NAME, SPLITS_NAME].contains(&name.as_str()) && is_folder(&path) {
                cleaning.look_into(path, &|_| true)?;
            } else if name == LOCK_NAME {
                // It goes with the lock.
            } else if TOP_TEMPORARIES.contains(&name.as_str()) && is_file(&path) {
                cleaning.add_file(path)?;
            } else if is_table_name(&name) && is_folder(&path) {
                cleaning.look_into(path, &|part| is_ours(part, &name, told.as_ref()))?;
            } else {
                cleaning.foreign.push(path);
            }
        }
        let is_manifest = |(path, _): &(PathBuf, u64)| file_name(path) == MANIFEST_NAME;
        cleaning.files.sort_by_key(|file| !is_manifest(file));
        cleaning.folders.push(folder.to_owned());
        Ok(cleaning)
    }

    fn add_file(&mut self, path: PathBuf) -> Result<()> {
        let found = fs::symlink_metadata(&path);
        let bytes = found
            .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?
            .len();
        self.files.push((path, bytes));
        Ok(())
    }

    fn look_into(&mut self, folder: PathBuf, is_ours: &dyn Fn(&Path) -> bool) -> Result<()> {
        for path in entries_of(&folder)? {
            match is_file(&path) && is_ours(&path) {
                true => self.add_file(path)?,
                false => self.foreign.push(path),
            }
        }
        self.folders.push(folder);
        Ok(())
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Folders that nothing is left in.
    pub fn empty_folders(&self) -> impl Iterator<Item = &PathBuf> {
        let holds = |folder: &Path| self.foreign.iter().any(|path| path.starts_with(folder));
        self.folders.iter().filter(move |folder| !holds(folder))
    }

    /// The folder, so that no job writes into it meanwhile; a job that does now has it.
    fn lock(&self) -> Result<Option<FolderLock>> {
        let folder = self.folders.last();
        folder
            .map(|folder| FolderLock::take(folder, Access::Shared))
            .transpose()
    }

    /// Removes files, then folders.
    pub fn run(&self) -> Result<()> {
        let cannot = |path: &Path, error| {
            Err(Error::io(
                format!("cannot remove {}", path.display()),
                error,
            ))
        };
        let lock = self.lock()?;
        for (path, _) in &self.files {
            fs::remove_file(path).or_else(|error| cannot(path, error))?;
        }
        drop(lock);
        for folder in self.empty_folders() {
            fs::remove_dir(folder).or_else(|error| cannot(folder, error))?;
        }
        Ok(())
    }
}

/// Whether a file in a table's folder is ours: a temporary one, one as the manifest tells it or, in a
/// folder without a manifest, one that says itself that it is a part of the table.
fn is_ours(path: &Path, table: &str, told: Option<&BTreeMap<PathBuf, u64>>) -> bool {
    let name = file_name(path);
    if is_temporary_part(&name) {
        return true;
    }
    match told {
        Some(told) => fs::symlink_metadata(path)
            .is_ok_and(|found| is_part(&name) && told.get(path) == Some(&found.len())),
        None => is_part(&name) && is_part_of(path, table),
    }
}
