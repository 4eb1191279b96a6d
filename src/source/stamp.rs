//! By what a file is known again, and seen to have changed.

use std::path::Path;
use std::time::UNIX_EPOCH;

use super::Input;
use crate::error::{Error, Result};

/// Size and time of a file: what changes when somebody writes into it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct Stamp {
    /// Size.
    pub bytes: u64,
    /// When it was last written, in whole seconds since 1970.
    pub modified_seconds: i64,
    /// The rest of that in nanoseconds, forwards in time.
    pub modified_nanos: u32,
}

impl Input {
    /// The stamp of a regular file; `None` for what can be read once only.
    pub fn stamp(&self) -> Result<Option<Stamp>> {
        match self {
            Self::File(path) => stamp_of(path).map_err(|error| error.in_input(&self.name())),
            Self::Stdin => Ok(None),
        }
    }
}

fn stamp_of(path: &Path) -> Result<Option<Stamp>> {
    let cannot = |error| Error::io("cannot read the file", error);
    let metadata = path.metadata().map_err(cannot)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let modified = metadata.modified().map_err(cannot)?;
    let (modified_seconds, modified_nanos) = match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => (seconds(since.as_secs()), since.subsec_nanos()),
        Err(before) => match (
            before.duration().as_secs(),
            before.duration().subsec_nanos(),
        ) {
            (whole, 0) => (-seconds(whole), 0),
            (whole, nanos) => (-seconds(whole) - 1, 1_000_000_000 - nanos),
        },
    };
    Ok(Some(Stamp {
        bytes: metadata.len(),
        modified_seconds,
        modified_nanos,
    }))
}

fn seconds(whole: u64) -> i64 {
    whole.try_into().unwrap_or(i64::MAX)
}
