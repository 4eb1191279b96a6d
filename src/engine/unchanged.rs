//! What of a finished job can be kept: the parts of inputs that have not changed since it read them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::convert::{Job, SkipUnchanged};
use super::digest::has_sums;
use super::kept::{KeptWiki, rest_of};
use super::progress::Stop;
use super::resume::{head_of, no_files};
use crate::error::{Error, Result};
use crate::sink::{
    FinishedInput, InputEntry, JournalHead, Kept, KeptPart, MANIFEST_NAME, Manifest, TableEntry,
};
use crate::source::{Input, Stamp};
use crate::tables::{self, Selection};

/// Where the manifest keeps when each input was last written; it is of the run, for the same dump can be
/// fetched at any time.
pub(super) const INPUT_TIMES: &str = "input_times";

/// The times of inputs by their names.
pub(super) fn input_times<'s>(stamps: impl Iterator<Item = (&'s str, &'s Stamp)>) -> Value {
    let times = stamps.map(|(name, stamp)| {
        let time = json!([stamp.modified_seconds, stamp.modified_nanos]);
        (name.to_owned(), time)
    });
    Value::Object(times.collect())
}

/// The numbers of the inputs that a job is going to keep, of the finished job in its folder.
pub fn kept_inputs(job: &Job, stop: &Stop) -> Result<BTreeSet<usize>> {
    let Some(how) = job.skip_unchanged else {
        return Ok(BTreeSet::new());
    };
    if !job.output.join(MANIFEST_NAME).exists() {
        return Ok(BTreeSet::new());
    }
    let head = head_of(job)?.ok_or_else(|| no_files(job))?;
    let manifest = Manifest::of_finished(&job.output)?;
    Ok(match keep(job, how, &head, &manifest, stop)? {
        Kept::Everything => (0..job.inputs.len()).collect(),
        Kept::Inputs(inputs) => inputs.iter().map(|input| input.number).collect(),
    })
}

/// What a job keeps of a finished one.
pub(super) fn keep(
    job: &Job,
    how: SkipUnchanged,
    head: &JournalHead,
    manifest: &Manifest,
    stop: &Stop,
) -> Result<Kept> {
    check_options(job, head, manifest)?;
    let earlier: BTreeMap<_, _> = manifest
        .inputs
        .iter()
        .enumerate()
        .map(|(number, entry)| (&*entry.name, (number, entry)))
        .collect();
    let removed = refuse_removed(job, how, manifest)?;
    let mut kept = Vec::new();
    let mut is_same = removed == 0 && job.inputs.len() == manifest.inputs.len();
    for (number, input) in job.inputs.iter().enumerate() {
        stop.check()?;
        let Some((then, entry)) = earlier.get(&*input.name()) else {
            continue;
        };
        if let Some(stamp) = unchanged(input, entry, manifest, stop)? {
            is_same &= number == *then;
            kept.push(finished(manifest, *then, number, stamp)?);
        }
    }
    is_same &= kept.len() == job.inputs.len();
    Ok(match is_same {
        true => Kept::Everything,
        false => Kept::Inputs(kept),
    })
}

/// Refuses a job that would give other parts of the same inputs.
fn check_options(job: &Job, head: &JournalHead, manifest: &Manifest) -> Result<()> {
    let refuse = |why: String| {
        Err(Error::usage(format!(
            "the job in {} cannot be brought up to date by this one: {why}.  Give the same options, name \
             another folder, or give --overwrite without --skip-unchanged",
            job.output.display()
        )))
    };
    if job.selections.iter().any(is_of_all_inputs) {
        return refuse(format!(
            "the table {} is made of all inputs at once",
            tables::SESSIONS.name
        ));
    }
    if job.snapshots.is_some() {
        return refuse("--layout hive has a folder for each snapshot".to_owned());
    }
    if manifest.inputs.iter().any(|input| !input.splits.is_empty()) {
        return refuse("it was done in splits, whose parts are not those of inputs".to_owned());
    }
    if let Some(difference) = head.options_differ_from_finished(manifest)? {
        return refuse(difference);
    }
    for selection in &job.selections {
        let name = selection.table.name;
        // What the job had no rows and no input for can have any columns.
        if let Some(entry) = manifest.tables.get(name)
            && let Some(difference) = table_differs(selection, entry)
        {
            return refuse(format!("the table {name} {difference}"));
        }
    }
    Ok(())
}

