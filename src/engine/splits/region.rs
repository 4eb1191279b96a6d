//! One split on its way into tables.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Split, read_header};
use crate::container::{Format, HEAD_BYTES, Sink, Trailing};
use crate::engine::bzip2::BlockWalk;
use crate::engine::converted::{Converted, ConvertedFile, convert_sequence};
use crate::engine::decode::{Feed, decode_region};
use crate::engine::input_tables::InputTables;
use crate::engine::lane::Lane;
use crate::engine::pipeline::{Consumer, Passed, Pipeline};
use crate::engine::plan::Plan;
use crate::engine::resume::check_still;
use crate::engine::sequences::Sequence;
use crate::error::{Error, ErrorKind, FilePlace, Result};
use crate::frame::Header;
use crate::source::Input;

/// A place in a file, the same whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Where the block begins in the file as stored; in a plain file, the byte itself.
    pub(super) file_bytes: u64,
    /// How far behind in what the block is decoded to.
    pub(super) decoded_bytes: u64,
}

/// How far the framer may be behind with its look at what it received.
const BEHIND_BYTES: u64 = 64;

/// Where in the file it stands what was received last.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Offsets in the XML of the pieces received last, and their places in the file.
    pieces: VecDeque<(u64, FilePlace)>,
}

impl Places {
    /// Notes a piece; `received_bytes` of XML came before it.
    pub(super) fn receive(&mut self, received_bytes: u64, place: FilePlace) {
        let is_past = |piece: &(u64, FilePlace)| piece.0 + BEHIND_BYTES <= received_bytes;
        while self.pieces.get(1).is_some_and(is_past) {
            self.pieces.pop_front();
        }
        self.pieces.push_back((received_bytes, place));
    }

    /// The place of an offset in the XML, if it was received lately.
    pub(super) fn of(&self, at: u64) -> Option<Place> {
        let piece = self.pieces.iter().rfind(|(xml_bytes, _)| *xml_bytes <= at);
        piece.map(|(xml_bytes, place)| {
            let behind = at - xml_bytes;
            Place {
                file_bytes: place.behind(behind).offset_bytes(),
                decoded_bytes: match place {
                    FilePlace::At(_) => 0,
                    FilePlace::About(_) => behind,
                },
            }
        })
    }
}

/// What proves a split together with those beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seams {
    /// The first record in it or behind it, if one was seen.
    pub(super) first_record: Option<Place>,
    /// The first record behind it, if one was seen.
    pub(super) next_record: Option<Place>,
    /// Whether all up to the proven end of the document was read.
    pub(super) reached_end: bool,
    /// The blocks of a bzip2 file.
    pub(super) blocks: Option<BlockWalk>,
}

/// Writes the tables of a split: of whole files, or of a region of a file that is alone in its sequence.
pub(super) fn convert_region(
    plan: &Plan<'_>,
    lane: &Lane<'_>,
    split: &Split,
    sequence: &Sequence,
) -> Result<(Converted, Seams)> {
    split.check_unchanged()?;
    let input = split.input();
    if split.is_whole() {
        let inputs = split.inputs();
        let files = sequence.files().iter().map(|file| file.number);
        if !files.eq(0..inputs.len()) {
            return Err(Error::usage(
                "--split is no split of a plan: its files are not in the order in which they are read",
            ));
        }
        let converted = convert_sequence(plan, lane, &inputs, sequence, split.number)?;
        return Ok((converted, Seams::default()));
    }
    if lane.limits.keep_going {
        return Err(Error::usage(
            "--on-damage skip needs splits that are whole files: where damage goes over a cut, no split could \
             tell what it lost.  Leave it out, as damage ends no split but those that meet it, and convert \
             the file that is damaged by itself; or plan with a --split-size that is larger than the files",
        )
        .in_input(&input.name()));
    }
    let header = read_header(&input, lane)?
        .ok_or_else(|| Error::usage("cannot be read in splits: it is no XML dump in UTF-8"))?;
    let [file] = sequence.files() else {
        return Err(Error::internal("a split is not of one file"));
    };
    let mut tables = InputTables::new(plan, lane, split.number, sequence)?;
    tables.begin_file(file, &input);
    if split.begin_bytes > 0 {
        tables = tables.continued();
    }
    let outcome = read_region(&input, split, lane, &header, &mut tables);
    if !matches!(&outcome, Err(error) if error.kind() == ErrorKind::Cancelled) {
        check_still(&input, Some(&split.file_stamp))?;
    }
    let (passed, seams) = outcome?;
    let files = vec![ConvertedFile {
        number: split.number,
        stamp: Some(split.file_stamp.clone()),
        entry: tables.end_file(&input, lane, passed, None),
    }];
    Ok((tables.finish(files)?, seams))
}

