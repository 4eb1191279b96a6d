//! The folder of a job that many processes do, a split each, and one commits.
//!
//! Each attempt at a split writes its parts beside those of others, under names that nobody else has, and
//! at last a receipt, which tells what they hold.  An attempt without a receipt counts for nothing, so
//! attempts may be killed, repeated, or run side by side.  The commit takes one receipt a split.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access::Access;
use super::folder::{
    Occupied, OutputFolder, is_temporary_part, occupied, part_folders, remove_if_there,
};
use super::journal::{FinishedInput, JournalHead, KeptPart};
use super::layout::folders_of_table;
use super::lock::FolderLock;
use super::manifest::MANIFEST_NAME;
use super::part::{Part, temporary_ending, temporary_name};
use super::sync::sync_folders;
use crate::error::{Error, ErrorKind, Result};

/// The folder for receipts, and for what is sorted on disk.
pub(super) const SPLITS_NAME: &str = ".mwparquet-splits.tmp";

/// Version of the receipts' form.
const VERSION: u32 = 1;

/// What an attempt leaves that has done its split.
#[derive(Debug, Serialize, Deserialize)]
pub struct Receipt {
    receipt_version: u32,
    /// Who wrote the parts.
    pub attempt: String,
    /// The job, with its plan as the only input.
    pub head: JournalHead,
    /// What the split gave.
    pub finished: FinishedInput,
    /// What proves it together with its neighbours.
    pub seams: Value,
}

impl Receipt {
    /// The receipt of the attempt that writes into a folder.
    pub fn new(
        folder: &OutputFolder,
        head: JournalHead,
        finished: FinishedInput,
        seams: Value,
    ) -> Result<Self> {
        let attempt = folder.attempt();
        let attempt = attempt.ok_or_else(|| Error::internal("a split has no attempt"))?;
        Ok(Self {
            receipt_version: VERSION,
            attempt: attempt.to_owned(),
            head,
            finished,
            seams,
        })
    }

    /// Its parts, where they lie in the job's folder.
    pub fn parts(&self, folder: &Path) -> BTreeMap<String, Vec<Part>> {
        let of_table = |(table, parts): (&String, &Vec<KeptPart>)| {
            let path = folder.join(table);
            let parts = parts.iter().map(|kept| {
                let part = kept.part(&path);
                let temporary = temporary_name(&kept.name, Some(&self.attempt));
                let temporary = part.path.with_file_name(temporary);
                Part { temporary, ..part }
            });
            (table.clone(), parts.collect())
        };
        self.finished.parts.iter().map(of_table).collect()
    }

    /// Where its sorted runs lie.
    pub fn runs(&self, folder: &Path) -> Vec<PathBuf> {
        let runs = self.finished.runs.iter();
        runs.map(|run| folder.join(SPLITS_NAME).join(&run.name))
            .collect()
    }

    /// Whether all that it tells of is there, under temporary or final names.
    pub fn is_whole(&self, folder: &Path) -> bool {
        let has = |path: &Path, bytes: u64| {
            fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == bytes)
        };
        let parts = self.parts(folder);
        let mut parts = parts.values().flatten();
        let has_parts =
            parts.all(|part| has(&part.temporary, part.bytes) || has(&part.path, part.bytes));
        let runs = self.runs(folder);
        let mut runs = runs.iter().zip(&self.finished.runs);
        has_parts && runs.all(|(path, run)| has(path, run.bytes))
    }

    /// Gives temporary names back to parts that a commit has named which was ended.
    pub fn take_back(&self, folder: &Path) -> Result<()> {
        let parts = self.parts(folder);
        for part in parts.values().flatten() {
            if !part.temporary.exists() && part.path.exists() {
                fs::rename(&part.path, &part.temporary)
                    .map_err(|error| cannot("rename", &part.path, error))?;
            }
        }
        Ok(())
    }
}

/// All receipts in a job's folder, by the number of the split, in the order of their names.
pub fn receipts(folder: &Path) -> Result<BTreeMap<usize, Vec<Receipt>>> {
    let path = folder.join(SPLITS_NAME);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries.map_err(|error| cannot("read", &path, error))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot("read", &path, error))?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut found = BTreeMap::<usize, Vec<Receipt>>::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| cannot("read", &path, error))?;
        let receipt: Receipt = serde_json::from_slice(&bytes).map_err(|error| {
            Error::new(
                ErrorKind::Environment,
                format!("{} is no receipt of a split", path.display()),
            )
            .with_source(error)
        })?;
        if receipt.receipt_version == VERSION {
            let number = receipt.finished.number;
            found.entry(number).or_default().push(receipt);
        }
    }
    Ok(found)
}

