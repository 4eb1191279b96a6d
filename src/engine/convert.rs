//! The main job: dump files to tables.

mod results;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::converted::{Converted, convert_sequence};
use super::input_tables::REPORTED_REJECTS;
use super::kept::record;
use super::lane::Lane;
use super::lanes::{Reading, read_inputs};
use super::options::{DiffOptions, Filters, HistoryOptions, Limits};
use super::plan::Plan;
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::resume::{Begun, begin};
use super::row_groups::PartsByTable;
use super::sequences::{Sequence, sequences};
use super::sql::SqlWanted;
use super::unchanged::INPUT_TIMES;
use crate::error::{Error, ErrorKind, Result};
use crate::protect::Protection;
use crate::sink::{InputEntry, Journal, Manifest, OutputFolder, Seen, TableEntry, WriterOptions};
use crate::source::Input;
use crate::tables::{Reject, Selection};

pub(super) use self::results::Results;

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The inputs, in order.
    pub inputs: Vec<Input>,
    /// The folder to write.
    pub output: PathBuf,
    /// Whether an earlier job's output may be replaced.
    pub overwrite: bool,
    /// Whether to go on with what an earlier run of the job has finished, if there is anything.
    pub resume: bool,
    /// Whether to keep what a finished job in the folder has of inputs that have not changed.
    pub skip_unchanged: Option<SkipUnchanged>,
    /// The tables wanted, with their columns.
    pub selections: Vec<Selection>,
    /// The tables wanted of SQL dumps.
    pub sql: SqlWanted,
    /// The records wanted.
    pub filters: Filters,
    /// How tables of pages' histories are made.
    pub history: HistoryOptions,
    /// How the table `diffs` is made, if it is wanted.
    pub diffs: DiffOptions,
    /// What becomes of personal data.
    pub protection: Protection,
    /// The snapshot that each input belongs to, where tables are partitioned as Hive has it: by wiki and
    /// snapshot.  Files then have no column of the wiki.
    pub snapshots: Option<Vec<String>>,
    /// What bounds memory, and what happens at damage.
    pub limits: Limits,
    /// Whether files are held against the lists of checksums beside them, too.
    pub checks_files: bool,
    /// How tables are written.
    pub writer: WriterOptions,
    /// The options as the manifest is to keep them.
    pub described: BTreeMap<String, serde_json::Value>,
    /// Files that were left out unread, with the reason.
    pub left_out: BTreeMap<String, String>,
}

/// How a finished job is brought up to date.
#[derive(Debug, Clone, Copy, Default)]
pub struct SkipUnchanged {
    /// Whether inputs of the finished job that are named no more may go, with their rows.
    pub drops_removed: bool,
}

/// What a finished job has done.
#[derive(Debug)]
pub struct JobReport {
    /// The manifest as written, but for `run`.
    pub manifest: Manifest,
    /// Counts over all inputs.
    pub seen: Seen,
    /// What was passed over, the first of many.
    pub rejects: Vec<Reject>,
    /// How many inputs an earlier run of the job had finished.
    pub resumed_inputs: usize,
    /// Whether it had finished all of it, so that nothing was to be done.
    pub was_finished: bool,
}

/// Runs a job.
///
/// If it fails, what it has of inputs that are finished stays in the folder with a journal, and a job
/// with [`Job::resume`] goes on from there.
///
/// `observe` is called some times a second, by the calling thread; `describe_run` is asked at the
/// end for what the manifest keeps about this run.
pub fn convert(
    job: &Job,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    observe: &mut dyn FnMut(),
    describe_run: &dyn Fn() -> BTreeMap<String, serde_json::Value>,
) -> Result<JobReport> {
    let sequences = sequences(&job.inputs, &job.limits, pool, stop)?;
    let (folder, journal, finished) = match begin(job, &sequences, stop)? {
        Begun::Finished(manifest) => return Ok(JobReport::of_finished(*manifest)),
        Begun::Unfinished {
            folder,
            journal,
            finished,
        } => (folder, journal, finished),
    };
    let done: BTreeSet<_> = finished.keys().copied().collect();
    let mut running = Running {
        job,
        progress,
        stop,
        folder,
        journal,
        results: Results::default(),
    };
    running.take_over(finished)?;
    let resumed_inputs = running.results.entries.len();
    let reading = Reading {
        inputs: &job.inputs,
        sequences: &sequences,
        finished: &done,
        limits: &job.limits,
        pool,
        progress,
        stop,
    };
    let outcome = running.read(&reading, observe);
    let (parts, tables) = outcome.inspect_err(|error| running.leave(error))?;
    let run = run_of(job, describe_run(), resumed_inputs);
    let (manifest, results) = running.commit(parts, tables, run)?;
    Ok(JobReport {
        resumed_inputs,
        ..JobReport::new(manifest, results.into_rejects())
    })
}

