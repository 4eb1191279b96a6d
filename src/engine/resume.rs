//! Going on with a job: what its journal keeps of an input, and how that comes back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::convert::Job;
use super::converted::Converted;
use super::kept::{Rest, read_rest, restore};
use super::options::Filters;
use super::progress::Stop;
use super::sequences::Sequence;
use super::unchanged::keep;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Timestamp;
use crate::sink::{FinishedInput, Journal, JournalHead, Manifest, OutputFolder, Resumed};
use crate::source::{Input, Stamp};
use crate::tables::Selection;

/// How a job begins.
pub(super) enum Begun {
    /// It was finished before.
    Finished(Box<Manifest>),
    Unfinished {
        folder: OutputFolder,
        /// `None` where it could not be gone on with: an input can be read once only.
        journal: Option<Journal>,
        /// What earlier runs of the job have finished, by the number of the input.
        finished: BTreeMap<usize, Converted>,
    },
}

/// Takes the folder of a job, of whose inputs some are read as sequences.
pub(super) fn begin(job: &Job, sequences: &[Sequence], stop: &Stop) -> Result<Begun> {
    let head = head_of(job)?;
    if !job.resume && job.skip_unchanged.is_none() {
        let folder = OutputFolder::prepare(&job.output, job.overwrite, job.writer.access)?;
        let journal = head.map(|head| folder.begin_journal(&head)).transpose()?;
        let finished = BTreeMap::new();
        return Ok(Begun::Unfinished {
            folder,
            journal,
            finished,
        });
    }
    let head = head.ok_or_else(|| no_files(job))?;
    let (path, access) = (&job.output, job.writer.access);
    let check = |finished: &FinishedInput| check_unchanged(job, finished);
    let resumed = match job.skip_unchanged {
        Some(how) => {
            let choose = |manifest: &Manifest| keep(job, sequences, how, &head, manifest, stop);
            OutputFolder::update(path, access, &head, &choose, &check)?
        }
        None => OutputFolder::resume(path, access, &head, &check)?,
    };
    match resumed {
        Resumed::Finished(manifest) => {
            if job.resume {
                check_sizes(job, &manifest)?;
            }
            Ok(Begun::Finished(manifest))
        }
        Resumed::Unfinished {
            folder,
            journal,
            finished,
        } => {
            let back = |input: FinishedInput| Ok((input.number, restore(&folder, input)?));
            let finished = finished.into_iter().map(back).collect::<Result<_>>()?;
            Ok(Begun::Unfinished {
                folder,
                journal: Some(journal),
                finished,
            })
        }
    }
}

/// What is said where an input can be read once only.
pub(super) fn no_files(job: &Job) -> Error {
    let option = match job.resume {
        true => "--resume",
        false => "--skip-unchanged",
    };
    Error::usage(format!(
        "{option} needs files that can be read again, and not standard input or a pipe"
    ))
}

/// What the job's output depends on; `None` where an input is no regular file.
pub(super) fn head_of(job: &Job) -> Result<Option<JournalHead>> {
    for input in &job.inputs {
        // What is not there is told when it is its turn.
        if matches!(input.stamp(), Ok(None)) {
            return Ok(None);
        }
    }
    let names = job.inputs.iter().map(|input| input.name().to_string());
    JournalHead::new(names.collect(), job.described.clone(), details(job)).map(Some)
}

