//! One SQL dump through framer and workers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::RecordBatch;
use bytes::Bytes;

use super::rows::{Prepared, SqlChunkRows, rows_of};
use crate::container::{Format, Sink, Trailing};
use crate::engine::decode::Feed;
use crate::engine::lane::Lane;
use crate::engine::pipeline::Passed;
use crate::engine::pool::Pending;
use crate::error::{Error, ErrorKind, FilePlace, Result};
use crate::source::Input;
use crate::sql::{Chunk, Declared, Frame, Framer, FramerOptions};

/// What becomes of the rows of SQL dumps.
pub(in crate::engine) trait SqlConsumer {
    /// What is to be made of a table.
    fn prepare(&self, declared: &Declared, file_name: &str) -> Result<Prepared>;

    /// A table begins.
    fn begin_table(&mut self, prepared: &Arc<Prepared>) -> Result<()>;

    /// Rows of a table, in the order of the dump; no batch of a table that is not written.
    fn take_rows(
        &mut self,
        prepared: &Prepared,
        rows: u64,
        batch: Option<RecordBatch>,
    ) -> Result<()>;

    /// Something was left out because of damage; `lost_bytes` of SQL where that is known.
    fn reject(&mut self, why: &Error, lost_bytes: Option<u64>) -> Result<()>;

    /// Finishes what is half done and holds memory, where it can.
    fn settle_sql(&mut self) -> Result<()> {
        Ok(())
    }

    /// Called now and then.
    fn tick_sql(&mut self) {}
}

pub(in crate::engine) struct SqlPipeline<'r, C: SqlConsumer> {
    name: Arc<str>,
    file_name: String,
    lane: &'r Lane<'r>,
    consumer: &'r mut C,
    framer: Framer,
    /// Tables by their names in the database.
    tables: BTreeMap<String, Arc<Prepared>>,
    queue: VecDeque<Queued>,
    in_flight_bytes: usize,
    /// Damage whose extent is not known yet.  Rows behind it count again from a statement on that
    /// begins a line.
    losing: Option<Error>,
    pieces: u64,
    trailing_zero_bytes: u64,
    /// Bytes of documents before the one at hand.
    earlier_bytes: u64,
}

enum Queued {
    Table {
        prepared: Arc<Prepared>,
        sql_offset_bytes: u64,
    },
    Chunk {
        bytes: usize,
        task: Pending<SqlChunkRows>,
    },
    Lost(Error),
    /// The document ends, at an offset.
    End(u64),
}

/// Chunks are no larger than that: so many bytes and their rows stay near a core, and few wait.
const CHUNK_MAX_BYTES: usize = 1 << 20;

fn chunk_bytes(lane: &Lane<'_>) -> usize {
    lane.limits.framer().chunk_bytes.min(CHUNK_MAX_BYTES)
}

/// A chunk's bytes, and about as many in the rows that it becomes.
const BYTES_IN_FLIGHT_PER_BYTE: usize = 2;

fn framer(lane: &Lane<'_>) -> Framer {
    let options = lane.limits.framer();
    Framer::new(FramerOptions {
        chunk_bytes: chunk_bytes(lane),
        row_max_bytes: options.record_max_bytes,
        keep_going: options.keep_going,
    })
}

impl<'r, C: SqlConsumer> SqlPipeline<'r, C> {
    pub(in crate::engine) fn new(input: &Input, lane: &'r Lane<'r>, consumer: &'r mut C) -> Self {
        Self {
            name: input.name(),
            file_name: input.file_name(),
            lane,
            consumer,
            framer: framer(lane),
            tables: BTreeMap::new(),
            queue: VecDeque::new(),
            in_flight_bytes: 0,
            losing: None,
            pieces: 0,
            trailing_zero_bytes: 0,
            earlier_bytes: 0,
        }
    }

