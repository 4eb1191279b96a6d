//! SQL dumps through framer and workers, results in order.

mod pipeline;
mod rows;
mod tables;

pub(super) use self::pipeline::{SqlConsumer, SqlPipeline};
pub(super) use self::rows::Prepared;
pub(super) use self::tables::{SqlTables, merged};

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::document::wiki_of;
use crate::error::Result;
use crate::sql::Declared;
use crate::tables::SqlSelection;

/// Which tables of SQL dumps are wanted, with which columns, by the names that they are written by.
#[derive(Debug, Clone, Default)]
pub struct SqlWanted {
    /// The tables; all where nothing is said.
    pub tables: Option<HashSet<String>>,
    /// The columns of tables; all of those that are not named.
    pub columns: BTreeMap<String, Vec<String>>,
}

impl SqlWanted {
    /// What is to be made of a table that a dump of the file name `file_name` declares.
    pub(super) fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared> {
        let name = declared.table.written_name();
        let table = Arc::clone(&declared.table);
        let selection = match self.columns.get(&name) {
            Some(names) => SqlSelection::of(table, names)?,
            None => SqlSelection::all(table),
        };
        let is_written = self
            .tables
            .as_ref()
            .is_none_or(|tables| tables.contains(&name));
        Ok(Prepared {
            name,
            schema: selection.schema(),
            selection: Arc::new(selection),
            wiki_id: wiki_of(declared.database.as_deref(), file_name),
            writer: declared.writer.clone(),
            is_written,
        })
    }
}
