//! The order of rows in a row group.

use arrow::array::{Array, Int64Array, RecordBatch};
use parquet::file::metadata::SortingColumn;

use crate::tables::Selection;

/// Columns that rows come ordered by, as long as the dump is in order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// Their indices in the schema, the first deciding.
    columns: Vec<usize>,
}

impl Order {
    /// The order of a table's rows; `None` if it has none or lacks the columns to tell.
    pub(super) fn of(selection: &Selection) -> Option<Self> {
        let schema = selection.schema();
        let order = selection.table.order.iter();
        let columns: Vec<_> = order.map_while(|name| schema.index_of(name).ok()).collect();
        (!columns.is_empty()).then_some(Self { columns })
    }

    /// Whether all rows are in this order, none with a key that is absent.
    pub(super) fn holds(&self, batches: &[RecordBatch]) -> bool {
        let mut last = vec![i64::MIN; self.columns.len()];
        let mut here = last.clone();
        batches.iter().all(|batch| {
            let keys: Option<Vec<&Int64Array>> = self
                .columns
                .iter()
                .map(|index| batch.column(*index).as_any().downcast_ref())
                .collect();
            keys.is_some_and(|keys| {
                keys.iter().all(|key| key.null_count() == 0)
                    && (0..batch.num_rows()).all(|row| {
                        for (here, key) in here.iter_mut().zip(&keys) {
                            *here = key.value(row);
                        }
                        std::mem::swap(&mut last, &mut here);
                        here <= last
                    })
            })
        })
    }

    /// The same as Parquet has it.
    pub(super) fn sorting_columns(&self) -> Vec<SortingColumn> {
        self.columns
            .iter()
            .map(|index| SortingColumn {
                // No table has nested columns before these.
                column_idx: *index as i32,
                descending: false,
                nulls_first: false,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::ArrayRef;

    use super::*;

    fn batch(pages: Vec<Option<i64>>, revisions: Vec<i64>) -> RecordBatch {
        let pages: ArrayRef = Arc::new(Int64Array::from(pages));
        let revisions: ArrayRef = Arc::new(Int64Array::from(revisions));
        RecordBatch::try_from_iter([("page_id", pages), ("revision_id", revisions)]).unwrap()
    }

    #[test]
    fn rows_in_order_and_not() {
        let order = Order {
            columns: vec![0, 1],
        };
        let first = batch(vec![Some(1), Some(1), Some(2)], vec![5, 7, 3]);
        assert!(order.holds(&[]));
        assert!(order.holds(&[first.clone(), batch(vec![Some(2)], vec![3])]));
        assert!(!order.holds(&[first.clone(), batch(vec![Some(2)], vec![2])]));
        assert!(!order.holds(&[first, batch(vec![Some(1)], vec![9])]));
        assert!(!order.holds(&[batch(vec![None], vec![9])]));
        let pages_only = Order { columns: vec![0] };
        assert!(pages_only.holds(&[batch(vec![Some(1), Some(1)], vec![5, 4])]));
    }
}
