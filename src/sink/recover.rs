//! Going on with a job that was ended: its folder is brought to what its journal says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::access::Access;
use super::folder::{
    Occupied, OutputFolder, SORTING_NAME, is_part, is_temporary_part, occupied, part_folders,
    remove_if_there,
};
use super::journal::{
    FinishedInput, JOURNAL_NAME, Journal, JournalHead, NEW_JOURNAL_NAME, Recorded,
};
use super::layout::{is_partition_path, mark_complete, partitions};
use super::lock::FolderLock;
use super::manifest::{MANIFEST_NAME, Manifest};
use super::part::Part;
use super::split_job::remove_splits;
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
        if matches!(first_look, Occupied::Otherwise | Occupied::Splits) {
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

/// The manifest in a folder that has one.
pub(super) fn read_ours(path: &Path) -> Result<Manifest> {
    Manifest::read(path).ok_or_else(|| {
        Error::usage(format!(
            "{} holds a {MANIFEST_NAME} that mwparquet did not write",
            path.display()
        ))
    })
}

/// A job that is finished, if it is the same; what it could not remove any more goes.
fn finished_job(path: &Path, access: Access, head: &JournalHead) -> Result<Resumed> {
    let manifest = read_ours(path)?;
    if let Some(difference) = head.difference_from_finished(&manifest)? {
        return Err(is_another(path, &difference));
    }
    check_parts(path, &manifest)?;
    // A job that was to take its place and was ended.
    let swept = sweep(path, &[]).and_then(|()| forget(path));
    swept.map_err(|error| Error::io("cannot remove a journal", error))?;
    let parts = manifest.tables.values().flat_map(|table| &table.parts);
    let complete = partitions(parts.map(|part| &part.path[..]));
    mark_complete(path, access, &complete)
        .map_err(|error| Error::io("cannot mark a partition as complete", error))?;
    Ok(Resumed::Finished(Box::new(manifest)))
}

/// Refuses a finished job whose parts are not all there.
pub(super) fn check_parts(path: &Path, manifest: &Manifest) -> Result<()> {
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
    Ok(())
}

/// Removes the journal and what was sorted on disk.
pub(super) fn forget(folder: &Path) -> io::Result<()> {
    for name in [JOURNAL_NAME, NEW_JOURNAL_NAME] {
        remove_if_there(&folder.join(name))?;
    }
    match fs::remove_dir_all(folder.join(SORTING_NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => remove_splits(folder),
    }
}

/// Keeps what the journal tells of and is whole, under temporary names, and removes all else that jobs
/// write.
fn recover(
    folder: &Path,
    recorded: BTreeMap<usize, FinishedInput>,
) -> io::Result<Vec<FinishedInput>> {
    let mut finished: Vec<_> = recorded
        .into_values()
        .filter(|input| is_whole(folder, input))
        .collect();
    sweep(folder, &finished)?;
    take_names_back(folder, &mut finished)?;
    Ok(finished)
}

/// Gives parts their temporary names that have none: a job that is ended while it gives names has given
/// some, and one that takes another's place has parts under the names of that.
pub(super) fn take_names_back(folder: &Path, finished: &mut [FinishedInput]) -> io::Result<()> {
    for input in finished {
        for place in places_of(folder, input) {
            if size_of_file(&place.part.temporary).is_none() {
                fs::rename(place.otherwise(), &place.part.temporary)?;
            }
        }
        let parts = input.parts.values_mut().flatten();
        parts.for_each(|part| part.earlier = None);
    }
    Ok(())
}

/// Removes what a job has written beside what is finished, after it has failed.
pub(super) fn keep_finished(folder: &Path, recorded: BTreeMap<usize, FinishedInput>) {
    let finished: Vec<_> = recorded.into_values().collect();
    let _ = sweep(folder, &finished);
    for folder in part_folders(folder) {
        let _ = fs::remove_dir(folder);
    }
}

/// A part, and where it can lie.
struct Place {
    part: Part,
    /// Its name in the job whose place is taken.
    earlier: Option<PathBuf>,
}

impl Place {
    /// Where it lies if it has not its temporary name.
    fn otherwise(&self) -> &Path {
        self.earlier.as_deref().unwrap_or(&self.part.path)
    }
}

fn places_of<'f>(
    folder: &'f Path,
    input: &'f FinishedInput,
) -> impl Iterator<Item = Place> + use<'f> {
    input.parts.iter().flat_map(|(table, parts)| {
        let table = folder.join(table);
        parts.iter().map(move |part| Place {
            part: part.part(&table),
            earlier: part.earlier.as_ref().map(|name| table.join(name)),
        })
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
pub(super) fn is_whole(folder: &Path, input: &FinishedInput) -> bool {
    let is_name = |name: &str| !name.contains(['/', '\\']);
    let is_part = |name: &str| is_name(name) && is_part(name);
    let mut tables = input.parts.iter();
    let are_ours = tables.all(|(table, parts)| {
        is_name(table)
            && parts.iter().all(|part| {
                let partition = part.partition.as_deref();
                let mut names = part.earlier.iter().chain([&part.name]);
                names.all(|name| is_part(name)) && partition.is_none_or(is_partition_path)
            })
    });
    if !are_ours || !input.runs.iter().all(|run| is_name(&run.name)) {
        return false;
    }
    let has_parts = places_of(folder, input).all(|place| {
        let found = size_of_file(&place.part.temporary).or_else(|| size_of_file(place.otherwise()));
        found == Some(place.part.bytes)
    });
    has_parts && runs_of(folder, input).all(|(path, bytes)| size_of_file(&path) == Some(bytes))
}

fn size_of_file(path: &Path) -> Option<u64> {
    let found = fs::symlink_metadata(path).ok()?;
    found.is_file().then_some(found.len())
}

/// Removes parts and runs that belong to no input which is finished.  Where there is a manifest, the
/// parts that have their names are those of its job, and stay.
pub(super) fn sweep(folder: &Path, finished: &[FinishedInput]) -> io::Result<()> {
    let mut kept = BTreeSet::new();
    for input in finished {
        for place in places_of(folder, input) {
            kept.insert(place.otherwise().to_owned());
            kept.insert(place.part.temporary);
        }
        kept.extend(runs_of(folder, input).map(|(path, _)| path));
    }
    remove_if_there(&folder.join(NEW_JOURNAL_NAME))?;
    remove_if_there(&folder.join(format!(".{MANIFEST_NAME}.tmp")))?;
    let has_manifest = folder.join(MANIFEST_NAME).exists();
    for folder in part_folders(folder) {
        remove_others(&folder, &kept, |name| {
            is_temporary_part(name) || (is_part(name) && !has_manifest)
        })?;
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
