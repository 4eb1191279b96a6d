//! What an input is, told by its bytes.

use std::sync::Arc;

use arrow::array::RecordBatch;
use serde::Serialize;

use super::document::Document;
use super::kinds::run_any_input;
use super::lane::Lane;
use super::options::{DiffOptions, Filters, HistoryOptions, Limits};
use super::pipeline::{Consumer, Passed, Work};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::rows::{ChunkRows, Wanted, rows_of};
use super::sql::{Prepared, SqlConsumer, SqlWanted};
use crate::container::{Format, HEAD_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{SiteInfo, SqlTable};
use crate::protect::Protection;
use crate::runs::DumpName;
use crate::sink::Seen;
use crate::source::Input;
use crate::sql::Declared;

/// What was found out about an input.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// Its name.
    pub name: String,
    /// Size as stored, where it is known.
    pub bytes: Option<u64>,
    /// What it is packed in.
    pub container: &'static str,
    /// Streams, members, frames or entries; only where all was read, and not of plain files.
    pub container_pieces: Option<u64>,
    /// What kind of dump it is.
    pub kind: &'static str,
    /// The only page that it has, by its name: other files may have more of its history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_page: Option<u64>,
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Display name of the wiki.
    pub site_name: Option<String>,
    /// URL of the main page.
    pub base: Option<String>,
    /// Language of the content.
    pub language: Option<String>,
    /// Version of the export schema.
    pub schema_version: Option<String>,
    /// The software that wrote it.
    pub generator: Option<String>,
    /// Whether titles begin with a capital.
    pub case: Option<String>,
    /// How many namespaces the site information names.
    pub namespaces: usize,
    /// Whether all of it was read and is sound; if not, counts are of the beginning.
    pub is_whole: bool,
    /// Counts of what was seen.
    pub seen: Seen,
    /// The tables of an SQL dump.
    pub sql_tables: Vec<InspectedTable>,
}

/// A table of an SQL dump.
#[derive(Debug, Clone, Serialize)]
pub struct InspectedTable {
    /// Its name in the database.
    pub name: String,
    /// Its columns with their declared types.
    pub columns: Vec<InspectedColumn>,
    /// Rows that were seen.
    pub rows: u64,
    /// The declaration.
    #[serde(skip)]
    pub declared: Arc<SqlTable>,
}

/// A column of an SQL dump's table.
#[derive(Debug, Clone, Serialize)]
pub struct InspectedColumn {
    /// Its name.
    pub name: String,
    /// Its type as it is declared.
    pub declared: String,
}

/// How much of the XML is read where not all is wanted.
const BEGINNING_BYTES: u64 = 8 << 20;

/// Looks at the beginning of an input, or at all of it.
pub fn inspect(
    input: &Input,
    whole: bool,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<Inspection> {
    let mut looker = Looker::new(whole, stop);
    let enough = looker.enough.clone();
    let progress = Arc::clone(&looker.progress);
    let outcome = Lane::alone(limits, pool, &progress, &enough, |lane| {
        run_any_input(input, lane, &mut looker)
    });
    let passed = match outcome {
        Ok(passed) => Some(passed),
        Err(error) if error.kind() == ErrorKind::Cancelled && !whole => None,
        Err(error) => return Err(error),
    };
    stop.check()?;
    let format = match passed {
        Some(passed) => passed.format,
        None => Format::detect(&input.head_again(HEAD_BYTES)?),
    };
    Ok(looker.tell(input, format, passed))
}

/// The page that a file has a part of, by its name, if it has no other.
fn only_page_of(input: &Input) -> Option<u64> {
    let name = DumpName::of_path(&input.path()?)?;
    let (page, _) = name.pages.filter(|_| name.is_of_one_page())?;
    Some(page)
}

struct Looker {
    document: Option<Arc<Document>>,
    rows: Seen,
    stubs: u64,
    texts: u64,
    whole: bool,
    /// Set by the looker itself.
    enough: Stop,
    /// Set by somebody outside.
    stop: Stop,
    progress: Arc<Progress>,
    sql: Vec<InspectedTable>,
    sql_writer: Option<String>,
    sql_wiki_id: Option<String>,
}

impl Looker {
    fn new(whole: bool, stop: &Stop) -> Self {
        Self {
            document: None,
            rows: Seen::default(),
            stubs: 0,
            texts: 0,
            whole,
            enough: Stop::default(),
            stop: stop.clone(),
            progress: Arc::default(),
            sql: Vec::new(),
            sql_writer: None,
            sql_wiki_id: None,
        }
    }

    /// What it has seen of an input; `passed` is known of one that was read to its end.
    fn tell(self, input: &Input, format: Format, passed: Option<Passed>) -> Inspection {
        let kind = self.kind();
        let document = self.document.as_deref();
        let wiki_id = document.and_then(|document| document.wiki_id.clone());
        let site = document.map(|document| document.site.clone());
        let SiteInfo {
            schema_version,
            language,
            site_name,
            base,
            generator,
            case,
            namespaces,
            ..
        } = site.unwrap_or_default();
        let mut seen = self.rows;
        if let Some(passed) = passed {
            match passed.is_sql {
                true => seen.sql_bytes = passed.xml_bytes,
                false => seen.xml_bytes = passed.xml_bytes,
            }
            seen.trailing_zero_bytes = passed.trailing_zero_bytes;
        }
        let pieces = passed.filter(|passed| passed.format != Format::Plain);
        Inspection {
            name: input.name().to_string(),
            bytes: input.size_bytes(),
            container: format.name(),
            container_pieces: pieces.map(|passed| passed.pieces),
            kind,
            only_page: only_page_of(input),
            wiki_id: wiki_id.or(self.sql_wiki_id),
            site_name,
            base,
            language,
            schema_version,
            generator: generator.or(self.sql_writer),
            case,
            namespaces: namespaces.len(),
            is_whole: passed.is_some(),
            seen,
            sql_tables: self.sql,
        }
    }

    fn kind(&self) -> &'static str {
        let seen = &self.rows;
        match () {
            () if !self.sql.is_empty() => "SQL tables",
            () if seen.log_items > 0 => "log items",
            () if seen.pages == 0 => "site information only",
            () if self.stubs > 0 && self.texts == 0 => "pages, stubs without text",
            () if seen.revisions > seen.pages => "pages with history",
            () => "pages, one revision each",
        }
    }

    fn stop_if_enough(&mut self) {
        let read = self
            .progress
            .xml_bytes
            .load(std::sync::atomic::Ordering::Relaxed);
        let has_seen_enough = !self.whole
            && read > BEGINNING_BYTES
            && (self.rows.pages + self.rows.revisions + self.rows.log_items > 0
                || !self.sql.is_empty());
        if has_seen_enough || self.stop.check().is_err() {
            self.enough.ask();
        }
    }
}

