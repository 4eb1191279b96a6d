//! What an unfinished job has done: a line of JSON an input, on disk before the next one counts.
//!
//! The first line says what the job is, each other one what an input gave and where that lies.  A line
//! is written when all that it tells of is on disk; one that was cut counts for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access::Access;
use super::folder::SORTING_NAME;
use super::manifest::{InputEntry, Manifest};
use super::part::Part;
use super::sorted_runs::KeptRun;
use super::sync::{Sync, sync_folders};
use crate::error::{Error, Result};

/// The journal's file.
pub(super) const JOURNAL_NAME: &str = ".mwparquet-journal.tmp";
/// A journal that is to take the place of another.
pub(super) const NEW_JOURNAL_NAME: &str = ".mwparquet-journal-new.tmp";

/// Version of the journal's form.
const VERSION: u32 = 1;

/// What a job is, as far as its output depends on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JournalHead {
    journal_version: u32,
    program: String,
    inputs: Vec<String>,
    options: BTreeMap<String, Value>,
    /// What the output depends on, too, or what the options are made of.
    details: BTreeMap<String, Value>,
    /// SHA-256 of the manifest of the finished job that this one is to replace, which lies there until
    /// this one is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) beside: Option<String>,
}

impl JournalHead {
    /// The head of a job: names of its inputs, its options as the manifest keeps them, and details.
    pub fn new(
        inputs: Vec<String>,
        options: BTreeMap<String, Value>,
        details: BTreeMap<String, Value>,
    ) -> Result<Self> {
        let head = Self {
            journal_version: VERSION,
            program: Manifest::PROGRAM.to_owned(),
            inputs,
            options,
            details,
            beside: None,
        };
        // Through the text and back, so that numbers are as they are read.
        let cannot = |error| Error::internal("a job's options are no JSON").with_source(error);
        let text = serde_json::to_vec(&head).map_err(cannot)?;
        serde_json::from_slice(&text).map_err(cannot)
    }

    /// Names of the inputs.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// What is different in this job from an earlier one; `None` where nothing is.
    pub fn difference_from(&self, earlier: &Self) -> Option<String> {
        if self.journal_version != earlier.journal_version || self.program != earlier.program {
            let (then, now) = (&earlier.program, &self.program);
            return Some(format!("it was begun by {then}, and this is {now}"));
        }
        inputs_differ(&earlier.inputs, &self.inputs)
            .or_else(|| options_differ(&earlier.options, &self.options))
            .or_else(|| options_differ(&earlier.details, &self.details))
    }

    /// What is different in this job from a finished one, but for the inputs.
    pub fn options_differ_from_finished(&self, manifest: &Manifest) -> Result<Option<String>> {
        let mut earlier = Self::new(
            self.inputs.clone(),
            manifest.options.clone(),
            self.details.clone(),
        )?;
        earlier.program.clone_from(&manifest.program);
        Ok(self.difference_from(&earlier))
    }

    /// What is different in this job from a finished one.
    pub fn difference_from_finished(&self, manifest: &Manifest) -> Result<Option<String>> {
        let inputs = manifest.inputs.iter().map(|input| input.name.clone());
        let mut earlier = Self::new(
            inputs.collect(),
            manifest.options.clone(),
            self.details.clone(),
        )?;
        earlier.program.clone_from(&manifest.program);
        Ok(self.difference_from(&earlier))
    }
}

fn inputs_differ(then: &[String], now: &[String]) -> Option<String> {
    if then == now {
        return None;
    }
    let mut pairs = (1..).zip(then.iter().zip(now));
    Some(match pairs.find(|(_, (then, now))| then != now) {
        Some((number, (then, now))) => format!("input {number} was {then} and is now {now}"),
        None => format!("it had {} inputs and has now {}", then.len(), now.len()),
    })
}

fn options_differ(then: &BTreeMap<String, Value>, now: &BTreeMap<String, Value>) -> Option<String> {
    let names: BTreeSet<_> = then.keys().chain(now.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| then.get(*name) != now.get(*name));
    let told = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "not given".to_owned(),
        Some(value) => value.to_string(),
    };
    let changed: Vec<_> = changed
        .map(|name| {
            let (then, now) = (told(then.get(name)), told(now.get(name)));
            format!("{name} was {then} and is now {now}")
        })
        .collect();
    (!changed.is_empty()).then(|| changed.join("; "))
}

/// What an input gave that is finished.
#[derive(Debug, Serialize, Deserialize)]
pub struct FinishedInput {
    /// Number of the input.
    pub number: usize,
    /// Whether it is kept of a finished job, and was not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_kept: bool,
    /// What the manifest is to say of it.
    pub entry: InputEntry,
    /// Its parts by table.
    pub parts: BTreeMap<String, Vec<KeptPart>>,
    /// Its runs of what is sorted on disk.
    pub runs: Vec<KeptRun>,
    /// What else the job needs of it.
    pub rest: Value,
}

