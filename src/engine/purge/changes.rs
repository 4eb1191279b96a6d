//! What is to change in a batch of rows, and changing it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, Int64Builder, ListBuilder,
    RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray, new_null_array,
};
use arrow::compute::{filter_record_batch, interleave};
use arrow::datatypes::{DataType, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType};

use super::slots::without_contents;
use crate::error::{Error, Result};
use crate::model::Timestamp;

/// Why rows or values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reason {
    RevisionGone,
    LatestRevisionGone,
    PageGone,
    LogEntryGone,
    UploadGone,
    UserHidden,
    CommentHidden,
    TextHidden,
    ActionHidden,
    NeighbourLost,
    HistoryChanged,
}

impl Reason {
    /// The name in reports and manifests.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RevisionGone => "revision_gone",
            Self::LatestRevisionGone => "latest_revision_gone",
            Self::PageGone => "page_gone",
            Self::LogEntryGone => "log_entry_gone",
            Self::UploadGone => "upload_gone",
            Self::UserHidden => "user_hidden",
            Self::CommentHidden => "comment_hidden",
            Self::TextHidden => "text_hidden",
            Self::ActionHidden => "action_hidden",
            Self::NeighbourLost => "neighbour_lost",
            Self::HistoryChanged => "history_changed",
        }
    }
}

/// A value that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Microseconds(i64),
    Text(Cow<'static, str>),
    Ints(Vec<i64>),
    Texts(Vec<String>),
    /// The slots that are there, without their contents.
    HiddenSlots,
}

/// What is to change in a batch.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) removed: BTreeMap<usize, Reason>,
    cells: BTreeMap<&'static str, BTreeMap<usize, Value>>,
    pub(super) changed: BTreeMap<usize, BTreeSet<Reason>>,
    /// Rows of which the newer dumps cannot tell.
    pub(super) unknown: BTreeSet<usize>,
    /// Rows that are to hold their whole text, for what they built on is gone.
    pub(super) keyframes: BTreeSet<usize>,
    /// Pages some of whose texts or revisions are gone.
    pub(super) pages: BTreeSet<i64>,
    /// Pages with a hidden text, of which the row does not tell whether it was hidden before.
    pub(super) perhaps: BTreeSet<i64>,
    /// Pages from which revisions are gone.
    pub(super) thinned: BTreeSet<i64>,
    /// Pages of which a user is hidden.
    pub(super) unnamed: BTreeSet<i64>,
    /// Revisions that are gone.
    pub(super) gone: BTreeSet<i64>,
    /// Revisions made from one whose text is gone.
    pub(super) orphans: BTreeSet<i64>,
}

impl Changes {
    pub(super) fn remove(&mut self, row: usize, reason: Reason) {
        self.removed.entry(row).or_insert(reason);
    }

    pub(super) fn is_none(&self) -> bool {
        self.removed.is_empty() && self.changed.is_empty()
    }

    /// Puts a value, if it is not there already.
    pub(super) fn set(
        &mut self,
        rows: &Rows<'_>,
        row: usize,
        column: &'static str,
        value: Value,
        reason: Reason,
    ) {
        if !rows.is_written(column) || rows.has(row, column, &value) {
            return;
        }
        self.cells.entry(column).or_default().insert(row, value);
        self.changed.entry(row).or_default().insert(reason);
    }

    /// The batch without what is to go.
    pub(super) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let failed = |error| Error::internal("cannot change rows").with_source(error);
        let mut columns = batch.columns().to_vec();
        for (name, cells) in &self.cells {
            if let Ok(index) = batch.schema().index_of(name)
                && let Some(column) = columns.get_mut(index)
            {
                *column = with_cells(column, cells)?;
            }
        }
        let changed = RecordBatch::try_new(batch.schema(), columns).map_err(failed)?;
        if self.removed.is_empty() {
            return Ok(changed);
        }
        let kept = (0..batch.num_rows()).map(|row| !self.removed.contains_key(&row));
        filter_record_batch(&changed, &BooleanArray::from_iter(kept.map(Some))).map_err(failed)
    }
}

