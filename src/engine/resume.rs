//! Going on with a job: what its journal keeps of an input, and how that comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::convert::Job;
use super::document::Document;
use super::input_tables::{Converted, ConvertedFile};
use super::options::Filters;
use super::sql::{Prepared, SqlTables};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Namespace, SiteInfo, SqlTable, Timestamp};
use crate::sink::{
    FinishedInput, InputEntry, Journal, JournalHead, KeptPart, Manifest, OutputFolder, Resumed, Run,
};
use crate::source::{Input, Stamp};
use crate::tables::{Reject, Selection, SqlSelection};

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

/// Takes the folder of a job.
pub(super) fn begin(job: &Job) -> Result<Begun> {
    let head = head_of(job)?;
    if !job.resume {
        let folder = OutputFolder::prepare(&job.output, job.overwrite, job.writer.access)?;
        let journal = head.map(|head| folder.begin_journal(&head)).transpose()?;
        let finished = BTreeMap::new();
        return Ok(Begun::Unfinished {
            folder,
            journal,
            finished,
        });
    }
    let head = head.ok_or_else(|| {
        Error::usage(
            "--resume needs files that can be read again, and not standard input or a pipe",
        )
    })?;
    let check = |finished: &FinishedInput| check_unchanged(job, finished);
    match OutputFolder::resume(&job.output, job.writer.access, &head, &check)? {
        Resumed::Finished(manifest) => {
            check_sizes(job, &manifest)?;
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

/// What the job's output depends on; `None` where an input is no regular file.
fn head_of(job: &Job) -> Result<Option<JournalHead>> {
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
fn details(job: &Job) -> BTreeMap<String, Value> {
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
        ("protection", json!(job.protection.described())),
        ("sizing_bytes", json!(limits.sizing_bytes)),
        ("record_max_bytes", json!(limits.record_max_bytes)),
        ("keep_going", json!(limits.keep_going)),
        ("compression", json!(writer.compression.to_string())),
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

fn difference(then: &Stamp, now: &Stamp) -> String {
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

/// What else a job needs of an input that it does not read again.
#[derive(Serialize, Deserialize)]
struct Rest {
    stamp: Stamp,
    /// Inputs over which its last page is spread.
    #[serde(default)]
    following: Vec<KeptFile>,
    rejects: Vec<Reject>,
    wikis: Vec<KeptWiki>,
    /// The tables of an SQL dump.
    sql: Option<Vec<KeptSqlTable>>,
}

#[derive(Serialize, Deserialize)]
struct KeptFile {
    number: usize,
    stamp: Stamp,
    entry: InputEntry,
}

#[derive(Serialize, Deserialize)]
struct KeptWiki {
    wiki_id: Option<String>,
    site_name: Option<String>,
    namespaces: Vec<Namespace>,
}

#[derive(Serialize, Deserialize)]
struct KeptSqlTable {
    table: SqlTable,
    wanted: Vec<bool>,
    with_wiki_id: bool,
    wiki_id: Option<String>,
    writer: Option<String>,
}

fn read_rest(value: Value) -> Result<Rest> {
    serde_json::from_value(value).map_err(|error| {
        Error::usage(
            "the journal in the output folder cannot be read: give --overwrite without --resume",
        )
        .with_source(error)
    })
}

/// Writes down what an input gave, if the job keeps a journal.
pub(super) fn record(
    journal: &mut Option<Journal>,
    number: usize,
    converted: &mut Converted,
) -> Result<()> {
    let Some(journal) = journal else {
        return Ok(());
    };
    let mut files = converted.files.iter().map(keep_file);
    let Some(first) = files.next() else {
        return Err(Error::internal("a sequence has no input"));
    };
    let KeptFile { stamp, entry, .. } = first?;
    let following = files.collect::<Result<_>>()?;
    let parts = converted
        .parts
        .iter()
        .filter(|(_, parts)| !parts.is_empty());
    let rest = Rest {
        stamp,
        following,
        rejects: converted.rejects.clone(),
        wikis: converted.wikis.iter().map(|wiki| keep_wiki(wiki)).collect(),
        sql: converted.sql.as_ref().map(|sql| {
            let tables = sql.tables.iter();
            tables.map(|table| keep_sql_table(table)).collect()
        }),
    };
    let finished = FinishedInput {
        number,
        entry,
        parts: parts
            .map(|(table, parts)| (table.clone(), parts.iter().map(KeptPart::of).collect()))
            .collect(),
        runs: converted
            .edits
            .iter_mut()
            .map(Run::keep)
            .collect::<Result<_>>()?,
        rest: serde_json::to_value(rest)
            .map_err(|error| Error::internal("an input is no JSON").with_source(error))?,
    };
    journal.add(&finished)
}

fn keep_file(file: &ConvertedFile) -> Result<KeptFile> {
    let stamp = file.stamp.clone();
    Ok(KeptFile {
        number: file.number,
        stamp: stamp.ok_or_else(|| Error::internal("an input has no stamp"))?,
        entry: file.entry.clone(),
    })
}

fn keep_wiki(document: &Document) -> KeptWiki {
    KeptWiki {
        wiki_id: document.wiki_id.clone(),
        site_name: document.site.site_name.clone(),
        namespaces: document.site.namespaces.clone(),
    }
}

fn keep_sql_table(prepared: &Prepared) -> KeptSqlTable {
    KeptSqlTable {
        table: (*prepared.selection.table).clone(),
        wanted: prepared.selection.wanted.clone(),
        with_wiki_id: prepared.selection.with_wiki_id,
        wiki_id: prepared.wiki_id.clone(),
        writer: prepared.writer.clone(),
    }
}

/// What an input gave, as if it had just been read.
fn restore(folder: &OutputFolder, finished: FinishedInput) -> Result<Converted> {
    let rest = read_rest(finished.rest)?;
    let input: Arc<str> = finished.entry.name.as_str().into();
    let parts = finished.parts.into_iter().map(|(table, kept)| {
        let path = folder.table(&table);
        let parts = kept.iter().map(|part| part.part(&path)).collect();
        (table, parts)
    });
    let sorting = folder.sorting();
    let runs = finished.runs.iter();
    let wikis = rest.wikis.into_iter();
    let (writer, wiki_id) = (&finished.entry.generator, &finished.entry.wiki_id);
    let sql = rest.sql.map(|tables| SqlTables {
        writer: writer.clone(),
        wiki_id: wiki_id.clone(),
        tables: tables
            .into_iter()
            .map(|table| Arc::new(restore_sql_table(table)))
            .collect(),
    });
    let first = KeptFile {
        number: finished.number,
        stamp: rest.stamp,
        entry: finished.entry,
    };
    let files = std::iter::once(first).chain(rest.following);
    let files = files.map(|file| ConvertedFile {
        number: file.number,
        stamp: Some(file.stamp),
        entry: file.entry,
    });
    Ok(Converted {
        files: files.collect(),
        parts: parts.collect(),
        rejects: rest.rejects,
        wikis: wikis
            .map(|wiki| Arc::new(restore_wiki(wiki, &input)))
            .collect(),
        edits: runs
            .map(|run| Run::kept(Path::join(&sorting, &run.name)))
            .collect(),
        sql,
    })
}

fn restore_wiki(kept: KeptWiki, input: &Arc<str>) -> Document {
    Document {
        input: Arc::clone(input),
        site: SiteInfo {
            site_name: kept.site_name,
            namespaces: kept.namespaces,
            ..SiteInfo::default()
        },
        wiki_id: kept.wiki_id,
        dump_day: None,
    }
}

fn restore_sql_table(kept: KeptSqlTable) -> Prepared {
    let selection = SqlSelection {
        table: Arc::new(kept.table),
        wanted: kept.wanted,
        with_wiki_id: kept.with_wiki_id,
    };
    Prepared {
        name: selection.table.written_name(),
        schema: selection.schema(),
        selection: Arc::new(selection),
        wiki_id: kept.wiki_id,
        writer: kept.writer,
        is_written: true,
    }
}
