//! Writing anew the parts in which something changes.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::{Facts, Lost};
use super::newer::Newer;
use super::output::{Output, OutputTable};
use super::survey::Touched;
use crate::derive::tokens::Tokenizer;
use crate::engine::apply::{COLUMNS as DIFF_COLUMNS, History, Rows as DiffRows};
use crate::engine::options::Limits;
use crate::engine::pool::{Pending, Pool};
use crate::engine::progress::Stop;
use crate::error::{Error, Result};
use crate::sink::{Access, Part, PartRewriter, RewriteOptions, Rewriting};
use crate::tables;

/// Rows that are read at once of tables whose rows may hold whole texts, and of others.
const TEXT_ROWS: usize = 16;
const OTHER_ROWS: usize = 8192;
/// A row group is closed at so many bytes where the manifest does not say.
const ROW_GROUP_BYTES: usize = 32 << 20;

pub(super) struct Rewriter<'r> {
    pub(super) output: &'r Output,
    pub(super) newer: &'r Arc<Newer>,
    pub(super) lost: &'r Arc<Lost>,
    pub(super) limits: &'r Limits,
    pub(super) pool: &'r Pool,
    pub(super) stop: &'r Stop,
}

/// What a task needs to write parts anew.
struct Work {
    table: OutputTable,
    options: RewriteOptions,
    newer: Arc<Newer>,
    lost: Arc<Lost>,
    stop: Stop,
}

impl Rewriter<'_> {
    /// Writes parts anew, several at once, each under a temporary name.
    pub(super) fn run(&self, touched: &Touched, rewriting: &mut Rewriting) -> Result<()> {
        let mut writing = VecDeque::new();
        let outcome = self.write_all(touched, &mut writing, rewriting);
        // Whatever is written by the time of a failure is known, so that it can be removed.
        for parts in writing
            .drain(..)
            .filter_map(|task: Pending<_>| task.wait().ok())
        {
            Vec::into_iter(parts).for_each(|part| rewriting.replace(part));
        }
        outcome
    }

    fn write_all(
        &self,
        touched: &Touched,
        writing: &mut VecDeque<Pending<Vec<Part>>>,
        rewriting: &mut Rewriting,
    ) -> Result<()> {
        for (number, table) in self.output.tables().iter().enumerate() {
            let parts: Vec<_> = (0..table.parts.len())
                .filter(|part| touched.contains(&(number, *part)))
                .collect();
            for parts in tasks_of(table, &parts) {
                self.stop.check()?;
                // No more at once than workers: each holds a row group.
                while writing.len() >= self.pool.threads() {
                    take_oldest(writing, rewriting)?;
                }
                let work = self.work(table, rewriting.access());
                writing.push_back(self.pool.spawn(move || work.write(&parts)));
            }
        }
        while !writing.is_empty() {
            take_oldest(writing, rewriting)?;
        }
        Ok(())
    }

    fn work(&self, table: &OutputTable, access: Access) -> Work {
        // Rows of diffs have keyframes, and what is new in a text.
        let mut of_texts = tables::OF_TEXTS.into_iter().chain([&tables::DIFFS]);
        let holds_texts = of_texts.any(|of_texts| of_texts.name == table.name);
        let most_bytes = self.limits.row_group_bytes();
        let row_group_bytes = self.output.row_group_bytes().unwrap_or(ROW_GROUP_BYTES);
        Work {
            table: table.clone(),
            options: RewriteOptions {
                columns: table.written.to_vec(),
                packing: self.output.packing(),
                row_group_bytes: row_group_bytes.min(most_bytes),
                access,
                batch_rows: if holds_texts { TEXT_ROWS } else { OTHER_ROWS },
            },
            newer: Arc::clone(self.newer),
            lost: Arc::clone(self.lost),
            stop: self.stop.clone(),
        }
    }
}

