//! Code that reads a table.

use super::Placed;
use super::types::R;

/// A text in quotes, as R and Python read it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What the columns mean, a line each.
fn comments(placed: &Placed<'_>) -> String {
    let row = &placed.table.row;
    let columns = placed.columns();
    let lines = columns.map(|column| format!("#   {}: {}\n", column.name, column.meaning));
    format!("# One row: {row}.\n{}", lines.collect::<String>())
}

pub(super) fn polars(placed: &Placed<'_>) -> String {
    let mut options = String::new();
    if placed.is_partitioned {
        let kinds: Vec<_> = placed
            .partitions()
            .iter()
            .map(|name| format!("{}: pl.String", quoted(name)))
            .collect();
        options = format!(
            ",\n    hive_partitioning=True,\n    hive_schema={{{}}},\n",
            kinds.join(", ")
        );
    }
    format!(
        "import polars as pl\n\n{}{} = pl.scan_parquet({}{options})\n",
        comments(placed),
        placed.table.name,
        quoted(&placed.pattern()),
    )
}

pub(super) fn r(placed: &Placed<'_>) -> String {
    let mut fields: Vec<_> = placed
        .columns()
        .map(|column| format!("    {} = {}", column.name, R.of(&column.kind)))
        .collect();
    let mut partitioning = String::new();
    if placed.is_partitioned {
        let partitions = placed.partitions();
        let kinds: Vec<_> = partitions
            .iter()
            .map(|name| format!("{name} = utf8()"))
            .collect();
        fields.extend(kinds.iter().map(|kind| format!("    {kind}")));
        partitioning = format!(",\n  partitioning = hive_partition({})", kinds.join(", "));
    }
    format!(
        "library(arrow)\nlibrary(dplyr)\n\n{}{} <- open_dataset(\n  {},\n  schema = schema(\n{}\n  ){partitioning}\n)\n",
        comments(placed),
        placed.table.name,
        quoted(&placed.folder),
        fields.join(",\n"),
    )
}
