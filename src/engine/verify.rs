//! What is said of an input, held against what is in it.

mod facts;
mod id_set;
mod order;

use std::sync::Arc;

use arrow::array::RecordBatch;
use serde::Serialize;

use self::facts::{ChunkFacts, FactsOf};
pub use self::facts::{DifferingText, Hidden};
use self::order::Ordering;
pub use self::order::{Extent, History};
use super::document::Document;
use super::kinds::run_any_input;
use super::lane::Lane;
use super::options::Limits;
use super::pipeline::{Consumer, Work};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::sql::{Prepared, SqlConsumer, SqlWanted};
use super::unknown::UnknownNames;
use crate::error::{Error, Result};
use crate::sink::{ProofCounts, Seen};
use crate::source::Input;
use crate::sql::Declared;
use crate::xml::parse_chunk;

/// What was found in an input that is whole: containers and XML came to their proven ends.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Its name.
    pub name: String,
    /// Size as stored, where it is known.
    pub bytes: Option<u64>,
    /// The input before it whose last page goes on in this one, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goes_on_from: Option<String>,
    /// What it is packed in.
    pub container: &'static str,
    /// Streams, members, frames or entries.
    pub container_pieces: u64,
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Version of the export schema.
    pub schema_version: Option<String>,
    /// Counts of what was seen.
    pub seen: Seen,
    /// Texts of slots, by what comes of holding them against their checksums.
    pub texts: ProofCounts,
    /// Revisions of several slots, by what comes of holding their checksums against those of the slots.
    pub revision_checksums: ProofCounts,
    /// Parts hidden by revision deletion.
    pub hidden: Hidden,
    /// Order, parents, and what comes twice.
    pub history: History,
    /// First and last ids and times.
    pub extent: Extent,
}

impl Verified {
    /// Whether any text or checksum differs, for whatever cause.
    pub fn has_differences(&self) -> bool {
        self.texts.differing() + self.revision_checksums.differing() > 0
    }
}

/// Who hears of an input while it is read.
pub struct Listener<'l> {
    /// Is told each text that differs from its checksum, in the order of the dump.
    pub differs: &'l mut dyn FnMut(&DifferingText) -> Result<()>,
    /// Is called some times a second.
    pub observe: &'l mut dyn FnMut(),
}

/// What is known of the inputs before one with whose last page it can go on.
#[derive(Debug, Default)]
pub struct Before {
    ordering: Ordering,
    name: Option<String>,
}

/// Reads all of an input, which has this number among others.  `before` is empty, or what the inputs of
/// its sequence have left that come before it.
pub fn verify(
    (number, input): (usize, &Input),
    before: &mut Before,
    limits: &Limits,
    pool: &Pool,
    progress: &Progress,
    stop: &Stop,
    listener: Listener<'_>,
) -> Result<Verified> {
    let mut verifier = Verifier {
        document: None,
        table: None,
        facts: ChunkFacts::default(),
        ordering: std::mem::take(&mut before.ordering),
        unknown: UnknownNames::new(limits),
        input: input.name(),
        listener,
    };
    let taken_bytes = progress.begin_input(number);
    let outcome = Lane::alone(limits, pool, progress, stop, |lane| {
        let lane = Lane {
            taken_bytes,
            ..lane.clone()
        };
        run_any_input(input, &lane, &mut verifier)
    });
    progress.end_input(number);
    let passed = outcome?;
    stop.check()?;
    let Verifier {
        document,
        table,
        facts,
        mut ordering,
        ..
    } = verifier;
    let mut seen = facts.seen;
    match passed.is_sql {
        true => seen.sql_bytes = passed.xml_bytes,
        false => seen.xml_bytes = passed.xml_bytes,
    }
    seen.trailing_zero_bytes = passed.trailing_zero_bytes;
    let (history, extent) = ordering.end_input();
    let goes_on = ordering.has_gone_on();
    before.ordering = ordering;
    let name = input.name().to_string();
    let goes_on_from = before.name.replace(name.clone()).filter(|_| goes_on);
    Ok(Verified {
        name,
        goes_on_from,
        bytes: input.size_bytes(),
        container: passed.format.name(),
        container_pieces: passed.pieces,
        wiki_id: match (&document, &table) {
            (Some(document), _) => document.wiki_id.clone(),
            (None, Some(table)) => table.wiki_id.clone(),
            (None, None) => None,
        },
        schema_version: document.and_then(|document| document.site.schema_version.clone()),
        seen,
        texts: facts.proofs.texts,
        revision_checksums: facts.proofs.revision_checksums,
        hidden: facts.hidden,
        history,
        extent,
    })
}

struct Verifier<'l> {
    document: Option<Arc<Document>>,
    /// The first table of an SQL dump.
    table: Option<Arc<Prepared>>,
    /// Sums over all chunks.
    facts: ChunkFacts,
    ordering: Ordering,
    unknown: UnknownNames,
    input: Arc<str>,
    listener: Listener<'l>,
}

impl Consumer for Verifier<'_> {
    type Output = ChunkFacts;

    fn work(&self) -> Work<ChunkFacts> {
        Arc::new(|document, chunk| {
            let page = chunk.page.clone();
            let header = page.as_ref().map(|page| &page.bytes[..]);
            let continues = chunk.page_continues;
            let (bytes, places) = chunk.into_contiguous();
            let mut records = FactsOf::new(document, &places);
            parse_chunk(&bytes, header, continues, document.reading(), &mut records)?;
            Ok(records.finish())
        })
    }

    fn begin(&mut self, document: &Arc<Document>) -> Result<()> {
        self.document.get_or_insert_with(|| Arc::clone(document));
        Ok(())
    }

    fn collect(&mut self, mut facts: ChunkFacts) -> Result<()> {
        let unknown = std::mem::take(&mut facts.unknown);
        let counts = &mut self.facts.seen.skipped_elements;
        if let Some(why) = self.unknown.count(unknown, counts) {
            return Err(why.in_input(&self.input));
        }
        for text in facts.differing.drain(..) {
            (self.listener.differs)(&text)?;
        }
        for page in facts.pages.drain(..) {
            self.ordering.page(page);
        }
        self.facts.add(&facts);
        Ok(())
    }

    fn tick(&mut self) {
        (self.listener.observe)();
    }

    fn lost(&mut self, why: &Error, _: Option<u64>) -> Result<()> {
        // Nothing is passed over here; whoever asks for that gets the reason as an error.
        Err(Error::internal(why.to_string()))
    }
}

/// Of tables every value is read, as when they are written.
impl SqlConsumer for Verifier<'_> {
    fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared> {
        SqlWanted::default().prepare(declared, file_name)
    }

    fn begin_table(&mut self, prepared: &Arc<Prepared>) -> Result<()> {
        self.table.get_or_insert_with(|| Arc::clone(prepared));
        Ok(())
    }

    fn take_rows(&mut self, _: &Prepared, rows: u64, _: Option<RecordBatch>) -> Result<()> {
        self.facts.seen.sql_rows += rows;
        Ok(())
    }

    fn reject(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.lost(why, lost_bytes)
    }

    fn tick_sql(&mut self) {
        self.tick();
    }
}
