//! The order of the files over which one page is spread, by the times in them.

use std::sync::Arc;

use super::seam::{Edges, Moment};
use crate::engine::document::Document;
use crate::engine::lane::Lane;
use crate::engine::pipeline::{Consumer, Work, run_input};
use crate::engine::progress::Stop;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::Places;
use crate::model::{LogItem, Page, Revision, Upload};
use crate::runs::SpreadFile;
use crate::source::Input;
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// Puts pieces of a page in order.  They come in the order of their names, which counts for those of
/// which the first revision cannot be read: whoever reads them tells what is wrong.
pub(super) fn in_order(
    pieces: Vec<SpreadFile>,
    inputs: &[Input],
    lane: &Lane<'_>,
) -> Result<Vec<SpreadFile>> {
    let mut dated = Vec::with_capacity(pieces.len());
    let mut latest = None;
    for piece in pieces {
        let Some(input) = inputs.get(piece.index) else {
            return Err(Error::internal("a file is spread that is no input"));
        };
        // One that cannot be read stays behind the one that is before it by name.
        let first = first_revision(input, lane)?.or(latest);
        latest = first;
        dated.push((first, piece));
    }
    dated.sort_by_key(|(first, _)| *first);
    Ok(dated.into_iter().map(|(_, piece)| piece).collect())
}

/// The first revision of an input; `None` where none can be read at its beginning.
fn first_revision(input: &Input, lane: &Lane<'_>) -> Result<Option<Moment>> {
    if input.stamp()?.is_none() {
        // It could be read once only.
        return Ok(None);
    }
    let enough = Stop::default();
    let lane_of_peek = Lane {
        stop: enough.clone(),
        taken_bytes: Arc::default(),
        ..lane.clone()
    };
    let mut first = First {
        found: None,
        enough,
        stop: &lane.stop,
    };
    let outcome = run_input(input, &lane_of_peek, &mut first);
    lane.stop.check()?;
    match outcome {
        Err(error) if error.kind() == ErrorKind::Environment => Err(error),
        _ => Ok(first.found),
    }
}

struct First<'s> {
    found: Option<Moment>,
    /// Set by itself.
    enough: Stop,
    /// Set by somebody outside.
    stop: &'s Stop,
}

impl Consumer for First<'_> {
    type Output = Option<Moment>;

    fn work(&self) -> Work<Self::Output> {
        Arc::new(|document, chunk| {
            let page = chunk.page.clone();
            let header = page.as_ref().map(|page| &page.bytes[..]);
            let continues = chunk.page_continues;
            let (bytes, places) = chunk.into_contiguous();
            let mut records = Looker {
                document,
                places: &places,
                edges: Edges::default(),
            };
            let outcome = parse_chunk(&bytes, header, continues, document.reading(), &mut records);
            let first = records.edges.first();
            first.map_or_else(|| outcome.map(|()| None), |first| Ok(Some(first)))
        })
    }

    fn begin(&mut self, _: &Arc<Document>) -> Result<()> {
        Ok(())
    }

    fn collect(&mut self, first: Self::Output) -> Result<()> {
        if self.found.is_none() {
            self.found = first;
        }
        if self.found.is_some() {
            self.enough.ask();
        }
        Ok(())
    }

    fn lost(&mut self, why: &Error, _: Option<u64>) -> Result<()> {
        Err(Error::damaged(why.to_string()))
    }

    fn tick(&mut self) {
        if self.stop.check().is_err() {
            self.enough.ask();
        }
    }
}

struct Looker<'c> {
    document: &'c Document,
    places: &'c Places,
    edges: Edges,
}

impl Records for Looker<'_> {
    type Error = Error;

    fn revision(&mut self, _: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        self.edges.revision(revision);
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        self.edges.page_ended(at.page, at.began_before, true);
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
