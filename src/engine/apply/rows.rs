//! The columns of a table `diffs`, as they are read back.

use arrow::array::{
    Array, AsArray, BooleanArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    StructArray,
};
use arrow::datatypes::{Int32Type, Int64Type};

use crate::derive::diff::{Change, Op};
use crate::error::{Error, Result};

/// What is read.
pub(in crate::engine) const COLUMNS: [&str; 10] = [
    "wiki_id",
    "page_id",
    "revision_id",
    "revision_index",
    "previous_revision_id",
    "is_first",
    "text_state",
    "operations",
    "text_sha1",
    "keyframe_text",
];

/// The columns of a batch.
pub(in crate::engine) struct Rows<'b> {
    pub(super) wiki_ids: &'b StringArray,
    pub(super) page_ids: &'b Int64Array,
    pub(super) revision_ids: &'b Int64Array,
    pub(super) indices: &'b Int64Array,
    pub(super) previous_ids: &'b Int64Array,
    pub(super) is_first: &'b BooleanArray,
    pub(super) text_states: &'b StringArray,
    pub(super) operations: &'b ListArray,
    pub(super) sha1s: &'b StringArray,
    pub(super) keyframes: &'b StringArray,
}

impl<'b> Rows<'b> {
    pub(in crate::engine) fn of(batch: &'b RecordBatch) -> Result<Self> {
        let numbers = |name| {
            column(batch, name)?
                .as_primitive_opt::<Int64Type>()
                .ok_or_else(|| strange(name))
        };
        let strings = |name| {
            column(batch, name)?
                .as_string_opt::<i32>()
                .ok_or_else(|| strange(name))
        };
        Ok(Self {
            wiki_ids: strings("wiki_id")?,
            page_ids: numbers("page_id")?,
            revision_ids: numbers("revision_id")?,
            indices: numbers("revision_index")?,
            previous_ids: numbers("previous_revision_id")?,
            is_first: column(batch, "is_first")?
                .as_boolean_opt()
                .ok_or_else(|| strange("is_first"))?,
            text_states: strings("text_state")?,
            operations: column(batch, "operations")?
                .as_list_opt()
                .ok_or_else(|| strange("operations"))?,
            sha1s: strings("text_sha1")?,
            keyframes: strings("keyframe_text")?,
        })
    }
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b dyn Array> {
    let column = batch.column_by_name(name).ok_or_else(|| strange(name))?;
    Ok(column.as_ref())
}

fn strange(name: &str) -> Error {
    Error::damaged(format!(
        "the column {name} is not of the type that diffs have"
    ))
}

/// The operations of a row.
pub(super) struct Changes<'o> {
    ops: &'o StringArray,
    numbers: [&'o Int32Array; 4],
    texts: &'o StringArray,
}

impl<'o> Changes<'o> {
    pub(super) fn of(operations: &'o StructArray) -> Result<Self> {
        let field = |name: &str| {
            operations
                .column_by_name(name)
                .ok_or_else(|| strange("operations"))
        };
        let number = |name| {
            field(name)?
                .as_primitive_opt::<Int32Type>()
                .ok_or_else(|| strange("operations"))
        };
        let string = |name| {
            field(name)?
                .as_string_opt::<i32>()
                .ok_or_else(|| strange("operations"))
        };
        Ok(Self {
            ops: string("op")?,
            numbers: [number("a1")?, number("a2")?, number("b1")?, number("b2")?],
            texts: string("text")?,
        })
    }

    pub(super) fn iter(&self) -> Result<Vec<Change<'o>>> {
        let [a1, a2, b1, b2] = self.numbers;
        let number = |numbers: &Int32Array, at: usize| {
            u32::try_from(numbers.value(at))
                .map_err(|_| Error::damaged("an operation has an offset below zero"))
        };
        (0..self.ops.len())
            .map(|at| {
                let op = Op::by_name(self.ops.value(at)).ok_or_else(|| {
                    Error::damaged(format!("there is no operation {:?}", self.ops.value(at)))
                })?;
                Ok(Change {
                    op,
                    a1: number(a1, at)?,
                    a2: number(a2, at)?,
                    b1: number(b1, at)?,
                    b2: number(b2, at)?,
                    text: self.texts.text(at),
                })
            })
            .collect()
    }
}

/// Values that may be absent.
pub(super) trait Optional {
    type Value;
    fn get(&self, row: usize) -> Option<Self::Value>;
}

impl Optional for Int64Array {
    type Value = i64;
    fn get(&self, row: usize) -> Option<i64> {
        self.is_valid(row).then(|| self.value(row))
    }
}

pub(super) trait OptionalText {
    fn text(&self, row: usize) -> Option<&str>;
}

impl OptionalText for StringArray {
    fn text(&self, row: usize) -> Option<&str> {
        self.is_valid(row).then(|| self.value(row))
    }
}
