//! Rows of a column by which it is judged: few, and from all over what is at hand.

use std::ops::Range;

use arrow::array::{Array, ArrayRef};

/// The rows in so many places, evenly spread over all arrays, and up to so many in each, one behind the
/// other: pieces of arrays, by their rows there, in order.
pub(super) fn rows_at_places(
    arrays: &[ArrayRef],
    places: usize,
    rows_a_place: usize,
) -> impl Iterator<Item = (&ArrayRef, Range<usize>)> {
    let rows: usize = arrays.iter().map(|array| array.len()).sum();
    let rows_a_place = rows_a_place.min(rows / places);
    let begins = arrays.iter().scan(0, |next, array| {
        let begin = *next;
        *next += array.len();
        Some((begin, array))
    });
    begins.flat_map(move |(begin, array)| {
        (0..places).filter_map(move |place| {
            // A place may lie across arrays.
            let at = rows / places * place;
            let from = at.max(begin);
            let to = (at + rows_a_place).min(begin + array.len());
            (from < to).then(|| (array, from - begin..to - begin))
        })
    })
}
