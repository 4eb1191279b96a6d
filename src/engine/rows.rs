//! The work on a chunk: its records become rows.

use arrow::array::RecordBatch;

use super::diffs::DiffRows;
use super::document::Document;
use super::log_rows::{LogBatches, LogBuilders};
use super::options::{DiffOptions, Filters};
use crate::error::{Error, Result};
use crate::frame::{Chunk, Places};
use crate::model::{ContentState, LogItem, Page, Revision, Upload};
use crate::sink::Seen;
use crate::tables::{
    self, ContentRow, PageSummary, Reject, RevisionRow, Selection, Table, TableBuilder, UploadRow,
};
use crate::xml::{Fault, PageAt, Records, parse_chunk};

/// What a worker is told about the rows that are wanted.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Selected columns, by table.
    pub selections: Vec<Selection>,
    pub filters: Filters,
    pub diffs: DiffOptions,
    pub keep_going: bool,
}

impl Wanted {
    pub(super) fn selection(&self, table: &tables::TableInfo) -> Option<&Selection> {
        self.selections
            .iter()
            .find(|selection| selection.table.name == table.name)
    }
}

/// The rows of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkRows {
    pub revisions: Option<RecordBatch>,
    pub content: Option<RecordBatch>,
    pub uploads: Option<RecordBatch>,
    pub diffs: Option<RecordBatch>,
    /// The state of the first text that is neither hidden nor missing, where diffs are wanted.
    pub first_text: Option<ContentState>,
    pub logs: LogBatches,
    /// Pages, each with whether it began in a chunk before and whether it goes on in the next.
    pub pages: Vec<(PageSummary, bool, bool)>,
    pub rejects: Vec<Reject>,
    pub seen: Seen,
}

/// Makes the rows of a chunk.
pub(super) fn rows_of(wanted: &Wanted, document: &Document, mut chunk: Chunk) -> Result<ChunkRows> {
    let page = chunk.page.clone();
    let diffs = diffs_of(wanted, document, &mut chunk)?;
    let header = page.as_ref().map(|page| &page.bytes[..]);
    let continues = chunk.page_continues;
    let (bytes, places) = chunk.into_contiguous();
    let mut collector = Collector {
        wanted,
        document,
        places: &places,
        revisions: wanted.selection(&tables::REVISIONS).map(TableBuilder::new),
        content: wanted.selection(&tables::CONTENT).map(TableBuilder::new),
        uploads: wanted.selection(&tables::UPLOADS).map(TableBuilder::new),
        diffs,
        logs: LogBuilders::new(wanted),
        summary: None,
        rows: ChunkRows::default(),
    };
    parse_chunk(&bytes, header, continues, &document.site, &mut collector)?;
    let mut rows = collector.rows;
    rows.revisions = finish(collector.revisions)?;
    rows.content = finish(collector.content)?;
    rows.uploads = finish(collector.uploads)?;
    if let Some(diffs) = collector.diffs {
        rows.first_text = diffs.first_text();
        rows.diffs = diffs.finish()?;
    }
    rows.logs = collector.logs.finish()?;
    rows.seen.rejects = rows.rejects.len() as u64;
    Ok(rows)
}

fn diffs_of<'c>(
    wanted: &'c Wanted,
    document: &'c Document,
    chunk: &mut Chunk,
) -> Result<Option<DiffRows<'c>>> {
    let Some(selection) = wanted.selection(&tables::DIFFS) else {
        return Ok(None);
    };
    let mut diffs = DiffRows::new(selection, wanted.diffs, &wanted.filters, document)?;
    let predecessor = std::mem::take(&mut chunk.predecessor);
    let places = std::mem::take(&mut chunk.revisions);
    diffs.begin(chunk.page.clone(), predecessor, places);
    Ok(Some(diffs))
}

pub(super) fn finish<T: Table>(builder: Option<TableBuilder<T>>) -> Result<Option<RecordBatch>> {
    builder.map_or(Ok(None), |mut builder| builder.finish())
}

