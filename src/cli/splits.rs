//! `mwparquet plan`, and what `convert` does with its splits.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::args::{PlanArguments, ProgressStyle, SplitArguments};
use super::convert::dumps;
use super::sizes::human_count;
use super::{WITH_REJECTS, print};
use crate::engine::{DoneSplit, Limits, Pool, Split, SplitPlan, Stop, plan_splits};
use crate::error::{Error, Result};
use crate::source::Input;

/// Runs `mwparquet plan`.
pub(super) fn run(arguments: &PlanArguments, stop: &Stop) -> Result<ExitCode> {
    let mut text = serde_json::to_vec_pretty(&plan(arguments, stop)?).map_err(no_json)?;
    text.push(b'\n');
    print(&text)
}

/// The splits that the arguments ask for.
pub(super) fn plan(arguments: &PlanArguments, stop: &Stop) -> Result<SplitPlan> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool::new(threads)?;
    let limits = Limits::default();
    let (inputs, left_out) = dumps(&arguments.inputs, &arguments.runs, &limits, &pool, stop)?;
    plan_splits(
        &inputs,
        left_out,
        arguments.split_size,
        &limits,
        &pool,
        stop,
    )
}

/// A plan as JSON, for scans of its splits.
pub(super) fn plan_for_scans(arguments: &PlanArguments, stop: &Stop) -> Result<String> {
    serde_json::to_string(&plan(arguments, stop)?.for_scans()).map_err(no_json)
}

fn no_json(error: serde_json::Error) -> Error {
    Error::internal("a plan is no JSON").with_source(error)
}

/// What of a job `convert` is to do.
pub(super) enum Share {
    /// All of it.
    Whole,
    /// One split.
    Split(Box<Split>),
    /// What comes when all splits are done.
    Commit(Box<SplitPlan>),
}

impl Share {
    /// What the arguments ask for.
    pub(super) fn of(arguments: &SplitArguments) -> Result<Self> {
        if let Some(split) = &arguments.split {
            let is_json = split.trim_start().starts_with('{');
            let text = match is_json {
                true => split.clone(),
                false => String::from_utf8_lossy(&read(Path::new(split))?).into_owned(),
            };
            return Split::parse(&text).map(|split| Self::Split(Box::new(split)));
        }
        let Some(path) = &arguments.commit else {
            return Ok(Self::Whole);
        };
        let plan = SplitPlan::parse(&read(path)?);
        let plan = plan.map_err(|error| error.in_input(&path.to_string_lossy().into()))?;
        Ok(Self::Commit(Box::new(plan)))
    }

    /// The inputs, where they are not named one by one.
    pub(super) fn inputs(&self) -> Option<Vec<Input>> {
        match self {
            Self::Whole => None,
            Self::Split(split) => Some(split.inputs()),
            Self::Commit(plan) => {
                let mut inputs: Vec<_> = plan.splits.iter().flat_map(Split::inputs).collect();
                inputs.dedup();
                Some(inputs)
            }
        }
    }

    /// The same by the numbers that their parts have: a file for each split up to the last.
    pub(super) fn numbered_inputs(&self) -> Option<Vec<Input>> {
        match self {
            Self::Whole => None,
            // Those of splits before it stand for nothing.
            Self::Split(split) => Some(vec![split.input(); split.number + 1]),
            Self::Commit(plan) => Some(plan.splits.iter().map(Split::input).collect()),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::io(format!("cannot read {}", path.display()), error))
}

/// Says what became of a split.
pub(super) fn tell(split: &Split, done: &DoneSplit, style: ProgressStyle) -> ExitCode {
    let (number, seen) = (split.number, &done.seen);
    let mut err = io::stderr().lock();
    let _ = match style {
        ProgressStyle::Off => Ok(()),
        ProgressStyle::Json => {
            let event = json!({"event": "split", "number": number, "was_done": done.was_done, "seen": seen});
            writeln!(err, "{event}")
        }
        _ if done.was_done => writeln!(err, "split {number} was done before: nothing to do"),
        _ => writeln!(
            err,
            "split {number} is done: {} pages, {} revisions, {} log entries; not committed yet",
            human_count(seen.pages),
            human_count(seen.revisions),
            human_count(seen.log_items)
        ),
    };
    match seen.rejects {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(WITH_REJECTS),
    }
}
