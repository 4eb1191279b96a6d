//! The main job: dump files to tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::converted::{Converted, convert_sequence};
use super::document::Document;
use super::input_tables::REPORTED_REJECTS;
use super::kept::{record, sql_entry};
use super::lane::Lane;
use super::lanes::{Reading, read_inputs};
use super::options::{DiffOptions, Filters, HistoryOptions, Limits};
use super::partitions::Partitions;
use super::plan::Plan;
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::resume::{Begun, begin};
use super::row_groups::{PartsByTable, path_of};
use super::sequences::{Sequence, sequences};
use super::sessions::write_sessions;
use super::sql::{SqlTables, SqlWanted, merged};
use super::unchanged::{INPUT_TIMES, input_times};
use super::wikis::Wikis;
use crate::error::{Error, ErrorKind, Result};
use crate::protect::Protection;
use crate::sink::{
    InputEntry, Manifest, Part, PartEntry, Run, SQL_TABLES_VERSION, Seen, TableEntry, WikiEntry,
    WriterOptions,
};
use crate::source::{Input, Stamp};
use crate::tables::{self, Reject, Selection};

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
    let (mut folder, mut journal, finished) = match begin(job, &sequences, stop)? {
        Begun::Finished(manifest) => return Ok(finished_before(*manifest)),
        Begun::Unfinished {
            folder,
            journal,
            finished,
        } => (folder, journal, finished),
    };
    let mut results = Results::default();
    let done: BTreeSet<_> = finished.keys().copied().collect();
    for (number, converted) in finished {
        for file in &converted.files {
            progress.skip_input(file.entry.bytes);
        }
        results.add(job, number, converted)?;
    }
    let resumed_inputs = results.entries.len();
    let reading = Reading {
        inputs: &job.inputs,
        sequences: &sequences,
        finished: &done,
        limits: &job.limits,
        pool,
        progress,
        stop,
    };
    let outcome = Plan::new(job, &folder).and_then(|plan| {
        let read = |lane: &Lane<'_>, sequence: &Sequence| {
            let number = sequence.number();
            convert_sequence(&plan, lane, &job.inputs, sequence, number)
        };
        read_inputs(&reading, observe, &read, &mut |number, mut converted| {
            record(&mut journal, number, &mut converted)?;
            results.add(job, number, converted)
        })?;
        stop.check()?;
        Lane::alone(&job.limits, pool, progress, stop, |lane| {
            results.write_rest(&plan, lane)
        })
    });
    let keeps = journal.is_some();
    let (parts, tables) = outcome.inspect_err(|error| {
        // The inputs are read, and what was asked for is not in them.
        let is_hopeless =
            error.kind() == ErrorKind::Usage && results.entries.len() == job.inputs.len();
        match is_hopeless || !keeps {
            true => folder.give_up(),
            false => {
                let kept = &progress.kept_inputs;
                kept.store(results.entries.len(), Ordering::Relaxed);
            }
        }
    })?;
    let entries: Vec<_> = std::mem::take(&mut results.entries).into_values().collect();
    let mut seen = Seen::default();
    entries.iter().for_each(|entry| seen.add(&entry.seen));
    let mut run = describe_run();
    if resumed_inputs > 0 {
        let name = match job.skip_unchanged {
            Some(_) => "kept_inputs",
            None => "resumed_inputs",
        };
        run.insert(name.to_owned(), resumed_inputs.into());
    }
    run.insert(INPUT_TIMES.to_owned(), results.input_times(&entries));
    let manifest = Manifest {
        manifest_version: 1,
        program: Manifest::PROGRAM.to_owned(),
        options: job.described.clone(),
        inputs: entries,
        wikis: results.wiki_entries(),
        left_out: job.left_out.clone(),
        tables,
        complete: seen.rejects == 0,
        purges: Vec::new(),
        run,
    };
    let all: Vec<Part> = parts.into_values().flatten().collect();
    let committed = stop.check().and_then(|()| folder.commit(&all, &manifest));
    committed.inspect_err(|_| {
        let kept = if keeps { job.inputs.len() } else { 0 };
        progress.kept_inputs.store(kept, Ordering::Relaxed);
    })?;
    Ok(JobReport {
        manifest,
        seen,
        rejects: results
            .rejects
            .into_values()
            .flatten()
            .take(REPORTED_REJECTS)
            .collect(),
        resumed_inputs,
        was_finished: false,
    })
}

