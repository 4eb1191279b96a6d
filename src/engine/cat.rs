//! Dumps as text: revisions as JSON lines, ours or those of other programs, or the decoded XML.

mod chunk;
mod diffs;
mod documents;
mod latest;
mod peers;
mod persistence;
mod reverts;
mod wikiq;

pub use self::documents::DocumentShape;
pub(super) use self::documents::title_of;
pub use self::peers::{DocumentOptions, PeerFormat, cat_documents};
pub use self::wikiq::wikiq_header;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::decode::{Feed, decode};
use super::document::Document;
use super::lane::Lane;
use super::options::{Filters, Limits};
use super::pipeline::{Consumer, Work, run_input};
use super::pool::Pool;
use super::progress::{Progress, Stop};
use super::protected::Protected;
use crate::container::{Sink, Trailing};
use crate::error::{Error, FilePlace, Result};
use crate::frame::Places;
use crate::model::{LogItem, Page, Revision, Slot, Text, Timestamp, Upload};
use crate::protect::Protection;
use crate::source::Input;
use crate::xml::{Fault, PageAt, Records, UnknownElement, parse_chunk};

/// Takes output, in order.
pub type Out<'o> = dyn FnMut(&[u8]) -> Result<()> + 'o;

/// Writes the decoded bytes of an input.
pub fn cat_xml(
    input: &Input,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
    out: &mut Out<'_>,
) -> Result<()> {
    let mut feed = Copy { out, stop };
    Lane::alone(limits, pool, &Progress::default(), stop, |lane| {
        decode(input, lane, &mut feed).map(|_| ())
    })
}

struct Copy<'a, 'o> {
    out: &'a mut Out<'o>,
    stop: &'a Stop,
}

impl Sink for Copy<'_, '_> {
    fn data(&mut self, bytes: Bytes, _: FilePlace) -> Result<()> {
        self.stop.check()?;
        (self.out)(&bytes)
    }

    fn next_document(&mut self) -> Result<()> {
        Ok(())
    }

    fn piece_ended(&mut self) {}

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        if trailing.all_zero {
            return Ok(());
        }
        Err(
            Error::damaged("bytes behind the end of the compressed data belong to nothing")
                .at_file_byte(trailing.file_offset_bytes),
        )
    }
}

impl Feed for Copy<'_, '_> {
    fn gap(&mut self, why: Error) -> Result<()> {
        Err(why)
    }
}

/// Writes each wanted revision of an input as a line of JSON.
pub fn cat_json(
    input: &Input,
    filters: &Filters,
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
    out: &mut Out<'_>,
) -> Result<()> {
    let mut consumer = Lines {
        filters: filters.clone(),
        out,
    };
    Lane::alone(limits, pool, &Progress::default(), stop, |lane| {
        run_input(input, lane, &mut consumer).map(|_| ())
    })
}

struct Lines<'a, 'o> {
    filters: Filters,
    out: &'a mut Out<'o>,
}

impl Consumer for Lines<'_, '_> {
    type Output = Vec<u8>;

    fn work(&self) -> Work<Vec<u8>> {
        let filters = self.filters.clone();
        // Hidden texts have no size and no checksum here either.
        let protection = Protection::default();
        Arc::new(move |document, chunk| {
            let page = chunk.page.clone();
            let header = page.as_ref().map(|page| &page.bytes[..]);
            let continues = chunk.page_continues;
            let (bytes, places) = chunk.into_contiguous();
            let mut writer = LineWriter {
                filters: &filters,
                document,
                places: &places,
                lines: Vec::new(),
            };
            let site = &document.site;
            let mut records = Protected::new(&protection, site, &mut writer);
            parse_chunk(&bytes, header, continues, document.reading(), &mut records)?;
            Ok(writer.lines)
        })
    }

    fn begin(&mut self, _: &Arc<Document>) -> Result<()> {
        Ok(())
    }

    fn collect(&mut self, lines: Vec<u8>) -> Result<()> {
        (self.out)(&lines)
    }

    fn lost(&mut self, why: &Error, _: Option<u64>) -> Result<()> {
        Err(Error::damaged(why.to_string()))
    }
}

struct LineWriter<'c> {
    filters: &'c Filters,
    document: &'c Document,
    places: &'c Places,
    lines: Vec<u8>,
}

impl Records for LineWriter<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        if !self.filters.wants_page(page) || !self.filters.wants_time(revision.timestamp) {
            return Ok(());
        }
        let user = &revision.contributor;
        let line = json!({
            "wiki_id": self.document.wiki_id,
            "page_id": page.id,
            "page_namespace_id": page.namespace_id,
            "page_title": text(page.title),
            "revision_id": revision.id,
            "revision_parent_id": revision.parent_id,
            "revision_dt": revision.timestamp.map(|time: Timestamp| time.to_string()),
            "user_id": user.id,
            "user_text": text(user.name),
            "user_kind": user.kind().name(),
            "user_is_visible": user.is_visible,
            "revision_is_minor_edit": revision.is_minor,
            "revision_comment": text(revision.comment.text()),
            "revision_sha1": text(revision.known_sha1()),
            "revision_size": revision.size_bytes(),
            "slots": revision.slots().map(slot).collect::<Vec<_>>(),
        });
        serde_json::to_writer(&mut self.lines, &line)
            .map_err(|error| Error::internal("cannot write JSON").with_source(error))?;
        self.lines.push(b'\n');
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        Ok(())
    }

    fn page_ended(&mut self, _: PageAt<'_, '_>) -> Result<()> {
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

fn text(text: Option<Text<'_>>) -> Value {
    text.map_or(Value::Null, |text| {
        Value::String(text.to_cow().into_owned())
    })
}

fn slot(slot: &Slot<'_>) -> Value {
    json!({
        "slot_role": text(Some(slot.role())),
        "content_model": text(slot.model),
        "content_format": text(slot.format),
        "content_sha1": text(slot.known_sha1()),
        "content_size": slot.known_declared_bytes(),
        "content_state": slot.state().name(),
        "origin_rev_id": slot.origin_revision_id,
        "content_text": text(slot.visible_text()),
    })
}
