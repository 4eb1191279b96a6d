//! Bringing a finished job up to date: a new job that keeps parts of the one in its folder.
//!
//! The order of things, each of which leaves a folder that says truly what it is:
//!
//! 1. The finished job lies there, with its manifest.  The new one writes beside it, under temporary names,
//!    and its journal tells what it has: parts that it is going to keep, by the names that they have, and
//!    inputs that it has finished itself.  However it ends here, the finished job is as it was.
//! 2. All inputs are finished.  The manifest goes: from here on, the folder holds an unfinished job.
//! 3. Parts that are kept get the temporary names that they would have if this job had written them, and
//!    those that are not kept go.
//! 4. The journal is written again, without the earlier names.  The folder is that of a job which has just
//!    read its last input, and is committed like any other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::access::Access;
use super::folder::{Occupied, OutputFolder, is_part, occupied, table_folders};
use super::journal::{FinishedInput, Journal, JournalHead, Recorded};
use super::lock::FolderLock;
use super::manifest::{MANIFEST_NAME, Manifest};
use super::part::hexadecimal;
use super::recover::{Resumed, check_parts, forget, is_whole, read_ours, sweep, take_names_back};
use super::sync::sync_folders;
use crate::error::{Error, Result};

/// What a new job keeps of a finished one.
#[derive(Debug)]
pub enum Kept {
    /// All of it: there is nothing to do.
    Everything,
    /// The parts of these inputs, numbered as in the new job.
    Inputs(Vec<FinishedInput>),
}

impl OutputFolder {
    /// Takes the folder of a finished job, to bring it up to date, or else one as [`Self::resume`] does.
    ///
    /// `choose` tells what is kept of the finished job; `check` fails for an input that has changed since
    /// an update read it that was ended.
    pub fn update(
        path: &Path,
        access: Access,
        head: &JournalHead,
        choose: &dyn Fn(&Manifest) -> Result<Kept>,
        check: &dyn Fn(&FinishedInput) -> Result<()>,
    ) -> Result<Resumed> {
        if occupied(path) != Some(Occupied::Finished) {
            return Self::resume(path, access, head, check);
        }
        access.check()?;
        if access.is_closer_than(path) {
            return Err(Error::usage(format!(
                "the job in {} was not written with --private: name another folder, or give --overwrite \
                 without --skip-unchanged",
                path.display()
            )));
        }
        let lock = FolderLock::take(path, access)?;
        if !path.join(MANIFEST_NAME).exists() {
            // Between the two looks another job has begun to take its place.
            drop(lock);
            return Self::resume(path, access, head, check);
        }
        let manifest = read_ours(path)?;
        let kept = match choose(&manifest)? {
            Kept::Inputs(kept) => kept,
            Kept::Everything => {
                check_parts(path, &manifest)?;
                let swept = sweep(path, &[]).and_then(|()| forget(path));
                swept.map_err(|error| cannot_write(path, error))?;
                return Ok(Resumed::Finished(Box::new(manifest)));
            }
        };
        let mut head = head.clone();
        head.beside = Some(checksum_of_manifest(path)?);
        let mut finished = finished_beside(path, &head)?;
        finished.retain(|input| is_whole(path, input) && check(input).is_ok());
        // What is not there any more is read again.
        finished.extend(kept.into_iter().filter(|input| is_whole(path, input)));
        sweep(path, &finished).map_err(|error| cannot_write(path, error))?;
        let journal = Journal::begin(path, access, &head, &finished)?;
        Ok(Resumed::Unfinished {
            folder: Self::taken(path, access, lock),
            journal,
            finished,
        })
    }

    /// Where a finished job is to be replaced: it goes, and what is kept of it becomes this job's own.
    pub(super) fn replace_earlier(&self) -> Result<()> {
        let path = self.path();
        if !path.join(MANIFEST_NAME).exists() {
            return Ok(());
        }
        let recorded = Recorded::read(path)?;
        let Some((mut head, finished)) =
            recorded.and_then(|recorded| Some((recorded.head?, recorded.finished)))
        else {
            return Err(Error::internal("a job is to be replaced without a journal"));
        };
        let mut finished: Vec<_> = finished.into_values().collect();
        head.beside = None;
        let mut replace = || -> io::Result<()> {
            fs::remove_file(path.join(MANIFEST_NAME))?;
            sync_folders([path])?;
            take_names_back(path, &mut finished)?;
            let tables = table_folders(path);
            tables.iter().try_for_each(|table| remove_parts(table))?;
            sync_folders(tables.iter().map(PathBuf::as_path))
        };
        replace().map_err(|error| cannot_write(path, error))?;
        Journal::begin(path, self.access(), &head, &finished).map(|_| ())
    }
}

/// The inputs that an update which was ended has finished itself, if it is the same update.
fn finished_beside(path: &Path, head: &JournalHead) -> Result<Vec<FinishedInput>> {
    let Some(recorded) = Recorded::read(path)? else {
        return Ok(Vec::new());
    };
    let is_same = recorded.head.is_some_and(|earlier| {
        earlier.beside == head.beside && head.difference_from(&earlier).is_none()
    });
    let finished = recorded.finished.into_values();
    Ok(finished
        .filter(|input| is_same && is_of_update(input))
        .collect())
}

/// Whether an update has read an input itself.
fn is_of_update(input: &FinishedInput) -> bool {
    !input.is_kept
}

/// What an update leaves that has failed: the finished job, and what it has itself of finished inputs, with
/// its journal.
pub(super) fn leave_earlier(path: &Path, is_given_up: bool) {
    let recorded = Recorded::read(path).ok().flatten();
    let finished = recorded.into_iter().flat_map(|recorded| recorded.finished);
    let finished: Vec<_> = finished.map(|(_, input)| input).collect();
    if is_given_up || !finished.iter().any(is_of_update) {
        let _ = forget(path);
        let _ = sweep(path, &[]);
    } else {
        let _ = sweep(path, &finished);
    }
    for table in table_folders(path) {
        // Those that are not empty stay.
        let _ = fs::remove_dir(table);
    }
}

fn remove_parts(table: &Path) -> io::Result<()> {
    for entry in fs::read_dir(table)? {
        let entry = entry?;
        if is_part(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn checksum_of_manifest(folder: &Path) -> Result<String> {
    let path = folder.join(MANIFEST_NAME);
    let bytes = fs::read(&path)
        .map_err(|error| Error::io(format!("cannot read {}", path.display()), error))?;
    Ok(hexadecimal(&Sha256::digest(bytes)))
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot write into {}", path.display()), error)
}