/// The report of a job that had nothing to do.
fn finished_before(manifest: Manifest) -> JobReport {
    let mut seen = Seen::default();
    let inputs = manifest.inputs.iter();
    inputs.for_each(|entry| seen.add(&entry.seen));
    JobReport {
        resumed_inputs: manifest.inputs.len(),
        manifest,
        seen,
        rejects: Vec::new(),
        was_finished: true,
    }
}

/// What the inputs gave, each by its number, in whatever order they were finished.
#[derive(Default)]
pub(super) struct Results {
    pub(super) entries: BTreeMap<usize, InputEntry>,
    parts: BTreeMap<(String, usize), Vec<Part>>,
    pub(super) rejects: BTreeMap<usize, Vec<Reject>>,
    wikis: Wikis,
    /// The documents of each input, as far as their wikis differ.
    documents: BTreeMap<usize, Vec<Arc<Document>>>,
    stamps: BTreeMap<usize, Stamp>,
    edits: Vec<Run>,
    sql: BTreeMap<usize, (Arc<str>, SqlTables)>,
    /// Whether an input was an XML dump: without one its tables are not written.
    has_xml: bool,
    /// Where rows of the inputs belong, of XML dumps and of others.
    partitions: Partitions,
    sql_partitions: Partitions,
}

impl Results {
    pub(super) fn add(&mut self, job: &Job, number: usize, mut converted: Converted) -> Result<()> {
        let snapshots = job.snapshots.as_ref();
        if let Some(snapshot) = snapshots.and_then(|snapshots| snapshots.get(number))
            && let Some(first) = converted.files.first()
        {
            let partitions = match converted.sql {
                None => &mut self.partitions,
                Some(_) => &mut self.sql_partitions,
            };
            partitions.add(number, first.entry.wiki_id.clone(), snapshot);
        }
        self.has_xml |= converted.sql.is_none();
        if let (Some(sql), Some(first)) = (converted.sql, converted.files.first_mut()) {
            first.entry.sql_tables = Some(sql_entry(&sql)?);
            let name = first.entry.name.as_str().into();
            self.sql.insert(number, (name, sql));
        }
        for file in converted.files {
            if !converted.wikis.is_empty() {
                self.documents.insert(file.number, converted.wikis.clone());
            }
            self.stamps
                .extend(file.stamp.map(|stamp| (file.number, stamp)));
            self.entries.insert(file.number, file.entry);
        }
        for (table, parts) in converted.parts {
            if !parts.is_empty() {
                self.parts.insert((table, number), parts);
            }
        }
        if !converted.rejects.is_empty() {
            self.rejects.insert(number, converted.rejects);
        }
        self.wikis.add(number, converted.wikis);
        self.edits.extend(converted.edits);
        Ok(())
    }

    /// When each input was last written, by its name.
    fn input_times(&self, entries: &[InputEntry]) -> serde_json::Value {
        let stamps = self.stamps.iter();
        input_times(stamps.filter_map(|(number, stamp)| {
            let entry = entries.get(*number)?;
            Some((entry.name.as_str(), stamp))
        }))
    }

    /// The wikis, with the inputs that tell of them.
    fn wiki_entries(&self) -> Vec<WikiEntry> {
        let mut entries: Vec<WikiEntry> = Vec::new();
        for (number, documents) in &self.documents {
            for document in documents {
                let mut wiki = wiki_entry(document);
                let known = entries.iter_mut().find(|known| {
                    wiki.inputs.clone_from(&known.inputs);
                    **known == wiki
                });
                match known {
                    Some(known) => known.inputs.push(*number),
                    None => {
                        wiki.inputs = vec![*number];
                        entries.push(wiki);
                    }
                }
            }
        }
        entries
    }

