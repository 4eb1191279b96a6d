//! The work on a chunk: its records become rows.

use arrow::array::RecordBatch;

use super::diffs::{DiffRows, state_of};
use super::document::Document;
use super::histories::{ChunkHistory, Notes};
use super::log_rows::{LogBatches, LogBuilders};
use super::options::{DiffOptions, Filters, HistoryOptions};
use super::profile_rows::{ProfileBatches, ProfileBuilders, carries};
use super::proofs::{Proofs, Proving};
use super::protected::Protected;
use super::sequences::Edges;
use super::texts::{Changes, ChunkChanges, Comparer, FollowedTokens};
use super::unknown::Unknown;
use crate::derive::identity::Kept;
use crate::derive::sessions::write_event;
use crate::derive::token_revisions::TokenMatching;
use crate::error::{Error, Result};
use crate::frame::{Chunk, Places};
use crate::model::{ContentState, LogItem, Page, Revision, Upload};
use crate::protect::Protection;
use crate::sink::{Records as Edits, Seen};
use crate::tables::{
    self, ContentRow, PageSummary, Reject, RevisionRow, Selection, Table, TableBuilder, UploadRow,
};
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// What a worker is told about the rows that are wanted.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Selected columns, by table.
    pub selections: Vec<Selection>,
    pub filters: Filters,
    pub history: HistoryOptions,
    pub diffs: DiffOptions,
    pub protection: Protection,
    pub keep_going: bool,
}

impl Wanted {
    pub(super) fn selection(&self, table: &tables::TableInfo) -> Option<&Selection> {
        self.selections
            .iter()
            .find(|selection| selection.table.name == table.name)
    }

    /// Whether a table is wanted that is derived from pages' histories.
    pub(super) fn needs_histories(&self) -> bool {
        let tables = [
            &tables::REVISION_HISTORY,
            &tables::REVERTS,
            &tables::MEDIAWIKI_HISTORY,
            &tables::WIKIQ,
        ];
        tables.iter().any(|table| self.selection(table).is_some())
    }

    /// The first wanted table that nothing can be told in without texts.
    pub(super) fn table_of_texts(&self) -> Option<&'static str> {
        let mut tables = [&tables::DIFFS, &tables::TOKENS].into_iter();
        let wanted = tables.find(|table| self.selection(table).is_some())?;
        Some(wanted.name)
    }

    /// How many of the wanted tables hold the texts as they are.
    pub(super) fn text_copies(&self) -> usize {
        let tables = tables::OF_TEXTS.into_iter();
        tables
            .filter(|table| self.selection(table).is_some())
            .count()
    }

    /// Which tokens of changes some table needs as texts.
    pub(super) fn kept_tokens(&self) -> Kept {
        match self.selection(&tables::TOKENS) {
            Some(_) => Kept::Inserted,
            None => Kept::Nothing,
        }
    }

    /// Whether a table is wanted that is derived from all texts of pages.
    pub(super) fn needs_texts(&self) -> bool {
        let tables = [&tables::PERSISTENCE, &tables::TOKENS];
        tables.iter().any(|table| self.selection(table).is_some())
    }

    /// How texts are compared for wikiq's columns of tokens; `None` where none of these is wanted.
    pub(super) fn wikiq_tokens(&self) -> Option<TokenMatching> {
        let selection = self.selection(&tables::WIKIQ)?;
        selection
            .has_on_request()
            .then_some(self.history.wikiq_tokens)
    }
}

/// The rows of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkRows {
    pub revisions: Option<RecordBatch>,
    pub content: Option<RecordBatch>,
    pub profiles: ProfileBatches,
    pub uploads: Option<RecordBatch>,
    pub logs: LogBatches,
    pub diffs: Option<RecordBatch>,
    /// The state of the first text that is neither hidden nor missing, where somebody must have texts.
    pub first_text: Option<ContentState>,
    /// Pages, each with whether it began in a chunk before.
    pub pages: Vec<(PageSummary, bool)>,
    pub rejects: Vec<Reject>,
    /// Texts held against their checksums, where that is wanted, and those that differ.
    pub proofs: Option<Proofs>,
    pub differing: Option<RecordBatch>,
    /// What tables of pages' histories are derived from.
    pub history: Option<ChunkHistory>,
    /// What changed from text to text, of which persistence and tokens are made.
    pub changes: Option<ChunkChanges>,
    /// The same as wikiq's columns of tokens need it.
    pub wikiq_changes: Option<ChunkChanges>,
    /// Elements that are not known.
    pub unknown: Unknown,
    /// Edits, of which sessions are made.
    pub edits: Option<Edits>,
    /// What is to be held against the file before, and against names of files.
    pub edges: Edges,
    pub seen: Seen,
}