    /// Ends when all is decoded, and tells the first thing that was wrong.
    pub(in crate::engine) fn end(mut self, decoded: Result<Format>) -> Result<Passed> {
        let outcome = decoded.and_then(|format| self.end_document().map(|()| format));
        match outcome {
            Ok(format) => {
                self.drain()?;
                Ok(Passed {
                    format,
                    pieces: self.pieces,
                    xml_bytes: self.earlier_bytes,
                    trailing_zero_bytes: self.trailing_zero_bytes,
                    is_sql: true,
                })
            }
            Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
            Err(error) => {
                // What is wrong earlier in the dump is told first, whoever noticed it first.
                self.drain()?;
                Err(error.in_input(&self.name))
            }
        }
    }

    fn end_document(&mut self) -> Result<()> {
        let outcome = self.framer.finish();
        self.take_frames()?;
        outcome?;
        let bytes = self.framer.received_bytes();
        self.queue.push_back(Queued::End(bytes));
        self.earlier_bytes += bytes;
        self.framer = framer(self.lane);
        self.tables.clear();
        Ok(())
    }

    fn take_frames(&mut self) -> Result<()> {
        while let Some(frame) = self.framer.next_frame() {
            match frame {
                Frame::Table(declared) => {
                    let prepared = self.consumer.prepare(&declared, &self.file_name);
                    let prepared = Arc::new(prepared.map_err(|error| error.in_input(&self.name))?);
                    let name = declared.table.name.clone();
                    self.tables.insert(name, Arc::clone(&prepared));
                    self.queue.push_back(Queued::Table {
                        prepared,
                        sql_offset_bytes: declared.sql_offset_bytes,
                    });
                }
                Frame::Chunk(chunk) => self.admit(chunk)?,
                Frame::Lost(why) => {
                    let why = why.in_input(&self.name);
                    self.queue.push_back(Queued::Lost(why));
                }
            }
        }
        Ok(())
    }

    /// Hands a chunk to the workers, when there is room for it.
    fn admit(&mut self, chunk: Chunk) -> Result<()> {
        let bytes = chunk.bytes.len() * BYTES_IN_FLIGHT_PER_BYTE;
        let share_bytes = self.lane.budget.chunks_bytes();
        if bytes > share_bytes {
            return self.run_large(bytes, chunk);
        }
        while self.is_ready() || self.in_flight_bytes + bytes > share_bytes.min(self.queued_bytes())
        {
            if self.queue.is_empty() {
                break;
            }
            self.collect_oldest()?;
        }
        self.hand_out(bytes, chunk)
    }

    /// More than this keeps no worker busy, and only takes memory: a decoder is to go on while all workers
    /// encode a row group.
    fn queued_bytes(&self) -> usize {
        const CHUNKS_WAITING: usize = 6;
        let chunks = self.lane.pool.threads() + CHUNKS_WAITING;
        let bytes = chunk_bytes(self.lane) * BYTES_IN_FLIGHT_PER_BYTE;
        chunks.saturating_mul(bytes)
    }

    /// Whether the oldest waits for nothing.
    fn is_ready(&self) -> bool {
        match self.queue.front() {
            Some(Queued::Chunk { task, .. }) => task.is_ready(),
            Some(_) => true,
            None => false,
        }
    }

    /// Sees a chunk through that is larger than this input's share, as one input at a time does.
    fn run_large(&mut self, bytes: usize, chunk: Chunk) -> Result<()> {
        self.drain()?;
        self.consumer.settle_sql()?;
        let budget = self.lane.budget;
        let _turn = budget.large_turn();
        self.hand_out(bytes, chunk)?;
        self.drain()?;
        self.consumer.settle_sql()
    }

    fn hand_out(&mut self, bytes: usize, chunk: Chunk) -> Result<()> {
        let prepared = self.tables.get(&chunk.table.name).map(Arc::clone);
        let prepared = prepared.ok_or_else(|| Error::internal("rows of an unknown table"))?;
        let options = self.lane.limits.framer();
        let name = Arc::clone(&self.name);
        self.in_flight_bytes += bytes;
        let task = self.lane.pool.spawn(move || {
            rows_of(
                &prepared,
                &chunk,
                options.record_max_bytes,
                options.keep_going,
            )
            .map_err(|error| error.in_input(&name))
        });
        self.queue.push_back(Queued::Chunk { bytes, task });
        Ok(())
    }