fn take_oldest(
    writing: &mut VecDeque<Pending<Vec<Part>>>,
    rewriting: &mut Rewriting,
) -> Result<()> {
    if let Some(oldest) = writing.pop_front() {
        oldest
            .wait()?
            .into_iter()
            .for_each(|part| rewriting.replace(part));
    }
    Ok(())
}

/// A piece of work: parts that are written anew, and those that are read before them.
struct Pieces {
    parts: Vec<(PathBuf, bool)>,
}

/// The parts of diffs build on those before them; of other tables each stands for itself.
fn tasks_of(table: &OutputTable, touched: &[usize]) -> Vec<Pieces> {
    let part = |number: usize| table.parts.get(number).cloned();
    match (table.name == tables::DIFFS.name, touched.last()) {
        (true, Some(last)) => vec![Pieces {
            parts: (0..=*last)
                .filter_map(|number| Some((part(number)?, touched.contains(&number))))
                .collect(),
        }],
        _ => touched
            .iter()
            .filter_map(|number| {
                let parts = vec![(part(*number)?, true)];
                Some(Pieces { parts })
            })
            .collect(),
    }
}

impl Work {
    fn write(&self, pieces: &Pieces) -> Result<Vec<Part>> {
        let mut texts = Texts::of(&self.table);
        let mut done = Vec::new();
        for (path, is_touched) in &pieces.parts {
            let mut part = PartRewriter::open(path, &self.table.name, &self.options)?;
            let tokenizer = part.setting("diff_tokenizer").and_then(Tokenizer::by_name);
            while let Some(batch) = part.next_batch()? {
                self.stop.check()?;
                let changed = self.changed(&batch, tokenizer, &mut texts)?;
                if *is_touched {
                    part.push(changed.unwrap_or(batch))?;
                }
            }
            if *is_touched {
                done.push(part.finish()?);
            }
        }
        Ok(done)
    }

    /// The batch without what is to go; `None` where nothing is.
    fn changed(
        &self,
        batch: &RecordBatch,
        tokenizer: Option<Tokenizer>,
        texts: &mut Option<Texts>,
    ) -> Result<Option<RecordBatch>> {
        let rows = Rows::new(batch, &self.table.written);
        let facts = Facts {
            newer: &self.newer,
            lost: &self.lost,
        };
        let mut changes = self.table.rule.judge(&facts, &rows);
        if let Some(texts) = texts {
            texts.follow(batch, tokenizer, &rows, &mut changes)?;
        }
        match changes.is_none() {
            true => Ok(None),
            false => changes.apply(batch).map(Some),
        }
    }
}

/// The texts that diffs lead to, so that none is lost with the one that it was made from.
struct Texts(History);

impl Texts {
    /// `None` for other tables, and where columns are missing that lead to texts.
    fn of(table: &OutputTable) -> Option<Self> {
        let is_written = |column: &&str| table.written.iter().any(|name| name == column);
        let leads_to_texts =
            table.name == tables::DIFFS.name && DIFF_COLUMNS.iter().all(is_written);
        leads_to_texts.then(|| Self(History::default()))
    }

    /// Goes through the rows of a batch, and gives whole texts to those that need them.
    fn follow(
        &mut self,
        batch: &RecordBatch,
        tokenizer: Option<Tokenizer>,
        rows: &Rows<'_>,
        changes: &mut Changes,
    ) -> Result<()> {
        let tokenizer = tokenizer.ok_or_else(|| {
            Error::usage("diffs of a tokenizer that is not known: they are of another version")
        })?;
        let of_diffs = DiffRows::of(batch)?;
        for row in 0..batch.num_rows() {
            self.0.take(&of_diffs, row, tokenizer)?;
            if changes.keyframes.contains(&row)
                && let Some(text) = self.0.text()
            {
                let text = Value::Text(text.to_owned().into());
                changes.set(rows, row, "keyframe_text", text, Reason::NeighbourLost);
            }
        }
        Ok(())
    }
}