fn with_cells(column: &ArrayRef, cells: &BTreeMap<usize, Value>) -> Result<ArrayRef> {
    if cells.values().any(|value| *value == Value::HiddenSlots) {
        return without_contents(column, cells.keys().copied());
    }
    let values: Vec<_> = cells.values().collect();
    let values = array_of(&values, column.data_type())?;
    let mut places: Vec<_> = (0..column.len()).map(|row| (0, row)).collect();
    for (number, row) in cells.keys().enumerate() {
        if let Some(place) = places.get_mut(*row) {
            *place = (1, number);
        }
    }
    interleave(&[column.as_ref(), values.as_ref()], &places)
        .map_err(|error| Error::internal("cannot change a column").with_source(error))
}

/// An array of the type of a column.
fn array_of(values: &[&Value], kind: &DataType) -> Result<ArrayRef> {
    let int = |value: &&Value| match value {
        Value::Int(number) | Value::Microseconds(number) => Some(*number),
        _ => None,
    };
    let ints = || values.iter().map(int);
    Ok(match kind {
        _ if values.iter().all(|value| **value == Value::Null) => {
            new_null_array(kind, values.len())
        }
        DataType::Boolean => Arc::new(BooleanArray::from_iter(values.iter().map(
            |value| match value {
                Value::Bool(truth) => Some(*truth),
                _ => None,
            },
        ))),
        DataType::Int64 => Arc::new(Int64Array::from_iter(ints())),
        DataType::Int32 => Arc::new(Int32Array::from_iter(
            ints().map(|number| number.and_then(|number| number.try_into().ok())),
        )),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            Arc::new(TimestampMicrosecondArray::from_iter(ints()).with_timezone_opt(zone.clone()))
        }
        DataType::Utf8 => Arc::new(StringArray::from_iter(values.iter().map(
            |value| match value {
                Value::Text(text) => Some(text.as_ref()),
                _ => None,
            },
        ))),
        DataType::List(field) if *field.data_type() == DataType::Int64 => {
            let mut lists = ListBuilder::new(Int64Builder::new()).with_field(Arc::clone(field));
            for value in values {
                if let Value::Ints(numbers) = value {
                    lists.values().append_slice(numbers);
                }
                lists.append(matches!(value, Value::Ints(_)));
            }
            Arc::new(lists.finish())
        }
        DataType::List(field) if *field.data_type() == DataType::Utf8 => {
            let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Arc::clone(field));
            for value in values {
                if let Value::Texts(texts) = value {
                    texts
                        .iter()
                        .for_each(|text| lists.values().append_value(text));
                }
                lists.append(matches!(value, Value::Texts(_)));
            }
            Arc::new(lists.finish())
        }
        _ => return Err(Error::internal("a column of a type that is not changed")),
    })
}

/// The rows of a batch, whose table may have columns that are not read.
pub(super) struct Rows<'b> {
    batch: &'b RecordBatch,
    written: &'b [String],
}

impl<'b> Rows<'b> {
    pub(super) fn new(batch: &'b RecordBatch, written: &'b [String]) -> Self {
        Self { batch, written }
    }

    pub(super) fn count(&self) -> usize {
        self.batch.num_rows()
    }

    pub(super) fn is_written(&self, column: &str) -> bool {
        self.written.iter().any(|name| name == column)
    }

