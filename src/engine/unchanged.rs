//! What of a finished job can be kept: the parts of inputs that have not changed since it read them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::convert::{Job, SkipUnchanged};
use super::digest::has_sums;
use super::kept::{KeptFile, KeptWiki, rest_of};
use super::progress::Stop;
use super::resume::{head_of, no_files};
use super::sequences::Sequence;
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

/// The numbers of the inputs that a job is going to keep, of the finished job in its folder; `sequences` are
/// those of its inputs.
pub fn kept_inputs(job: &Job, sequences: &[Sequence], stop: &Stop) -> Result<BTreeSet<usize>> {
    let Some(how) = job.skip_unchanged else {
        return Ok(BTreeSet::new());
    };
    if !job.output.join(MANIFEST_NAME).exists() {
        return Ok(BTreeSet::new());
    }
    let head = head_of(job)?.ok_or_else(|| no_files(job))?;
    let manifest = Manifest::of_finished(&job.output)?;
    Ok(match keep(job, sequences, how, &head, &manifest, stop)? {
        Kept::Everything => (0..job.inputs.len()).collect(),
        Kept::Inputs(inputs) => {
            let first: BTreeSet<_> = inputs.iter().map(|input| input.number).collect();
            let kept = sequences.iter();
            let kept = kept.filter(|sequence| first.contains(&sequence.number()));
            kept.flat_map(|sequence| sequence.files().iter().map(|file| file.number))
                .collect()
        }
    })
}

/// What a job keeps of a finished one: sequences of which all is as it was.
pub(super) fn keep(
    job: &Job,
    sequences: &[Sequence],
    how: SkipUnchanged,
    head: &JournalHead,
    manifest: &Manifest,
    stop: &Stop,
) -> Result<Kept> {
    check_options(job, head, manifest)?;
    let removed = refuse_removed(job, how, manifest)?;
    let earlier = Earlier::new(manifest);
    let mut kept = Vec::new();
    let mut is_same = removed == 0 && job.inputs.len() == manifest.inputs.len();
    for sequence in sequences {
        let found = earlier.unchanged_sequence(&job.inputs, sequence, stop)?;
        let is_in_place = |file: &UnchangedFile| file.then == file.now;
        is_same &= !found.is_empty() && found.iter().all(is_in_place);
        kept.extend(finished(manifest, found)?);
    }
    Ok(match is_same {
        true => Kept::Everything,
        false => Kept::Inputs(kept),
    })
}

/// What a finished job has of inputs.
struct Earlier<'m> {
    manifest: &'m Manifest,
    /// Numbers by name.
    numbers: BTreeMap<&'m str, usize>,
    /// Names of inputs that others follow on as parts of a sequence.
    followed: BTreeSet<&'m str>,
}

/// An input that is the file that it was: its number in the finished job, and in this one.
struct UnchangedFile {
    then: usize,
    now: usize,
    stamp: Stamp,
}

impl<'m> Earlier<'m> {
    fn new(manifest: &'m Manifest) -> Self {
        let entries = manifest.inputs.iter().enumerate();
        let followed = manifest.inputs.iter();
        Self {
            manifest,
            numbers: entries
                .map(|(number, entry)| (&*entry.name, number))
                .collect(),
            followed: followed
                .filter_map(|entry| entry.follows.as_deref())
                .collect(),
        }
    }

    /// The inputs of a sequence, if they were a sequence before and none has changed; else none.
    fn unchanged_sequence(
        &self,
        inputs: &[Input],
        sequence: &Sequence,
        stop: &Stop,
    ) -> Result<Vec<UnchangedFile>> {
        // Whether it was known then that a file is missing is not kept.
        if !sequence.is_whole() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        let mut before: Option<&str> = None;
        for file in sequence.files() {
            stop.check()?;
            let Some(input) = inputs.get(file.number) else {
                return Err(Error::internal("a sequence has an input too many"));
            };
            let then = self.numbers.get(&*input.name()).copied();
            let entry = then.and_then(|then| self.manifest.inputs.get(then));
            let (Some(then), Some(entry)) = (then, entry) else {
                return Ok(Vec::new());
            };
            if entry.follows.as_deref() != before {
                return Ok(Vec::new());
            }
            let Some(stamp) = unchanged(input, entry, self.manifest, stop)? else {
                return Ok(Vec::new());
            };
            before = Some(&entry.name);
            files.push(UnchangedFile {
                then,
                now: file.number,
                stamp,
            });
        }
        let goes_on = before.is_some_and(|last| self.followed.contains(last));
        Ok(if goes_on { Vec::new() } else { files })
    }
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

/// What the manifest knows of the inputs of a sequence, as if this job had just read them; `None` without any.
fn finished(manifest: &Manifest, files: Vec<UnchangedFile>) -> Result<Option<FinishedInput>> {
    let mut files = files.into_iter();
    let Some(UnchangedFile { then, now, stamp }) = files.next() else {
        return Ok(None);
    };
    let entry_of = |then: usize| {
        let entry = manifest.inputs.get(then).cloned();
        entry.ok_or_else(|| Error::internal("a manifest has no such input"))
    };
    let entry = entry_of(then)?;
    let following = files.map(|file| {
        Ok(KeptFile {
            number: file.now,
            stamp: file.stamp,
            entry: entry_of(file.then)?,
        })
    });
    let following = following.collect::<Result<_>>()?;
    let wikis = manifest.wikis.iter();
    let wikis = wikis.filter(|wiki| wiki.inputs.contains(&then));
    let wikis = wikis.map(KeptWiki::of_entry).collect();
    let rest = rest_of(stamp, following, wikis, entry.sql_tables.clone())?;
    Ok(Some(FinishedInput {
        number: now,
        is_kept: true,
        entry,
        parts: kept_parts(manifest, then, now),
        runs: Vec::new(),
        rest,
    }))
}

/// Parts by table: those with the number `then`, which get the number `now`.
fn kept_parts(manifest: &Manifest, then: usize, now: usize) -> BTreeMap<String, Vec<KeptPart>> {
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
    parts.filter(|(_, parts)| !parts.is_empty()).collect()
}
