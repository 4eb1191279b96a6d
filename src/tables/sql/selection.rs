//! A table with the columns that are wanted of it, and what they mean.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use super::super::sql_docs::{column_meaning, of_table};
use crate::error::{Error, Result};
use crate::model::{SqlColumn, SqlKind, SqlTable};

/// The column that says which wiki a row is of.
pub(super) const WIKI_ID: &str = "wiki_id";
/// The column with values that their own column cannot hold.
pub(super) const RAW_VALUES: &str = "raw_values";
/// What the name of a column that says so of another ends in.
pub(super) const IS_INFINITE: &str = "_is_infinite";

/// A table of a database with the columns that are wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlSelection {
    /// The table.
    pub table: Arc<SqlTable>,
    /// For each of its columns, whether it is wanted.
    pub wanted: Vec<bool>,
    /// Whether rows say which wiki they are of.
    pub with_wiki_id: bool,
}

/// A column as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlColumnDoc {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: DataType,
    /// Whether a value can be absent.
    pub nullable: bool,
    /// Unit or notation of the values.
    pub unit: &'static str,
    /// The meaning, and what an absent value says.
    pub meaning: String,
    /// Where it comes from.
    pub source: String,
    /// Whether few different values are to be expected.
    pub repeats: bool,
}

impl SqlSelection {
    /// All columns of a table.
    pub fn all(table: Arc<SqlTable>) -> Self {
        Self {
            wanted: vec![true; table.columns.len()],
            with_wiki_id: !table.columns.iter().any(|column| column.name == WIKI_ID),
            table,
        }
    }

    /// The named columns of a table, in the table's order.  Columns that say more of them come along.
    pub fn of(table: Arc<SqlTable>, names: &[String]) -> Result<Self> {
        let all = Self::all(table);
        let docs = all.columns();
        if let Some(name) = names
            .iter()
            .find(|name| !docs.iter().any(|doc| doc.name == **name))
        {
            let known: Vec<_> = docs.iter().map(|doc| doc.name.as_str()).collect();
            return Err(Error::usage(format!(
                "the table {} has no column {name:?}; it has {}",
                all.table.written_name(),
                known.join(", ")
            )));
        }
        let is_named = |name: &str| names.iter().any(|other| other == name);
        let columns = all.table.columns.iter();
        Ok(Self {
            wanted: columns.map(|column| is_named(&column.name)).collect(),
            with_wiki_id: all.with_wiki_id && is_named(WIKI_ID),
            ..all
        })
    }

    /// The columns of the table that are wanted.
    pub(super) fn wanted_columns(&self) -> impl Iterator<Item = &SqlColumn> {
        let columns = self.table.columns.iter().zip(&self.wanted);
        columns.filter_map(|(column, wanted)| wanted.then_some(column))
    }

    /// Whether a value can be one that its own column cannot hold.
    pub(super) fn has_raw_values(&self) -> bool {
        self.wanted_columns().any(|column| can_be_raw(column.kind))
    }

    /// What is written, column by column.
    pub fn columns(&self) -> Vec<SqlColumnDoc> {
        let mut docs = Vec::new();
        if self.with_wiki_id {
            docs.push(SqlColumnDoc {
                name: WIKI_ID.to_owned(),
                kind: DataType::Utf8,
                nullable: true,
                unit: "",
                meaning: "Database name of the wiki, where it is known.".to_owned(),
                source: "the dump's header, or the name of the file".to_owned(),
                repeats: true,
            });
        }
        for column in self.wanted_columns() {
            self.push_docs(column, &mut docs);
        }
        if self.has_raw_values() {
            docs.push(SqlColumnDoc {
                name: RAW_VALUES.to_owned(),
                kind: raw_values_type(),
                nullable: true,
                unit: "",
                meaning: "Values that their own column cannot hold and is null for, as bytes by the \
                          column's name: text that is not UTF-8, and times that are empty or zero. Null \
                          where there is none."
                    .to_owned(),
                source: self.table.name.clone(),
                repeats: false,
            });
        }
        docs
    }