impl OutputFolder {
    /// The folder for an attempt at a split, beside which others may write.
    pub fn for_attempt(path: &Path, access: Access) -> Result<Self> {
        access.check()?;
        let not_for_splits = |what: &str| {
            Error::usage(format!(
                "the output folder {} {what}: splits need a folder that is new or has other splits \
                 of their job",
                path.display()
            ))
        };
        match occupied(path) {
            None | Some(Occupied::Splits) => {}
            Some(Occupied::Finished) => return Err(not_for_splits("holds a finished job")),
            Some(Occupied::Unfinished) => {
                return Err(not_for_splits("holds a job that is not finished"));
            }
            Some(Occupied::Otherwise) => return Err(not_for_splits("is not empty")),
        }
        let splits = path.join(SPLITS_NAME);
        let made = access.create_folder(path);
        made.and_then(|()| access.create_folder(&splits))
            .map_err(|error| cannot("write into", path, error))?;
        Ok(Self::of_attempt(path, access, unique_name()))
    }

    /// The folder of a job whose splits are to be committed: no other job has it meanwhile.
    pub fn for_commit(path: &Path, access: Access) -> Result<Self> {
        access.check()?;
        match occupied(path) {
            Some(Occupied::Splits) => {}
            Some(Occupied::Finished) => {
                return Err(Error::usage(format!(
                    "the job in {} is committed already",
                    path.display()
                )));
            }
            _ => {
                return Err(Error::usage(format!(
                    "{} holds no splits that could be committed",
                    path.display()
                )));
            }
        }
        let lock = FolderLock::take(path, access)?;
        Ok(Self::of_commit(path, access, lock))
    }

    /// Leaves the receipt, when the parts are on disk; from now on they are kept.  Where another attempt
    /// was faster, or the job is committed already, there is nothing more to be done.
    pub fn leave_receipt(mut self, receipt: &Receipt) -> Result<()> {
        let path = self.path().to_owned();
        let number = receipt.finished.number;
        let is_late = || -> Result<bool> {
            let others = receipts(&path)?;
            let mut others = others.get(&number).into_iter().flatten();
            Ok(path.join(MANIFEST_NAME).exists() || others.any(|other| other.is_whole(&path)))
        };
        if is_late()? {
            return Ok(());
        }
        let splits = path.join(SPLITS_NAME);
        let name = format!("split-{number:05}-{}.json", receipt.attempt);
        let (named, temporary) = (splits.join(&name), splits.join(format!("{name}.tmp")));
        let access = self.access();
        let write = || -> io::Result<()> {
            let tables = receipt.finished.parts.keys();
            let tables = tables.map(|table| path.join(table));
            let tables: Vec<_> = tables.flat_map(|table| folders_of_table(&table)).collect();
            sync_folders(tables.iter().map(PathBuf::as_path))?;
            let mut text = serde_json::to_vec(receipt)?;
            text.push(b'\n');
            let mut file = access.create_file(&temporary)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&temporary, &named)?;
            sync_folders([splits.as_path(), path.as_path()])
        };
        write().map_err(|error| cannot("write", &named, error))?;
        self.keep_attempt();
        Ok(())
    }
}

/// A name that no other attempt has, on whatever machine.
fn unique_name() -> String {
    // The keys of this hasher are random, anew for each process.
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    if let Ok(now) = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        hasher.write_u128(now.as_nanos());
    }
    format!("{:016x}", hasher.finish())
}

/// Removes what an attempt wrote that has left no receipt.
pub(super) fn remove_attempt(folder: &Path, attempt: &str) {
    let ending = temporary_ending(attempt);
    for parts in part_folders(folder) {
        // The folders stay: another attempt may be about to write into them.
        remove_those(&parts, |name| name.ends_with(&ending));
    }
    let run = format!("-{attempt}");
    let splits = folder.join(SPLITS_NAME);
    remove_those(&splits, |name| {
        name.ends_with(&run) || name.ends_with(&format!("{run}.json.tmp"))
    });
}

/// Removes what attempts left in a job's folder when it is committed.
pub(super) fn remove_attempts(folder: &Path) -> io::Result<()> {
    for parts in part_folders(folder) {
        remove_those(&parts, is_temporary_part);
    }
    remove_if_there(&folder.join(format!(".{MANIFEST_NAME}.tmp")))?;
    remove_splits(folder)
}

/// Removes receipts, and what was sorted on disk.
pub(super) fn remove_splits(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder.join(SPLITS_NAME)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_those(folder: &Path, is_meant: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_meant(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot {what} {}", path.display()), error)
}
