//! An output that is to be purged: which of its tables can be judged, and by what.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::newer::Newer;
use super::rules::{Judge, Needs, RevisionColumns, Rule, rule_of};
use crate::error::{Error, Result};
use crate::sink::{Manifest, Packing, TableEntry, wiki_of_partition};
use crate::tables;

/// Columns with texts, which are large and tell nothing that rows are judged by.
const UNREAD: [&str; 12] = [
    "content_text",
    "event_comment",
    "keyframe_text",
    "log_comment",
    "log_params",
    "log_params_raw",
    "operations",
    "revision_comment",
    "revision_content_slots",
    "revision_text",
    "token_text",
    "upload_comment",
];

/// A table that is judged.
#[derive(Clone)]
pub(super) struct OutputTable {
    pub(super) name: String,
    pub(super) rule: Rule,
    /// Its columns.
    pub(super) written: Arc<Vec<String>>,
    /// Those that rows are judged by.
    pub(super) judged: Vec<String>,
    pub(super) parts: Vec<PathBuf>,
}

impl OutputTable {
    /// Whether its rows tell which texts were hidden when they were written.
    pub(super) fn tells_hidden_texts(&self) -> bool {
        let of_texts = [&tables::CONTENT, &tables::DIFFS];
        self.rule.lists.is_some() || of_texts.iter().any(|table| table.name == self.name)
    }

    /// The columns by which the texts of its revisions can be told from each other, if it has them.
    pub(super) fn text_columns(&self) -> Option<RevisionColumns> {
        let columns = self.rule.lists?;
        let mut needed = [columns.page, columns.id, columns.sha1].into_iter();
        needed
            .all(|column| self.judged.iter().any(|name| name == column))
            .then_some(columns)
    }
}

/// How the job that the manifest is of made pages.
fn packing_of(manifest: &Manifest) -> Result<Packing> {
    let text = |name| option(manifest, name).and_then(|value| value.as_str());
    let unknown =
        |_| Error::usage("the manifest names a compression or encodings that are not known");
    Ok(Packing {
        compression: text("compression")
            .unwrap_or("zstd")
            .parse()
            .map_err(unknown)?,
        encodings: text("encodings")
            .unwrap_or("delta")
            .parse()
            .map_err(unknown)?,
    })
}

/// An output.
pub(super) struct Output {
    tables: Vec<OutputTable>,
    not_judged: Vec<String>,
    other_wikis: Vec<String>,
    packing: Packing,
    row_group_bytes: Option<usize>,
}

impl Output {
    pub(super) fn new(folder: &Path, manifest: &Manifest, newer: &Newer) -> Result<Self> {
        let (mut judged, mut not_judged) = (Vec::new(), Vec::new());
        let mut lists = manifest.tables.iter();
        let has_revisions = lists.any(|(name, entry)| list_by(name, &entry.columns).is_some());
        for (name, entry) in manifest.tables.iter().filter(|(_, entry)| entry.rows > 0) {
            let whys = whys_not(name, entry, newer, has_revisions);
            let rule = rule_of(name);
            let is_hopeless = whys.iter().any(|why| why.is_hopeless);
            not_judged.extend(whys.into_iter().map(|why| format!("{name}: {}", why.told)));
            if let Some(rule) = rule.filter(|_| !is_hopeless)
                && rule.needs != Needs::Nothing
            {
                judged.push(OutputTable {
                    name: name.clone(),
                    rule,
                    written: Arc::new(entry.columns.clone()),
                    judged: judged_columns(entry, &rule),
                    parts: entry
                        .parts
                        .iter()
                        .filter(|part| other_wiki(&part.path, newer).is_none())
                        .map(|part| folder.join(&part.path))
                        .collect(),
                });
            }
        }
        let parts = manifest.tables.values().flat_map(|table| &table.parts);
        let other_wikis: BTreeSet<_> = parts
            .filter_map(|part| other_wiki(&part.path, newer))
            .collect();
        let packing = packing_of(manifest)?;
        let row_group_bytes = option(manifest, "row_group_bytes").and_then(|value| value.as_u64());
        Ok(Self {
            tables: judged,
            not_judged,
            other_wikis: other_wikis.into_iter().collect(),
            packing,
            row_group_bytes: row_group_bytes.and_then(|bytes| bytes.try_into().ok()),
        })
    }

    /// The tables that are judged.
    pub(super) fn tables(&self) -> &[OutputTable] {
        &self.tables
    }

    /// The table by which pages are counted anew, and the columns that tell.
    pub(super) fn list(&self) -> Option<(&str, RevisionColumns)> {
        let lists = self.tables.iter().filter_map(|table| {
            let columns = list_by(&table.name, &table.judged)?;
            Some((table.name.as_str(), columns))
        });
        lists.max_by_key(|(name, _)| *name == tables::REVISIONS.name)
    }

