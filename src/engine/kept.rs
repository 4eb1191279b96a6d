//! What is kept of an input that is finished, in a journal or a manifest, and how it comes back.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::converted::{Converted, ConvertedFile};
use super::document::Document;
use super::sql::{Prepared, SqlTables};
use crate::error::{Error, Result};
use crate::model::{Namespace, SiteInfo, SqlTable};
use crate::sink::{FinishedInput, InputEntry, Journal, KeptPart, OutputFolder, Run, WikiEntry};
use crate::source::Stamp;
use crate::tables::{Reject, SqlSelection};
use crate::xml::XmlLimits;

/// What else a job needs of an input that it does not read again.
#[derive(Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) stamp: Stamp,
    /// Inputs that were read behind it, as one with it.
    #[serde(default)]
    pub(super) following: Vec<KeptFile>,
    rejects: Vec<Reject>,
    wikis: Vec<KeptWiki>,
    /// The tables of an SQL dump.
    sql: Option<Vec<KeptSqlTable>>,
    #[serde(default)]
    begins_with_stub: Option<bool>,
}

/// An input as it was read.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptFile {
    pub(super) number: usize,
    pub(super) stamp: Stamp,
    pub(super) entry: InputEntry,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptWiki {
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

impl KeptWiki {
    /// What the manifest keeps of it.
    pub(super) fn of_entry(entry: &WikiEntry) -> Self {
        Self {
            wiki_id: entry.wiki_id.clone(),
            site_name: entry.site_name.clone(),
            namespaces: entry.namespaces.clone(),
        }
    }
}

/// What the manifest tells of an input, with what is told by its file, as a journal keeps it.
pub(super) fn rest_of(
    stamp: Stamp,
    following: Vec<KeptFile>,
    wikis: Vec<KeptWiki>,
    sql_tables: Option<Value>,
) -> Result<Value> {
    let unreadable = |error| {
        Error::usage(
            "the manifest in the output folder cannot be read: give --overwrite without \
             --skip-unchanged",
        )
        .with_source(error)
    };
    let sql = sql_tables.map(serde_json::from_value).transpose();
    let rest = Rest {
        stamp,
        following,
        rejects: Vec::new(),
        wikis,
        sql: sql.map_err(unreadable)?,
        begins_with_stub: None,
    };
    as_json(&rest)
}

/// The tables of an SQL dump, as the manifest keeps them.
pub(super) fn sql_entry(sql: &SqlTables) -> Result<Value> {
    let tables: Vec<_> = sql
        .tables
        .iter()
        .map(|table| keep_sql_table(table))
        .collect();
    as_json(&tables)
}

fn as_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal("an input is no JSON").with_source(error))
}

pub(super) fn read_rest(value: Value) -> Result<Rest> {
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
    match journal {
        Some(journal) => journal.add(&kept(number, converted)?),
        None => Ok(()),
    }
}

/// What is to be kept of an input that is finished.
pub(super) fn kept(number: usize, converted: &mut Converted) -> Result<FinishedInput> {
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
        begins_with_stub: converted.begins_with_stub,
    };
    Ok(FinishedInput {
        number,
        is_kept: false,
        entry,
        parts: parts
            .map(|(table, parts)| (table.clone(), parts.iter().map(KeptPart::of).collect()))
            .collect(),
        runs: converted
            .edits
            .iter_mut()
            .map(Run::keep)
            .collect::<Result<_>>()?,
        rest: as_json(&rest)?,
    })
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
pub(super) fn restore(folder: &OutputFolder, finished: FinishedInput) -> Result<Converted> {
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
        begins_with_stub: rest.begins_with_stub,
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
        limits: XmlLimits::DEFAULT,
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
