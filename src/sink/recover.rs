//! Going on with a job that was ended: its folder is brought to what its journal says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::access::Access;
use super::folder::{
    Occupied, OutputFolder, SORTING_NAME, is_part, is_temporary_part, occupied, remove_if_there,
    table_folders,
};
use super::journal::{
    FinishedInput, JOURNAL_NAME, Journal, JournalHead, NEW_JOURNAL_NAME, Recorded,
};
use super::layout::{folders_of_table, is_partition_path, mark_complete, partitions};
use super::lock::FolderLock;
use super::manifest::{MANIFEST_NAME, Manifest};
use crate::error::{Error, Result};

/// What there was of a job.
#[derive(Debug)]
pub enum Resumed {
    /// All: it is finished.
    Finished(Box<Manifest>),
    /// Some inputs, or none.
    Unfinished {
        /// The folder.
        folder: OutputFolder,
        /// The journal to go on with.
        journal: Journal,
        /// The inputs that are finished.
        finished: Vec<FinishedInput>,
    },
}

impl OutputFolder {
    /// Takes the folder of a job that was ended, however that was, or an empty one.
    ///
    /// `check` may refuse what the journal tells; until it has agreed, nothing is changed.
    pub fn resume(
        path: &Path,
        access: Access,
        head: &JournalHead,
        check: &dyn Fn(&FinishedInput) -> Result<()>,
    ) -> Result<Resumed> {
        access.check()?;
        let Some(first_look) = occupied(path) else {
            let folder = Self::prepare(path, false, access)?;
            let journal = folder.begin_journal(head)?;
            let finished = Vec::new();
            return Ok(Resumed::Unfinished {
                folder,
                journal,
                finished,
            });
        };
        if matches!(first_look, Occupied::Otherwise) {
            return Err(Error::usage(format!(
                "{} is not empty, and no job in it can be resumed: name another, or give --overwrite \
                 without --resume",
                path.display()
            )));
        }
        let lock = FolderLock::take(path, access)?;
        let cannot = |error| Error::io(format!("cannot write into {}", path.display()), error);
        if path.join(MANIFEST_NAME).exists() {
            return finished_job(path, access, head);
        }
        // Between the two looks another job may have ended.
        let recorded = Recorded::read(path)?.unwrap_or(Recorded {
            head: None,
            finished: BTreeMap::new(),
        });
        let earlier = recorded.head.as_ref();
        if let Some(difference) = earlier.and_then(|earlier| head.difference_from(earlier)) {
            return Err(is_another(path, &difference));
        }
        recorded.finished.values().try_for_each(check)?;
        let finished = recover(path, recorded.finished).map_err(cannot)?;
        let journal = Journal::begin(path, access, head, &finished)?;
        let folder = Self::taken(path, access, lock);
        Ok(Resumed::Unfinished {
            folder,
            journal,
            finished,
        })
    }

    /// Begins the journal of a new job.
    pub fn begin_journal(&self, head: &JournalHead) -> Result<Journal> {
        Journal::begin(self.path(), self.access(), head, [])
    }
}

fn is_another(path: &Path, difference: &str) -> Error {
    Error::usage(format!(
        "the job in {} cannot be resumed by this one: {difference}.  Give the same inputs and options, \
         or name another folder",
        path.display()
    ))
}

/// A job that is finished, if it is the same; what it could not remove any more goes.
fn finished_job(path: &Path, access: Access, head: &JournalHead) -> Result<Resumed> {
    let Some(manifest) = Manifest::read(path) else {
        return Err(Error::usage(format!(
            "{} holds a {MANIFEST_NAME} that mwparquet did not write",
            path.display()
        )));
    };
    if let Some(difference) = head.difference_from_finished(&manifest)? {
        return Err(is_another(path, &difference));
    }
    let parts = manifest.tables.values().flat_map(|table| &table.parts);
    let is_gone = |path: &Path, bytes| size_of_file(path) != Some(bytes);
    let mut gone = parts.filter(|part| is_gone(&path.join(&part.path), part.bytes));
    if let Some(part) = gone.next() {
        return Err(Error::usage(format!(
            "the job in {} is finished, but {} is not there any more, or not whole: give --overwrite \
             without --resume",
            path.display(),
            part.path
        )));
    }
    forget(path).map_err(|error| Error::io("cannot remove a journal", error))?;
    let parts = manifest.tables.values().flat_map(|table| &table.parts);
    let complete = partitions(parts.map(|part| &part.path[..]));
    mark_complete(path, access, &complete)
        .map_err(|error| Error::io("cannot mark a partition as complete", error))?;
    Ok(Resumed::Finished(Box::new(manifest)))
}

