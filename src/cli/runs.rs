//! `mwparquet runs`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::json;

use super::args::RunsArguments;
use super::print;
use super::sizes::{human_bytes, human_count};
use crate::error::{Error, Result};
use crate::runs::{DumpName, Kind, Mirror, Run, Status};

/// What there is of a kind in a run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Extent {
    files: u64,
    bytes: u64,
    /// What the run says of the jobs, each once.
    states: Vec<String>,
}

pub(super) fn run(arguments: &RunsArguments) -> Result<ExitCode> {
    let mirror = Mirror::new(&arguments.mirror.root);
    let mut runs: Vec<Run> = Vec::new();
    for pattern in &arguments.wikis {
        for run in mirror.runs(pattern)? {
            if !runs.contains(&run) {
                runs.push(run);
            }
        }
    }
    if runs.is_empty() {
        return Err(Error::usage(format!(
            "there is no run of {} in {}",
            arguments.wikis.join(", "),
            mirror.root().display()
        )));
    }
    for run in &runs {
        let extents = extents(run)?;
        let text = match arguments.json {
            true => as_json(run, &extents)?,
            false => as_text(run, &extents)?,
        };
        print(text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is there, by kind: files of the folder, and those that the run lists and has not finished.
fn extents(run: &Run) -> Result<BTreeMap<Kind, Extent>> {
    let status = Status::of_folder(&run.folder)?.unwrap_or_default();
    let mut extents: BTreeMap<Kind, Extent> = BTreeMap::new();
    for (name, size_bytes) in run.files()? {
        let Some(name_told) = DumpName::parse(&name) else {
            continue;
        };
        let extent = extents
            .entry(run.exports.unwrap_or(name_told.kind))
            .or_default();
        extent.files += 1;
        extent.bytes += size_bytes;
        let state = status
            .job_of(&name)
            .map_or("not listed", |job| job.status.as_str());
        extent.note(state);
    }
    for job in status.jobs.values().filter(|job| !job.is_done()) {
        for kind in job.files.keys().filter_map(|name| DumpName::parse(name)) {
            extents.entry(kind.kind).or_default().note(&job.status);
        }
    }
    if let Some(kind) = run.exports {
        let state = match run.has_finished(&[kind])? {
            true => "done",
            false => "not finished",
        };
        extents.entry(kind).or_default().states = vec![state.to_owned()];
    }
    Ok(extents)
}

impl Extent {
    fn note(&mut self, state: &str) {
        if !self.states.iter().any(|known| known == state) {
            self.states.push(state.to_owned());
        }
    }
}

fn as_text(run: &Run, extents: &BTreeMap<Kind, Extent>) -> Result<String> {
    let ended = match run.exports {
        Some(_) => String::new(),
        None if run.has_finished(&[])? => " finished".to_owned(),
        None => " not finished".to_owned(),
    };
    let mut text = format!("{} {}{ended}\n", run.wiki, run.date);
    for (kind, extent) in extents {
        text += &format!(
            "  {:<26} {:>6} {:<5} {:>10}  {}\n",
            kind.name(),
            human_count(extent.files),
            if extent.files == 1 { "file" } else { "files" },
            human_bytes(extent.bytes),
            extent.states.join(", ")
        );
    }
    Ok(text)
}

fn as_json(run: &Run, extents: &BTreeMap<Kind, Extent>) -> Result<String> {
    let kinds: serde_json::Map<_, _> = extents
        .iter()
        .map(|(kind, extent)| {
            let told =
                json!({"files": extent.files, "bytes": extent.bytes, "states": extent.states});
            (kind.name().to_owned(), told)
        })
        .collect();
    let finished = match run.exports {
        Some(kind) => run.has_finished(&[kind])?,
        None => run.has_finished(&[])?,
    };
    let line = json!({
        "wiki": run.wiki,
        "date": run.date,
        "folder": run.folder,
        "finished": finished,
        "kinds": kinds,
    });
    Ok(format!("{line}\n"))
}
