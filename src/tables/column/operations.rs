//! A column of lists of operations, as a diff has them.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int32Type};

use super::bits::Bits;
use super::numbers::Numbers;
use super::strings::Strings;
use crate::derive::diff::{Op, Operation};
use crate::derive::tokens::Tokenized;

/// Operations with the texts that they lead from and to.
#[derive(Debug, Clone, Copy)]
pub struct Operations<'r> {
    /// In the order of the later text.
    pub operations: &'r [Operation],
    /// The earlier text.
    pub before: &'r Tokenized,
    /// The later text.
    pub after: &'r Tokenized,
}

/// The name of the type for people.
pub(super) const NAME: &str =
    "list<struct<op: string, a1: int32, a2: int32, b1: int32, b2: int32, text: string>>";

/// The type in Arrow.
pub(super) fn arrow_type() -> DataType {
    DataType::List(element())
}

fn element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Struct(fields()), false))
}

fn fields() -> Fields {
    let number = |name| Field::new(name, DataType::Int32, false);
    Fields::from(vec![
        Field::new("op", DataType::Utf8, false),
        number("a1"),
        number("a2"),
        number("b1"),
        number("b2"),
        Field::new("text", DataType::Utf8, true),
    ])
}

/// Lists on their way into an array.
#[derive(Debug, Default)]
pub struct OperationCells {
    ops: Strings,
    numbers: [Numbers<Int32Type>; 4],
    texts: Strings,
    lengths: Vec<usize>,
    is_known: Bits,
}

impl OperationCells {
    pub(super) fn push(&mut self, value: Option<Operations<'_>>) {
        self.is_known.push(value.is_some());
        let Some(value) = value else {
            self.lengths.push(0);
            return;
        };
        self.lengths.push(value.operations.len());
        for operation in value.operations {
            self.ops.push(Some(operation.op.name()));
            let numbers = [operation.a1, operation.a2, operation.b1, operation.b2];
            for (cells, number) in self.numbers.iter_mut().zip(numbers) {
                // Less than 2^31, as a text has no more bytes.
                cells.push(Some(number as i32));
            }
            match operation.op {
                Op::Equal => self.texts.push(None),
                Op::Insert | Op::Delete => {
                    let text = operation.text(value.before, value.after);
                    self.texts.push(Some(text));
                }
            }
        }
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        let [a1, a2, b1, b2] = &mut self.numbers;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.ops.finish()),
            Arc::new(a1.finish()),
            Arc::new(a2.finish()),
            Arc::new(b1.finish()),
            Arc::new(b2.finish()),
            Arc::new(self.texts.finish()),
        ];
        let lengths = std::mem::take(&mut self.lengths);
        Arc::new(ListArray::new(
            element(),
            OffsetBuffer::from_lengths(lengths),
            Arc::new(StructArray::new(fields(), columns, None)),
            Some(NullBuffer::new(self.is_known.finish())),
        ))
    }
}