    fn push_docs(&self, column: &SqlColumn, docs: &mut Vec<SqlColumnDoc>) {
        let table = &self.table.name;
        let meaning = column_meaning(table, &column.name);
        let mut meaning = meaning.map_or_else(String::new, str::to_owned);
        if column.is_generated {
            meaning += " Computed by the database; null where the dump leaves it out.";
        }
        docs.push(SqlColumnDoc {
            name: column.name.clone(),
            kind: arrow_type(column.kind),
            nullable: column.nullable || can_be_raw(column.kind),
            unit: "",
            meaning: meaning.trim_start().to_owned(),
            source: format!("{table}.{} {}", column.name, column.declared),
            repeats: matches!(
                column.kind,
                SqlKind::Int { repeats: true } | SqlKind::Bits | SqlKind::Text
            ),
        });
        if column.kind == (SqlKind::WikiTime { ends: true }) {
            docs.push(SqlColumnDoc {
                name: format!("{}{IS_INFINITE}", column.name),
                kind: DataType::Boolean,
                nullable: true,
                unit: "",
                meaning: format!(
                    "Whether {} is `infinity`, which means never; null where it is NULL.",
                    column.name
                ),
                source: format!("{table}.{}", column.name),
                repeats: true,
            });
        }
    }

    /// What one row is.
    pub fn row(&self) -> String {
        let doc = of_table(&self.table.name);
        doc.map_or_else(
            || {
                format!(
                    "a row of the table {} of a wiki's database",
                    self.table.name
                )
            },
            |doc| doc.row.to_owned(),
        )
    }

    /// The schema in Arrow, each field with its meaning as metadata.
    pub fn schema(&self) -> SchemaRef {
        let fields: Vec<_> = self
            .columns()
            .into_iter()
            .map(|doc| {
                let metadata = HashMap::from([
                    ("description".to_owned(), doc.meaning),
                    ("source".to_owned(), doc.source),
                    ("unit".to_owned(), doc.unit.to_owned()),
                ]);
                Field::new(doc.name, doc.kind, doc.nullable).with_metadata(metadata)
            })
            .collect();
        Arc::new(Schema::new(fields))
    }
}

/// Whether a value can be one that the column cannot hold and that is kept nevertheless.
pub(super) fn can_be_raw(kind: SqlKind) -> bool {
    matches!(
        kind,
        SqlKind::Text | SqlKind::WikiTime { .. } | SqlKind::Time { .. } | SqlKind::Day
    )
}

pub(super) fn arrow_type(kind: SqlKind) -> DataType {
    match kind {
        SqlKind::Int { .. } | SqlKind::Bits => DataType::Int64,
        SqlKind::Float => DataType::Float64,
        SqlKind::Decimal { precision, scale } => {
            DataType::Decimal128(precision, i8::try_from(scale).unwrap_or_default())
        }
        SqlKind::Text => DataType::Utf8,
        SqlKind::Bytes => DataType::Binary,
        SqlKind::Time { is_utc: false } => DataType::Timestamp(TimeUnit::Microsecond, None),
        SqlKind::WikiTime { .. } | SqlKind::Time { .. } => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        SqlKind::Day => DataType::Date32,
    }
}

pub(super) fn raw_key() -> Field {
    Field::new("key", DataType::Utf8, false)
}

pub(super) fn raw_value() -> Field {
    Field::new("value", DataType::Binary, false)
}

pub(super) fn raw_values_type() -> DataType {
    let fields = Fields::from(vec![raw_key(), raw_value()]);
    let entry = Field::new("key_value", DataType::Struct(fields), false);
    DataType::Map(Arc::new(entry), false)
}

impl SqlColumnDoc {
    /// The name of its type for people.
    pub fn type_name(&self) -> String {
        match &self.kind {
            DataType::Int64 => "int64".to_owned(),
            DataType::Float64 => "float64".to_owned(),
            DataType::Boolean => "boolean".to_owned(),
            DataType::Utf8 => "string".to_owned(),
            DataType::Binary => "binary".to_owned(),
            DataType::Date32 => "date".to_owned(),
            DataType::Timestamp(_, Some(_)) => "timestamp(us, UTC)".to_owned(),
            DataType::Timestamp(_, None) => "timestamp(us), zone not said".to_owned(),
            DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
            _ => "map<string, binary>".to_owned(),
        }
    }
}