    fn column(&self, name: &str) -> Option<&'b ArrayRef> {
        self.batch.column_by_name(name)
    }

    /// Whether there is a value, as far as the column was read.
    pub(super) fn is_there(&self, name: &str, row: usize) -> bool {
        self.column(name).is_some_and(|column| column.is_valid(row))
    }

    pub(super) fn int(&self, name: &str, row: usize) -> Option<i64> {
        let column = self.column(name).filter(|column| column.is_valid(row))?;
        match column.data_type() {
            DataType::Int64 => Some(column.as_primitive::<Int64Type>().value(row)),
            DataType::Int32 => Some(column.as_primitive::<Int32Type>().value(row).into()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Some(column.as_primitive::<TimestampMicrosecondType>().value(row))
            }
            _ => None,
        }
    }

    pub(super) fn boolean(&self, name: &str, row: usize) -> Option<bool> {
        let column = self.column(name)?.as_boolean_opt()?;
        column.is_valid(row).then(|| column.value(row))
    }

    pub(super) fn text(&self, name: &str, row: usize) -> Option<&'b str> {
        let column = self.column(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    pub(super) fn ints(&self, name: &str, row: usize) -> Option<Vec<i64>> {
        let column = self.column(name)?.as_list_opt::<i32>()?;
        let value = column.is_valid(row).then(|| column.value(row))?;
        let numbers = value.as_primitive_opt::<Int64Type>()?;
        Some(numbers.iter().flatten().collect())
    }

    pub(super) fn texts(&self, name: &str, row: usize) -> Option<Vec<String>> {
        let column = self.column(name)?.as_list_opt::<i32>()?;
        let value = column.is_valid(row).then(|| column.value(row))?;
        let texts = value.as_string_opt::<i32>()?;
        Some(texts.iter().flatten().map(str::to_owned).collect())
    }

    /// A time in microseconds, which profiles can have as text.
    pub(super) fn time(&self, name: &str, row: usize) -> Option<i64> {
        let from_text = |text: &str| {
            let spaced = text.strip_suffix(".0").unwrap_or(text);
            Timestamp::parse(text).or_else(|| Timestamp::parse_spaced(spaced.as_bytes()))
        };
        let of_text = || self.text(name, row).and_then(from_text);
        self.int(name, row)
            .or_else(|| of_text().map(Timestamp::microseconds))
    }

    /// Whether a value is there already, as far as that column was read.
    fn has(&self, row: usize, name: &str, value: &Value) -> bool {
        let Some(column) = self.column(name) else {
            return false;
        };
        match value {
            Value::Null => column.is_null(row),
            Value::Bool(truth) => self.boolean(name, row) == Some(*truth),
            Value::Int(number) | Value::Microseconds(number) => {
                self.int(name, row) == Some(*number)
            }
            Value::Text(text) => self.text(name, row) == Some(text.as_ref()),
            Value::Ints(numbers) => self.ints(name, row).as_ref() == Some(numbers),
            Value::Texts(texts) => self.texts(name, row).as_ref() == Some(texts),
            Value::HiddenSlots => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_rows() {
        let mut lists = ListBuilder::new(Int64Builder::new());
        for numbers in [&[1, 2][..], &[], &[3]] {
            lists.values().append_slice(numbers);
            lists.append(true);
        }
        let columns: [(&str, ArrayRef); 3] = [
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3]))),
            (
                "text",
                Arc::new(StringArray::from(vec![Some("a"), None, Some("c")])),
            ),
            ("list", Arc::new(lists.finish())),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, array)| (name, array, true)),
        )
        .unwrap();
        let written = ["id", "text", "list", "unread"].map(str::to_owned);
        let rows = Rows::new(&batch, &written);
        let mut changes = Changes::default();
        let reason = Reason::TextHidden;
        changes.set(&rows, 1, "text", Value::Null, reason);
        changes.set(&rows, 2, "absent", Value::Null, reason);
        changes.set(&rows, 0, "list", Value::Ints(vec![1, 2]), reason);
        assert!(changes.is_none());
        changes.set(&rows, 0, "text", Value::Null, reason);
        changes.set(&rows, 2, "text", Value::Text("x".into()), reason);
        changes.set(&rows, 2, "list", Value::Ints(vec![7]), reason);
        changes.set(&rows, 2, "unread", Value::Null, reason);
        changes.remove(1, Reason::PageGone);
        changes.remove(1, reason);
        assert_eq!(changes.removed, BTreeMap::from([(1, Reason::PageGone)]));
        let after = changes.apply(&batch).unwrap();
        let rows = Rows::new(&after, &written);
        assert_eq!((rows.count(), rows.int("id", 1)), (2, Some(3)));
        assert_eq!(
            [rows.text("text", 0), rows.text("text", 1)],
            [None, Some("x")]
        );
        assert_eq!(rows.ints("list", 1), Some(vec![7]));
    }
}
