//! `mwparquet schema`: the codebook.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::args::{SQL_PREFIX, SchemaArguments};
use super::dialect::{ReadColumn, ReadTable, written_in};
use super::print;
use crate::engine::{Limits, Pool, Stop, inspect};
use crate::error::{Error, Result};
use crate::sink::SQL_TABLES_VERSION;
use crate::source::Input;
use crate::sql::parse_definition;
use crate::tables::{self, SqlSelection, SqlTableDoc, TableInfo};

/// What is told of the tables of a name, or of all, as JSON.
pub(super) fn json_of(table: Option<&str>, stop: &Stop) -> Result<String> {
    let tables: Vec<_> = sheets_of(table, stop)?.iter().map(as_json).collect();
    serde_json::to_string_pretty(&tables)
        .map_err(|error| Error::internal("cannot write JSON").with_source(error))
}

fn sheets_of(table: Option<&str>, stop: &Stop) -> Result<Vec<Sheet>> {
    Ok(match table {
        None => {
            let ours = tables::ALL.into_iter().map(Sheet::of_table);
            ours.chain(tables::sql_tables().filter_map(Sheet::of_sql_doc))
                .collect()
        }
        Some(name) => match tables::by_name(name)
            .or_else(|| tables::profile_by_name(name).map(|profile| profile.table))
        {
            Some(table) => vec![Sheet::of_table(table)],
            None if Path::new(name).is_file() => of_file(name, stop)?,
            None => vec![of_sql_name(name)?],
        },
    })
}

pub(super) fn run(arguments: &SchemaArguments, stop: &Stop) -> Result<ExitCode> {
    let table = arguments.table.as_deref();
    if arguments.json && arguments.dialect.dialect.is_none() {
        return print((json_of(table, stop)? + "\n").as_bytes());
    }
    let sheets = sheets_of(table, stop)?;
    let text = if let Some(dialect) = arguments.dialect.dialect {
        let written = |sheet: &Sheet| written_in(dialect, &sheet.table, &arguments.dialect);
        let tables: Vec<_> = sheets.iter().map(written).collect::<Result<_>>()?;
        tables.join("\n")
    } else if arguments.markdown {
        sheets
            .iter()
            .map(as_markdown)
            .collect::<Vec<_>>()
            .join("\n")
    } else {
        sheets.iter().map(as_text).collect::<Vec<_>>().join("\n")
    };
    print(text.as_bytes())
}

/// The tables that an SQL dump declares.
fn of_file(path: &str, stop: &Stop) -> Result<Vec<Sheet>> {
    let input = Input::File(PathBuf::from(path));
    let inspection = inspect(&input, false, &Limits::default(), &Pool::new(1)?, stop)?;
    if inspection.sql_tables.is_empty() {
        return Err(Error::usage(format!(
            "{path} is no SQL dump; of XML dumps the tables are always the same: mwparquet schema"
        )));
    }
    let declared = inspection.sql_tables.into_iter();
    Ok(declared
        .map(|table| Sheet::of_selection(&SqlSelection::all(table.declared)))
        .collect())
}

/// A table of SQL dumps that is documented.
fn of_sql_name(name: &str) -> Result<Sheet> {
    name.strip_prefix(SQL_PREFIX)
        .and_then(tables::sql_table_doc)
        .and_then(Sheet::of_sql_doc)
        .ok_or_else(|| {
            Error::usage(format!(
                "nothing is known of {name} without its dump: name the file instead"
            ))
        })
}

/// What is told of a table.
struct Sheet {
    name: String,
    version: u32,
    row: String,
    /// Why it is not written by default, if it is not.
    on_request: bool,
    lines: Vec<Line>,
    /// The same for programs that read the table.
    table: ReadTable,
}

/// What is told of a column.
struct Line {
    name: String,
    kind: String,
    nullable: bool,
    unit: String,
    meaning: String,
    source: String,
    /// Whether it is written without being asked for.
    is_default: bool,
}

