//! The tables of SQL dumps: written by input, told by job.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::{Array, MapArray, RecordBatch};

use super::pipeline::SqlConsumer;
use super::rows::Prepared;
use crate::engine::input_tables::InputTables;
use crate::error::{Error, Result};
use crate::sql::Declared;
use crate::tables::SqlColumnDoc;

/// The tables of one input, in the order of their declarations.
#[derive(Debug, Default)]
pub(in crate::engine) struct SqlTables {
    pub tables: Vec<Arc<Prepared>>,
    /// The program that wrote the dump.
    pub writer: Option<String>,
    pub wiki_id: Option<String>,
}

impl SqlConsumer for InputTables<'_> {
    fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared> {
        self.plan.sql.prepare(declared, file_name)
    }

    fn begin_table(&mut self, prepared: &Arc<Prepared>) -> Result<()> {
        self.sql.writer.clone_from(&prepared.writer);
        self.sql.wiki_id.clone_from(&prepared.wiki_id);
        if !prepared.is_written {
            return Ok(());
        }
        if self.plan.wanted.protection.replaces() {
            return Err(not_protected(&prepared.name).in_input(&self.input));
        }
        let mut before = self.sql.tables.iter();
        match before.find(|table| table.name == prepared.name) {
            Some(table) if table.selection == prepared.selection => return Ok(()),
            Some(table) => return Err(declared_otherwise(&table.name).in_input(&self.input)),
            None => {}
        }
        match self.plan.outlet() {
            Some(outlet) => {
                let checked = outlet.check(&prepared.schema);
                checked.map_err(|error| error.in_input(&self.input))?;
            }
            None => {
                let writer = self.plan.sql_writer(prepared, Some(self.number))?;
                self.groups.begin_table(&prepared.name, writer)?;
            }
        }
        self.sql.tables.push(Arc::clone(prepared));
        Ok(())
    }

    fn take_rows(
        &mut self,
        prepared: &Prepared,
        rows: u64,
        batch: Option<RecordBatch>,
    ) -> Result<()> {
        self.seen.sql_rows += rows;
        let read = &self.lane.progress.sql_rows;
        read.fetch_add(rows, Ordering::Relaxed);
        self.seen.sql_raw_values += batch.as_ref().map_or(0, raw_values);
        self.groups.push_named(&prepared.name, batch)
    }

    fn reject(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()> {
        self.push_loss(why, lost_bytes, self.sql.wiki_id.clone())
    }

    fn settle_sql(&mut self) -> Result<()> {
        self.groups.settle()
    }
}

/// Rows of a database's tables go as they are, with all that they tell of people.
fn not_protected(table: &str) -> Error {
    Error::usage(format!(
        "--ip and --user do nothing for tables of SQL dumps, such as {table}: leave such dumps out \
         (--kind names what is taken of a run)"
    ))
}

fn declared_otherwise(table: &str) -> Error {
    Error::usage(format!(
        "declares the table {table} with other columns than it was declared with before: convert it \
         into a folder of its own"
    ))
}

/// How many values of a batch its columns cannot hold.
fn raw_values(batch: &RecordBatch) -> u64 {
    let column = batch.column_by_name("raw_values");
    let map = column.and_then(|column| column.as_any().downcast_ref::<MapArray>());
    map.map_or(0, |map| {
        let ends = map.value_offsets();
        let count = ends
            .last()
            .zip(ends.first())
            .map(|(end, begin)| end - begin);
        count.and_then(|count| count.try_into().ok()).unwrap_or(0)
    })
}

/// A table of the job: that of its first input, and the columns of all.
pub(in crate::engine) struct Merged {
    pub first: Arc<Prepared>,
    pub columns: Vec<SqlColumnDoc>,
}

/// The tables of all inputs.  One input may have columns that another has not, as wikis and months
/// differ, but columns of one name must be of one type.
pub(in crate::engine) fn merged(
    inputs: &BTreeMap<usize, (Arc<str>, SqlTables)>,
) -> Result<BTreeMap<String, Merged>> {
    let mut tables = BTreeMap::<String, Merged>::new();
    for (input, sql) in inputs.values() {
        for prepared in &sql.tables {
            let docs = prepared.selection.columns();
            let Some(known) = tables.get_mut(&prepared.name) else {
                let first = Arc::clone(prepared);
                let columns = docs;
                tables.insert(prepared.name.clone(), Merged { first, columns });
                continue;
            };
            for doc in docs {
                let mut columns = known.columns.iter();
                match columns.find(|column| column.name == doc.name) {
                    Some(column) if column.kind == doc.kind => {}
                    Some(column) => {
                        let (here, there) = (doc.type_name(), column.type_name());
                        return Err(Error::usage(format!(
                            "has {} in {} as {here}, and another input as {there}: convert it into a \
                             folder of its own",
                            doc.name, prepared.name
                        ))
                        .in_input(input));
                    }
                    None => known.columns.push(doc),
                }
            }
        }
    }
    Ok(tables)
}