fn is_of_all_inputs(selection: &Selection) -> bool {
    selection.table.name == tables::SESSIONS.name
}

fn table_differs(selection: &Selection, entry: &TableEntry) -> Option<String> {
    let table = selection.table;
    if table.version != entry.version {
        let (then, now) = (entry.version, table.version);
        return Some(format!("had version {then} and has now {now}"));
    }
    let docs = table.columns();
    let columns = selection.columns.iter().map(|index| docs[*index].name);
    let columns: Vec<_> = columns.collect();
    (columns != entry.columns).then(|| {
        let (then, now) = (entry.columns.join(","), columns.join(","));
        format!("had the columns {then} and has now {now}")
    })
}

/// Refuses to let rows go that nobody has said may go; tells how many inputs' do.
fn refuse_removed(job: &Job, how: SkipUnchanged, manifest: &Manifest) -> Result<usize> {
    let named: BTreeSet<_> = job.inputs.iter().map(Input::name).collect();
    let entries = manifest.inputs.iter();
    let removed: Vec<_> = entries
        .filter(|entry| !named.contains(&*entry.name))
        .collect();
    match &removed[..] {
        [first, others @ ..] if !how.drops_removed => Err(Error::usage(format!(
            "{}{} in the job in {}, and not named any more: name all inputs, those that are there and \
             those that are new, or give --drop-removed to let their rows go",
            first.name,
            match others.len() {
                0 => " is".to_owned(),
                count => format!(" and {count} more inputs are"),
            },
            job.output.display()
        ))),
        _ => Ok(removed.len()),
    }
}

/// The stamp of an input that is the file that it was: by size and time or, where only the time is another,
/// by the checksums that the manifest has of it.
fn unchanged(
    input: &Input,
    entry: &InputEntry,
    manifest: &Manifest,
    stop: &Stop,
) -> Result<Option<Stamp>> {
    // What is not there is told when it is its turn.
    let (Input::File(path), Ok(Some(now))) = (input, input.stamp()) else {
        return Ok(None);
    };
    if now.bytes != entry.bytes {
        return Ok(None);
    }
    let times = manifest.run.get(INPUT_TIMES);
    let then = times.and_then(|times| times.get(&entry.name));
    if then == Some(&json!([now.modified_seconds, now.modified_nanos])) {
        return Ok(Some(now));
    }
    let checksums = entry.verified.as_ref();
    let checksums = checksums.and_then(|verified| verified.checksums.as_deref());
    let is_same = has_sums(path, checksums.unwrap_or_default(), stop)?;
    Ok(is_same.then_some(now))
}

/// What the manifest knows of an input, as if this job had just read it: `then` is its number in the finished
/// job, `now` in this one.
fn finished(manifest: &Manifest, then: usize, now: usize, stamp: Stamp) -> Result<FinishedInput> {
    let entry = manifest.inputs.get(then);
    let entry = entry.ok_or_else(|| Error::internal("a manifest has no such input"))?;
    let wikis = manifest.wikis.iter();
    let wikis = wikis.filter(|wiki| wiki.inputs.contains(&then));
    let parts = manifest.tables.iter().map(|(name, table)| {
        let parts = table.parts.iter();
        let kept = parts.filter_map(|part| {
            let (_, earlier) = part.path.rsplit_once('/')?;
            let rest = earlier.strip_prefix(&format!("part-{then:05}-"))?;
            Some(KeptPart {
                partition: None,
                name: format!("part-{now:05}-{rest}"),
                earlier: Some(earlier.to_owned()),
                rows: part.rows,
                bytes: part.bytes,
                sha256: part.sha256.clone(),
            })
        });
        (name.clone(), kept.collect::<Vec<_>>())
    });
    Ok(FinishedInput {
        number: now,
        is_kept: true,
        entry: entry.clone(),
        parts: parts.filter(|(_, parts)| !parts.is_empty()).collect(),
        runs: Vec::new(),
        rest: rest_of(
            stamp,
            wikis.map(KeptWiki::of_entry).collect(),
            entry.sql_tables.clone(),
        )?,
    })
}
