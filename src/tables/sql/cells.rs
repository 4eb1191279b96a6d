//! Values of one column on their way into an array.  Unlike Arrow's builders they can go back, for a
//! row turns out to be bad only when some of its values have been taken.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, BooleanBufferBuilder, Date32Array, Decimal128Array,
    Float64Array, Int64Array, NullBufferBuilder, StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;

use super::selection::arrow_type;
use crate::error::{Error, Result};
use crate::model::SqlKind;

/// A column's values.
#[derive(Debug)]
pub(super) enum Values {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Decimals(Vec<i128>),
    Days(Vec<i32>),
    /// Bytes one behind the other, and where each ends.
    Bytes(Vec<u8>, Vec<i32>),
}

/// A column of a table, growing.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) kind: SqlKind,
    values: Values,
    /// Holds bits only once there is a null.
    is_valid: NullBufferBuilder,
    /// For a time that may be never: whether it is, by row.
    infinite: Option<(BooleanBufferBuilder, BooleanBufferBuilder)>,
}

/// A column's arrays: its own, and the one that says where it is infinite.
pub(super) struct Arrays {
    pub(super) values: ArrayRef,
    pub(super) is_infinite: Option<ArrayRef>,
    /// Values that are no UTF-8, with their rows.
    pub(super) not_utf8: Vec<(usize, Vec<u8>)>,
}

impl Cells {
    pub(super) fn new(kind: SqlKind) -> Self {
        let values = match kind {
            SqlKind::Float => Values::Floats(Vec::new()),
            SqlKind::Decimal { .. } => Values::Decimals(Vec::new()),
            SqlKind::Day => Values::Days(Vec::new()),
            SqlKind::Text | SqlKind::Bytes => Values::Bytes(Vec::new(), vec![0]),
            SqlKind::Int { .. }
            | SqlKind::Bits
            | SqlKind::WikiTime { .. }
            | SqlKind::Time { .. } => Values::Ints(Vec::new()),
        };
        let bits = || BooleanBufferBuilder::new(0);
        Self {
            kind,
            values,
            is_valid: NullBufferBuilder::new(0),
            infinite: (kind == SqlKind::WikiTime { ends: true }).then(|| (bits(), bits())),
        }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> usize {
        self.is_valid.len()
    }

    /// Goes back to so many rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.is_valid.truncate(rows);
        if let Some((infinite, known)) = &mut self.infinite {
            infinite.truncate(rows);
            known.truncate(rows);
        }
        match &mut self.values {
            Values::Ints(values) => values.truncate(rows),
            Values::Floats(values) => values.truncate(rows),
            Values::Decimals(values) => values.truncate(rows),
            Values::Days(values) => values.truncate(rows),
            Values::Bytes(bytes, ends) => {
                ends.truncate(rows + 1);
                let end = ends.last().copied().unwrap_or_default();
                bytes.truncate(usize::try_from(end).unwrap_or_default());
            }
        }
    }

    /// No value.  `infinite` says of a time that may be never whether it is; `None`: that is not known.
    pub(super) fn null(&mut self, infinite: Option<bool>) {
        match &mut self.values {
            Values::Ints(values) => values.push(0),
            Values::Floats(values) => values.push(0.0),
            Values::Decimals(values) => values.push(0),
            Values::Days(values) => values.push(0),
            Values::Bytes(_, ends) => ends.push(ends.last().copied().unwrap_or_default()),
        }
        self.note(false, infinite);
    }

    #[inline]
    pub(super) fn int(&mut self, value: i64) {
        if let Values::Ints(values) = &mut self.values {
            values.push(value);
            self.note(true, Some(false));
        }
    }

    #[inline]
    pub(super) fn float(&mut self, value: f64) {
        if let Values::Floats(values) = &mut self.values {
            values.push(value);
            self.note(true, None);
        }
    }

    pub(super) fn decimal(&mut self, value: i128) {
        if let Values::Decimals(values) = &mut self.values {
            values.push(value);
            self.note(true, None);
        }
    }

    pub(super) fn day(&mut self, value: i32) {
        if let Values::Days(values) = &mut self.values {
            values.push(value);
            self.note(true, None);
        }
    }

    /// Makes room for so many more rows like those so far.
    pub(super) fn reserve_like_these(&mut self, more_rows: usize) {
        let rows = self.rows().max(1);
        match &mut self.values {
            Values::Ints(values) => values.reserve_exact(more_rows),
            Values::Floats(values) => values.reserve_exact(more_rows),
            Values::Decimals(values) => values.reserve_exact(more_rows),
            Values::Days(values) => values.reserve_exact(more_rows),
            Values::Bytes(bytes, ends) => {
                ends.reserve_exact(more_rows);
                bytes.reserve_exact(bytes.len().div_ceil(rows).saturating_mul(more_rows));
            }
        }
    }