    fn collect_oldest(&mut self) -> Result<()> {
        match self.queue.pop_front() {
            Some(Queued::Table {
                prepared,
                sql_offset_bytes,
            }) => {
                self.end_loss(sql_offset_bytes)?;
                self.consumer.begin_table(&prepared)
            }
            Some(Queued::Chunk { bytes, task }) => {
                let rows = task.wait()?;
                self.in_flight_bytes -= bytes;
                self.collect(rows)
            }
            Some(Queued::Lost(why)) => {
                // What is noticed within a loss belongs to it.
                self.losing.get_or_insert(why);
                Ok(())
            }
            Some(Queued::End(offset)) => self.end_loss(offset),
            None => Ok(()),
        }
    }

    fn collect(&mut self, chunk: SqlChunkRows) -> Result<()> {
        let SqlChunkRows {
            prepared,
            batch,
            runs,
        } = chunk;
        let is_sound = self.losing.is_none() && runs.iter().all(|run| run.broken.is_none());
        if is_sound {
            let rows: usize = runs.iter().map(|run| run.rows).sum();
            self.consumer.take_rows(&prepared, rows as u64, batch)?;
            for (why, bytes) in runs.into_iter().flat_map(|run| run.rejects) {
                self.consumer
                    .reject(&why.in_input(&self.name), Some(bytes))?;
            }
            return Ok(());
        }
        let mut begin = 0;
        for run in runs {
            let rows = begin..begin + run.rows;
            begin = rows.end;
            if let Some(offset) = run.fresh_at {
                self.end_loss(offset)?;
            }
            if self.losing.is_some() {
                continue;
            }
            let part = batch
                .as_ref()
                .filter(|_| !rows.is_empty())
                .map(|batch| batch.slice(rows.start, rows.len()));
            self.consumer
                .take_rows(&prepared, rows.len() as u64, part)?;
            for (why, bytes) in run.rejects {
                self.consumer
                    .reject(&why.in_input(&self.name), Some(bytes))?;
            }
            self.losing = run.broken.map(|why| why.in_input(&self.name));
        }
        Ok(())
    }

    /// What was being lost ends before an offset.
    fn end_loss(&mut self, offset: u64) -> Result<()> {
        let Some(why) = self.losing.take() else {
            return Ok(());
        };
        let begin = why.location().sql_offset_bytes;
        let bytes = begin.map(|begin| offset.saturating_sub(begin));
        self.consumer.reject(&why, bytes)
    }

    fn drain(&mut self) -> Result<()> {
        while !self.queue.is_empty() {
            self.lane.stop.check()?;
            self.collect_oldest()?;
        }
        Ok(())
    }
}

impl<C: SqlConsumer> Sink for SqlPipeline<'_, C> {
    fn data(&mut self, bytes: Bytes, place: FilePlace) -> Result<()> {
        self.lane.stop.check()?;
        let read = &self.lane.progress.xml_bytes;
        read.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.consumer.tick_sql();
        let outcome = self.framer.push(&bytes, place);
        self.take_frames()?;
        outcome
    }

    fn next_document(&mut self) -> Result<()> {
        self.end_document()
    }

    fn piece_ended(&mut self) {
        self.pieces += 1;
    }

    fn trailing(&mut self, trailing: Trailing) -> Result<()> {
        if trailing.all_zero {
            self.trailing_zero_bytes += trailing.bytes;
            return Ok(());
        }
        let why = trailing.damage().in_input(&self.name);
        match self.lane.limits.keep_going {
            true => {
                self.queue.push_back(Queued::Lost(why));
                Ok(())
            }
            false => Err(why),
        }
    }
}

impl<C: SqlConsumer> Feed for SqlPipeline<'_, C> {
    fn gap(&mut self, why: Error) -> Result<()> {
        self.framer.gap(why.in_input(&self.name))?;
        self.take_frames()
    }
}
