//! Where files are cut.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf, absolute};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{FollowingFile, Split, read_header};
use crate::container::{Format, HEAD_BYTES};
use crate::engine::lane::Lane;
use crate::engine::options::Limits;
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::engine::sequences::sequences;
use crate::error::{Error, Result};
use crate::sink::{Manifest, hexadecimal};
use crate::source::{Input, Stamp};

/// Version of the form of plans.
const VERSION: u32 = 1;

/// The splits of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitPlan {
    plan_version: u32,
    /// The program that made it, and its version.
    pub program: String,
    /// What it is known by: the same splits of the same files give the same plan.
    pub plan: String,
    /// Files in folders that were left out, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// The splits, in order.
    pub splits: Vec<Split>,
}

impl SplitPlan {
    /// Reads a plan, and refuses one that was altered.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let plan: Self = serde_json::from_slice(json)
            .map_err(|error| Error::usage("is no plan of splits").with_source(error))?;
        if plan.program != Manifest::PROGRAM {
            return Err(Error::usage(format!(
                "was made by {}, and this is {}: make a new plan",
                plan.program,
                Manifest::PROGRAM
            )));
        }
        let is_sound = plan.plan_version == VERSION && plan.plan == name_of(&plan.splits)?;
        let in_plan =
            |(number, split): (usize, &Split)| split.number == number && split.plan == plan.plan;
        if !is_sound || !plan.splits.iter().enumerate().all(in_plan) {
            return Err(Error::usage(
                "is no plan as it was made: it was altered, or lacks splits",
            ));
        }
        Ok(plan)
    }

    /// The same for scans: each split tells where those behind it begin.
    pub fn for_scans(mut self) -> Self {
        for file in self.splits.chunk_by_mut(|one, next| one.file == next.file) {
            let begins: Vec<_> = file.iter().map(|split| split.begin_bytes).collect();
            for (index, split) in file.iter_mut().enumerate() {
                split.later_cuts = begins.get(index + 2..).unwrap_or_default().to_vec();
            }
        }
        self
    }

    /// The splits of each file, in order.
    pub(super) fn by_file(&self) -> impl Iterator<Item = &[Split]> {
        self.splits.chunk_by(|one, next| one.file == next.file)
    }
}

/// Plans splits of about `split_bytes` as stored; files that can be read from their begin only are one
/// split each, and those over which a page is spread one together.
pub fn plan_splits(
    inputs: &[Input],
    left_out: BTreeMap<String, String>,
    split_bytes: u64,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<SplitPlan> {
    let mut splits = Vec::new();
    for sequence in sequences(inputs, limits, pool, stop)? {
        stop.check()?;
        let files = sequence.files().iter();
        let files: Vec<_> = files.filter_map(|file| inputs.get(file.number)).collect();
        splits.extend(splits_of(&files, split_bytes, limits, pool, stop)?);
    }
    for (number, split) in splits.iter_mut().enumerate() {
        split.number = number;
    }
    let name = name_of(&splits)?;
    splits
        .iter_mut()
        .for_each(|split| split.plan.clone_from(&name));
    Ok(SplitPlan {
        plan_version: VERSION,
        program: Manifest::PROGRAM.to_owned(),
        plan: name,
        left_out,
        splits,
    })
}

/// The splits of one input, or the one of several over which a page is spread: they are read by one process,
/// for whoever read one of them would have to wait for what another finds out.
fn splits_of(
    inputs: &[&Input],
    split_bytes: u64,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<Vec<Split>> {
    let Some((first, following)) = inputs.split_first() else {
        return Ok(Vec::new());
    };
    let file = Planned::look(first)?;
    if !following.is_empty() {
        let following = following
            .iter()
            .map(|input| Planned::look(input).map(Planned::following))
            .collect::<Result<_>>()?;
        return Ok(vec![Split {
            following,
            ..file.split(0, 1)
        }]);
    }
    let count = match file.stamp.bytes.div_ceil(split_bytes.max(1)) {
        0 | 1 => 1,
        count if file.can_be_cut(first, limits, pool, stop)? => count,
        _ => 1,
    };
    Ok((0..count).map(|index| file.split(index, count)).collect())
}

/// A file that is planned.
struct Planned {
    path: PathBuf,
    stamp: Stamp,
}

impl Planned {
    fn look(input: &Input) -> Result<Self> {
        let no_file = || {
            Error::usage("cannot be planned: splits need files that can be read again")
                .in_input(&input.name())
        };
        let Input::File(path) = input else {
            return Err(no_file());
        };
        let stamp = input.stamp()?.ok_or_else(no_file)?;
        Ok(Self {
            path: absolute_path(path)?,
            stamp,
        })
    }

    /// Whether it can be read from its middle.  What is wrong with it is told where it is converted.
    fn can_be_cut(&self, input: &Input, limits: &Limits, pool: &Pool, stop: &Stop) -> Result<bool> {
        if !Format::detect(&input.head_again(HEAD_BYTES)?).is_splittable() {
            return Ok(false);
        }
        let progress = Progress::default();
        let header = Lane::alone(limits, pool, &progress, stop, |lane| {
            read_header(input, lane)
        });
        stop.check()?;
        Ok(matches!(header, Ok(Some(_))))
    }

    /// The same, read behind another.
    fn following(self) -> FollowingFile {
        FollowingFile {
            file: self.path,
            file_stamp: self.stamp,
        }
    }

    fn split(&self, index: u64, count: u64) -> Split {
        let at = |index: u64| {
            let at = u128::from(self.stamp.bytes) * u128::from(index) / u128::from(count);
            u64::try_from(at).unwrap_or(self.stamp.bytes)
        };
        Split {
            plan: String::new(),
            number: 0,
            file: self.path.clone(),
            begin_bytes: at(index),
            end_bytes: at(index + 1),
            file_stamp: self.stamp.clone(),
            following: Vec::new(),
            later_cuts: Vec::new(),
        }
    }
}

/// Whoever converts a split may stand in another folder.
fn absolute_path(path: &Path) -> Result<PathBuf> {
    let path = absolute(path)
        .map_err(|error| Error::io(format!("cannot find {}", path.display()), error))?;
    match path.to_str() {
        Some(_) => Ok(path),
        None => Err(Error::usage(format!(
            "{} is not UTF-8, as names in a plan have to be",
            path.display()
        ))),
    }
}

/// What splits are known by, whatever plan they say that they are of.
fn name_of(splits: &[Split]) -> Result<String> {
    let mut hash = Sha256::new();
    for split in splits {
        let nameless = Split {
            plan: String::new(),
            later_cuts: Vec::new(),
            ..split.clone()
        };
        let text = serde_json::to_vec(&nameless)
            .map_err(|error| Error::internal("a split is no JSON").with_source(error))?;
        hash.update(&text);
    }
    let digits = hexadecimal(&hash.finalize());
    Ok(digits.chars().take(16).collect())
}
