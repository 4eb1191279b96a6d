//! One input into tables, or several over which a page is spread.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::document::Document;
use super::histories::Histories;
use super::kinds::run_any_input_after;
use super::lane::Lane;
use super::pipeline::{Consumer, Passed, Work};
use super::plan::Plan;
use super::resume::check_still;
use super::row_groups::{PartsByTable, RowGroups};
use super::rows::{ChunkRows, Wanted, rows_of};
use super::sequences::{Seam, Sequence, read_sequence};
use super::sessions::Edits;
use super::sql::SqlTables;
use super::texts::Texts;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::History;
use crate::model::ContentState;
use crate::sink::{InputEntry, Run, Seen};
use crate::source::{Input, Stamp};
use crate::tables::{self, PageSummary, Reject, TableBuilder};

/// Rows that a lane gathers itself before they become a batch.
const LANE_BATCH_ROWS: usize = 8192;

/// How many rejects a report keeps; the table has all.
pub(super) const REPORTED_REJECTS: usize = 20;

/// What became of an input, or of several that were read as a sequence.
pub(super) struct Converted {
    /// The inputs, in the order in which they were read.
    pub(super) files: Vec<ConvertedFile>,
    pub(super) parts: PartsByTable,
    /// What was passed over, the first of many.
    pub(super) rejects: Vec<Reject>,
    /// The input's documents, as far as their wikis differ.
    pub(super) wikis: Vec<Arc<Document>>,
    /// The input's edits, of which sessions are made, sorted.
    pub(super) edits: Vec<Run>,
    /// The input's tables, if it is a dump of these.
    pub(super) sql: Option<SqlTables>,
}

/// An input as it was read.
pub(super) struct ConvertedFile {
    pub(super) number: usize,
    /// The file as it was read; `None` of what is none.
    pub(super) stamp: Option<Stamp>,
    pub(super) entry: InputEntry,
}

/// Writes the tables of a sequence of inputs.
pub(super) fn convert_sequence(
    plan: &Plan<'_>,
    lane: &Lane<'_>,
    sequence: &Sequence,
) -> Result<Converted> {
    let number = sequence.number();
    let mut tables = InputTables {
        plan,
        lane,
        number,
        wanted: Arc::clone(&plan.wanted),
        groups: RowGroups::new(plan, lane, number)?,
        pages: plan.wanted.selection(&tables::PAGES).map(TableBuilder::new),
        rejects: plan
            .wanted
            .selection(&tables::REJECTS)
            .map(TableBuilder::new),
        histories: Histories::new(&plan.wanted, lane),
        texts: Texts::new(&plan.wanted, lane)?,
        edits: Edits::new(plan, lane, number),
        reported: Vec::new(),
        wikis: Vec::new(),
        has_texts: false,
        document: None,
        open_page: None,
        seen: Seen::default(),
        input: "".into(),
        sql: SqlTables::default(),
        has_sql: false,
        seam: Seam::new(sequence),
    };
    let mut files = Vec::new();
    let mut history: Option<History> = None;
    read_sequence(
        sequence,
        &plan.job.inputs,
        lane,
        &mut |lane, file, input| {
            let stamp = input.stamp()?;
            tables.input = input.name();
            tables.seam.begin_file(file, input.name());
            if let Some(history) = history.as_mut().filter(|_| !sequence.is_whole()) {
                history.lose();
            }
            let outcome = run_any_input_after(history.take(), input, lane, &mut tables);
            if !matches!(&outcome, Err(error) if error.kind() == ErrorKind::Cancelled) {
                // Before what was found in it: a file that is still written looks damaged.
                check_still(input, stamp.as_ref())?;
            }
            let (passed, left) = outcome?;
            history = left;
            files.push(ConvertedFile {
                number: file.number,
                stamp,
                entry: InputEntry {
                    follows: files
                        .last()
                        .map(|before: &ConvertedFile| before.entry.name.clone()),
                    ..tables.end_file(input, lane, passed)
                },
            });
            Ok(())
        },
    )?;
    tables.finish(files)
}

