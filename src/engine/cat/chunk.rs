//! The work on a chunk: its revisions become documents, with what is needed to tell of changes.

use super::documents::write_document;
use super::peers::{DocumentOptions, PeerFormat};
use super::wikiq::write_line;
use crate::derive::identity::Kept;
use crate::engine::document::Document;
use crate::engine::histories::{ChunkHistory, Notes};
use crate::engine::protected::Protected;
use crate::engine::sequences::Edges;
use crate::engine::texts::{Changes, ChunkChanges, Comparer, FollowedTokens};
use crate::error::{Error, Result};
use crate::frame::{Chunk, Places};
use crate::model::{LogItem, Page, Revision, Upload};
use crate::protect::Protection;
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// Documents of revisions, end to end.
#[derive(Debug, Default)]
pub(super) struct Documents {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Documents {
    /// A document by its number.
    pub(super) fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let begin = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(begin..end)
    }

    /// All of them, as they stand in memory.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What a worker makes of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkDocuments {
    pub(super) documents: Documents,
    /// Which pages the revisions belong to, and their checksums.
    pub(super) history: Option<ChunkHistory>,
    /// How their texts changed.
    pub(super) changes: Option<ChunkChanges>,
    /// What is to be held against the file before, and against names of files.
    pub(super) edges: Edges,
}

/// Makes the documents of a chunk.
pub(super) fn documents_of(
    options: &DocumentOptions,
    document: &Document,
    chunk: Chunk,
) -> Result<ChunkDocuments> {
    let page = chunk.page.clone();
    let header = page.as_ref().map(|page| &page.bytes[..]);
    let continues = chunk.page_continues;
    let (bytes, places) = chunk.into_contiguous();
    let mut writer = Writer {
        options,
        document,
        places: &places,
        documents: Documents::default(),
        edges: Edges::default(),
        notes: matches!(options.format, PeerFormat::Mwreverts | PeerFormat::Wikiq)
            .then(|| Notes::new(document)),
        changes: match options.format {
            PeerFormat::Mwdiffs => Some(Changes::new(Comparer::new(Kept::InsertedAndDeleted)?)),
            PeerFormat::Mwpersistence => Some(Changes::new(Comparer::new(Kept::Nothing)?)),
            PeerFormat::Wikiq => FollowedTokens::changes(options.wikiq_tokens)?,
            PeerFormat::Mwxml | PeerFormat::Mwreverts => None,
        },
    };
    match options.format {
        // Its reverts are those of the table wikiq, which knows no checksums of hidden texts.
        PeerFormat::Wikiq => {
            let protection = Protection::default();
            let mut records = Protected::new(&protection, &document.site, &mut writer);
            parse_chunk(&bytes, header, continues, document.reading(), &mut records)?;
        }
        _ => parse_chunk(&bytes, header, continues, document.reading(), &mut writer)?,
    }
    Ok(ChunkDocuments {
        documents: writer.documents,
        history: writer.notes.map(Notes::finish),
        changes: writer.changes.map(Changes::finish),
        edges: writer.edges,
    })
}

struct Writer<'c> {
    options: &'c DocumentOptions,
    document: &'c Document,
    places: &'c Places,
    documents: Documents,
    edges: Edges,
    notes: Option<Notes>,
    changes: Option<Changes>,
}

impl Records for Writer<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        self.edges.revision(revision);
        if !self.options.filters.wants_page(page) {
            return Ok(());
        }
        let is_wanted = self.options.filters.wants_time(revision.timestamp);
        if let Some(notes) = &mut self.notes {
            notes.revision(revision, is_wanted);
        }
        if let Some(changes) = &mut self.changes {
            changes.revision(page, revision, is_wanted);
        }
        if is_wanted && self.options.format == PeerFormat::Wikiq {
            write_line(page, revision, &mut self.documents.bytes);
        // Reverts show revisions that are not wanted themselves.
        } else if is_wanted || self.options.format == PeerFormat::Mwreverts {
            let with_text = self.changes.is_none();
            let out = &mut self.documents.bytes;
            write_document(
                &self.document.site,
                page,
                revision,
                self.options.shape,
                with_text,
                out,
            )?;
            if self.options.format == PeerFormat::Mwxml {
                out.push(b'\n');
            }
        }
        self.documents.ends.push(self.documents.bytes.len());
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        let is_wanted = self.options.filters.wants_page(at.page);
        self.edges.page_ended(at.page, at.began_before, is_wanted);
        if !is_wanted {
            return Ok(());
        }
        let wiki_id = self.document.wiki_id.as_deref();
        if let Some(notes) = &mut self.notes {
            notes.page_ended(wiki_id, at.page, at.began_before);
        }
        if let Some(changes) = &mut self.changes {
            changes.page_ended(wiki_id, at.page, at.began_before);
        }
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<()> {
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<()> {
        Err(fault.to_error(&self.document.input, self.places.of(fault.at)))
    }

    fn skipped(&mut self, _: &str, _: UnknownElement) {}
}
