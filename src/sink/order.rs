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

    /// Begins to tell whether rows come in this order, none with a key that is absent.
    pub(super) fn check(&self) -> OrderCheck {
        OrderCheck {
            columns: self.columns.clone(),
            last: vec![i64::MIN; self.columns.len()],
            holds: true,
        }
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

/// Whether the rows so far came in order.
pub(super) struct OrderCheck {
    columns: Vec<usize>,
    /// The keys of the last row.
    last: Vec<i64>,
    holds: bool,
}

impl OrderCheck {
    /// Looks at the rows that come next.
    pub(super) fn look_at(&mut self, batch: &RecordBatch) {
        self.holds = self.holds && self.goes_on_in(batch).unwrap_or(false);
    }

    /// Whether all rows were in order.
    pub(super) fn holds(&self) -> bool {
        self.holds
    }

    /// `None` where a column holds other keys than numbers.
    fn goes_on_in(&mut self, batch: &RecordBatch) -> Option<bool> {
        let keys = self.columns.iter().map(|index| batch.column(*index));
        let keys: Vec<&Int64Array> = keys
            .map(|column| column.as_any().downcast_ref())
            .collect::<Option<_>>()?;
        let mut here = self.last.clone();
        let holds = keys.iter().all(|key| key.null_count() == 0)
            && (0..batch.num_rows()).all(|row| {
                for (here, key) in here.iter_mut().zip(&keys) {
                    *here = key.value(row);
                }
                std::mem::swap(&mut self.last, &mut here);
                here <= self.last
            });
        Some(holds)
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
        let holds = |order: &Order, batches: &[RecordBatch]| {
            let mut check = order.check();
            batches.iter().for_each(|batch| check.look_at(batch));
            check.holds()
        };
        let first = batch(vec![Some(1), Some(1), Some(2)], vec![5, 7, 3]);
        assert!(holds(&order, &[]));
        assert!(holds(
            &order,
            &[first.clone(), batch(vec![Some(2)], vec![3])]
        ));
        assert!(!holds(
            &order,
            &[first.clone(), batch(vec![Some(2)], vec![2])]
        ));
        assert!(!holds(&order, &[first, batch(vec![Some(1)], vec![9])]));
        assert!(!holds(&order, &[batch(vec![None], vec![9])]));
        let pages_only = Order { columns: vec![0] };
        assert!(holds(
            &pages_only,
            &[batch(vec![Some(1), Some(1)], vec![5, 4])]
        ));
    }
}
