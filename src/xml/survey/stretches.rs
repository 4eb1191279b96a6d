//! The walk over a chunk, whatever vectors look at it.

use super::{STRETCH_BLOCKS, Stretch};
use crate::marks::BLOCK_BYTES;
use crate::xml::passage::{WORD_BYTES, is_frequent, unexpected_bits};

/// Bytes of a stretch.
pub(super) const STRETCH_BYTES: usize = STRETCH_BLOCKS * BLOCK_BYTES;
/// A character's bytes before a block, as they can reach into it.
pub(super) const BEFORE_BYTES: usize = 3;
/// A block and the bytes before it.
pub(super) type Window = [u8; BEFORE_BYTES + BLOCK_BYTES];
/// A stretch and the bytes before it.
pub(super) type View = [u8; BEFORE_BYTES + STRETCH_BYTES];

/// Looks at one stretch after the other; `look` tells what is in one, and of how many references it has noted the
/// offsets, if all of it is legal.
#[inline(always)]
pub(super) fn stretches(
    bytes: &[u8],
    look: impl Fn(&View, &mut Offsets) -> Option<(Stretch, usize)>,
) -> Option<Vec<Stretch>> {
    // Behind the last byte nothing may be open: the last stretch is never full.
    let count = bytes.len() / STRETCH_BYTES + 1;
    let mut stretches = Vec::with_capacity(count);
    let mut offsets = [0; _];
    for at in (0..count).map(|index| index * STRETCH_BYTES) {
        let (mut stretch, reference_count) = match view_at(bytes, at) {
            Some(view) => look(view, &mut offsets)?,
            None => look(&padded(bytes, at), &mut offsets)?,
        };
        stretch.odd |= odd_blocks(&bytes[at..], &offsets[..reference_count]);
        stretches.push(stretch);
    }
    Some(stretches)
}

/// The view of the stretch at `at`, if all of it is there.
fn view_at(bytes: &[u8], at: usize) -> Option<&View> {
    bytes.get(at.checked_sub(BEFORE_BYTES)?..)?.first_chunk()
}

/// The same with spaces where there are no bytes.
#[cold]
fn padded(bytes: &[u8], at: usize) -> View {
    let mut view = [b' '; _];
    let begin = at.saturating_sub(BEFORE_BYTES);
    let end = bytes.len().min(at + STRETCH_BYTES);
    let place = begin + BEFORE_BYTES - at;
    view[place..place + end - begin].copy_from_slice(&bytes[begin..end]);
    view
}

/// Where references begin in a stretch, to be looked at together: which comes next, and how far behind the last,
/// cannot be foreseen.
pub(super) type Offsets = [u16; STRETCH_BYTES + SPARE_OFFSETS];
/// So many can be written behind the last, wanted or not.
const SPARE_OFFSETS: usize = 32;

/// A stretch and enough behind it to know the references that begin in it.
type Room = [u8; STRETCH_BYTES + WORD_BYTES];

/// The blocks with a reference that is not frequent, of the stretch that `bytes` begin with.
#[inline(always)]
fn odd_blocks(bytes: &[u8], offsets: &[u16]) -> u64 {
    match bytes.first_chunk() {
        Some(room) if unexpected_bits_in(room, offsets) == 0 => 0,
        _ => find_odd_blocks(bytes, offsets),
    }
}

/// Bits that are set if no frequent reference begins at one of the offsets.
#[inline(always)]
fn unexpected_bits_in(room: &Room, offsets: &[u16]) -> u64 {
    offsets.iter().fold(0, |bits, at| {
        // By the remainder, which is the same, no bounds have to be checked.
        let at = usize::from(*at) % STRETCH_BYTES;
        bits | room[at..]
            .first_chunk()
            .map_or(u64::MAX, |word| unexpected_bits(*word))
    })
}

#[cold]
fn find_odd_blocks(bytes: &[u8], offsets: &[u16]) -> u64 {
    let mut odd = 0;
    for at in offsets.iter().copied().map(usize::from) {
        if !is_frequent(bytes, at) {
            odd |= 1 << (at / BLOCK_BYTES);
        }
    }
    odd
}
