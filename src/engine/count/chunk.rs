//! The work on a chunk: its records become counts.

use std::sync::Arc;

use super::CountJob;
use crate::derive::counts::{CountPlan, Counted, Counter, Groups, Subject};
use crate::engine::document::Document;
use crate::engine::histories::{ChunkHistory, Notes};
use crate::engine::options::Filters;
use crate::engine::protected::Protected;
use crate::engine::sequences::Edges;
use crate::error::{Error, Result};
use crate::frame::{Chunk, Places};
use crate::model::{LogItem, Page, Revision, Upload};
use crate::protect::Protection;
use crate::sink::Seen;
use crate::tables::Reject;
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// What a worker is told about the records that are counted.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) plan: Arc<CountPlan>,
    pub(super) filters: Filters,
    pub(super) log_types: Vec<String>,
    pub(super) keep_going: bool,
}

impl Counting {
    pub(super) fn of(job: &CountJob) -> Self {
        Self {
            plan: Arc::clone(&job.plan),
            filters: job.filters.clone(),
            log_types: job.log_types.clone(),
            keep_going: job.limits.keep_going,
        }
    }

    /// Whether a kind of log is wanted.
    pub(super) fn wants_type(&self, log_type: Option<&str>) -> bool {
        let is_type = |wanted: &String| log_type.is_some_and(|log_type| log_type == wanted);
        self.log_types.is_empty() || self.log_types.iter().any(is_type)
    }

    /// Refuses what is not counted here.
    pub(super) fn check(&self, found: Subject) -> Result<()> {
        match self.plan.subject() {
            Some(expected) if expected != found => Err(Error::usage(format!(
                "holds {}; keys, measures or --type ask for {}",
                found.name(),
                expected.name()
            ))),
            _ => Ok(()),
        }
    }
}

/// The counts of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkCounts {
    pub(super) groups: Groups,
    /// What other revisions of a page are to tell, where that is wanted.
    pub(super) history: Option<ChunkHistory>,
    pub(super) rejects: Vec<Reject>,
    /// What is to be held against the file before, and against names of files.
    pub(super) edges: Edges,
    pub(super) seen: Seen,
}

/// Counts the records of a chunk.
pub(super) fn counts_of(
    counting: &Counting,
    document: &Document,
    chunk: Chunk,
) -> Result<ChunkCounts> {
    let page = chunk.page.clone();
    let header = page.as_ref().map(|page| &page.bytes[..]);
    let continues = chunk.page_continues;
    let (bytes, places) = chunk.into_contiguous();
    let mut counter = ChunkCounter {
        counting,
        document,
        places: &places,
        counter: Counter::new(&counting.plan, document.wiki_id.as_deref()),
        notes: counting
            .plan
            .needs_histories()
            .then(|| Notes::new(document)),
        counts: ChunkCounts::default(),
    };
    // Sizes of what is hidden are not counted, as they are not in tables.
    let protection = Protection::default();
    let site = &document.site;
    let mut records = Protected::new(&protection, site, &mut counter);
    parse_chunk(&bytes, header, continues, document.reading(), &mut records)?;
    let mut counts = counter.counts;
    counts.groups = counter.counter.take();
    counts.history = counter.notes.map(Notes::finish);
    counts.seen.rejects = counts.rejects.len() as u64;
    Ok(counts)
}

struct ChunkCounter<'c> {
    counting: &'c Counting,
    document: &'c Document,
    places: &'c Places,
    counter: Counter,
    notes: Option<Notes>,
    counts: ChunkCounts,
}

impl Records for ChunkCounter<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        if self.counts.seen.revisions == 0 {
            let of_input = |error: Error| error.in_input(&self.document.input);
            self.counting.check(Subject::Revisions).map_err(of_input)?;
        }
        self.counts.seen.revisions += 1;
        self.counts.edges.revision(revision);
        let filters = &self.counting.filters;
        if !filters.wants_page(page) {
            return Ok(());
        }
        let is_wanted = filters.wants_time(revision.timestamp);
        let key = match is_wanted {
            true => self.counter.count(&Counted {
                page: Some(page),
                namespace_id: page.namespace_id,
                contributor: revision.contributor,
                model: revision.main.and_then(|main| main.model),
                time: revision.timestamp,
                is_minor: revision.is_minor,
                ..Counted::default()
            }),
            false => &[],
        };
        if let Some(notes) = &mut self.notes {
            notes.revision(revision, is_wanted);
            notes.key(key);
        }
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        self.counts.seen.pages += u64::from(!at.began_before);
        // Counting does not tell how many pages were filtered out.
        let edges = &mut self.counts.edges;
        edges.page_ended(at.page, at.began_before, true);
        if let Some(notes) = &mut self.notes
            && self.counting.filters.wants_page(at.page)
        {
            notes.page_ended(self.document.wiki_id.as_deref(), at.page, at.began_before);
        }
        Ok(())
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<()> {
        if self.counts.seen.log_items == 0 {
            let of_input = |error: Error| error.in_input(&self.document.input);
            self.counting.check(Subject::LogEntries).map_err(of_input)?;
        }
        self.counts.seen.log_items += 1;
        let counting = self.counting;
        if !counting.log_types.is_empty()
            && !counting.wants_type(item.kind.map(|kind| kind.to_cow()).as_deref())
        {
            return Ok(());
        }
        let title = item.title.filter(|title| !title.is_empty());
        let namespace_id =
            title.and_then(|title| self.document.site.namespace_of_title(&title.to_cow()));
        if counting
            .filters
            .wants_log_item(item.timestamp, namespace_id)
        {
            self.counter.count(&Counted {
                namespace_id,
                contributor: item.contributor,
                log_type: item.kind,
                log_action: item.action,
                time: item.timestamp,
                ..Counted::default()
            });
        }
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<()> {
        let why = fault.to_error(&self.document.input, self.places.of(fault.at));
        if !self.counting.keep_going {
            return Err(why);
        }
        let wiki_id = self.document.wiki_id.clone();
        let lost_bytes = Some(fault.lost_bytes);
        let reject = Reject::of(&why, lost_bytes, wiki_id, &self.document.input);
        self.counts.rejects.push(reject);
        Ok(())
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        let skipped = &mut self.counts.seen.skipped_elements;
        *skipped.entry(name.to_owned()).or_default() += elements.count;
    }
}
