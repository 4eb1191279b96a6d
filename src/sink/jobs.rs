//! Finding what jobs wrote.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::{TOP_TEMPORARIES, is_part, is_table_name, is_temporary_part, part_folders};
use super::journal::Recorded;
use super::manifest::Manifest;
use crate::error::{Error, Result};

/// A folder that a job wrote into.
#[derive(Debug)]
pub struct FoundJob {
    /// The folder.
    pub folder: PathBuf,
    /// Its manifest; `None` if the job is not finished.
    pub manifest: Option<Manifest>,
    /// What the journal tells of a job that is not finished, or of one that is to take a finished one's
    /// place; `None` if there is no journal.
    pub unfinished: Option<UnfinishedJob>,
}

/// How far a job is that is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfinishedJob {
    /// How many inputs it has.
    pub inputs: usize,
    /// How many of these are finished and kept.
    pub finished_inputs: usize,
    /// Bytes of the parts of these.
    pub bytes: u64,
}

impl UnfinishedJob {
    /// Of the journal in a folder; one that cannot be read tells nothing.  Beside a finished job only that
    /// of a job which is to take its place counts.
    fn at(folder: &Path, is_beside_finished: bool) -> Option<Self> {
        let recorded = Recorded::read(folder).ok().flatten()?;
        let head = recorded.head?;
        if is_beside_finished && head.beside.is_none() {
            return None;
        }
        let parts = recorded.finished.values();
        let parts = parts.flat_map(|input| input.parts.values().flatten());
        Some(Self {
            inputs: head.inputs().len(),
            bytes: parts.map(|part| part.bytes).sum(),
            finished_inputs: recorded.finished.len(),
        })
    }
}

impl FoundJob {
    /// What a job wrote into a folder; `None` if none did.
    pub fn at(folder: &Path) -> Result<Option<Self>> {
        let manifest = Manifest::read(folder);
        let is_job = manifest.is_some() || holds_unfinished(folder)?;
        let unfinished = UnfinishedJob::at(folder, manifest.is_some());
        Ok(is_job.then(|| Self {
            folder: folder.to_owned(),
            manifest,
            unfinished,
        }))
    }
}

/// All jobs in a folder and below it, in the order of their names.  Links are not followed.
pub fn find_jobs(folder: &Path) -> Result<Vec<FoundJob>> {
    let mut jobs = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let job = FoundJob::at(&folder)?;
        let is_job = job.is_some();
        jobs.extend(job);
        let below = entries_of(&folder)?.into_iter().rev();
        folders.extend(below.filter(|path| {
            // Those of a job's tables hold nothing but parts.
            let is_table = is_job && is_table_name(&file_name(path));
            is_folder(path) && !is_table
        }));
    }
    Ok(jobs)
}

/// Whether there is what a job leaves that was ended by force.
fn holds_unfinished(folder: &Path) -> Result<bool> {
    if TOP_TEMPORARIES
        .iter()
        .any(|name| fs::symlink_metadata(folder.join(name)).is_ok())
    {
        return Ok(true);
    }
    let is_ours = |name: &str| is_part(name) || is_temporary_part(name);
    for folder in part_folders(folder) {
        if entries_of(&folder)?
            .iter()
            .any(|path| is_ours(&file_name(path)))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What lies in a folder, in the order of the names.
pub(super) fn entries_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| Error::io(format!("cannot read {}", folder.display()), error);
    let entries = fs::read_dir(folder).map_err(cannot)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<_> = paths.collect::<std::io::Result<_>>().map_err(cannot)?;
    paths.sort();
    Ok(paths)
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Whether a path is a folder, and no link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Whether a path is a file, and no link to one.
pub(super) fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}
