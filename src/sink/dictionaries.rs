//! Whether a dictionary is worth its while: told by some of the rows that a row group begins with.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;

use super::sample::rows_at_places;

/// Rows are looked at in so many places, evenly spread …
const PLACES: usize = 64;
/// … and so many in each, one behind the other, for values often repeat close by.
const ROWS_A_PLACE: usize = 256;

/// Whether so many values of a column of texts or bytes are different that a dictionary of them would
/// be given up.
///
/// Of 16,384 values that are drawn from 65,536 an eighth comes again.  So many fill the 1 MiB that a
/// dictionary may have if they have 12 bytes each.
pub(super) fn are_different(arrays: &[ArrayRef]) -> bool {
    let rows = arrays.iter().map(|array| array.len()).sum::<usize>();
    let most_repeated = rows.min(PLACES * ROWS_A_PLACE) / 8;
    let mut different = HashSet::with_capacity(rows.min(PLACES * ROWS_A_PLACE));
    let mut seen = 0;
    for (array, rows) in rows_at_places(arrays, PLACES, ROWS_A_PLACE) {
        for row in rows {
            if let Some(value) = bytes_of(array, row) {
                different.insert(value);
                seen += 1;
            }
        }
        // Most columns repeat so often that few rows show it.
        if seen - different.len() > most_repeated {
            return false;
        }
    }
    seen > 0 && different.len() > seen - seen / 8
}

/// A value; `None` for null and in columns of something else.
fn bytes_of(array: &dyn Array, row: usize) -> Option<&[u8]> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row).as_bytes()),
        DataType::Binary => Some(array.as_binary::<i32>().value(row)),
        _ => None,
    }
}

/// Whether dictionaries of such columns can be dispensed with.
pub(super) fn is_judged(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::Binary)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::StringArray;

    use super::*;

    fn judged(rows: usize, text: impl Fn(usize) -> Option<usize>) -> bool {
        let texts: Vec<_> = (0..rows)
            .map(|row| text(row).map(|text| text.to_string()))
            .collect();
        let arrays: Vec<_> = texts
            .chunks(1000)
            .map(|texts| Arc::new(StringArray::from_iter(texts)) as ArrayRef)
            .collect();
        are_different(&arrays)
    }

    #[test]
    fn different_and_repeating_texts() {
        let scattered = |row: usize| row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        assert!(judged(100_000, Some));
        assert!(judged(70, Some));
        assert!(judged(100_000, |row| row.is_multiple_of(3).then_some(row)));
        assert!(judged(300_000, |row| Some(scattered(row) % 200_000)));
        assert!(!judged(300_000, |row| Some(scattered(row) % 20_000)));
        // A few of each, close by.
        assert!(!judged(500_000, |row| Some(row / 4)));
        assert!(!judged(10_000, |_| Some(1)));
        assert!(!judged(10_000, |_| None));
        assert!(!judged(0, Some));
    }
}
