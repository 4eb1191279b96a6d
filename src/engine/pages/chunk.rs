//! The work on a chunk: its records, taken out of it.

use std::sync::Arc;

use super::Record;
use super::owned::{Names, OwnedLogItem, OwnedPage, OwnedRevision, Texts};
use crate::engine::document::Document;
use crate::engine::options::Filters;
use crate::engine::protected::Protected;
use crate::error::{Error, Result};
use crate::frame::{Chunk, Places};
use crate::model::{LogItem, Page, Revision, TextDecoder, UnitsPool, Upload};
use crate::protect::Protection;
use crate::sink::Seen;
use crate::tables::{LogRow, Reject};
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// The records of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkRecords {
    pub records: Vec<Record>,
    pub rejects: Vec<Reject>,
    pub seen: Seen,
}

/// What is to become of texts.
#[derive(Debug, Clone, Copy)]
pub(super) enum TextsWanted<'p> {
    No,
    /// Somebody may read them.
    AsTheyStand,
    /// Somebody reads texts.
    Decoded(&'p Arc<UnitsPool>),
}

pub(super) fn records_of(
    filters: &Filters,
    texts: TextsWanted<'_>,
    keep_going: bool,
    document: &Document,
    chunk: Chunk,
) -> Result<ChunkRecords> {
    let page = chunk.page.clone();
    let header = page.as_ref().map(|page| &page.bytes[..]);
    let continues = chunk.page_continues;
    let (bytes, places) = chunk.into_contiguous();
    let mut taker = Taker {
        filters,
        texts: match texts {
            TextsWanted::No => None,
            TextsWanted::AsTheyStand => Some(Texts {
                source: &bytes,
                ahead: None,
            }),
            TextsWanted::Decoded(pool) => Some(Texts {
                source: &bytes,
                ahead: Some(TextDecoder::new(pool, bytes.len())),
            }),
        },
        keep_going,
        document,
        places: &places,
        names: Names::default(),
        open: None,
        out: ChunkRecords::default(),
    };
    // Hidden texts have no size and no checksum here either.
    let protection = Protection::default();
    let site = &document.site;
    let mut records = Protected::new(&protection, site, &mut taker);
    parse_chunk(&bytes, header, continues, site, &mut records)?;
    let mut out = taker.out;
    out.seen.rejects = out.rejects.len() as u64;
    Ok(out)
}

struct Taker<'c> {
    filters: &'c Filters,
    texts: Option<Texts<'c>>,
    keep_going: bool,
    document: &'c Document,
    places: &'c Places,
    names: Names,
    /// Where the open page is in the records, once it was put there.
    open: Option<usize>,
    out: ChunkRecords,
}

impl Taker<'_> {
    fn begin_page(&mut self, page: &Page<'_>) {
        if self.open.is_none() {
            self.open = Some(self.out.records.len());
            let page = OwnedPage::of(&self.document.site, page);
            self.out.records.push(Record::Page(Box::new(page)));
        }
    }
}

impl Records for Taker<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        self.out.seen.revisions += 1;
        if !self.filters.wants_page(page) {
            self.out.seen.filtered_revisions += 1;
            return Ok(());
        }
        self.begin_page(page);
        if !self.filters.wants_time(revision.timestamp) {
            self.out.seen.filtered_revisions += 1;
            return Ok(());
        }
        let revision = OwnedRevision::of(revision, self.texts.as_mut(), &mut self.names);
        let record = Record::Revision(Arc::new(revision));
        self.out.records.push(record);
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        self.out.seen.uploads += 1;
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        if !at.began_before {
            self.out.seen.pages += 1;
        }
        if !self.filters.wants_page(at.page) {
            self.out.seen.filtered_pages += u64::from(!at.began_before);
            return Ok(());
        }
        self.begin_page(at.page);
        if let Some(open) = self.open.take().filter(|_| at.began_before) {
            // The chunk before has told of it; only a chunk's first page can have begun there.
            self.out.records.remove(open);
        }
        Ok(())
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<()> {
        self.out.seen.log_items += 1;
        let namespace_id = LogRow::of(None, item, &self.document.site).namespace_id;
        if !self.filters.wants_log_item(item.timestamp, namespace_id) {
            self.out.seen.filtered_log_items += 1;
            return Ok(());
        }
        let item = OwnedLogItem::of(item, namespace_id);
        self.out.records.push(Record::LogItem(Box::new(item)));
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<()> {
        let why = fault.to_error(&self.document.input, self.places.of(fault.at));
        if !self.keep_going {
            return Err(why);
        }
        let wiki_id = self.document.wiki_id.clone();
        let lost_bytes = Some(fault.lost_bytes);
        let reject = Reject::of(&why, lost_bytes, wiki_id, &self.document.input);
        self.out.rejects.push(reject);
        Ok(())
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        let skipped = &mut self.out.seen.skipped_elements;
        *skipped.entry(name.to_owned()).or_default() += elements.count;
    }
}
