//! What the inputs of a job gave, and what is made of it when all are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Job;
use crate::engine::converted::Converted;
use crate::engine::document::Document;
use crate::engine::kept::sql_entry;
use crate::engine::lane::Lane;
use crate::engine::partitions::Partitions;
use crate::engine::plan::Plan;
use crate::engine::row_groups::{PartsByTable, path_of};
use crate::engine::sessions::write_sessions;
use crate::engine::sql::{SqlTables, merged};
use crate::engine::unchanged::input_times;
use crate::engine::wikis::Wikis;
use crate::error::{Error, Result};
use crate::sink::{InputEntry, Part, PartEntry, Run, SQL_TABLES_VERSION, TableEntry, WikiEntry};
use crate::source::Stamp;
use crate::tables::{self, Reject, Selection};

/// What the inputs gave, each by its number, in whatever order they were finished.
#[derive(Default)]
pub(in crate::engine) struct Results {
    pub(super) entries: BTreeMap<usize, InputEntry>,
    parts: BTreeMap<(String, usize), Vec<Part>>,
    rejects: BTreeMap<usize, Vec<Reject>>,
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
    /// Takes what an input of a number gave, or several in a sequence.
    pub(in crate::engine) fn add(
        &mut self,
        job: &Job,
        number: usize,
        mut converted: Converted,
    ) -> Result<()> {
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
    pub(super) fn input_times(&self, entries: &[InputEntry]) -> serde_json::Value {
        let stamps = self.stamps.iter();
        input_times(stamps.filter_map(|(number, stamp)| {
            let entry = entries.get(*number)?;
            Some((entry.name.as_str(), stamp))
        }))
    }

    /// The wikis, with the inputs that tell of them.
    pub(super) fn wiki_entries(&self) -> Vec<WikiEntry> {
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

    /// What was passed over, in the order of the inputs.
    pub(in crate::engine) fn into_rejects(self) -> impl Iterator<Item = Reject> {
        self.rejects.into_values().flatten()
    }

    /// Writes what belongs to no input: namespaces, sessions, and tables without rows.  Gives all parts by
    /// table, in the order of the inputs, and what the manifest says of the tables.
    pub(in crate::engine) fn write_rest(
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
