//! `dumpstatus.json`: what a run has finished, as the dump maker tells it.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

/// The file's name.
pub(super) const FILE_NAME: &str = "dumpstatus.json";

/// A run's jobs by name.  Any key may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// The jobs.
    #[serde(default)]
    pub jobs: BTreeMap<String, JobState>,
}

/// A job of the dump maker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct JobState {
    /// `done`, `in-progress`, `waiting`, `failed` or `skipped`.
    #[serde(default)]
    pub status: String,
    /// Its files by name.
    #[serde(default)]
    pub files: BTreeMap<String, FileState>,
}

/// A file of a job; what is not known yet is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct FileState {
    /// Its size.
    #[serde(rename = "size")]
    pub size_bytes: Option<u64>,
    /// Its MD5, in hexadecimal digits.
    pub md5: Option<String>,
    /// Its SHA-1, in hexadecimal digits.
    pub sha1: Option<String>,
}

impl JobState {
    /// Whether its files are complete.
    pub fn is_done(&self) -> bool {
        self.status == "done"
    }

    /// Whether nothing more is to come of it.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "done" | "skipped")
    }
}

impl Status {
    /// Reads that of a run; `None` where the folder has none.
    pub fn of_folder(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE_NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(format!("cannot read {}", path.display()), error)),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Error::damaged(format!("{} cannot be read as JSON", path.display())).with_source(error)
        })
    }

    /// The job that a file belongs to.
    pub fn job_of(&self, file_name: &str) -> Option<&JobState> {
        self.jobs
            .values()
            .find(|job| job.files.contains_key(file_name))
    }

    /// Whether nothing more is to come.
    pub fn has_ended(&self) -> bool {
        !self.jobs.is_empty() && self.jobs.values().all(JobState::has_ended)
    }
}