/// The rows of one input on their way into the tables.
pub(super) struct InputTables<'l> {
    pub(super) plan: &'l Plan<'l>,
    pub(super) lane: &'l Lane<'l>,
    /// Number of the input.
    pub(super) number: usize,
    wanted: Arc<Wanted>,
    pub(super) groups: RowGroups<'l>,
    pages: Option<TableBuilder<tables::Pages>>,
    rejects: Option<TableBuilder<tables::Rejects>>,
    histories: Option<Histories<'l>>,
    texts: Option<Texts<'l>>,
    edits: Option<Edits<'l>>,
    reported: Vec<Reject>,
    wikis: Vec<Arc<Document>>,
    /// Whether the document is known to have texts.
    has_texts: bool,
    document: Option<Arc<Document>>,
    /// A page that goes on in the next chunk.
    open_page: Option<PageSummary>,
    pub(super) seen: Seen,
    pub(super) input: Arc<str>,
    pub(super) sql: SqlTables,
    /// Whether the input at hand is a dump of SQL tables.
    has_sql: bool,
    seam: Seam,
}

impl InputTables<'_> {
    fn push_page(&mut self, page: &PageSummary) -> Result<()> {
        if let Some(builder) = &mut self.pages {
            builder.push(page);
            if builder.rows() >= LANE_BATCH_ROWS {
                let batch = builder.finish()?;
                self.groups.push(&tables::PAGES, batch)?;
            }
        }
        Ok(())
    }

    fn push_reject(&mut self, mut reject: Reject) -> Result<()> {
        if let Some(reason) = self.wanted.protection.without_addresses(&reject.reason) {
            reject.reason = reason;
        }
        if let Some(builder) = &mut self.rejects {
            builder.push(&reject);
            if builder.rows() >= LANE_BATCH_ROWS {
                let batch = builder.finish()?;
                self.groups.push(&tables::REJECTS, batch)?;
            }
        }
        if self.reported.len() < REPORTED_REJECTS {
            self.reported.push(reject);
        }
        Ok(())
    }

    /// Lists what was left out because of damage.
    pub(super) fn push_loss(
        &mut self,
        why: &Error,
        lost_bytes: Option<u64>,
        wiki_id: Option<String>,
    ) -> Result<()> {
        self.seen.rejects += 1;
        self.push_reject(Reject::of(why, lost_bytes, wiki_id, &self.input))
    }

    /// The open page may have lost revisions, and the next one its begin.
    fn history_has_hole(&mut self) {
        if let Some(histories) = &mut self.histories {
            histories.lost();
        }
        if let Some(texts) = &mut self.texts {
            texts.lost();
        }
    }

    fn close_page(&mut self) -> Result<()> {
        match self.open_page.take() {
            Some(page) => self.push_page(&page),
            None => Ok(()),
        }
    }

    /// Refuses to compare texts where there are none: the first one tells.
    fn check_texts(&mut self, first: Option<ContentState>) -> Result<()> {
        if let Some(table) = self.wanted.table_of_texts()
            && !self.has_texts
            && first == Some(ContentState::Stub)
        {
            return Err(Error::usage(format!(
                "is a stub, a dump without texts: the table {table} needs a dump with texts"
            ))
            .in_input(&self.input));
        }
        self.has_texts |= first.is_some();
        Ok(())
    }

    /// Takes a page, or what a chunk has of it; `goes_on` says whether it is the one that is open.
    fn collect_page(&mut self, page: PageSummary, goes_on: bool) -> Result<()> {
        match &mut self.open_page {
            Some(open) if goes_on && open.page_id == page.page_id => open.add(&page),
            _ => {
                self.close_page()?;
                self.open_page = Some(page);
            }
        }
        Ok(())
    }

    /// An input has ended: what the manifest says of it.
    fn end_file(&mut self, input: &Input, lane: &Lane<'_>, passed: Passed) -> InputEntry {
        self.has_sql |= passed.is_sql;
        let mut seen = std::mem::take(&mut self.seen);
        match passed.is_sql {
            true => seen.sql_bytes = passed.xml_bytes,
            false => seen.xml_bytes = passed.xml_bytes,
        }
        seen.trailing_zero_bytes = passed.trailing_zero_bytes;
        let document = self.document.as_ref();
        let site = document.map(|document| &document.site);
        InputEntry {
            name: self.input.to_string(),
            bytes: input
                .size_bytes()
                .unwrap_or_else(|| lane.taken_bytes.load(Ordering::Relaxed)),
            container: passed.format.name().to_owned(),
            container_pieces: passed.pieces,
            schema_version: site.and_then(|site| site.schema_version.clone()),
            generator: site
                .and_then(|site| site.generator.clone())
                .or_else(|| self.sql.writer.clone()),
            wiki_id: document
                .and_then(|document| document.wiki_id.clone())
                .or_else(|| self.sql.wiki_id.clone()),
            follows: None,
            seen,
        }
    }

    /// Writes what is left.
    fn finish(mut self, files: Vec<ConvertedFile>) -> Result<Converted> {
        self.close_page()?;
        if let Some(mut pages) = self.pages.take() {
            self.groups.push(&tables::PAGES, pages.finish()?)?;
        }
        if let Some(mut rejects) = self.rejects.take() {
            self.groups.push(&tables::REJECTS, rejects.finish()?)?;
        }
        if let Some(histories) = self.histories.take() {
            histories.finish(&mut self.groups)?;
        }
        if let Some(texts) = self.texts.take() {
            texts.finish(&mut self.groups)?;
        }
        let edits = self.edits.take().map_or(Ok(Vec::new()), Edits::finish)?;
        let parts = self.groups.finish()?;
        Ok(Converted {
            files,
            parts,
            rejects: self.reported,
            wikis: self.wikis,
            edits,
            sql: self.has_sql.then_some(self.sql),
        })
    }
}

