//! The rows of one input on their way into tables, or of several over which a page is spread.

mod ended;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::document::Document;
use super::histories::Histories;
use super::lane::Lane;
use super::pipeline::{Consumer, Work};
use super::plan::Plan;
use super::profile_rows::ProfileRows;
use super::proofs::Proofs;
use super::row_groups::RowGroups;
use super::rows::{ChunkRows, Wanted, rows_of};
use super::sequences::{Seam, Sequence, SequenceFile};
use super::sessions::Edits;
use super::sql::SqlTables;
use super::texts::Texts;
use super::unknown::{Unknown, UnknownNames};
use crate::error::{Error, Result};
use crate::model::ContentState;
use crate::sink::{Partition, Seen};
use crate::source::Input;
use crate::tables::{self, PageSummary, Reject, TableBuilder};

/// Rows that a lane gathers itself before they become a batch.
const LANE_BATCH_ROWS: usize = 8192;

/// How many rejects a report keeps; the table has all.
pub(super) const REPORTED_REJECTS: usize = 20;

/// The rows of one input on their way into the tables.
pub(super) struct InputTables<'l> {
    pub(super) plan: &'l Plan<'l>,
    pub(super) lane: &'l Lane<'l>,
    /// Number of the input.
    pub(super) number: usize,
    /// The partition that the input's rows belong to, if there are some and the wiki is known.
    pub(super) partition: Option<Partition>,
    wanted: Arc<Wanted>,
    pub(super) groups: RowGroups<'l>,
    pages: Option<TableBuilder<tables::Pages>>,
    profiles: ProfileRows,
    rejects: Option<TableBuilder<tables::Rejects>>,
    histories: Option<Histories<'l>>,
    texts: Option<Texts<'l>>,
    edits: Option<Edits<'l>>,
    reported: Vec<Reject>,
    wikis: Vec<Arc<Document>>,
    /// Whether the document is known to have texts.
    has_texts: bool,
    /// What came of holding texts against their checksums.
    proofs: Option<Proofs>,
    unknown: UnknownNames,
    /// Whether others have read what stands before in the document.
    is_continued: bool,
    /// Whether the first text that was met is that of a stub; only where a table needs texts.
    begins_with_stub: Option<bool>,
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

impl<'l> InputTables<'l> {
    /// Of inputs that have not begun; their parts have a number.
    pub(super) fn new(
        plan: &'l Plan<'l>,
        lane: &'l Lane<'l>,
        number: usize,
        sequence: &Sequence,
    ) -> Result<Self> {
        let mut groups = RowGroups::new(plan, lane, number)?;
        // What is written before the wiki is known.
        groups.enter(plan.partition(number, None).as_ref());
        Ok(Self {
            plan,
            lane,
            number,
            partition: None,
            wanted: Arc::clone(&plan.wanted),
            groups,
            pages: plan.wanted.selection(&tables::PAGES).map(TableBuilder::new),
            profiles: ProfileRows::default(),
            rejects: plan
                .wanted
                .selection(&tables::REJECTS)
                .map(TableBuilder::new),
            histories: Histories::new(&plan.wanted, lane)?,
            texts: Texts::new(&plan.wanted, lane)?,
            edits: Edits::new(plan, lane, number),
            reported: Vec::new(),
            wikis: Vec::new(),
            has_texts: false,
            proofs: None,
            unknown: UnknownNames::new(lane.limits),
            is_continued: false,
            begins_with_stub: None,
            document: None,
            open_page: None,
            seen: Seen::default(),
            input: "".into(),
            sql: SqlTables::default(),
            has_sql: false,
            seam: Seam::new(sequence),
        })
    }

    /// The same for what stands inside a document, of which others read what stands before.
    pub(super) fn continued(mut self) -> Self {
        self.is_continued = true;
        self
    }

    /// Rows of a wiki come.  Partitioned tables have those of one input in one place.
    pub(super) fn enter_wiki(&mut self, wiki_id: Option<&str>) -> Result<()> {
        let partition = self.plan.partition(self.number, wiki_id);
        if partition.is_none() || partition == self.partition {
            return Ok(());
        }
        if let Some(known) = &self.partition {
            let name = |wiki: Option<&str>| wiki.unwrap_or("one without a name").to_owned();
            return Err(Error::usage(format!(
                "holds dumps of two wikis, {} and {}: --layout hive needs files of one wiki each",
                name(known.wiki_id.as_deref()),
                name(wiki_id)
            ))
            .in_input(&self.input));
        }
        self.groups.enter(partition.as_ref());
        self.partition = partition;
        Ok(())
    }

    /// The next input of the sequence begins.
    pub(super) fn begin_file(&mut self, file: &SequenceFile, input: &Input) {
        self.input = input.name();
        self.unknown = UnknownNames::new(self.lane.limits);
        self.seam.begin_file(file, input.name());
    }

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

    fn count_unknown(&mut self, unknown: Unknown) -> Result<()> {
        let counts = &mut self.seen.skipped_elements;
        let Some(why) = self.unknown.count(unknown, counts) else {
            return Ok(());
        };
        if !self.wanted.keep_going {
            return Err(why.in_input(&self.input));
        }
        let document = self.document.as_ref();
        let wiki_id = document.and_then(|document| document.wiki_id.clone());
        self.push_loss(&why, None, wiki_id)
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
            return Err(no_texts(table).in_input(&self.input));
        }
        self.has_texts |= first.is_some();
        let is_stub = first.map(|state| state == ContentState::Stub);
        self.begins_with_stub = self.begins_with_stub.or(is_stub);
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
}

/// What is said of a dump without texts where a table needs them.
pub(super) fn no_texts(table: &str) -> Error {
    Error::usage(format!(
        "is a stub, a dump without texts: the table {table} needs a dump with texts"
    ))
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
            self.profiles.close_page(&mut self.groups)?;
            if let Some(histories) = &mut self.histories {
                histories.end_page(&mut self.groups)?;
            }
        }
        self.enter_wiki(document.wiki_id.as_deref())?;
        if let Some(texts) = &mut self.texts {
            texts.begin(document.dump_day, follows, &mut self.groups)?;
        }
        // What stands before is not read here, where others have.
        if self.seam.has_hole() && !self.is_continued {
            self.history_has_hole();
        }
        self.document = Some(Arc::clone(document));
        self.has_texts = self.is_continued;
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
        self.count_unknown(rows.unknown)?;
        self.groups.push(&tables::REVISIONS, rows.revisions)?;
        self.groups.push(&tables::CONTENT, rows.content)?;
        self.profiles.add(rows.profiles, &mut self.groups)?;
        self.groups.push(&tables::UPLOADS, rows.uploads)?;
        self.groups.push(&tables::DIFFERING_TEXTS, rows.differing)?;
        if let Some(proofs) = &rows.proofs {
            self.proofs.get_or_insert_default().add(proofs);
        }
        for (table, batch) in rows.logs {
            self.groups.push(table, batch)?;
        }
        self.check_texts(rows.first_text)?;
        self.groups.push(&tables::DIFFS, rows.diffs)?;
        for (number, (page, began_before)) in rows.pages.into_iter().enumerate() {
            self.collect_page(page, began_before || (goes_on && number == 0))?;
        }
        if let (Some(histories), Some(history)) = (&mut self.histories, rows.history) {
            histories.add(history, rows.wikiq_changes, &mut self.groups)?;
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

    fn text_copies(&self) -> usize {
        self.wanted.text_copies().max(1)
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