/// All that shapes the output but the inputs.
pub(super) fn details(job: &Job) -> BTreeMap<String, Value> {
    let Filters {
        namespaces,
        page_ids,
        since,
        until,
    } = &job.filters;
    let columns = |selection: &Selection| {
        let docs = selection.table.columns();
        let names = selection.columns.iter().map(|index| docs[*index].name);
        let names: Vec<_> = names.collect();
        (
            selection.table.name,
            json!([selection.table.version, names]),
        )
    };
    let columns: BTreeMap<_, _> = job.selections.iter().map(columns).collect();
    let sql_tables = job.sql.tables.as_ref();
    let (limits, writer) = (&job.limits, &job.writer);
    let details = [
        ("columns", json!(columns)),
        (
            "sql_tables",
            json!(sql_tables.map(|names| names.iter().collect::<BTreeSet<_>>())),
        ),
        ("sql_columns", json!(job.sql.columns)),
        (
            "namespaces",
            json!(
                namespaces
                    .as_ref()
                    .map(|ids| ids.iter().collect::<BTreeSet<_>>())
            ),
        ),
        (
            "page_ids",
            json!(
                page_ids
                    .as_ref()
                    .map(|ids| ids.iter().collect::<BTreeSet<_>>())
            ),
        ),
        ("since", json!(since.map(|time| time.to_string()))),
        ("until", json!(until.map(|time| time.to_string()))),
        ("history", json!(format!("{:?}", job.history))),
        ("diffs", json!(job.diffs.described())),
        ("snapshots", json!(job.snapshots)),
        ("protection", json!(job.protection.described())),
        ("sizing_bytes", json!(limits.sizing_bytes)),
        ("record_max_bytes", json!(limits.record_max_bytes)),
        ("page_header_max_bytes", json!(limits.page_header_max_bytes)),
        ("xml_limits", json!(format!("{:?}", limits.xml))),
        ("unknown_elements", json!(limits.unknown_elements)),
        ("keep_going", json!(limits.keep_going)),
        ("checks_files", json!(job.checks_files)),
        ("compression", json!(writer.packing.compression.to_string())),
        ("encodings", json!(writer.packing.encodings.to_string())),
        ("row_group_bytes", json!(writer.row_group_bytes)),
        ("part_bytes", json!(writer.part_bytes)),
        ("access", json!(format!("{:?}", writer.access))),
    ];
    let named = details.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Refuses inputs that are not the files that they were.
fn check_unchanged(job: &Job, finished: &FinishedInput) -> Result<()> {
    let rest: Rest = read_rest(finished.rest.clone())?;
    check_unchanged_file(job, finished.number, &rest.stamp)?;
    let mut following = rest.following.iter();
    following.try_for_each(|file| check_unchanged_file(job, file.number, &file.stamp))
}

fn check_unchanged_file(job: &Job, number: usize, stamp: &Stamp) -> Result<()> {
    let input = job.inputs.get(number);
    let input = input.ok_or_else(|| Error::internal("a journal has more inputs than its job"))?;
    let why = match input.stamp() {
        Ok(Some(now)) if now == *stamp => return Ok(()),
        Ok(Some(now)) => difference(stamp, &now),
        Ok(None) => "it is no regular file any more".to_owned(),
        Err(error) => return Err(error),
    };
    Err(Error::usage(format!(
        "has changed since the job that is to be resumed has read it: {why}.  Name another folder, or \
         give --overwrite without --resume"
    ))
    .in_input(&input.name()))
}

/// A manifest knows the sizes of its inputs.
fn check_sizes(job: &Job, manifest: &Manifest) -> Result<()> {
    for (input, entry) in job.inputs.iter().zip(&manifest.inputs) {
        let now = input.size_bytes();
        if now.is_some_and(|now| now != entry.bytes) {
            return Err(Error::usage(format!(
                "has changed since the finished job in {} has read it: it had {} bytes and has now {}",
                job.output.display(),
                entry.bytes,
                now.unwrap_or_default()
            ))
            .in_input(&input.name()));
        }
    }
    Ok(())
}

pub(super) fn difference(then: &Stamp, now: &Stamp) -> String {
    if then.bytes != now.bytes {
        return format!("it had {} bytes and has now {}", then.bytes, now.bytes);
    }
    let time = |stamp: &Stamp| {
        let seconds = stamp.modified_seconds;
        let time = Timestamp::from_seconds(seconds);
        time.map_or_else(|| seconds.to_string(), |time| time.to_string())
    };
    format!(
        "it was written at {} and again at {}",
        time(then),
        time(now)
    )
}

/// An error if somebody wrote into an input while it was read.
pub(super) fn check_still(input: &Input, before: Option<&Stamp>) -> Result<()> {
    let (Some(before), Some(now)) = (before, input.stamp()?) else {
        return Ok(());
    };
    if *before == now {
        return Ok(());
    }
    let why = difference(before, &now);
    Err(Error::new(
        ErrorKind::Environment,
        format!("changed while it was read: {why}"),
    )
    .in_input(&input.name()))
}
