//! Strings on their way into an array; texts are decoded where the array will have them.

use arrow::array::StringArray;
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::bits::Validity;
use crate::model::Text;

/// Room that was not needed and is let go of from so many bytes on: it would count as held.
const MUCH_BYTES: usize = 1 << 20;

/// Strings of a column, one behind the other.
#[derive(Debug)]
pub struct Strings {
    values: String,
    /// Where each ends, behind the 0 that the first begins at.
    ends: Vec<i32>,
    validity: Validity,
}

impl Default for Strings {
    fn default() -> Self {
        Self::with_room(0)
    }
}

impl Strings {
    /// None yet, with room for so many bytes.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self {
            values: String::with_capacity(bytes),
            ends: vec![0],
            validity: Validity::default(),
        }
    }

    /// Puts a string, or none.
    #[inline]
    pub(super) fn push(&mut self, value: Option<&str>) {
        self.values.push_str(value.unwrap_or_default());
        self.end(value.is_some());
    }

    /// Puts a text, or none.
    #[inline]
    pub(super) fn push_text(&mut self, value: Option<Text<'_>>) {
        if let Some(text) = value {
            text.append_to(&mut self.values);
        }
        self.end(value.is_some());
    }

    #[inline]
    fn end(&mut self, is_there: bool) {
        // Beyond 2 GiB offsets fall, which `finish` refuses.
        self.ends.push(self.values.len() as i32);
        self.validity.push(is_there);
    }

    /// How many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// The array.
    pub(super) fn finish(&mut self) -> StringArray {
        let Self {
            mut values,
            ends,
            mut validity,
        } = std::mem::take(self);
        if values.capacity() - values.len() >= MUCH_BYTES {
            values.shrink_to_fit();
        }
        let values = Buffer::from_vec(values.into_bytes());
        let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
        // SAFETY: offsets rise, as `OffsetBuffer` checks; each was the length of the string before or after whole
        // strings were put, so that all between them is UTF-8; and each end has its bit of validity.  Arrow would
        // go through all the bytes once more.
        unsafe { StringArray::new_unchecked(ends, values, validity.finish()) }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;

    #[test]
    fn as_arrow_collects_them() {
        let coded = "&lt;é&#x1F600;\r\n".repeat(100);
        let texts = [
            None,
            Some(Text::plain("")),
            Some(Text::plain("山")),
            Some(Text::from_element(&coded).unwrap()),
            None,
        ];
        let mut strings = Strings::default();
        for _ in 0..2 {
            texts.iter().for_each(|text| strings.push_text(*text));
            strings.push(Some("last"));
            let array = strings.finish();
            array.to_data().validate_full().unwrap();
            let texts = texts.iter().map(|text| text.map(|text| text.to_string()));
            let expected = StringArray::from_iter(texts.chain([Some("last".to_owned())]));
            assert_eq!(array, expected);
        }
        assert!(strings.finish().is_empty());
    }
}