/// Makes the rows of a chunk.
pub(super) fn rows_of(wanted: &Wanted, document: &Document, mut chunk: Chunk) -> Result<ChunkRows> {
    let page = chunk.page.clone();
    let diffs = diffs_of(wanted, document, &mut chunk)?;
    let header = page.as_ref().map(|page| &page.bytes[..]);
    let continues = chunk.page_continues;
    let (bytes, places) = chunk.into_contiguous();
    // Decoded, texts are shorter than the chunk that they stand in.
    let content = |selection| TableBuilder::new(selection).with_room("content_text", bytes.len());
    let mut collector = Collector {
        wanted,
        document,
        places: &places,
        revisions: wanted.selection(&tables::REVISIONS).map(TableBuilder::new),
        content: wanted.selection(&tables::CONTENT).map(content),
        profiles: ProfileBuilders::new(wanted),
        uploads: wanted.selection(&tables::UPLOADS).map(TableBuilder::new),
        logs: LogBuilders::new(wanted),
        notes: wanted
            .needs_histories()
            .then(|| Notes::new(document).carrying(carries(wanted))),
        changes: match wanted.needs_texts() {
            true => Some(Changes::new(Comparer::new(wanted.kept_tokens())?)),
            false => None,
        },
        wikiq_changes: FollowedTokens::changes(wanted.wikiq_tokens())?,
        edits: wanted
            .selection(&tables::SESSIONS)
            .map(|_| Edits::default()),
        diffs,
        summary: None,
        rows: ChunkRows::default(),
    };
    let site = &document.site;
    let mut protected = Protected::new(&wanted.protection, site, &mut collector);
    let mut records = Proving::new(wanted, document, &mut protected);
    parse_chunk(&bytes, header, continues, document.reading(), &mut records)?;
    let (proofs, differing) = records.finish()?;
    let mut rows = collector.rows;
    (rows.proofs, rows.differing) = (proofs, differing);
    rows.revisions = finish(collector.revisions)?;
    rows.content = finish(collector.content)?;
    rows.profiles = collector.profiles.finish()?;
    rows.uploads = finish(collector.uploads)?;
    rows.logs = collector.logs.finish()?;
    rows.edits = collector.edits;
    rows.changes = collector.changes.map(Changes::finish);
    rows.wikiq_changes = collector.wikiq_changes.map(Changes::finish);
    rows.history = collector.notes.map(Notes::finish);
    if let Some(diffs) = collector.diffs {
        rows.diffs = diffs.finish()?;
    }
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
    let mut diffs = DiffRows::new(selection, wanted, document)?;
    let predecessor = std::mem::take(&mut chunk.predecessor);
    let places = std::mem::take(&mut chunk.revisions);
    diffs.begin(predecessor, places);
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
    profiles: ProfileBuilders,
    uploads: Option<TableBuilder<tables::Uploads>>,
    logs: LogBuilders,
    notes: Option<Notes>,
    changes: Option<Changes>,
    wikiq_changes: Option<Changes>,
    edits: Option<Edits>,
    diffs: Option<DiffRows<'c>>,
    /// The open page, once a revision of it was seen.
    summary: Option<PageSummary>,
    rows: ChunkRows,
}

impl Collector<'_> {
    /// Keeps the state of the first text that tells what kind of dump it is.
    fn look_for_text(&mut self, revision: &Revision<'_>) {
        if self.rows.first_text.is_none() && self.wanted.table_of_texts().is_some() {
            let state = state_of(revision);
            let tells = !matches!(state, ContentState::Hidden | ContentState::Missing);
            self.rows.first_text = tells.then_some(state);
        }
    }

    /// All that tell what changes from text to text.
    fn all_changes(&mut self) -> impl Iterator<Item = &mut Changes> {
        self.changes.iter_mut().chain(&mut self.wikiq_changes)
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
        self.rows.edges.revision(revision);
        self.rows.seen.revisions += 1;
        self.rows.seen.slots += revision.slots().count() as u64;
        let of_wanted_page = self.wanted.filters.wants_page(page);
        let is_wanted = of_wanted_page && self.wanted.filters.wants_time(revision.timestamp);
        if of_wanted_page {
            self.look_for_text(revision);
        }
        if let Some(notes) = self.notes.as_mut().filter(|_| of_wanted_page) {
            notes.revision_of(&self.document.site, page, revision, is_wanted);
        }
        for changes in self.all_changes().filter(|_| of_wanted_page) {
            changes.revision(page, revision, is_wanted);
        }
        if let Some(diffs) = self.diffs.as_mut().filter(|_| of_wanted_page) {
            diffs.revision(page, revision, is_wanted);
        }
        if !is_wanted {
            self.rows.seen.filtered_revisions += 1;
            return Ok(());
        }
        self.summary_of(page).count(revision.timestamp);
        let wiki_id = self.document.wiki_id.as_deref();
        if let Some(edits) = &mut self.edits {
            edits.push_with(|record| write_event(wiki_id, revision, record));
        }
        let row = RevisionRow {
            wiki_id,
            page,
            revision,
        };
        if let Some(builder) = &mut self.revisions {
            builder.push(&row);
        }
        self.profiles.push(&row);
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
        let is_wanted = self.wanted.filters.wants_page(at.page);
        self.rows
            .edges
            .page_ended(at.page, at.began_before, is_wanted);
        if !at.began_before {
            self.rows.seen.pages += 1;
        }
        if !is_wanted {
            if !at.began_before {
                self.rows.seen.filtered_pages += 1;
            }
            return Ok(());
        }
        if let Some(notes) = &mut self.notes {
            notes.page_ended(self.document.wiki_id.as_deref(), at.page, at.began_before);
        }
        let wiki_id = self.document.wiki_id.as_deref();
        for changes in self.all_changes() {
            changes.page_ended(wiki_id, at.page, at.began_before);
        }
        self.profiles.page_ended(at.page, at.began_before);
        self.summary_of(at.page);
        if let Some(summary) = self.summary.take() {
            self.rows.pages.push((summary, at.began_before));
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
        let why = fault.to_error(&self.document.input, self.places.of(fault.at));
        if !self.wanted.keep_going {
            return Err(why);
        }
        if let Some(notes) = &mut self.notes {
            notes.damage(fault.page_id);
        }
        for changes in self.all_changes() {
            changes.damage(fault.page_id);
        }
        let wiki_id = self.document.wiki_id.clone();
        let lost_bytes = Some(fault.lost_bytes);
        let reject = Reject::of(&why, lost_bytes, wiki_id, &self.document.input);
        self.rows.rejects.push(reject);
        Ok(())
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        let place = self.places.of(elements.first_at);
        self.rows.unknown.note(name, elements.count, place);
    }
}
