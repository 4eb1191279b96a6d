//! One table's batches on their way to disk: gathered to row groups, encoded by workers, appended
//! in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;

use super::pool::{Pending, Pool};
use super::progress::Progress;
use crate::error::Result;
use crate::sink::{EncodedRowGroup, Part, TableWriter};

pub(super) struct TableStream {
    writer: TableWriter,
    row_group_bytes: usize,
    gathered: Vec<RecordBatch>,
    gathered_bytes: usize,
    encoding: VecDeque<Pending<EncodedRowGroup>>,
}

impl TableStream {
    pub(super) fn new(writer: TableWriter, row_group_bytes: usize) -> Self {
        Self {
            writer,
            row_group_bytes,
            gathered: Vec::new(),
            gathered_bytes: 0,
            encoding: VecDeque::new(),
        }
    }

    /// Adds rows.  Where row groups end depends on the rows alone.
    pub(super) fn push(
        &mut self,
        batch: RecordBatch,
        pool: &Pool,
        progress: &Progress,
    ) -> Result<()> {
        self.gathered_bytes += batch.get_array_memory_size();
        self.gathered.push(batch);
        if self.gathered_bytes >= self.row_group_bytes {
            self.close_row_group(pool, progress)?;
        }
        Ok(())
    }

    fn close_row_group(&mut self, pool: &Pool, progress: &Progress) -> Result<()> {
        // One row group waits while another is encoded.
        while self.encoding.len() >= 2 {
            self.append_oldest(progress)?;
        }
        let batches = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let encoder = self.writer.encoder().clone();
        self.encoding
            .push_back(pool.spawn(move || encoder.encode(&batches)));
        Ok(())
    }

    fn append_oldest(&mut self, progress: &Progress) -> Result<()> {
        if let Some(group) = self.encoding.pop_front() {
            let bytes = self.writer.append(group.wait()?)?;
            progress.written_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, pool: &Pool, progress: &Arc<Progress>) -> Result<Vec<Part>> {
        if !self.gathered.is_empty() {
            self.close_row_group(pool, progress)?;
        }
        while !self.encoding.is_empty() {
            self.append_oldest(progress)?;
        }
        self.writer.finish()
    }
}
