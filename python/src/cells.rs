//! Rows as dictionaries.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use mwparquet::model::Timestamp;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::values::timestamp;

/// Hands on each row of a batch.
pub fn for_each_row<'py>(
    py: Python<'py>,
    batch: &RecordBatch,
    mut take: impl FnMut(Bound<'py, PyDict>),
) -> PyResult<()> {
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        let told = PyDict::new(py);
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            told.set_item(field.name(), cell(py, column.as_ref(), row)?)?;
        }
        take(told);
    }
    Ok(())
}

/// A value of the types that counts have.
fn cell<'py>(
    py: Python<'py>,
    column: &dyn Array,
    row: usize,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if column.is_null(row) {
        return Ok(None);
    }
    Ok(Some(match column.data_type() {
        DataType::Int32 => column
            .as_primitive::<Int32Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any(),
        DataType::Int64 => column
            .as_primitive::<Int64Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any(),
        DataType::Float64 => column
            .as_primitive::<Float64Type>()
            .value(row)
            .into_pyobject(py)?
            .into_any(),
        DataType::Boolean => column
            .as_boolean()
            .value(row)
            .into_pyobject(py)?
            .to_owned()
            .into_any(),
        DataType::Timestamp(..) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let time = Timestamp::from_seconds(micros.div_euclid(1_000_000));
            return Ok(timestamp(py, time)?.map(|time| time.into_bound(py)));
        }
        _ => column
            .as_string::<i32>()
            .value(row)
            .into_pyobject(py)?
            .into_any(),
    }))
}
