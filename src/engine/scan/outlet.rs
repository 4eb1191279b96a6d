//! The handing end of a scan.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, SchemaRef};

use super::{ScanReport, ScanTable};
use crate::engine::stream::Outlet;
use crate::error::{Error, Result};

/// Takes batches of one table, from any lane.
#[derive(Clone)]
pub(in crate::engine) struct TableOutlet {
    table: Arc<str>,
    schema: SchemaRef,
    batches: Outlet<RecordBatch, ScanReport>,
}

impl TableOutlet {
    pub(super) fn new(
        table: &ScanTable,
        schema: SchemaRef,
        batches: Outlet<RecordBatch, ScanReport>,
    ) -> Self {
        let table = match table {
            ScanTable::Ours(selection) => selection.table.name.into(),
            ScanTable::Sql { name, .. } => name.as_str().into(),
        };
        Self {
            table,
            schema,
            batches,
        }
    }

    /// Whether the table has the columns here that it was announced with.
    pub(in crate::engine) fn check(&self, schema: &SchemaRef) -> Result<()> {
        let alike = |(one, other): (&Arc<Field>, &Arc<Field>)| {
            one.name() == other.name()
                && one.data_type() == other.data_type()
                && one.is_nullable() == other.is_nullable()
        };
        let (ours, theirs) = (self.schema.fields(), schema.fields());
        match ours.len() == theirs.len() && ours.iter().zip(theirs).all(alike) {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "declares the table {} with other columns than the first input that has it: scan it \
                 by itself, or name columns that both have",
                self.table
            ))),
        }
    }

    fn hand_on(&self, batch: RecordBatch) -> Result<()> {
        let batch = batch
            .with_schema(Arc::clone(&self.schema))
            .map_err(|error| Error::internal("a batch has other columns").with_source(error))?;
        self.batches.put(batch)
    }
}

/// Small batches of a lane on their way to the outlet: few rows are wanted of some chunks, and each
/// batch costs its taker something.
pub(in crate::engine) struct Handing {
    outlet: TableOutlet,
    held: Vec<RecordBatch>,
    held_rows: usize,
    held_bytes: usize,
}

/// Batches of so many rows are handed on as they are, and smaller ones together.
const ROWS: usize = 8192;
/// The same in bytes.
const BYTES: usize = 1 << 20;

impl Handing {
    pub(in crate::engine) fn new(outlet: &TableOutlet) -> Self {
        Self {
            outlet: outlet.clone(),
            held: Vec::new(),
            held_rows: 0,
            held_bytes: 0,
        }
    }

    /// Takes a batch, if it is of the table that is scanned.
    pub(in crate::engine) fn push(&mut self, table: &str, batch: RecordBatch) -> Result<()> {
        if *table != *self.outlet.table || batch.num_rows() == 0 {
            return Ok(());
        }
        self.held_rows += batch.num_rows();
        self.held_bytes += batch.get_array_memory_size();
        self.held.push(batch);
        match self.held_rows >= ROWS || self.held_bytes >= BYTES {
            true => self.hand_on(),
            false => Ok(()),
        }
    }

    fn hand_on(&mut self) -> Result<()> {
        self.held_rows = 0;
        self.held_bytes = 0;
        let mut held = std::mem::take(&mut self.held);
        // A large one that comes behind small ones is not copied.
        let large = held.pop_if(|batch| batch.get_array_memory_size() >= BYTES / 2);
        let small = match held.len() {
            0 | 1 => held.pop(),
            _ => Some(joined(&held)?),
        };
        let mut batches = small.into_iter().chain(large);
        batches.try_for_each(|batch| self.outlet.hand_on(batch))
    }

    /// Hands on what is left.
    pub(in crate::engine) fn finish(mut self) -> Result<()> {
        self.hand_on()
    }
}

fn joined(batches: &[RecordBatch]) -> Result<RecordBatch> {
    let schema = batches.first().map(RecordBatch::schema);
    let schema = schema.ok_or_else(|| Error::internal("no batch to join"))?;
    concat_batches(&schema, batches)
        .map_err(|error| Error::internal("batches of a table differ").with_source(error))
}
