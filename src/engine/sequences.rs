//! Inputs over which a page is spread: one lane reads them one after another and keeps what it knows of
//! the open page, so that the page is as whole as in one file.
//!
//! Names tell which inputs belong together ([`crate::runs::spread`]); of the pieces of one page the
//! times in them tell the order (`peek`), and what comes at the seams is held against both (`seam`).

mod peek;
mod seam;

use std::sync::Arc;

pub(super) use self::seam::{Edges, Seam};

use super::lane::Lane;
use super::options::Limits;
use super::pool::Pool;
use super::progress::{Progress, Stop};
use crate::error::Result;
use crate::runs::{DumpName, SpreadFile, absent_pieces, spread};
use crate::source::Input;

/// What is in flight where the beginning of an input is looked at.
const PEEK_MEMORY_BYTES: usize = 16 << 20;

/// Inputs that are read one after another by one lane; most come alone.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// In the order in which they are read.
    files: Vec<SequenceFile>,
    /// Whether no other file is known to hold more of the page that is spread.
    is_whole: bool,
}

/// An input of a sequence.
#[derive(Debug, Clone)]
pub struct SequenceFile {
    /// Its number among the job's inputs.
    pub number: usize,
    spread: SpreadFile,
}

impl Sequence {
    /// One input, whatever its name says.
    pub(super) fn alone(number: usize) -> Self {
        Self {
            files: vec![SequenceFile {
                number,
                spread: SpreadFile::default(),
            }],
            is_whole: true,
        }
    }

    /// Its inputs, in the order in which they are read.
    pub fn files(&self) -> &[SequenceFile] {
        &self.files
    }

    /// The number of its first input, which stands for all.
    pub fn number(&self) -> usize {
        self.files.first().map_or(0, |file| file.number)
    }

    /// Whether nothing of the page that is spread is known to be missing.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// Puts the inputs of a job into sequences, those of the least numbers first.  Looks into the pieces of
/// a page for their times.
pub fn sequences(
    inputs: &[Input],
    limits: &Limits,
    pool: &Pool,
    stop: &Stop,
) -> Result<Vec<Sequence>> {
    let names: Vec<_> = inputs.iter().map(name_of).collect();
    let paths: Vec<_> = inputs.iter().filter_map(Input::path).collect();
    let absent = absent_pieces(&paths)?;
    let is_absent = |file: &SpreadFile| {
        let name = names.get(file.index).and_then(Option::as_ref);
        let page = name.filter(|name| name.is_of_one_page())?.pages?.0;
        absent.get(&page.try_into().ok()?)
    };
    let progress = Progress::default();
    // Only beginnings are read.
    let limits = &(*limits).with_memory(Some(PEEK_MEMORY_BYTES), 1);
    let mut found = Lane::alone(limits, pool, &progress, stop, |lane| {
        let mut found = Vec::new();
        for chain in spread(&names) {
            let is_whole = !chain.files().any(|file| is_absent(file).is_some());
            let mut files = Vec::new();
            for step in chain.steps {
                let ordered = match step.len() {
                    1 => step,
                    _ => peek::in_order(step, inputs, lane)?,
                };
                files.extend(ordered.into_iter().map(|spread| SequenceFile {
                    number: spread.index,
                    spread,
                }));
            }
            found.push(Sequence { files, is_whole });
        }
        Ok(found)
    })?;
    found.sort_by_key(Sequence::number);
    Ok(found)
}

fn name_of(input: &Input) -> Option<DumpName> {
    input.path().and_then(|path| DumpName::of_path(&path))
}

/// Reads the inputs of a sequence in their order.  `read` gets the lane as it is for each, with its own
/// counter of bytes taken, and the input's name stands in each error.
pub(super) fn read_sequence(
    sequence: &Sequence,
    inputs: &[Input],
    lane: &Lane<'_>,
    read: &mut dyn FnMut(&Lane<'_>, &SequenceFile, &Input) -> Result<()>,
) -> Result<()> {
    for (place, file) in sequence.files.iter().enumerate() {
        let Some(input) = inputs.get(file.number) else {
            return Err(crate::Error::internal("a sequence has an input too many"));
        };
        let of_input = |error: crate::Error| error.in_input(&input.name());
        if place == 0 {
            read(lane, file, input).map_err(of_input)?;
            continue;
        }
        lane.progress.end_input(previous(sequence, place));
        let lane = Lane {
            taken_bytes: lane.progress.begin_input(file.number),
            ..lane.clone()
        };
        read(&lane, file, input).map_err(of_input)?;
        lane.stop.check()?;
    }
    Ok(())
}

fn previous(sequence: &Sequence, place: usize) -> usize {
    let file = place.checked_sub(1).and_then(|at| sequence.files.get(at));
    file.map_or(0, |file| file.number)
}

impl SequenceFile {
    /// What its name says of the pages in it.
    pub(super) fn spread(&self) -> Arc<SpreadFile> {
        Arc::new(self.spread.clone())
    }
}
