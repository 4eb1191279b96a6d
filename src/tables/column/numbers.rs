//! Numbers, truth values and points in time on their way into an array.

use arrow::array::{ArrowPrimitiveType, BooleanArray, PrimitiveArray};

use super::bits::{Bits, Validity};

/// Numbers of one type.
#[derive(Debug)]
pub struct Numbers<T: ArrowPrimitiveType> {
    values: Vec<T::Native>,
    validity: Validity,
}

impl<T: ArrowPrimitiveType> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            validity: Validity::default(),
        }
    }
}

impl<T: ArrowPrimitiveType> Numbers<T> {
    /// Puts a number, or none.
    #[inline]
    pub(super) fn push(&mut self, value: Option<T::Native>) {
        self.values.push(value.unwrap_or_default());
        self.validity.push(value.is_some());
    }

    /// The array.
    pub(super) fn finish(&mut self) -> PrimitiveArray<T> {
        let values = std::mem::take(&mut self.values);
        PrimitiveArray::new(values.into(), self.validity.finish())
    }
}

/// Truth values.
#[derive(Debug, Default)]
pub struct Truths {
    values: Bits,
    validity: Validity,
}

impl Truths {
    /// Puts a truth value, or none.
    #[inline]
    pub(super) fn push(&mut self, value: Option<bool>) {
        self.values.push(value.unwrap_or_default());
        self.validity.push(value.is_some());
    }

    /// The array.
    pub(super) fn finish(&mut self) -> BooleanArray {
        BooleanArray::new(self.values.finish(), self.validity.finish())
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, Int64Array};
    use arrow::datatypes::Int64Type;

    use super::*;

    #[test]
    fn as_arrow_collects_them() {
        let values: Vec<_> = (0..200).map(|at| (at % 5 != 0).then_some(at)).collect();
        let mut numbers = Numbers::<Int64Type>::default();
        let mut truths = Truths::default();
        for _ in 0..2 {
            values.iter().for_each(|value| numbers.push(*value));
            let odd = |value: i64| value % 2 != 0;
            values.iter().for_each(|value| truths.push(value.map(odd)));
            assert_eq!(numbers.finish(), Int64Array::from(values.clone()));
            let expected: BooleanArray = values.iter().map(|value| value.map(odd)).collect();
            assert_eq!(truths.finish(), expected);
        }
        assert!(numbers.finish().is_empty() && truths.finish().is_empty());
        numbers.push(Some(1));
        assert!(numbers.finish().nulls().is_none());
    }
}