/// A finished part of a job that is not.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptPart {
    /// Its final name, in the folder of its table.
    pub name: String,
    /// The name under which a finished job has it that this one is to replace, as long as it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl KeptPart {
    /// What is to be kept of a part.
    pub fn of(part: &Part) -> Self {
        let name = part.path.file_name().unwrap_or_default();
        Self {
            name: name.to_string_lossy().into_owned(),
            earlier: None,
            rows: part.rows,
            bytes: part.bytes,
            sha256: part.sha256.clone(),
        }
    }

    /// The part, in the folder of its table.
    pub fn part(&self, table: &Path) -> Part {
        Part {
            temporary: table.join(format!(".{}.tmp", self.name)),
            path: table.join(&self.name),
            rows: self.rows,
            bytes: self.bytes,
            sha256: self.sha256.clone(),
        }
    }
}

/// What a journal tells.
#[derive(Debug)]
pub(super) struct Recorded {
    /// The job; `None` where the journal was ended before its first line was written.
    pub head: Option<JournalHead>,
    pub finished: BTreeMap<usize, FinishedInput>,
}

impl Recorded {
    /// Reads the journal in a folder, if there is one.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(JOURNAL_NAME);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| cannot("read", &path, error))?,
        };
        // What lies behind the last end of a line was cut.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.and_then(|end| bytes.get(..end)).unwrap_or_default();
        let mut lines = whole.split(|byte| *byte == b'\n');
        let head = lines
            .next()
            .and_then(|line| serde_json::from_slice(line).ok());
        let mut finished = BTreeMap::new();
        if head.is_some() {
            // Nor can be trusted what lies behind a line that the disk did not keep.
            let inputs = lines.map_while(|line| serde_json::from_slice::<FinishedInput>(line).ok());
            finished.extend(inputs.map(|input| (input.number, input)));
        }
        Ok(Some(Self { head, finished }))
    }
}

/// The journal of a running job.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    file: File,
    /// How long it is up to its last whole line.
    whole_bytes: u64,
    /// Its first line, as long as nothing hangs on it.
    beginning: Option<Sync>,
}

impl Journal {
    /// Begins a journal, in the place of one that there may be, with inputs that are finished.
    pub(super) fn begin<'f>(
        folder: &Path,
        access: Access,
        head: &JournalHead,
        finished: impl IntoIterator<Item = &'f FinishedInput>,
    ) -> Result<Self> {
        let (new, path) = (folder.join(NEW_JOURNAL_NAME), folder.join(JOURNAL_NAME));
        let write = || -> io::Result<Self> {
            let mut text = line_of(head)?;
            let head_bytes = text.len();
            for input in finished {
                text.extend(line_of(input)?);
            }
            let mut file = access.create_file(&new)?;
            file.write_all(&text)?;
            // Inputs that another journal has as finished are not to be lost with it.
            let replaces_another = text.len() > head_bytes;
            if replaces_another {
                file.sync_all()?;
            }
            fs::rename(&new, &path)?;
            let (same_file, same_folder) = (file.try_clone()?, folder.to_owned());
            let sync = Sync::begin(move || {
                same_file.sync_all()?;
                sync_folders([same_folder.as_path()])
            })?;
            let beginning = match replaces_another {
                true => sync.wait().map(|()| None)?,
                false => Some(sync),
            };
            Ok(Self {
                folder: folder.to_owned(),
                file,
                whole_bytes: text.len() as u64,
                beginning,
            })
        };
        write().map_err(|error| cannot("write", &path, error))
    }

    /// Adds an input whose parts and runs are on disk.
    pub fn add(&mut self, input: &FinishedInput) -> Result<()> {
        let beginning = self.beginning.take();
        beginning
            .map_or(Ok(()), Sync::wait)
            .and_then(|()| self.sync_names(input))
            .and_then(|()| self.append(&line_of(input)?))
            .map_err(|error| cannot("write", &self.folder.join(JOURNAL_NAME), error))
    }

    /// Has the names of all files of an input on disk, too.
    fn sync_names(&self, input: &FinishedInput) -> io::Result<()> {
        let tables = input.parts.iter().filter(|(_, parts)| !parts.is_empty());
        let mut folders = vec![self.folder.clone()];
        folders.extend(tables.map(|(table, _)| self.folder.join(table)));
        if !input.runs.is_empty() {
            folders.push(self.folder.join(SORTING_NAME));
        }
        sync_folders(folders.iter().map(PathBuf::as_path))
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self
            .file
            .write_all(line)
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.whole_bytes += line.len() as u64,
            // A line may stand behind this one, if another input still ends.
            Err(_) => self.forget_cut_line()?,
        }
        written
    }

    fn forget_cut_line(&mut self) -> io::Result<()> {
        use std::io::{Seek, SeekFrom};
        self.file.set_len(self.whole_bytes)?;
        self.file.seek(SeekFrom::Start(self.whole_bytes))?;
        Ok(())
    }
}

fn line_of(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(format!("cannot {what} {}", path.display()), error)
}

#[cfg(test)]
mod tests;