/// A job at work.
struct Running<'j> {
    job: &'j Job,
    progress: &'j Progress,
    stop: &'j Stop,
    folder: OutputFolder,
    /// `None` where the job could not be gone on with.
    journal: Option<Journal>,
    results: Results,
}

impl Running<'_> {
    /// Takes what earlier runs of the job have finished.
    fn take_over(&mut self, finished: BTreeMap<usize, Converted>) -> Result<()> {
        for (number, converted) in finished {
            for file in &converted.files {
                self.progress.skip_input(file.entry.bytes);
            }
            self.results.add(self.job, number, converted)?;
        }
        Ok(())
    }

    /// Reads the inputs, and writes all parts.
    fn read(
        &mut self,
        reading: &Reading<'_>,
        observe: &mut dyn FnMut(),
    ) -> Result<(PartsByTable, BTreeMap<String, TableEntry>)> {
        let (job, results) = (self.job, &mut self.results);
        let plan = Plan::new(job, &self.folder)?;
        let read = |lane: &Lane<'_>, sequence: &Sequence| {
            let number = sequence.number();
            convert_sequence(&plan, lane, &job.inputs, sequence, number)
        };
        let journal = &mut self.journal;
        read_inputs(reading, observe, &read, &mut |number, mut converted| {
            record(journal, number, &mut converted)?;
            results.add(job, number, converted)
        })?;
        self.stop.check()?;
        Lane::alone(
            &job.limits,
            reading.pool,
            self.progress,
            self.stop,
            |lane| results.write_rest(&plan, lane),
        )
    }

    /// Sees to what stays of a job that has failed.
    fn leave(&mut self, error: &Error) {
        let finished = self.results.entries.len();
        // The inputs are read, and what was asked for is not in them.
        let is_hopeless = error.kind() == ErrorKind::Usage && finished == self.job.inputs.len();
        match is_hopeless || self.journal.is_none() {
            true => self.folder.give_up(),
            false => self.progress.kept_inputs.store(finished, Ordering::Relaxed),
        }
    }

    /// Puts the parts in their places, with the manifest.
    fn commit(
        mut self,
        parts: PartsByTable,
        tables: BTreeMap<String, TableEntry>,
        mut run: BTreeMap<String, serde_json::Value>,
    ) -> Result<(Manifest, Results)> {
        let entries = std::mem::take(&mut self.results.entries);
        let entries: Vec<_> = entries.into_values().collect();
        run.insert(INPUT_TIMES.to_owned(), self.results.input_times(&entries));
        let manifest = Manifest {
            wikis: self.results.wiki_entries(),
            left_out: self.job.left_out.clone(),
            ..manifest_of(self.job, entries, tables, run)
        };
        let parts: Vec<_> = parts.into_values().flatten().collect();
        let folder = self.folder;
        let committed = self
            .stop
            .check()
            .and_then(|()| folder.commit(&parts, &manifest));
        committed.inspect_err(|_| {
            let kept = self.journal.map_or(0, |_| self.job.inputs.len());
            self.progress.kept_inputs.store(kept, Ordering::Relaxed);
        })?;
        Ok((manifest, self.results))
    }
}

/// What the manifest keeps about a run, with what it took over.
fn run_of(
    job: &Job,
    mut run: BTreeMap<String, serde_json::Value>,
    resumed_inputs: usize,
) -> BTreeMap<String, serde_json::Value> {
    let name = match job.skip_unchanged {
        Some(_) => "kept_inputs",
        None => "resumed_inputs",
    };
    if resumed_inputs > 0 {
        run.insert(name.to_owned(), resumed_inputs.into());
    }
    run
}

/// The manifest of a job that has written all its parts, without wikis and without files that were left out.
pub(super) fn manifest_of(
    job: &Job,
    inputs: Vec<InputEntry>,
    tables: BTreeMap<String, TableEntry>,
    run: BTreeMap<String, serde_json::Value>,
) -> Manifest {
    Manifest {
        manifest_version: 1,
        program: Manifest::PROGRAM.to_owned(),
        options: job.described.clone(),
        complete: inputs.iter().all(|entry| entry.seen.rejects == 0),
        inputs,
        wikis: Vec::new(),
        left_out: BTreeMap::new(),
        tables,
        purges: Vec::new(),
        run,
    }
}

impl JobReport {
    /// Of a job that has been done, with what was passed over.
    pub(super) fn new(manifest: Manifest, rejects: impl Iterator<Item = Reject>) -> Self {
        let mut seen = Seen::default();
        let inputs = manifest.inputs.iter();
        inputs.for_each(|entry| seen.add(&entry.seen));
        Self {
            manifest,
            seen,
            rejects: rejects.take(REPORTED_REJECTS).collect(),
            resumed_inputs: 0,
            was_finished: false,
        }
    }

    /// Of a job that had nothing to do.
    fn of_finished(manifest: Manifest) -> Self {
        Self {
            resumed_inputs: manifest.inputs.len(),
            was_finished: true,
            ..Self::new(manifest, std::iter::empty())
        }
    }
}
