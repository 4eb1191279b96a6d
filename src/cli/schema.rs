//! `mwparquet schema`: the codebook.

use std::process::ExitCode;

use serde_json::json;

use super::args::SchemaArguments;
use super::print;
use crate::error::{Error, Result};
use crate::tables::{self, ColumnDoc, TableInfo};

pub(super) fn run(arguments: &SchemaArguments) -> Result<ExitCode> {
    let wanted: Vec<_> = tables::ALL
        .into_iter()
        .filter(|table| {
            arguments
                .table
                .as_ref()
                .is_none_or(|name| name == table.name)
        })
        .collect();
    let text = if arguments.json {
        let tables: Vec<_> = wanted.iter().map(|table| as_json(table)).collect();
        serde_json::to_string_pretty(&tables)
            .map_err(|error| Error::internal("cannot write JSON").with_source(error))?
            + "\n"
    } else if arguments.markdown {
        wanted
            .iter()
            .map(|table| as_markdown(table))
            .collect::<Vec<_>>()
            .join("\n")
    } else {
        wanted
            .iter()
            .map(|table| as_text(table))
            .collect::<Vec<_>>()
            .join("\n")
    };
    print(text.as_bytes())
}

fn as_json(table: &TableInfo) -> serde_json::Value {
    let columns: Vec<_> = table
        .columns()
        .into_iter()
        .map(|doc| {
            json!({
                "name": doc.name,
                "type": doc.kind.name(),
                "nullable": doc.nullable,
                "unit": doc.unit,
                "meaning": doc.meaning,
                "source": doc.source,
            })
        })
        .collect();
    json!({
        "table": table.name,
        "version": table.version,
        "row": table.row,
        "default": table.is_default,
        "columns": columns,
    })
}

fn as_markdown(table: &TableInfo) -> String {
    let mut text = format!(
        "## {}\n\nOne row: {}. Version {}{}.\n\n| column | type | null | unit | meaning | from |\n|---|---|---|---|---|---|\n",
        table.name,
        table.row,
        table.version,
        if table.is_default { "" } else { ", on request" },
    );
    for doc in table.columns() {
        text += &format!(
            "| {} | `{}` | {} | {} | {} | {} |\n",
            doc.name,
            doc.kind.name(),
            if doc.nullable { "yes" } else { "no" },
            doc.unit,
            doc.meaning,
            doc.source
        );
    }
    text
}

fn as_text(table: &TableInfo) -> String {
    let on_request = if table.is_default {
        ""
    } else {
        " (on request: --tables)"
    };
    let mut text = format!("{}: {}{on_request}\n", table.name, table.row);
    for doc in table.columns() {
        text += &column_text(doc);
    }
    text
}

fn column_text(doc: &ColumnDoc) -> String {
    let null = if doc.nullable { ", can be null" } else { "" };
    let unit = if doc.unit.is_empty() {
        String::new()
    } else {
        format!(" [{}]", doc.unit)
    };
    format!(
        "  {} {}{null}{unit}\n      {} From {}.\n",
        doc.name,
        doc.kind.name(),
        doc.meaning,
        doc.source
    )
}
