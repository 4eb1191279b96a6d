//! A split whose rows go to somebody at once, with nobody to hold it against the others afterwards.
//!
//! So each split that owns records looks itself where those behind it begin, and that is where it has come
//! to.  The first split of a file begins at the file's begin; if no split found anything wrong, each record
//! has one owner.

use std::iter;

use bytes::Bytes;

use super::region::{Place, Places, Seams, convert_region};
use super::{Split, read_header};
use crate::container::{Format, HEAD_BYTES, Sink, Trailing};
use crate::engine::converted::Converted;
use crate::engine::decode::{Feed, decode_region};
use crate::engine::lane::Lane;
use crate::engine::plan::Plan;
use crate::engine::sequences::Sequence;
use crate::error::{Error, FilePlace, Result};
use crate::frame::{Framer, Header};
use crate::source::Input;

/// Hands on the rows of a split.
///
/// An error at the end of the rows can mean that some of them are not its own.
pub(in crate::engine) fn scan_split(
    plan: &Plan<'_>,
    lane: &Lane<'_>,
    split: &Split,
    sequence: &Sequence,
) -> Result<Converted> {
    let (converted, seams) = convert_region(plan, lane, split, sequence)?;
    let owns_records = split.begin_bytes == 0 || seams.first_record.is_some();
    if !split.is_whole() && owns_records {
        check_next_begins(split, &seams, lane)?;
    }
    Ok(converted)
}

/// Looks whether the splits up to the one in which the next record stands begin with it, or with nothing.
fn check_next_begins(split: &Split, seams: &Seams, lane: &Lane<'_>) -> Result<()> {
    if seams.next_record.is_none() && !seams.reached_end {
        return Err(not_joined(split, "its end was not seen"));
    }
    let file_bytes = split.file_stamp.bytes;
    let cuts = iter::once(split.end_bytes).chain(split.later_cuts.iter().copied());
    let ends = split.later_cuts.iter().copied().chain([file_bytes]);
    for (begin, end) in cuts.zip(ends).filter(|(begin, end)| begin < end) {
        let is_behind = |place: Place| place.file_bytes < begin;
        if seams.next_record.is_some_and(is_behind) {
            break;
        }
        let found = Begin::find(split, begin, end, lane)?;
        let is_true = match (found, seams.next_record) {
            (Some(found), next) => next == Some(found),
            (None, Some(next)) => next.file_bytes >= end,
            (None, None) => true,
        };
        if !is_true {
            return Err(not_joined(split, "the record at which that begins is none"));
        }
    }
    Ok(())
}

fn not_joined(split: &Split, why: &str) -> Error {
    Error::damaged(format!(
        "split {} does not join the one behind: {why}.  Plan this file in one piece, with a split size \
         that is larger",
        split.number
    ))
    .in_input(&split.input().name())
    .at_file_byte(split.end_bytes)
}

/// Reads a split up to its first record, and no further.
struct Begin {
    framer: Framer,
    places: Places,
    first_record: Option<Place>,
}

impl Begin {
    fn find(split: &Split, begin: u64, end: u64, lane: &Lane<'_>) -> Result<Option<Place>> {
        let input = split.input();
        let header = read_header(&input, lane)?
            .ok_or_else(|| Error::internal("a file in splits has no prolog"))?;
        // What is read here counts for nobody.
        let lane = Lane {
            taken_bytes: Default::default(),
            ..lane.clone()
        };
        let mut looking = Self::new(&input, &header, begin, end, &lane)?;
        decode_region(&input, &(begin..end), &lane, &mut looking)?;
        Ok(looking.first_record)
    }

    fn new(input: &Input, header: &Header, begin: u64, end: u64, lane: &Lane<'_>) -> Result<Self> {
        let is_plain = Format::detect(&input.head_again(HEAD_BYTES)?) == Format::Plain;
        let xml_begin = if is_plain { begin } else { 0 };
        let mut framer =
            Framer::of_region(lane.limits.framer(), header.prefix.as_bytes(), xml_begin);
        if is_plain {
            framer.end_region_at(end);
        }
        Ok(Self {
            framer,
            places: Places::default(),
            first_record: None,
        })
    }
}

impl Sink for Begin {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        let received = self.framer.received_bytes();
        self.places.receive(received, place);
        let outcome = self.framer.push(bytes, place);
        let [first, _] = self.framer.edges_so_far();
        let place = first.and_then(|at| self.places.of(at));
        self.first_record = self.first_record.or(place);
        // What is wrong behind its begin is told by those whose rows it spoils.
        match self.first_record {
            Some(_) => Ok(()),
            None => outcome,
        }
    }

    fn next_document(&mut self) -> Result<()> {
        Ok(())
    }

    fn piece_ended(&mut self) {}

    fn trailing(&mut self, _: Trailing) -> Result<()> {
        Ok(())
    }
}

impl Feed for Begin {
    fn gap(&mut self, why: Error) -> Result<()> {
        Err(why)
    }

    fn wants_more(&self) -> bool {
        self.first_record.is_none() && self.framer.wants_more()
    }

    fn region_ends(&mut self) {
        self.framer.end_region_at(self.framer.received_bytes());
    }
}