    /// Bytes that `write` appends; `false` where all values together are too many for an array.
    #[inline]
    pub(super) fn bytes(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let Values::Bytes(bytes, ends) = &mut self.values else {
            return true;
        };
        write(bytes);
        let Ok(end) = i32::try_from(bytes.len()) else {
            return false;
        };
        ends.push(end);
        self.note(true, None);
        true
    }

    #[inline]
    fn note(&mut self, is_valid: bool, infinite: Option<bool>) {
        match is_valid {
            true => self.is_valid.append_non_null(),
            false => self.is_valid.append_null(),
        }
        if let Some((is_infinite, is_known)) = &mut self.infinite {
            is_infinite.append(infinite == Some(true));
            is_known.append(infinite.is_some());
        }
    }

    pub(super) fn finish(mut self) -> Result<Arrays> {
        let nulls = self.is_valid.finish();
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        let mut not_utf8 = Vec::new();
        let values: ArrayRef = match self.values {
            Values::Ints(values) => ints(self.kind, values.into(), nulls),
            Values::Floats(values) => Arc::new(Float64Array::new(values.into(), nulls)),
            Values::Days(values) => Arc::new(Date32Array::new(values.into(), nulls)),
            Values::Decimals(values) => {
                let array = Decimal128Array::new(values.into(), nulls);
                Arc::new(array.with_data_type(arrow_type(self.kind)))
            }
            Values::Bytes(bytes, ends) if self.kind == SqlKind::Text => {
                let (array, others) = texts(bytes, ends, nulls)?;
                not_utf8 = others;
                Arc::new(array)
            }
            Values::Bytes(bytes, ends) => {
                let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
                let array = BinaryArray::try_new(ends, Buffer::from_vec(bytes), nulls);
                Arc::new(array.map_err(unfit)?)
            }
        };
        let is_infinite = self.infinite.map(|(mut infinite, mut known)| {
            let known = NullBuffer::new(known.finish());
            Arc::new(BooleanArray::new(infinite.finish(), Some(known))) as ArrayRef
        });
        Ok(Arrays {
            values,
            is_infinite,
            not_utf8,
        })
    }
}

fn unfit(error: arrow::error::ArrowError) -> Error {
    Error::internal("a table's column is not sound").with_source(error)
}

fn ints(kind: SqlKind, values: ScalarBuffer<i64>, nulls: Option<NullBuffer>) -> ArrayRef {
    let DataType::Timestamp(_, zone) = arrow_type(kind) else {
        return Arc::new(Int64Array::new(values, nulls));
    };
    let array = TimestampMicrosecondArray::new(values, nulls);
    Arc::new(array.with_timezone_opt(zone))
}

/// An array of texts, checked at once; those that are no UTF-8 are null in it and come apart.
#[allow(clippy::type_complexity)]
fn texts(
    bytes: Vec<u8>,
    ends: Vec<i32>,
    nulls: Option<NullBuffer>,
) -> Result<(StringArray, Vec<(usize, Vec<u8>)>)> {
    let is_boundary = |end: &i32| {
        let byte = usize::try_from(*end).ok().and_then(|end| bytes.get(end));
        byte.is_none_or(|byte| byte & 0xc0 != 0x80)
    };
    if simdutf8::basic::from_utf8(&bytes).is_ok() && ends.iter().all(is_boundary) {
        let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
        if nulls
            .as_ref()
            .is_some_and(|nulls| nulls.len() + 1 != ends.len())
        {
            return Err(Error::internal("a table's column is not sound"));
        }
        // SAFETY: all bytes together are UTF-8 and no offset lies within a character, so that each
        // value is; offsets rise, as `OffsetBuffer` checks, up to the length of the bytes, as each was
        // that length when it was taken; and there are as many nulls as values.  Arrow would check the
        // UTF-8 again, at a fifth of the speed.
        let array = unsafe { StringArray::new_unchecked(ends, Buffer::from_vec(bytes), nulls) };
        return Ok((array, Vec::new()));
    }
    let (mut kept, mut kept_ends) = (Vec::with_capacity(bytes.len()), vec![0]);
    let mut is_valid = BooleanBufferBuilder::new(ends.len());
    let mut others = Vec::new();
    for (row, pair) in ends.windows(2).enumerate() {
        let range = pair
            .first()
            .zip(pair.last())
            .map(|(begin, end)| *begin as usize..*end as usize);
        let value = range.and_then(|range| bytes.get(range)).unwrap_or_default();
        let is_text = simdutf8::basic::from_utf8(value).is_ok();
        match is_text {
            true => kept.extend_from_slice(value),
            false => others.push((row, value.to_vec())),
        }
        kept_ends.push(i32::try_from(kept.len()).unwrap_or(i32::MAX));
        is_valid.append(is_text && nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)));
    }
    let ends = OffsetBuffer::new(ScalarBuffer::from(kept_ends));
    let nulls = Some(NullBuffer::new(is_valid.finish()));
    let array = StringArray::try_new(ends, Buffer::from_vec(kept), nulls).map_err(unfit)?;
    Ok((array, others))
}
