//! What columns a scan has.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;

use super::{ScanJob, ScanTable};
use crate::engine::inspect::{InspectedTable, inspect};
use crate::engine::pool::Pool;
use crate::engine::progress::Stop;
use crate::error::{Error, Result};
use crate::tables::SqlSelection;

/// The schema of the table that is scanned.
pub(super) fn schema_of(job: &ScanJob, stop: &Stop) -> Result<SchemaRef> {
    match &job.table {
        ScanTable::Ours(selection) => Ok(selection.schema()),
        ScanTable::Sql { name, columns } => {
            let table = Arc::clone(&declared(job, name, stop)?.declared);
            let selection = match columns {
                Some(columns) => SqlSelection::of(table, columns)?,
                None => SqlSelection::all(table),
            };
            Ok(selection.schema())
        }
    }
}

/// Looks for the declaration of a table in the beginnings of the inputs.
fn declared(job: &ScanJob, name: &str, stop: &Stop) -> Result<InspectedTable> {
    let pool = Pool::new(job.threads)?;
    let mut others = Vec::new();
    for input in &job.inputs {
        for table in inspect(input, false, &job.limits, &pool, stop)?.sql_tables {
            let written_name = table.declared.written_name();
            if written_name == name {
                return Ok(table);
            }
            others.push(written_name);
        }
    }
    others.sort();
    others.dedup();
    let there_are = match others.is_empty() {
        true => String::new(),
        false => format!("; there are {}", others.join(", ")),
    };
    Err(Error::usage(format!(
        "no input declares the table {name} in its beginning{there_are}"
    )))
}
