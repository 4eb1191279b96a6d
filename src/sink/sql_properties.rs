//! How tables of a database are encoded.

use arrow::datatypes::DataType;
use parquet::basic::Encoding;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::properties::{Compression, of_any_table};
use crate::error::Result;
use crate::tables::SqlSelection;

/// Version of what the tables of SQL dumps mean: how their types become ours.
pub const SQL_TABLES_VERSION: u32 = 1;

pub(super) fn sql_properties(
    selection: &SqlSelection,
    compression: Compression,
) -> Result<WriterProperties> {
    let metadata = vec![
        KeyValue::new("mwparquet.table".to_owned(), selection.table.written_name()),
        KeyValue::new(
            "mwparquet.table_version".to_owned(),
            SQL_TABLES_VERSION.to_string(),
        ),
    ];
    let mut builder = of_any_table(compression, metadata)?;
    for column in selection.columns() {
        let path = ColumnPath::from(column.name.as_str());
        builder = match column.kind {
            _ if column.repeats => builder,
            // Ids and times rise, or differ little; a dictionary of them would only be given up.
            DataType::Int64 | DataType::Timestamp(..) => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_compression(path.clone(), compression.of_numbers().codec()?)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            DataType::Float64 => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_compression(path, compression.of_numbers().codec()?),
            DataType::Binary => builder.set_column_dictionary_enabled(path, false),
            _ => builder,
        };
    }
    Ok(builder.build())
}