struct Collector<'c> {
    wanted: &'c Wanted,
    document: &'c Document,
    places: &'c Places,
    revisions: Option<TableBuilder<tables::Revisions>>,
    content: Option<TableBuilder<tables::Content>>,
    uploads: Option<TableBuilder<tables::Uploads>>,
    diffs: Option<DiffRows<'c>>,
    logs: LogBuilders,
    /// The open page, once a revision of it was seen.
    summary: Option<PageSummary>,
    rows: ChunkRows,
}

impl Collector<'_> {
    fn wiki_id(&self) -> Option<&str> {
        self.document.wiki_id.as_deref()
    }

    fn summary_of(&mut self, page: &Page<'_>) -> &mut PageSummary {
        let wiki_id = self.document.wiki_id.as_deref();
        self.summary
            .get_or_insert_with(|| PageSummary::of(wiki_id, page))
    }
}

impl Records for Collector<'_> {
    type Error = Error;

    fn revision_begins(&mut self, at: usize) {
        if let Some(diffs) = &mut self.diffs {
            diffs.revision_begins(self.places.of(at).0);
        }
    }

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        self.rows.seen.revisions += 1;
        self.rows.seen.slots += revision.slots().count() as u64;
        let of_wanted_page = self.wanted.filters.wants_page(page);
        let is_wanted = of_wanted_page && self.wanted.filters.wants_time(revision.timestamp);
        if let Some(diffs) = self.diffs.as_mut().filter(|_| of_wanted_page) {
            diffs.revision(page, revision, is_wanted);
        }
        if !is_wanted {
            self.rows.seen.filtered_revisions += 1;
            return Ok(());
        }
        self.summary_of(page).count(revision.timestamp);
        let wiki_id = self.document.wiki_id.as_deref();
        if let Some(builder) = &mut self.revisions {
            builder.push(&RevisionRow {
                wiki_id,
                page,
                revision,
            });
        }
        if let Some(builder) = &mut self.content {
            for slot in revision.slots() {
                builder.push(&ContentRow {
                    wiki_id,
                    page,
                    revision,
                    slot,
                });
            }
        }
        Ok(())
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<()> {
        self.rows.seen.uploads += 1;
        if !self.wanted.filters.wants_page(page)
            || !self.wanted.filters.wants_time(upload.timestamp)
        {
            return Ok(());
        }
        let wiki_id = self.document.wiki_id.as_deref();
        if let Some(builder) = &mut self.uploads {
            builder.push(&UploadRow {
                wiki_id,
                page,
                upload,
            });
        }
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        if !at.began_before {
            self.rows.seen.pages += 1;
        }
        if !self.wanted.filters.wants_page(at.page) {
            if !at.began_before {
                self.rows.seen.filtered_pages += 1;
            }
            return Ok(());
        }
        self.summary_of(at.page);
        if let Some(summary) = self.summary.take() {
            self.rows
                .pages
                .push((summary, at.began_before, at.continues));
        }
        Ok(())
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<()> {
        self.rows.seen.log_items += 1;
        if !self.logs.push(self.document, item, &self.wanted.filters) {
            self.rows.seen.filtered_log_items += 1;
        }
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<()> {
        let (xml_offset, file_offset) = self.places.of(fault.at);
        if !self.wanted.keep_going {
            return Err(fault.to_error(&self.document.input, (xml_offset, file_offset)));
        }
        self.rows.rejects.push(Reject {
            wiki_id: self.wiki_id().map(str::to_owned),
            input: self.document.input.to_string(),
            xml_offset_bytes: Some(xml_offset),
            file_offset_bytes: Some(file_offset),
            page_id: fault.page_id,
            revision_id: fault.revision_id,
            lost_bytes: Some(fault.lost_bytes),
            reason: fault.message,
        });
        Ok(())
    }

    fn skipped(&mut self, name: &str, count: u64) {
        *self
            .rows
            .seen
            .skipped_elements
            .entry(name.to_owned())
            .or_default() += count;
    }
}
