//! Values of one column on their way into an array.  Unlike Arrow's builders they can go back, for a
//! row turns out to be bad only when some of its values have been taken.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, BooleanBufferBuilder, Date32Array, Decimal128Array,
    Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;

use super::selection::arrow_type;
use crate::error::{Error, Result};
use crate::model::SqlKind;
use crate::sql::frequent;

/// A column's values, by the form that they mostly have in a dump.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum Values {
    Ints(Vec<i64>),
    WikiTimes(Vec<i64>),
    /// Fields of bits, other times.
    RareInts(Vec<i64>),
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
    nullable: bool,
    /// Something stands for each row, null or not.
    values: Values,
    /// The rows that are null, rising.
    nulls: Vec<usize>,
    ends: Option<Ends>,
}

/// What is known of a time that may be never.
#[derive(Debug, Default)]
struct Ends {
    /// The rows in which it is never, rising.
    infinite: Vec<usize>,
    /// The rows of which it is not known, rising.
    unknown: Vec<usize>,
}

/// A column's arrays: its own, and the one that says where it is infinite.
pub(super) struct Arrays {
    pub(super) values: ArrayRef,
    pub(super) is_infinite: Option<ArrayRef>,
    /// Values that are no UTF-8, with their rows.
    pub(super) not_utf8: Vec<(usize, Vec<u8>)>,
}

impl Cells {
    pub(super) fn new(kind: SqlKind, nullable: bool) -> Self {
        let values = match kind {
            SqlKind::Float => Values::Floats(Vec::new()),
            SqlKind::Decimal { .. } => Values::Decimals(Vec::new()),
            SqlKind::Day => Values::Days(Vec::new()),
            SqlKind::Text | SqlKind::Bytes => Values::Bytes(Vec::new(), vec![0]),
            SqlKind::Int { .. } => Values::Ints(Vec::new()),
            SqlKind::WikiTime { .. } => Values::WikiTimes(Vec::new()),
            SqlKind::Bits | SqlKind::Time { .. } => Values::RareInts(Vec::new()),
        };
        Self {
            kind,
            nullable,
            values,
            nulls: Vec::new(),
            ends: (kind == SqlKind::WikiTime { ends: true }).then(Ends::default),
        }
    }

