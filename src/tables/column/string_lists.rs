//! Lists of strings on their way into an array.

use std::sync::Arc;

use arrow::array::ListArray;
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::FieldRef;

use super::bits::Validity;
use super::strings::Strings;

/// Lists of strings of a column.
#[derive(Debug)]
pub struct StringLists {
    strings: Strings,
    /// Where each list ends among the strings, behind the 0 that the first begins at.
    ends: Vec<i32>,
    validity: Validity,
}

impl Default for StringLists {
    fn default() -> Self {
        Self {
            strings: Strings::default(),
            ends: vec![0],
            validity: Validity::default(),
        }
    }
}

impl StringLists {
    /// Puts a string into the list that ends next.
    #[inline]
    pub(super) fn push(&mut self, value: &str) {
        self.strings.push(Some(value));
    }

    /// Ends a list, or what stands where there is none.
    #[inline]
    pub(super) fn end(&mut self, is_there: bool) {
        // Beyond 2^31 strings offsets fall, which `finish` refuses.
        self.ends.push(self.strings.len() as i32);
        self.validity.push(is_there);
    }

    /// The array, its elements of such a field.
    pub(super) fn finish(&mut self, element: FieldRef) -> ListArray {
        let Self {
            mut strings,
            ends,
            mut validity,
        } = std::mem::take(self);
        let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
        let strings = Arc::new(strings.finish());
        ListArray::new(element, ends, strings, validity.finish())
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, ListBuilder, StringBuilder};
    use arrow::datatypes::{DataType, Field};

    use super::*;

    #[test]
    fn as_arrow_collects_them() {
        let element: FieldRef = Arc::new(Field::new("element", DataType::Utf8, false));
        let lists: [Option<&[&str]>; 4] = [Some(&["a", "", "山"]), None, Some(&[]), Some(&["b"])];
        let mut cells = StringLists::default();
        for _ in 0..2 {
            let strings = StringBuilder::new();
            let mut expected = ListBuilder::new(strings).with_field(Arc::clone(&element));
            for list in lists {
                list.into_iter()
                    .flatten()
                    .for_each(|value| cells.push(value));
                cells.end(list.is_some());
                let values = list.into_iter().flatten();
                values.for_each(|value| expected.values().append_value(value));
                expected.append(list.is_some());
            }
            assert_eq!(cells.finish(Arc::clone(&element)), expected.finish());
        }
        assert!(cells.finish(element).is_empty());
    }
}
