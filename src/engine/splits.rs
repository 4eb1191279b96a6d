//! A job in splits, for many processes on many machines.
//!
//! A plan cuts files at offsets, without a look at what stands there.  Each split is converted by a
//! process of its own, which leaves parts and a receipt.  A commit proves that the splits join, writes
//! what belongs to no split, and makes a finished job of it all.

mod attempt;
mod commit;
mod join;
mod plan;
mod prolog;
mod region;
mod scanned;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::source::{Input, Stamp};

pub use attempt::{DoneSplit, convert_split};
pub use commit::commit_splits;
pub use plan::{SplitPlan, plan_splits};
pub(super) use prolog::read_header;
pub(super) use scanned::scan_split;

/// A region of a dump file that one process converts, or several files as a whole, over which a page is spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// What the plan is known by.
    pub plan: String,
    /// Its number in the plan, from 0.
    pub number: usize,
    /// The file.
    pub file: PathBuf,
    /// Where it begins in the file as stored.
    pub begin_bytes: u64,
    /// Where it ends.
    pub end_bytes: u64,
    /// The file as it was when the plan was made.
    pub file_stamp: Stamp,
    /// Files in which the page with which the one before ends goes on, in order: they belong to the split,
    /// as `file` does, from their begin to their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub following: Vec<FollowingFile>,
    /// Where the splits behind the next one begin in the file: a scan of this split proves with it that
    /// these begin where it ends.  Plans for jobs, whose commit proves that, have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later_cuts: Vec<u64>,
}

/// A file that one process reads behind another, as one with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowingFile {
    /// The file.
    pub file: PathBuf,
    /// The file as it was when the plan was made.
    pub file_stamp: Stamp,
}

impl Split {
    /// Reads a split, or what a plan's line of one is.
    pub fn parse(json: &str) -> Result<Self> {
        let split: Self = serde_json::from_str(json)
            .map_err(|error| Error::usage("--split is no split of a plan").with_source(error))?;
        let cuts = [split.begin_bytes, split.end_bytes].into_iter();
        let cuts = cuts.chain(split.later_cuts.iter().copied());
        let is_sound = cuts.chain([split.file_stamp.bytes]).is_sorted();
        if !is_sound {
            return Err(Error::usage(format!(
                "--split is no split of a plan: it goes from {} to {} in a file of {} bytes",
                split.begin_bytes, split.end_bytes, split.file_stamp.bytes
            )));
        }
        if !split.following.is_empty() && !split.is_whole() {
            return Err(Error::usage(
                "--split is no split of a plan: it has a part of a file, and others behind it",
            ));
        }
        Ok(split)
    }

    /// The file; the first, where there are more.
    pub fn input(&self) -> Input {
        Input::File(self.file.clone())
    }

    /// All its files, in the order in which they are read.
    pub fn inputs(&self) -> Vec<Input> {
        self.files()
            .map(|(file, _)| Input::File(file.clone()))
            .collect()
    }

    /// All its files, as they were when the plan was made.
    fn files(&self) -> impl Iterator<Item = (&PathBuf, &Stamp)> {
        let following = self.following.iter();
        let following = following.map(|next| (&next.file, &next.file_stamp));
        std::iter::once((&self.file, &self.file_stamp)).chain(following)
    }

    /// Whether it is all of its file.
    pub fn is_whole(&self) -> bool {
        self.begin_bytes == 0 && self.end_bytes == self.file_stamp.bytes
    }

    /// Whether its file ends with it.
    pub(super) fn is_last(&self) -> bool {
        self.end_bytes == self.file_stamp.bytes
    }

    /// Refuses a file that is not the one that was planned.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        self.files()
            .try_for_each(|(file, planned)| check_unchanged(file, planned))
    }
}

fn check_unchanged(file: &Path, planned: &Stamp) -> Result<()> {
    let input = Input::File(file.to_owned());
    let why = match input.stamp()? {
        Some(now) if now == *planned => return Ok(()),
        Some(now) => super::resume::difference(planned, &now),
        None => "it is no regular file any more".to_owned(),
    };
    Err(Error::usage(format!(
        "has changed since the plan was made: {why}.  Make a new plan"
    ))
    .in_input(&input.name()))
}