impl Consumer for Looker {
    type Output = (ChunkRows, u64, u64);

    fn work(&self) -> Work<Self::Output> {
        let wanted = Wanted {
            selections: Vec::new(),
            filters: Filters::default(),
            history: HistoryOptions::default(),
            diffs: DiffOptions::default(),
            protection: Protection::default(),
            keep_going: !self.whole,
        };
        Arc::new(move |document, chunk| {
            let count = |needle: &[u8]| -> u64 {
                let finder = memchr::memmem::Finder::new(needle);
                let pieces = chunk.pieces.iter();
                pieces
                    .map(|piece| finder.find_iter(&piece.bytes).count() as u64)
                    .sum()
            };
            let (stubs, texts) = (count(b" location=\""), count(b"</text>"));
            rows_of(&wanted, document, chunk).map(|rows| (rows, stubs, texts))
        })
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        self.document.get_or_insert_with(|| Arc::clone(document));
        Ok(())
    }

    fn collect(&mut self, (rows, stubs, texts): Self::Output) -> Result<()> {
        self.rows.add(&rows.seen);
        self.stubs += stubs;
        self.texts += texts;
        self.stop_if_enough();
        Ok(())
    }

    fn lost(&mut self, _: &Error, _: Option<u64>) -> Result<()> {
        self.rows.rejects += 1;
        Ok(())
    }

    fn tick(&mut self) {
        self.stop_if_enough();
    }
}

impl SqlConsumer for Looker {
    fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared> {
        let mut prepared = SqlWanted::default().prepare(declared, file_name)?;
        // Rows are counted, and values are not looked at.
        prepared.is_written = false;
        Ok(prepared)
    }

    fn begin_table(&mut self, prepared: &Arc<Prepared>) -> Result<()> {
        self.sql_writer.clone_from(&prepared.writer);
        self.sql_wiki_id.clone_from(&prepared.wiki_id);
        let table = &prepared.selection.table;
        let columns = table.columns.iter();
        self.sql.push(InspectedTable {
            name: table.name.clone(),
            columns: columns
                .map(|column| InspectedColumn {
                    name: column.name.clone(),
                    declared: column.declared.clone(),
                })
                .collect(),
            rows: 0,
            declared: Arc::clone(table),
        });
        Ok(())
    }

    fn take_rows(&mut self, prepared: &Prepared, rows: u64, _: Option<RecordBatch>) -> Result<()> {
        self.rows.sql_rows += rows;
        let name = &prepared.selection.table.name;
        let mut tables = self.sql.iter_mut().rev();
        if let Some(table) = tables.find(|table| table.name == *name) {
            table.rows += rows;
        }
        self.stop_if_enough();
        Ok(())
    }

    fn reject(&mut self, _: &Error, _: Option<u64>) -> Result<()> {
        self.rows.rejects += 1;
        Ok(())
    }

    fn tick_sql(&mut self) {
        self.stop_if_enough();
    }
}