fn read_region(
    input: &Input,
    split: &Split,
    lane: &Lane<'_>,
    header: &Header,
    tables: &mut InputTables<'_>,
) -> Result<(Passed, Seams)> {
    let is_plain = Format::detect(&input.head_again(HEAD_BYTES)?) == Format::Plain;
    // Where decoded bytes stand in the whole document is known of plain files only.
    let begin = if is_plain { split.begin_bytes } else { 0 };
    let header = (split.begin_bytes > 0).then_some(header);
    let mut pipeline = Pipeline::of_region(input, lane, tables, header, begin)?;
    if is_plain {
        pipeline.end_region_at(split.end_bytes);
    }
    let mut feed = RegionFeed {
        pipeline,
        places: Places::default(),
        first_record: None,
        next_record: None,
    };
    let region = split.begin_bytes..split.end_bytes;
    let decoded = decode_region(input, &region, lane, &mut feed);
    let outcome = feed.end(decoded);
    match header.is_some() && !is_plain {
        true => outcome.map_err(Error::without_xml_byte),
        false => outcome,
    }
}

/// Remembers where in the file the records at the edges stand.
struct RegionFeed<'r, C: Consumer> {
    pipeline: Pipeline<'r, C>,
    places: Places,
    first_record: Option<Place>,
    next_record: Option<Place>,
}

impl<C: Consumer> RegionFeed<'_, C> {
    fn end(mut self, decoded: Result<(Format, Option<BlockWalk>)>) -> Result<(Passed, Seams)> {
        let (decoded, blocks) = match decoded {
            Ok((format, blocks)) => (Ok(format), blocks),
            Err(error) => (Err(error), None),
        };
        let mut passed = self.pipeline.close(decoded)?;
        let edges = self.pipeline.framer().region_edges().cloned();
        let edges = edges.ok_or_else(|| Error::internal("a split has no edges"))?;
        self.note(edges.first_record, edges.next_record);
        passed.xml_bytes = edges.taken.end - edges.taken.start;
        // Of several splits that come to the file's end one tells what follows there.
        if passed.xml_bytes == 0 {
            passed.trailing_zero_bytes = 0;
        }
        passed.pieces = blocks.map_or(0, |walk| walk.streams);
        let seams = Seams {
            first_record: self.first_record,
            next_record: self.next_record,
            reached_end: edges.reached_end,
            blocks,
        };
        Ok((passed, seams))
    }

    fn note(&mut self, first: Option<u64>, next: Option<u64>) {
        let place = |at: u64| self.places.of(at);
        self.first_record = self.first_record.or_else(|| first.and_then(place));
        self.next_record = self.next_record.or_else(|| next.and_then(place));
    }
}

impl<C: Consumer> Sink for RegionFeed<'_, C> {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        let received = self.pipeline.framer().received_bytes();
        self.places.receive(received, place);
        let outcome = self.pipeline.data(bytes, place);
        let [first, next] = self.pipeline.framer().edges_so_far();
        self.note(first, next);
        outcome
    }

    fn next_document(&mut self) -> Result<()> {
        self.pipeline.next_document()
    }

    fn piece_ended(&mut self) {
        self.pipeline.piece_ended();
    }

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        self.pipeline.trailing(trailing)
    }
}

impl<C: Consumer> Feed for RegionFeed<'_, C> {
    fn gap(&mut self, why: Error) -> Result<()> {
        self.pipeline.gap(why)
    }

    fn wants_more(&self) -> bool {
        self.pipeline.wants_more()
    }

    fn region_ends(&mut self) {
        self.pipeline.region_ends();
    }
}