    /// Writes what belongs to no input: namespaces, sessions, and tables without rows.  Gives all parts by
    /// table, in the order of the inputs, and what the manifest says of the tables.
    pub(super) fn write_rest(
        &mut self,
        plan: &Plan<'_>,
        lane: &Lane<'_>,
    ) -> Result<(PartsByTable, BTreeMap<String, TableEntry>)> {
        let mut parts = PartsByTable::new();
        for ((table, _), more) in std::mem::take(&mut self.parts) {
            parts.entry(table).or_default().extend(more);
        }
        let mut selections = plan.wanted.selections.clone();
        if self.has_xml || self.sql.is_empty() {
            let wikis = std::mem::take(&mut self.wikis);
            parts.extend(wikis.write(plan, lane, &self.partitions)?);
            let edits = std::mem::take(&mut self.edits);
            parts.extend(write_sessions(plan, lane, edits, &self.partitions)?);
        } else {
            self.partitions = std::mem::take(&mut self.sql_partitions);
            selections.retain(|selection| selection.table.name == tables::REJECTS.name);
        }
        for selection in &selections {
            let table = selection.table.name;
            let parts = parts.entry(table.to_owned()).or_default();
            for partition in self.partitions.or_none() {
                let path = path_of(table, partition);
                if !parts.iter().any(|part| part.partition == path) {
                    let mut writer = plan.writer(table, None)?;
                    writer.set_partition(path);
                    parts.extend(writer.finish_empty()?);
                }
            }
        }
        let mut entries = describe_tables(&selections, &parts);
        entries.extend(self.write_sql_rest(plan, &mut parts)?);
        Ok((parts, entries))
    }

    /// The same for tables of SQL dumps.
    fn write_sql_rest(
        &self,
        plan: &Plan<'_>,
        parts: &mut PartsByTable,
    ) -> Result<BTreeMap<String, TableEntry>> {
        let tables = merged(&self.sql)?;
        let mut named = plan.sql.columns.keys();
        if let Some(name) = named.find(|name| !tables.contains_key(*name)) {
            return Err(Error::usage(format!(
                "--columns names the table {name}, which no input has"
            )));
        }
        let mut entries = BTreeMap::new();
        for (name, table) in tables {
            let parts = parts.entry(name.clone()).or_default();
            if parts.is_empty() {
                let mut writer = plan.sql_writer(&table.first, None)?;
                let wiki_id = table.first.wiki_id.as_deref();
                let mut inputs = self.sql.iter();
                let declares = |sql: &SqlTables| sql.tables.iter().any(|table| table.name == name);
                let input = inputs.find(|(_, (_, sql))| declares(sql));
                let partition = input.and_then(|(number, _)| plan.partition(*number, wiki_id));
                writer.set_partition(path_of(&name, partition.as_ref()));
                *parts = writer.finish_empty()?;
            }
            let columns = table.columns.into_iter().map(|doc| doc.name).collect();
            let entry = entry_of(&name, SQL_TABLES_VERSION, columns, parts);
            entries.insert(name, entry);
        }
        Ok(entries)
    }
}

fn wiki_entry(document: &Document) -> WikiEntry {
    WikiEntry {
        wiki_id: document.wiki_id.clone(),
        site_name: document.site.site_name.clone(),
        namespaces: document.site.namespaces.clone(),
        inputs: Vec::new(),
    }
}

fn describe_tables(selections: &[Selection], parts: &PartsByTable) -> BTreeMap<String, TableEntry> {
    let entry = |selection: &Selection| {
        let table = selection.table;
        let docs = table.columns();
        let columns = selection.columns.iter();
        let columns = columns.map(|index| docs[*index].name.to_owned()).collect();
        let parts = parts.get(table.name).map_or(&[][..], Vec::as_slice);
        let entry = entry_of(table.name, table.version, columns, parts);
        (table.name.to_owned(), entry)
    };
    selections.iter().map(entry).collect()
}

fn entry_of(table: &str, version: u32, columns: Vec<String>, parts: &[Part]) -> TableEntry {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| PartEntry {
            path: format!("{table}/{}", part.name()),
            rows: part.rows,
            bytes: part.bytes,
            sha256: part.sha256.clone(),
        })
        .collect();
    TableEntry {
        version,
        rows: parts.iter().map(|part| part.rows).sum(),
        bytes: parts.iter().map(|part| part.bytes).sum(),
        columns,
        parts,
    }
}