impl Sheet {
    fn of_table(table: &TableInfo) -> Self {
        let lines = table.columns().into_iter().map(|doc| Line {
            name: doc.name.to_owned(),
            kind: doc.kind.name().to_owned(),
            nullable: doc.nullable,
            unit: doc.unit.to_owned(),
            meaning: doc.meaning.to_owned(),
            source: doc.source.to_owned(),
            is_default: !table.on_request().contains(&doc.name),
        });
        Self {
            name: table.name.to_owned(),
            version: table.version,
            row: table.row.to_owned(),
            on_request: !table.is_default,
            lines: lines.collect(),
            table: ReadTable {
                name: table.name.to_owned(),
                row: table.row.to_owned(),
                wiki_column: table.wiki_column(),
                columns: table.columns().into_iter().map(ReadColumn::of).collect(),
                on_request: table.on_request(),
            },
        }
    }

    fn of_selection(selection: &SqlSelection) -> Self {
        let lines = selection.columns().into_iter().map(|doc| Line {
            kind: doc.type_name(),
            name: doc.name,
            nullable: doc.nullable,
            unit: doc.unit.to_owned(),
            meaning: doc.meaning,
            source: doc.source,
            is_default: true,
        });
        Self {
            name: selection.table.written_name(),
            version: SQL_TABLES_VERSION,
            row: selection.row(),
            on_request: false,
            lines: lines.collect(),
            table: ReadTable {
                name: selection.table.written_name(),
                row: selection.row(),
                wiki_column: tables::WIKI_ID,
                on_request: &[],
                columns: selection
                    .columns()
                    .into_iter()
                    .map(ReadColumn::of_sql)
                    .collect(),
            },
        }
    }

    /// A table as it is usually declared.
    fn of_sql_doc(doc: &SqlTableDoc) -> Option<Self> {
        let columns = doc.columns.iter();
        let declared: Vec<_> = columns
            .filter(|column| !column.declared.is_empty())
            .map(|column| format!("`{}` {}", column.name, column.declared))
            .collect();
        let text = format!("CREATE TABLE `{}` ({})", doc.name, declared.join(", "));
        let table = parse_definition(text.as_bytes(), true).ok()??;
        Some(Self::of_selection(&SqlSelection::all(table.into())))
    }
}

fn as_json(sheet: &Sheet) -> serde_json::Value {
    let columns: Vec<_> = sheet
        .lines
        .iter()
        .map(|line| {
            json!({
                "name": line.name,
                "type": line.kind,
                "nullable": line.nullable,
                "unit": line.unit,
                "meaning": line.meaning,
                "source": line.source,
                "default": line.is_default,
            })
        })
        .collect();
    json!({
        "table": sheet.name,
        "version": sheet.version,
        "row": sheet.row,
        "default": !sheet.on_request,
        "columns": columns,
    })
}

fn as_markdown(sheet: &Sheet) -> String {
    let mut text = format!(
        "## {}\n\nOne row: {}. Version {}{}.\n\n| column | type | null | unit | meaning | from |\n|---|---|---|---|---|---|\n",
        sheet.name,
        sheet.row,
        sheet.version,
        if sheet.on_request { ", on request" } else { "" },
    );
    for line in &sheet.lines {
        text += &format!(
            "| {} | `{}` | {} | {} | {} | {} |\n",
            line.name,
            line.kind,
            if line.nullable { "yes" } else { "no" },
            line.unit,
            line.meaning,
            line.source
        );
    }
    text
}

fn as_text(sheet: &Sheet) -> String {
    let on_request = if sheet.on_request {
        " (on request: --tables)"
    } else {
        ""
    };
    let mut text = format!("{}: {}{on_request}\n", sheet.name, sheet.row);
    for line in &sheet.lines {
        text += &line_text(line);
    }
    text
}

fn line_text(line: &Line) -> String {
    let null = if line.nullable { ", can be null" } else { "" };
    let unit = match line.unit.as_str() {
        "" => String::new(),
        unit => format!(" [{unit}]"),
    };
    let meaning = match line.meaning.as_str() {
        "" => String::new(),
        meaning => format!("{meaning} "),
    };
    format!(
        "  {} {}{null}{unit}\n      {meaning}From {}.\n",
        line.name, line.kind, line.source
    )
}