/// Removes the journal and what was sorted on disk.
pub(super) fn forget(folder: &Path) -> io::Result<()> {
    for name in [JOURNAL_NAME, NEW_JOURNAL_NAME] {
        remove_if_there(&folder.join(name))?;
    }
    match fs::remove_dir_all(folder.join(SORTING_NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Keeps what the journal tells of and is whole, under temporary names, and removes all else that jobs
/// write.
fn recover(
    folder: &Path,
    recorded: BTreeMap<usize, FinishedInput>,
) -> io::Result<Vec<FinishedInput>> {
    let finished: Vec<_> = recorded
        .into_values()
        .filter(|input| is_whole(folder, input))
        .collect();
    sweep(folder, &finished)?;
    // A job that is ended while it gives names has given some.
    for input in &finished {
        for part in parts_of(folder, input) {
            if size_of_file(&part.temporary).is_none() {
                fs::rename(&part.path, &part.temporary)?;
            }
        }
    }
    Ok(finished)
}

/// Removes what a job has written beside what is finished, after it has failed.
pub(super) fn keep_finished(folder: &Path, recorded: BTreeMap<usize, FinishedInput>) {
    let finished: Vec<_> = recorded.into_values().collect();
    let _ = sweep(folder, &finished);
    for table in table_folders(folder) {
        for folder in folders_of_table(&table) {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn parts_of<'f>(
    folder: &'f Path,
    input: &'f FinishedInput,
) -> impl Iterator<Item = super::part::Part> + 'f {
    input.parts.iter().flat_map(|(table, parts)| {
        let table = folder.join(table);
        parts.iter().map(move |part| part.part(&table))
    })
}

fn runs_of<'f>(
    folder: &'f Path,
    input: &'f FinishedInput,
) -> impl Iterator<Item = (PathBuf, u64)> + 'f {
    let sorting = folder.join(SORTING_NAME);
    let runs = input.runs.iter();
    runs.map(move |run| (sorting.join(&run.name), run.bytes))
}

/// Whether all files of an input are there, with their sizes, where jobs write them.
fn is_whole(folder: &Path, input: &FinishedInput) -> bool {
    let is_name = |name: &str| !name.contains(['/', '\\']);
    let mut tables = input.parts.iter();
    let are_ours = tables.all(|(table, parts)| {
        let mut parts = parts.iter();
        is_name(table)
            && parts.all(|part| {
                let partition = part.partition.as_deref();
                is_name(&part.name)
                    && is_part(&part.name)
                    && partition.is_none_or(is_partition_path)
            })
    });
    if !are_ours || !input.runs.iter().all(|run| is_name(&run.name)) {
        return false;
    }
    let has_parts = parts_of(folder, input).all(|part| {
        let found = size_of_file(&part.temporary).or_else(|| size_of_file(&part.path));
        found == Some(part.bytes)
    });
    has_parts && runs_of(folder, input).all(|(path, bytes)| size_of_file(&path) == Some(bytes))
}

fn size_of_file(path: &Path) -> Option<u64> {
    let found = fs::symlink_metadata(path).ok()?;
    found.is_file().then_some(found.len())
}

/// Removes parts and runs that belong to no input which is finished.
fn sweep(folder: &Path, finished: &[FinishedInput]) -> io::Result<()> {
    let mut kept = BTreeSet::new();
    for input in finished {
        for part in parts_of(folder, input) {
            kept.extend([part.temporary, part.path]);
        }
        kept.extend(runs_of(folder, input).map(|(path, _)| path));
    }
    remove_if_there(&folder.join(NEW_JOURNAL_NAME))?;
    remove_if_there(&folder.join(format!(".{MANIFEST_NAME}.tmp")))?;
    for table in table_folders(folder) {
        for folder in folders_of_table(&table) {
            remove_others(&folder, &kept, |name| {
                is_part(name) || is_temporary_part(name)
            })?;
        }
    }
    remove_others(&folder.join(SORTING_NAME), &kept, |_| true)
}

fn remove_others(
    folder: &Path,
    kept: &BTreeSet<PathBuf>,
    is_ours: impl Fn(&str) -> bool,
) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if is_ours(&entry.file_name().to_string_lossy()) && !kept.contains(&entry.path()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
