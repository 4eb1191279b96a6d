//! Whether numbers are worth packing once more behind their encoding: told by some of the rows that a row group begins
//! with.

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use parquet::arrow::arrow_writer::ArrowColumnChunk;

use super::sample::rows_at_places;

/// Rows are looked at in so many places, evenly spread …
const PLACES: usize = 4;
/// … and so many in each, one behind the other, for encodings look at those before.
const ROWS_A_PLACE: usize = 2048;
/// Of fewer rows the sample would be a large part, and nobody waits for them.
const LEAST_ROWS: usize = 4 * PLACES * ROWS_A_PLACE;
/// What packing has to take off at least: one byte of so many.
const LEAST_SAVED: i64 = 12;

/// Whether columns of a kind are judged.
pub(super) fn is_judged(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Int64 | DataType::Float64 | DataType::Timestamp(..)
    )
}

/// The rows of a column by which it is judged; `None` where it has few.
pub(super) fn sample(arrays: &[ArrayRef]) -> Option<Vec<ArrayRef>> {
    let rows = arrays.iter().map(|array| array.len()).sum::<usize>();
    if rows < LEAST_ROWS {
        return None;
    }
    let places = rows_at_places(arrays, PLACES, ROWS_A_PLACE);
    Some(
        places
            .map(|(array, rows)| array.slice(rows.start, rows.len()))
            .collect(),
    )
}

/// Whether the encoded rows of a sample take hardly less room for being packed.
pub(super) fn saves_little(sample: &ArrowColumnChunk) -> bool {
    let metadata = &sample.close().metadata;
    let encoded_bytes = metadata.uncompressed_size();
    metadata.compressed_size() > encoded_bytes - encoded_bytes / LEAST_SAVED
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{AsArray, Int64Array};
    use arrow::datatypes::Int64Type;

    use super::*;

    fn numbers(rows: usize, batch_rows: usize) -> Vec<ArrayRef> {
        let numbers: Vec<_> = (0..rows as i64).collect();
        let batches = numbers.chunks(batch_rows);
        batches
            .map(|batch| Arc::new(Int64Array::from(batch.to_vec())) as ArrayRef)
            .collect()
    }

    #[test]
    fn a_sample_does_not_depend_on_batches() {
        let sampled = |batch_rows| -> Vec<i64> {
            let parts = sample(&numbers(100_000, batch_rows)).unwrap();
            let values = parts
                .iter()
                .map(|part| part.as_primitive::<Int64Type>().values());
            values.flat_map(|values| values.to_vec()).collect()
        };
        let whole = sampled(100_000);
        assert_eq!(whole.len(), PLACES * ROWS_A_PLACE);
        assert_eq!(whole.get(2047..2050), Some(&[2047, 25_000, 25_001][..]));
        for batch_rows in [700, 2048, 30_000] {
            assert_eq!(sampled(batch_rows), whole, "{batch_rows}");
        }
    }

    #[test]
    fn few_rows_are_not_judged() {
        assert!(sample(&numbers(LEAST_ROWS - 1, 1000)).is_none());
        assert!(sample(&[]).is_none());
    }
}
