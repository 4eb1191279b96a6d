//! A column of the slots of a revision by their roles, as Wikimedia's content tables have it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, MapArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int64Type};

use super::bits::Bits;
use super::numbers::Numbers;
use super::strings::Strings;
use crate::model::Text;

/// What is told of a slot.
#[derive(Debug, Clone, Copy)]
pub struct SlotValue<'r> {
    /// Its role, spelt out.
    pub role: Text<'r>,
    /// The text, where it is there.
    pub body: Option<Text<'r>>,
    /// Serialisation format.
    pub format: Option<Text<'r>>,
    /// Content model.
    pub model: Option<Text<'r>>,
    /// SHA-1 in base 36.
    pub sha1: Option<Text<'r>>,
    /// Size in bytes.
    pub size_bytes: Option<i64>,
    /// Id of the revision that brought this content.
    pub origin_revision_id: Option<i64>,
}

/// The name of the type for people.
pub(super) const NAME: &str = "map<string, struct<content_body: string, content_format: string, content_model: string, content_sha1: string, content_size: int64, origin_rev_id: int64>>";

/// The type in Arrow.
pub(super) fn arrow_type() -> DataType {
    DataType::Map(entry(), false)
}

fn entry() -> Arc<Field> {
    Arc::new(Field::new(
        "key_value",
        DataType::Struct(entry_fields()),
        false,
    ))
}

fn entry_fields() -> Fields {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", DataType::Struct(value_fields()), true),
    ])
}

fn value_fields() -> Fields {
    let text = |name| Field::new(name, DataType::Utf8, true);
    let number = |name| Field::new(name, DataType::Int64, true);
    Fields::from(vec![
        text("content_body"),
        text("content_format"),
        text("content_model"),
        text("content_sha1"),
        number("content_size"),
        number("origin_rev_id"),
    ])
}

/// Maps on their way into an array.
#[derive(Debug, Default)]
pub struct SlotCells {
    roles: Strings,
    /// Body, format, model and checksum.
    texts: [Strings; 4],
    /// Size and origin.
    numbers: [Numbers<Int64Type>; 2],
    lengths: Vec<usize>,
    is_known: Bits,
}

impl SlotCells {
    pub(super) fn push<'r>(&mut self, slots: impl Iterator<Item = SlotValue<'r>>) {
        let mut length = 0;
        for slot in slots {
            length += 1;
            self.roles.push_text(Some(slot.role));
            let texts = [slot.body, slot.format, slot.model, slot.sha1];
            for (cells, text) in self.texts.iter_mut().zip(texts) {
                cells.push_text(text);
            }
            let numbers = [slot.size_bytes, slot.origin_revision_id];
            for (cells, number) in self.numbers.iter_mut().zip(numbers) {
                cells.push(number);
            }
        }
        self.lengths.push(length);
        self.is_known.push(true);
    }

    pub(super) fn push_null(&mut self) {
        self.lengths.push(0);
        self.is_known.push(false);
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        let [body, format, model, sha1] = &mut self.texts;
        let [size, origin] = &mut self.numbers;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(body.finish()),
            Arc::new(format.finish()),
            Arc::new(model.finish()),
            Arc::new(sha1.finish()),
            Arc::new(size.finish()),
            Arc::new(origin.finish()),
        ];
        let values = StructArray::new(value_fields(), columns, None);
        let roles = self.roles.finish();
        debug_assert_eq!(roles.len(), values.len());
        let entries = StructArray::new(
            entry_fields(),
            vec![Arc::new(roles), Arc::new(values)],
            None,
        );
        Arc::new(MapArray::new(
            entry(),
            OffsetBuffer::from_lengths(std::mem::take(&mut self.lengths)),
            entries,
            Some(NullBuffer::new(self.is_known.finish())),
            false,
        ))
    }
}
