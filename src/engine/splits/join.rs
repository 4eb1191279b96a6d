//! Proof that the splits of a file join: what one leaves off is where the next begins.
//!
//! A split finds its first block by a mark that can stand there by chance, and its first record by a tag
//! that can stand in a comment.  Both are true if the split before, which is proven, has come to the same
//! places in the order of the file; and the first split begins at the file's begin.

use super::Split;
use super::region::{Place, Seams};
use crate::container::bzip2::chain::OpenStream;
use crate::error::{Error, Result};

/// What the splits so far say of what has to come.
enum Expected {
    /// A record, in the next split that has any.
    Record(Place),
    /// Nothing but the end.
    End,
}

/// Holds the splits of one file, in order, against each other.
pub(super) fn check_joins(splits: &[Split], seams: &[Seams]) -> Result<()> {
    let (Some(first), Some((last, _))) = (splits.first(), splits.split_last()) else {
        return Ok(());
    };
    if first.is_whole() {
        return Ok(());
    }
    let joined = first.begin_bytes == 0
        && last.is_last()
        && splits.len() == seams.len()
        && splits
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one.end_bytes == next.begin_bytes));
    if !joined {
        return Err(
            Error::usage("the plan's splits do not cover the file").in_input(&first.input().name())
        );
    }
    check_records(splits, seams)?;
    check_blocks(splits, seams)
}

fn check_records(splits: &[Split], seams: &[Seams]) -> Result<()> {
    let mut expected = None;
    for (split, seams) in splits.iter().zip(seams) {
        let is_true = match (&expected, seams.first_record) {
            (None, _) => true,
            (Some(Expected::Record(place)), Some(first)) => *place == first,
            (Some(Expected::Record(place)), None) => place.file_bytes >= split.end_bytes,
            (Some(Expected::End), first) => first.is_none(),
        };
        if !is_true {
            return Err(not_joined(split, "the record at which it begins is none"));
        }
        if expected.is_some() && seams.first_record.is_none() {
            continue;
        }
        expected = Some(match seams.next_record {
            Some(place) => Expected::Record(place),
            None if seams.reached_end => Expected::End,
            None => return Err(not_joined(split, "its end was not seen")),
        });
    }
    match (expected, splits.last()) {
        (Some(Expected::Record(_)), Some(last)) => {
            Err(not_joined(last, "a record behind it belongs to no split"))
        }
        _ => Ok(()),
    }
}

fn check_blocks(splits: &[Split], seams: &[Seams]) -> Result<()> {
    // Where the next block begins, and the stream in which it does.
    let mut next: Option<u64> = None;
    let mut open: Option<OpenStream> = None;
    for (index, (split, seams)) in splits.iter().zip(seams).enumerate() {
        let Some(walk) = &seams.blocks else {
            return Ok(());
        };
        if index > 0 {
            let is_true = match (next, walk.first_bits) {
                (next, Some(first)) => next == Some(first),
                (Some(next), None) => next >= split.end_bytes * 8,
                (None, None) => true,
            };
            if !is_true {
                let why = "the bzip2 block with which it begins is not the one that comes next: one is \
                           damaged, or a mark stands there by chance";
                return Err(not_joined(split, why));
            }
            if walk.first_bits.is_none() {
                continue;
            }
        }
        open = match (&walk.entered, open) {
            (None, _) => walk.open,
            (Some(rest), Some(stream)) => {
                let joined = stream.join(rest);
                let joined = joined.map_err(|why| damaged(split, why))?;
                joined.or(walk.open)
            }
            (Some(_), None) => return Err(not_joined(split, "it begins in no bzip2 stream")),
        };
        next = walk.next_bits;
    }
    match (next, splits.last()) {
        (Some(_), Some(last)) => Err(not_joined(last, "a block behind it belongs to no split")),
        _ => Ok(()),
    }
}

fn damaged(split: &Split, why: &str) -> Error {
    Error::damaged(format!("{why} (seen at split {})", split.number))
        .in_input(&split.input().name())
}

fn not_joined(split: &Split, why: &str) -> Error {
    Error::damaged(format!(
        "split {} does not join the one before: {why}.  Plan this file in one piece, with a \
         --split-size that is larger",
        split.number
    ))
    .in_input(&split.input().name())
    .at_file_byte(split.begin_bytes)
}
