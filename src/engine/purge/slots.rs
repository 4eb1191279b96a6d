//! Slots of revisions without what was in them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, MapArray, StructArray, new_null_array};
use arrow::compute::interleave;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use crate::error::{Error, Result};

/// What of a slot tells its text.
const TOLD: [&str; 3] = ["content_body", "content_sha1", "content_size"];

/// A column of slots by their roles, in some rows without their contents.
pub(super) fn without_contents(
    column: &ArrayRef,
    rows: impl Iterator<Item = usize>,
) -> Result<ArrayRef> {
    let (Some(map), DataType::Map(entry, is_ordered)) = (column.as_map_opt(), column.data_type())
    else {
        return Err(Error::internal("a column that holds no slots"));
    };
    let offsets = map.value_offsets();
    let mut is_hidden = vec![false; map.entries().len()];
    for row in rows {
        let bounds = offsets.get(row).zip(offsets.get(row + 1));
        let slots = bounds.and_then(|(begin, end)| {
            is_hidden.get_mut(usize::try_from(*begin).ok()?..usize::try_from(*end).ok()?)
        });
        slots.unwrap_or_default().fill(true);
    }
    let change = || -> std::result::Result<MapArray, ArrowError> {
        let values = map.values().as_struct();
        let fields = values.fields().iter().zip(values.columns());
        let columns = fields.map(
            |(field, told)| match TOLD.contains(&field.name().as_str()) {
                true => without(told, &is_hidden),
                false => Ok(Arc::clone(told)),
            },
        );
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
        let values =
            StructArray::try_new(values.fields().clone(), columns, values.nulls().cloned())?;
        let entries = map.entries();
        let columns: Vec<ArrayRef> = vec![Arc::clone(map.keys()), Arc::new(values)];
        let entries =
            StructArray::try_new(entries.fields().clone(), columns, entries.nulls().cloned())?;
        let (entry, offsets) = (Arc::clone(entry), map.offsets().clone());
        MapArray::try_new(entry, offsets, entries, map.nulls().cloned(), *is_ordered)
    };
    change()
        .map(|map| Arc::new(map) as ArrayRef)
        .map_err(|error| Error::internal("slots cannot be changed").with_source(error))
}

/// Values, some of which become null and leave no byte behind.
fn without(column: &ArrayRef, is_hidden: &[bool]) -> std::result::Result<ArrayRef, ArrowError> {
    let nothing = new_null_array(column.data_type(), 1);
    let places: Vec<_> = is_hidden
        .iter()
        .enumerate()
        .map(|(place, is_hidden)| if *is_hidden { (1, 0) } else { (0, place) })
        .collect();
    interleave(&[column.as_ref(), nothing.as_ref()], &places)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, StringArray};
    use arrow::buffer::OffsetBuffer;
    use arrow::datatypes::{Field, Fields};

    use super::*;

    #[test]
    fn contents_of_some_rows_go() {
        let texts = |texts: [&str; 3]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
        let text = |name| Field::new(name, DataType::Utf8, true);
        let fields = Fields::from(vec![
            text("content_body"),
            text("content_model"),
            Field::new("content_size", DataType::Int64, true),
        ]);
        let columns = vec![
            texts(["a", "b", "c"]),
            texts(["x", "y", "z"]),
            Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef,
        ];
        let values = StructArray::new(fields.clone(), columns, None);
        let fields = Fields::from(vec![
            Field::new("key", DataType::Utf8, false),
            Field::new("value", DataType::Struct(fields), true),
        ]);
        let columns: Vec<ArrayRef> = vec![texts(["main", "more", "main"]), Arc::new(values)];
        let entries = StructArray::new(fields, columns, None);
        let entry = Field::new("key_value", entries.data_type().clone(), false);
        let offsets = OffsetBuffer::from_lengths([2, 0, 1]);
        let map = MapArray::new(Arc::new(entry), offsets, entries, None, false);
        let column: ArrayRef = Arc::new(map);
        let changed = without_contents(&column, [0, 1].into_iter()).unwrap();
        assert_eq!(changed.data_type(), column.data_type());
        let values = changed.as_map().values().as_struct();
        let body = values.column(0).as_string::<i32>();
        assert_eq!(body.iter().collect::<Vec<_>>(), [None, None, Some("c")]);
        assert_eq!(body.values().as_slice(), b"c");
        assert_eq!(values.column(1).null_count(), 0);
        assert_eq!(values.column(2).null_count(), 2);
    }
}
