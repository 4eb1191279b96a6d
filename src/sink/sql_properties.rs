//! How tables of a database are encoded.

use arrow::datatypes::DataType;
use parquet::basic::Encoding;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::packing::Packing;
use super::properties::of_any_table;
use super::read::PartReader;
use crate::error::Result;
use crate::tables::SqlSelection;

/// Version of what the tables of SQL dumps mean: how their types become ours.
pub const SQL_TABLES_VERSION: u32 = 1;

pub(super) fn sql_properties(
    selection: &SqlSelection,
    packing: Packing,
) -> Result<WriterProperties> {
    let columns = selection.columns();
    let columns = columns
        .iter()
        .map(|column| (column.name.as_str(), &column.kind, column.repeats));
    properties_of(&selection.table.written_name(), columns, packing)
}

/// The same for a part that takes the place of another: what repeats has a dictionary there.
pub(super) fn sql_part_properties(
    table: &str,
    part: &PartReader,
    packing: Packing,
) -> Result<WriterProperties> {
    let schema = part.schema();
    let columns = schema.fields().iter().map(|field| {
        let repeats = part.has_dictionary(field.name());
        (field.name().as_str(), field.data_type(), repeats)
    });
    properties_of(table, columns, packing)
}

fn properties_of<'c>(
    table: &str,
    columns: impl Iterator<Item = (&'c str, &'c DataType, bool)>,
    packing: Packing,
) -> Result<WriterProperties> {
    let metadata = vec![
        KeyValue::new("mwparquet.table".to_owned(), table.to_owned()),
        KeyValue::new(
            "mwparquet.table_version".to_owned(),
            SQL_TABLES_VERSION.to_string(),
        ),
    ];
    let mut builder = of_any_table(packing, metadata)?;
    for (name, kind, repeats) in columns {
        let path = ColumnPath::from(name);
        builder = match kind {
            _ if repeats => builder,
            // Ids and times rise, or differ little; a dictionary of them would only be given up.
            DataType::Int64 | DataType::Timestamp(..) => {
                packing.encode_small(builder, path, Encoding::DELTA_BINARY_PACKED)?
            }
            DataType::Float64 => {
                let builder = builder.set_column_dictionary_enabled(path.clone(), false);
                packing.encode_small(builder, path, Encoding::PLAIN)?
            }
            DataType::Binary => builder.set_column_dictionary_enabled(path, false),
            _ => builder,
        };
    }
    Ok(builder.build())
}
