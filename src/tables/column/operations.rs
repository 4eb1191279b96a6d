//! A column of lists of operations, as a diff has them.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBufferBuilder, Int32Builder, ListArray, StringBuilder, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};

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
#[derive(Debug)]
pub struct OperationCells {
    ops: StringBuilder,
    numbers: [Int32Builder; 4],
    texts: StringBuilder,
    lengths: Vec<usize>,
    is_known: BooleanBufferBuilder,
}

impl OperationCells {
    pub(super) fn new() -> Self {
        Self {
            ops: StringBuilder::new(),
            numbers: Default::default(),
            texts: StringBuilder::new(),
            lengths: Vec::new(),
            is_known: BooleanBufferBuilder::new(0),
        }
    }

    pub(super) fn push(&mut self, value: Option<Operations<'_>>) {
        self.is_known.append(value.is_some());
        let Some(value) = value else {
            self.lengths.push(0);
            return;
        };
        self.lengths.push(value.operations.len());
        for operation in value.operations {
            self.ops.append_value(operation.op.name());
            let numbers = [operation.a1, operation.a2, operation.b1, operation.b2];
            for (cells, number) in self.numbers.iter_mut().zip(numbers) {
                // Less than 2^31, as a text has no more bytes.
                cells.append_value(number as i32);
            }
            match operation.op {
                Op::Equal => self.texts.append_null(),
                Op::Insert | Op::Delete => self
                    .texts
                    .append_value(operation.text(value.before, value.after)),
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