    /// What is not, and why.
    pub(super) fn not_judged(&self) -> &[String] {
        &self.not_judged
    }

    /// Wikis whose partitions are left as they are.
    pub(super) fn other_wikis(&self) -> &[String] {
        &self.other_wikis
    }

    pub(super) fn packing(&self) -> Packing {
        self.packing
    }

    pub(super) fn row_group_bytes(&self) -> Option<usize> {
        self.row_group_bytes
    }
}

fn option<'m>(manifest: &'m Manifest, name: &str) -> Option<&'m serde_json::Value> {
    manifest.options.get(name)
}

/// The wiki of a part, if it lies in the partition of another than that of the newer dumps.
fn other_wiki(path: &str, newer: &Newer) -> Option<String> {
    let wiki_id = wiki_of_partition(path)??;
    let compared = newer.wiki_id.as_ref()?;
    (wiki_id != *compared).then_some(wiki_id)
}

/// The columns of a table by which pages can be counted anew, if it has them.
fn list_by(table: &str, columns: &[String]) -> Option<RevisionColumns> {
    let lists = rule_of(table)?.lists?;
    lists.are_among(columns).then_some(lists)
}

fn judged_columns(entry: &TableEntry, rule: &Rule) -> Vec<String> {
    let needed = rule.needed_columns();
    let is_judged = |name: &&String| match rule.judge {
        Judge::OurTable(_) => !UNREAD.contains(&name.as_str()),
        Judge::SqlTable(_) => needed.contains(&name.as_str()),
    };
    entry.columns.iter().filter(is_judged).cloned().collect()
}

struct WhyNot {
    told: String,
    /// Whether no row of the table can be judged.
    is_hopeless: bool,
}

/// Why not all rows of a table can be judged.
fn whys_not(name: &str, entry: &TableEntry, newer: &Newer, has_revisions: bool) -> Vec<WhyNot> {
    let why = |told, is_hopeless| WhyNot { told, is_hopeless };
    let Some(rule) = rule_of(name) else {
        let told =
            "nothing in it leads to revisions, pages or log entries: make it anew of newer dumps";
        return vec![why(told.to_owned(), true)];
    };
    if rule.needs == Needs::Nothing {
        return Vec::new();
    }
    if let Some(told) = why_no_row(name, entry, &rule) {
        return vec![why(told, true)];
    }
    let whys = whys_not_all(name, rule.needs, newer, has_revisions);
    whys.into_iter().map(|told| why(told, false)).collect()
}

/// Why no row of a table can be judged, by how it was written.
fn why_no_row(name: &str, entry: &TableEntry, rule: &Rule) -> Option<String> {
    if let Some(table) = tables::by_name(name)
        && table.version != entry.version
    {
        return Some(format!(
            "it is version {} of the table, and this program knows {}: make it anew",
            entry.version, table.version
        ));
    }
    let is_written = |column: &&&str| entry.columns.iter().any(|name| name == **column);
    let needed = rule.needed_columns();
    let missing = needed.iter().filter(|column| !is_written(column));
    let missing: Vec<_> = missing.copied().collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(", ");
        format!("it has no column {missing}, by which rows are known")
    })
}

/// Why the newer dumps do not tell of all rows of a table.
fn whys_not_all(name: &str, needs: Needs, newer: &Newer, has_revisions: bool) -> Vec<String> {
    let mut whys = Vec::new();
    let mut tell = |told: &str| whys.push(told.to_owned());
    let (pages, logs) = (&newer.page_coverage, &newer.log_coverage);
    let (of_pages, of_logs) = match needs {
        Needs::Nothing => (false, false),
        Needs::Pages | Needs::Uploads => (true, false),
        Needs::LogEntries => (false, true),
        Needs::PagesAndLogEntries => (true, true),
    };
    if of_pages && !pages.is_whole() {
        match pages.is_empty() {
            true => tell("no newer dump has pages"),
            false => tell(&format!(
                "the newer dumps hold the pages {} only, and a revision that they lack may be on another \
                 page now",
                pages.told()
            )),
        }
    }
    if of_logs && !logs.is_whole() {
        match logs.is_empty() {
            true => tell("no newer dump has the log: give pages-logging, too"),
            false => tell(&format!(
                "the newer dumps hold the log entries {} only",
                logs.told()
            )),
        }
    }
    if needs == Needs::Uploads && newer.uploads.is_empty() {
        tell("no newer dump has versions of files: only those of pages that are gone are known");
    }
    if name == tables::PAGES.name && !has_revisions {
        tell(
            "there is no table revisions, or profile of all revisions, with page, id and time beside it, \
             by which pages are counted anew: only pages that are gone are known",
        );
    }
    whys
}