impl Consumer for InputTables<'_> {
    type Output = ChunkRows;

    fn work(&self) -> Work<ChunkRows> {
        let wanted = Arc::clone(&self.wanted);
        Arc::new(move |document, chunk| rows_of(&wanted, document, chunk))
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        let follows = self.seam.begin(document)?;
        if !follows {
            self.close_page()?;
            if let Some(histories) = &mut self.histories {
                histories.end_page(&mut self.groups)?;
            }
        }
        if let Some(texts) = &mut self.texts {
            texts.begin(document.dump_day, follows, &mut self.groups)?;
        }
        if self.seam.has_hole() {
            self.history_has_hole();
        }
        self.document = Some(Arc::clone(document));
        self.has_texts = false;
        if !self.wikis.iter().any(|wiki| wiki.is_same_wiki(document)) {
            self.wikis.push(Arc::clone(document));
        }
        Ok(())
    }

    fn collect(&mut self, mut rows: ChunkRows) -> Result<()> {
        let goes_on = self.seam.take(&rows.edges, &mut rows.seen)?;
        let progress = self.lane.progress;
        let (revisions, pages) = (rows.seen.revisions, rows.seen.pages);
        progress.revisions.fetch_add(revisions, Ordering::Relaxed);
        progress.pages.fetch_add(pages, Ordering::Relaxed);
        self.seen.add(&rows.seen);
        self.groups.push(&tables::REVISIONS, rows.revisions)?;
        self.groups.push(&tables::CONTENT, rows.content)?;
        self.groups.push(&tables::UPLOADS, rows.uploads)?;
        for (table, batch) in rows.logs {
            self.groups.push(table, batch)?;
        }
        self.check_texts(rows.first_text)?;
        self.groups.push(&tables::DIFFS, rows.diffs)?;
        for (number, (page, began_before)) in rows.pages.into_iter().enumerate() {
            self.collect_page(page, began_before || (goes_on && number == 0))?;
        }
        if let (Some(histories), Some(history)) = (&mut self.histories, rows.history) {
            histories.add(history, &mut self.groups)?;
        }
        if let (Some(texts), Some(changes)) = (&mut self.texts, rows.changes) {
            texts.add(changes, &mut self.groups)?;
        }
        if let (Some(edits), Some(chunk)) = (&mut self.edits, rows.edits) {
            edits.add(chunk)?;
        }
        for reject in rows.rejects {
            self.push_reject(reject)?;
        }
        Ok(())
    }

    fn lost(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.history_has_hole();
        let document = self.document.as_ref();
        let wiki_id = document.and_then(|document| document.wiki_id.clone());
        self.push_loss(why, lost_bytes, wiki_id)
    }

    fn wants_history(&self) -> bool {
        self.wanted.selection(&tables::DIFFS).is_some()
    }

    fn settle(&mut self) -> Result<()> {
        if let Some(histories) = &mut self.histories {
            histories.settle(&mut self.groups)?;
        }
        if let Some(edits) = &mut self.edits {
            edits.settle()?;
        }
        self.groups.settle()
    }
}