    /// Rows so far.
    #[inline]
    pub(super) fn rows(&self) -> usize {
        match &self.values {
            Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) => {
                values.len()
            }
            Values::Floats(values) => values.len(),
            Values::Decimals(values) => values.len(),
            Values::Days(values) => values.len(),
            Values::Bytes(_, ends) => ends.len() - 1,
        }
    }

    /// Whether it may be null.
    pub(super) fn nullable(&self) -> bool {
        self.nullable
    }

    /// Goes back to so many rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        let shorten = |noted: &mut Vec<usize>| {
            let kept = noted.partition_point(|row| *row < rows);
            noted.truncate(kept);
        };
        shorten(&mut self.nulls);
        if let Some(ends) = &mut self.ends {
            shorten(&mut ends.infinite);
            shorten(&mut ends.unknown);
        }
        match &mut self.values {
            Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) => {
                values.truncate(rows);
            }
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
        let row = self.rows();
        self.nulls.push(row);
        match (&mut self.ends, infinite) {
            (Some(ends), Some(true)) => ends.infinite.push(row),
            (Some(ends), None) => ends.unknown.push(row),
            _ => {}
        }
        match &mut self.values {
            Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) => {
                values.push(0);
            }
            Values::Floats(values) => values.push(0.0),
            Values::Decimals(values) => values.push(0),
            Values::Days(values) => values.push(0),
            Values::Bytes(_, ends) => ends.push(ends.last().copied().unwrap_or_default()),
        }
    }

    /// Takes the value that `bytes` begin with, if it is of the form that values of such columns mostly
    /// have and `end` stands right behind it; gives the bytes that follow.
    #[inline(always)]
    pub(super) fn frequent<'b>(&mut self, bytes: &'b [u8], end: u8) -> Option<&'b [u8]> {
        let behind = match &mut self.values {
            Values::Ints(values) => frequent::int(bytes, end).map(|(number, behind)| {
                values.push(number);
                behind
            }),
            Values::Bytes(texts, ends) => {
                frequent::plain(bytes, end).and_then(|(plain, behind)| {
                    let text_end = texts.len() + plain.bytes;
                    ends.push(i32::try_from(text_end).ok()?);
                    // The whole block, for a copy of a size that is known is a few moves.
                    texts.extend_from_slice(plain.block);
                    texts.truncate(text_end);
                    Some(behind)
                })
            }
            Values::WikiTimes(values) => frequent::wiki_time(bytes, end).map(|(time, behind)| {
                values.push(time.microseconds());
                behind
            }),
            Values::Floats(values) => frequent::float(bytes, end).map(|(number, behind)| {
                values.push(number);
                behind
            }),
            Values::RareInts(_) | Values::Decimals(_) | Values::Days(_) => None,
        };
        match behind {
            None if self.nullable => {
                let behind = frequent::null(bytes, end)?;
                self.null(None);
                Some(behind)
            }
            behind => behind,
        }
    }

    #[inline]
    pub(super) fn int(&mut self, value: i64) {
        if let Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) =
            &mut self.values
        {
            values.push(value);
        }
    }

    #[inline]
    pub(super) fn float(&mut self, value: f64) {
        if let Values::Floats(values) = &mut self.values {
            values.push(value);
        }
    }

    pub(super) fn decimal(&mut self, value: i128) {
        if let Values::Decimals(values) = &mut self.values {
            values.push(value);
        }
    }

    pub(super) fn day(&mut self, value: i32) {
        if let Values::Days(values) = &mut self.values {
            values.push(value);
        }
    }

    /// Makes room for so many more rows like those so far.
    pub(super) fn reserve_like_these(&mut self, more_rows: usize) {
        let rows = self.rows().max(1);
        let like_these = |count: usize| count.saturating_mul(more_rows).div_ceil(rows);
        self.nulls.reserve_exact(like_these(self.nulls.len()));
        match &mut self.values {
            Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) => {
                values.reserve_exact(more_rows);
            }
            Values::Floats(values) => values.reserve_exact(more_rows),
            Values::Decimals(values) => values.reserve_exact(more_rows),
            Values::Days(values) => values.reserve_exact(more_rows),
            Values::Bytes(bytes, ends) => {
                ends.reserve_exact(more_rows);
                // A block is copied where only a part of it counts.
                bytes.reserve_exact(like_these(bytes.len()) + frequent::COPIED_BYTES);
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
        true
    }

    pub(super) fn finish(self) -> Result<Arrays> {
        let rows = self.rows();
        let nulls = &self.nulls;
        let nulls = (!nulls.is_empty()).then(|| NullBuffer::new(all_but(rows, nulls)));
        let mut not_utf8 = Vec::new();
        let values: ArrayRef = match self.values {
            Values::Ints(values) | Values::WikiTimes(values) | Values::RareInts(values) => {
                ints(self.kind, values.into(), nulls)
            }
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
        let is_infinite = self.ends.map(|ends| {
            let known = NullBuffer::new(all_but(rows, &ends.unknown));
            let infinite = !&all_but(rows, &ends.infinite);
            Arc::new(BooleanArray::new(infinite, Some(known))) as ArrayRef
        });
        Ok(Arrays {
            values,
            is_infinite,
            not_utf8,
        })
    }
}

/// A bit for each row: ones but for the rows that are named.
fn all_but(rows: usize, named: &[usize]) -> BooleanBuffer {
    let mut bits = vec![0xff_u8; rows.div_ceil(8)];
    for row in named {
        if let Some(byte) = bits.get_mut(row / 8) {
            *byte &= !(1 << (row % 8));
        }
    }
    BooleanBuffer::new(Buffer::from_vec(bits), 0, rows)
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
pub(super) fn texts(
    bytes: Vec<u8>,
    ends: Vec<i32>,
    nulls: Option<NullBuffer>,
) -> Result<(StringArray, Vec<(usize, Vec<u8>)>)> {
    let is_boundary = |end: &i32| {
        let byte = bytes.get(*end as usize);
        byte.is_none_or(|byte| byte & 0xc0 != 0x80)
    };
    // Without a branch for each, for hardly ever is it not so.
    let are_boundaries = || ends.iter().fold(true, |are, end| are & is_boundary(end));
    if simdutf8::basic::from_utf8(&bytes).is_ok() && are_boundaries() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_but_for_rows() {
        for rows in [0, 1, 7, 8, 9, 63, 64, 100] {
            for step in [1, 2, 7, 8, 200] {
                let named: Vec<_> = (0..rows).step_by(step).collect();
                let bits = all_but(rows, &named);
                let expected: Vec<_> = (0..rows).map(|row| row % step != 0).collect();
                assert_eq!(bits.iter().collect::<Vec<_>>(), expected, "{rows} {step}");
            }
        }
    }
}
