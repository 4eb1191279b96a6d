//! What a finished job leaves beside its tables.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::jobs::is_file;
use super::rewrite::is_unfinished;
use super::verified::VerifiedInput;
use crate::error::{Error, Result};
use crate::model::Namespace;

/// Name of the manifest's file.
pub const MANIFEST_NAME: &str = "manifest.json";

/// A finished job.
///
/// All but `run` depends on inputs and options only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this form.
    pub manifest_version: u32,
    /// The program and its version.
    pub program: String,
    /// The options that shape the output.
    pub options: BTreeMap<String, serde_json::Value>,
    /// The inputs, in order.
    pub inputs: Vec<InputEntry>,
    /// The wikis of XML dumps, in the order in which they are met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wikis: Vec<WikiEntry>,
    /// Files in folders that were left out, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// The tables by name.
    pub tables: BTreeMap<String, TableEntry>,
    /// Whether nothing was passed over because of damage.
    pub complete: bool,
    /// What was purged of the tables since, and against what; a purge each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purges: Vec<serde_json::Value>,
    /// What differs from run to run: wall time, threads, peak memory.
    pub run: BTreeMap<String, serde_json::Value>,
}

impl Manifest {
    /// The program and its version, as manifests have them.
    pub const PROGRAM: &str = concat!("mwparquet ", env!("CARGO_PKG_VERSION"));

    /// The manifest of a finished job.
    pub fn of_finished(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST_NAME);
        let bytes = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if is_unfinished(folder) => Error::usage(format!(
                "a purge of {0} was ended before its end: `mwparquet purge {0}` ends it",
                folder.display()
            )),
            io::ErrorKind::NotFound => Error::usage(format!(
                "{} has no {MANIFEST_NAME}: it is no output, or one that is not finished",
                folder.display()
            )),
            _ => Error::io(format!("cannot read {}", path.display()), error),
        })?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Error::damaged(format!("{} is no manifest of mwparquet", path.display()))
                .with_source(error)
        })
    }

    /// The same where it need not be one; `None` if there is none, or one of another program.
    pub fn read(folder: &Path) -> Option<Self> {
        if !is_file(&folder.join(MANIFEST_NAME)) {
            return None;
        }
        let manifest = Self::of_finished(folder).ok()?;
        let is_ours = manifest.program.starts_with("mwparquet ");
        is_ours.then_some(manifest)
    }
}

/// A wiki, as dumps tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WikiEntry {
    /// Its database name.
    pub wiki_id: Option<String>,
    /// What it calls itself.
    pub site_name: Option<String>,
    /// Its namespaces.
    pub namespaces: Vec<Namespace>,
    /// Numbers of the inputs that tell this.
    pub inputs: Vec<usize>,
}

/// An input and what was seen in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct InputEntry {
    /// Its name, as given.
    pub name: String,
    /// Size as stored.
    pub bytes: u64,
    /// What it is packed in.
    pub container: String,
    /// Streams, members, frames or entries of the container.
    pub container_pieces: u64,
    /// Export schema version.
    pub schema_version: Option<String>,
    /// The software that wrote it.
    pub generator: Option<String>,
    /// The wiki.
    pub wiki_id: Option<String>,
    /// The input whose last page can go on in this one, by the names of both: they were read as if they
    /// were one, and their rows are in parts with the number of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// Counts of what was seen.
    pub seen: Seen,
    /// The tables of an SQL dump, as far as a job that keeps their parts has to know of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_tables: Option<serde_json::Value>,
    /// What was verified, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<VerifiedInput>,
    /// The splits in which it was converted; none where it was in one piece.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<SplitEntry>,
}

/// A split of an input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SplitEntry {
    /// Its number, which the names of its parts have.
    pub number: usize,
    /// Where it begins in the file as stored.
    pub begin_bytes: u64,
    /// Where it ends.
    pub end_bytes: u64,
}

/// Counts of what was seen in an input, wanted or not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Bytes of decoded XML.
    pub xml_bytes: u64,
    /// `<page>` elements, but for one that goes on with the last page of the input before.
    pub pages: u64,
    /// Revisions.
    pub revisions: u64,
    /// Slots.
    pub slots: u64,
    /// Versions of files.
    pub uploads: u64,
    /// Log items.
    pub log_items: u64,
    /// Bytes of decoded SQL.
    #[serde(default)]
    pub sql_bytes: u64,
    /// Rows of tables in SQL dumps.
    #[serde(default)]
    pub sql_rows: u64,
    /// Values of these that their columns cannot hold; they are in `raw_values`.
    #[serde(default)]
    pub sql_raw_values: u64,
    /// Pages that filters left out.
    pub filtered_pages: u64,
    /// Revisions that filters left out.
    pub filtered_revisions: u64,
    /// Log items that filters left out.
    #[serde(default)]
    pub filtered_log_items: u64,
    /// Pieces passed over because of damage; each is a row in `rejects`.
    pub rejects: u64,
    /// Zeros behind the container's end.
    pub trailing_zero_bytes: u64,
    /// Elements passed over because they are not known, by name.
    pub skipped_elements: BTreeMap<String, u64>,
}

impl Seen {
    /// Adds what was seen elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.xml_bytes += other.xml_bytes;
        self.pages += other.pages;
        self.revisions += other.revisions;
        self.slots += other.slots;
        self.uploads += other.uploads;
        self.log_items += other.log_items;
        self.sql_bytes += other.sql_bytes;
        self.sql_rows += other.sql_rows;
        self.sql_raw_values += other.sql_raw_values;
        self.filtered_pages += other.filtered_pages;
        self.filtered_revisions += other.filtered_revisions;
        self.filtered_log_items += other.filtered_log_items;
        self.rejects += other.rejects;
        self.trailing_zero_bytes += other.trailing_zero_bytes;
        // Names that nobody would read any more are not gathered.
        const MOST_NAMES: usize = 10_000;
        for (name, count) in &other.skipped_elements {
            let is_kept = self.skipped_elements.len() < MOST_NAMES
                || self.skipped_elements.contains_key(name);
            let name = if is_kept { name.as_str() } else { "…" };
            *self.skipped_elements.entry(name.to_owned()).or_default() += count;
        }
    }
}

/// A table of the job.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TableEntry {
    /// Version of the table's meaning.
    pub version: u32,
    /// Rows of all parts.
    pub rows: u64,
    /// Bytes of all parts.
    pub bytes: u64,
    /// The columns written.
    pub columns: Vec<String>,
    /// The parts, in order.
    pub parts: Vec<PartEntry>,
}

/// A part of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartEntry {
    /// Path below the job's folder.
    pub path: String,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}
