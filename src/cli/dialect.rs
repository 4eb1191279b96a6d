//! `schema --dialect`: what makes a table known to a program that reads it.

mod code;
mod sql;
mod types;

use arrow::datatypes::DataType;

use super::args::{DialectArguments, DialectName, LayoutName};
use crate::error::{Error, Result};
use crate::sink::SNAPSHOT;
use crate::tables::{ColumnDoc, SqlColumnDoc};

/// A table as those see it who read it.
pub(super) struct ReadTable {
    pub(super) name: String,
    /// One row is …
    pub(super) row: String,
    /// The column of the wiki, by which the table is partitioned if it is.
    pub(super) wiki_column: &'static str,
    pub(super) columns: Vec<ReadColumn>,
    /// Names of those that files have only if they were asked for.
    pub(super) on_request: &'static [&'static str],
}

/// A column of it.
pub(super) struct ReadColumn {
    name: String,
    kind: DataType,
    meaning: String,
}

impl ReadColumn {
    /// Of a table of ours.
    pub(super) fn of(doc: &ColumnDoc) -> Self {
        Self {
            name: doc.name.to_owned(),
            kind: doc.kind.arrow(),
            meaning: doc.meaning.to_owned(),
        }
    }

    /// Of a table of an SQL dump.
    pub(super) fn of_sql(doc: SqlColumnDoc) -> Self {
        Self {
            name: doc.name,
            kind: doc.kind,
            meaning: doc.meaning,
        }
    }
}

/// A table where it lies.
struct Placed<'t> {
    table: &'t ReadTable,
    /// The folder of the table, as the program is to find it.
    folder: String,
    /// Whether it has partitions by wiki and snapshot.
    is_partitioned: bool,
    /// Whether files have the columns that are written on request.
    has_all: bool,
}

impl Placed<'_> {
    /// The columns that files have.
    fn columns(&self) -> impl Iterator<Item = &ReadColumn> {
        let partition = self.is_partitioned.then_some(self.table.wiki_column);
        let left_out = match self.has_all {
            true => &[],
            false => self.table.on_request,
        };
        let columns = self.table.columns.iter();
        columns.filter(move |column| {
            let name = &column.name[..];
            partition != Some(name) && !left_out.contains(&name)
        })
    }

    /// The columns of partitions, which names of folders tell; all are strings.
    fn partitions(&self) -> Vec<&str> {
        match self.is_partitioned {
            true => vec![self.table.wiki_column, SNAPSHOT],
            false => Vec::new(),
        }
    }

    /// The pattern of the table's files.
    fn pattern(&self) -> String {
        match self.is_partitioned {
            true => format!("{}/*/*/part-*.parquet", self.folder),
            false => format!("{}/part-*.parquet", self.folder),
        }
    }
}

/// What makes a table known to a program.
pub(super) fn written_in(
    dialect: DialectName,
    table: &ReadTable,
    arguments: &DialectArguments,
) -> Result<String> {
    let location = arguments
        .location
        .to_str()
        .ok_or_else(|| Error::usage("--location is no UTF-8, and cannot be written into code"))?;
    let is_of_cluster = matches!(
        dialect,
        DialectName::Hive | DialectName::Spark | DialectName::Trino | DialectName::Iceberg
    );
    let location = match is_of_cluster && !location.contains("://") {
        // Clusters take other paths for ones below a folder of theirs.
        true => std::path::absolute(&arguments.location)
            .map_err(|error| Error::io("cannot tell the folder that works are in", error))?
            .to_string_lossy()
            .into_owned(),
        false => location.to_owned(),
    };
    let placed = Placed {
        table,
        folder: format!("{}/{}", location.trim_end_matches('/'), table.name),
        is_partitioned: arguments.layout == LayoutName::Hive,
        has_all: arguments.persistence,
    };
    Ok(match dialect {
        DialectName::Hive => sql::hive(&placed),
        DialectName::Spark => sql::spark(&placed),
        DialectName::Trino => sql::trino(&placed),
        DialectName::Duckdb => sql::duckdb(&placed),
        DialectName::Iceberg => sql::iceberg(&placed),
        DialectName::R => code::r(&placed),
        DialectName::Polars => code::polars(&placed),
    })
}
