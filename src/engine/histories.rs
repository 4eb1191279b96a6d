//! Histories of pages: what takes all revisions of a page to tell.
//!
//! Workers note down a few facts of each revision (`notes`).  The lane only strings together whose
//! facts belong to one page, however many chunks it spans, and hands complete pages, many small
//! ones at a time, back to the workers, who derive rows from them (`rows`).  So no work by revision
//! is done in sequence.

mod notes;
mod rows;
mod stretch;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::lane::Lane;
use super::pool::Pending;
use super::row_groups::RowGroups;
use super::rows::Wanted;
use crate::error::Result;
use crate::tables::TableInfo;

pub(super) use notes::{ChunkHistory, Notes, Piece};
use rows::make_rows;
use stretch::Stretch;

/// Revisions of complete pages that are worth a task.
const TASK_REVISIONS: usize = 8192;

/// The histories of one input's pages.
pub(super) struct Histories<'l> {
    lane: &'l Lane<'l>,
    wanted: Arc<Wanted>,
    /// Facts of one page are derived from together up to so many bytes.
    stretch_bytes: usize,
    /// The page that may go on.
    open: Option<Stretch>,
    /// Whether something was lost since the last piece.
    after_loss: bool,
    complete: Vec<Stretch>,
    complete_revisions: usize,
    deriving: VecDeque<Deriving>,
    deriving_bytes: usize,
}

struct Deriving {
    bytes: usize,
    task: Pending<Vec<(&'static TableInfo, RecordBatch)>>,
}

impl<'l> Histories<'l> {
    /// `None` where no table needs them.
    pub(super) fn new(wanted: &Arc<Wanted>, lane: &'l Lane<'l>) -> Option<Self> {
        wanted.needs_histories().then(|| Self {
            lane,
            wanted: Arc::clone(wanted),
            stretch_bytes: lane.limits.page_history_bytes(),
            open: None,
            after_loss: false,
            complete: Vec::new(),
            complete_revisions: 0,
            deriving: VecDeque::new(),
            deriving_bytes: 0,
        })
    }

    /// Takes what a chunk tells, in the order of the document.
    pub(super) fn add(&mut self, chunk: ChunkHistory, groups: &mut RowGroups<'_>) -> Result<()> {
        let facts = Arc::new(chunk.facts);
        for piece in chunk.pages {
            let goes_on = self
                .open
                .as_ref()
                .is_some_and(|open| piece.is_of(&open.header));
            if !goes_on {
                self.end_page(groups)?;
            }
            let Piece { header, range, .. } = piece;
            let open = self.open.get_or_insert_with(|| Stretch::new(header));
            open.is_whole &= !piece.is_damaged && !self.after_loss;
            self.after_loss = false;
            let mut rest = range;
            while let Some(open) = &mut self.open {
                rest = open.take(&facts, rest, self.stretch_bytes);
                if rest.is_empty() {
                    break;
                }
                let next = open.cut(self.wanted.history.revert_radius + 1);
                self.end_page(groups)?;
                self.open = Some(next);
            }
        }
        Ok(())
    }

    /// Bytes were left out: the open page may have lost revisions, and the next one its begin.
    pub(super) fn lost(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_whole = false;
        }
        self.after_loss = true;
    }

    /// The open page does not go on.
    pub(super) fn end_page(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        if let Some(stretch) = self.open.take() {
            self.complete_revisions += stretch.len();
            self.complete.push(stretch);
        }
        match self.complete_revisions >= TASK_REVISIONS {
            true => self.hand_out(groups),
            false => Ok(()),
        }
    }

    /// Hands complete pages to a worker, when there is room for it.
    fn hand_out(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        let pages = std::mem::take(&mut self.complete);
        self.complete_revisions = 0;
        let bytes = pages.iter().map(Stretch::bytes).sum();
        let share_bytes = self.lane.budget.histories_bytes();
        if bytes > share_bytes {
            return self.derive_large(&pages, groups);
        }
        while self.deriving_bytes + bytes > share_bytes && !self.deriving.is_empty() {
            self.collect_oldest(groups)?;
        }
        self.deriving_bytes += bytes;
        let wanted = Arc::clone(&self.wanted);
        let task = self.lane.pool.spawn(move || {
            let mut rows = Vec::new();
            make_rows(&wanted, &pages, &mut |table, batch| {
                rows.push((table, batch));
                Ok(())
            })?;
            Ok(rows)
        });
        self.deriving.push_back(Deriving { bytes, task });
        Ok(())
    }

    /// Derives from a page that is larger than this input's share: in the lane itself, which can
    /// hand on rows as they come, and one input at a time.
    fn derive_large(&mut self, pages: &[Stretch], groups: &mut RowGroups<'_>) -> Result<()> {
        self.settle(groups)?;
        let _turn = self.lane.budget.long_history_turn();
        make_rows(&self.wanted, pages, &mut |table, batch| {
            groups.push(table, Some(batch))
        })
    }

    fn collect_oldest(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        let Some(Deriving { bytes, task }) = self.deriving.pop_front() else {
            return Ok(());
        };
        let rows = task.wait()?;
        self.deriving_bytes -= bytes;
        for (table, batch) in rows {
            groups.push(table, Some(batch))?;
        }
        Ok(())
    }

    /// Collects all that is at the workers.
    pub(super) fn settle(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        while !self.deriving.is_empty() {
            self.collect_oldest(groups)?;
        }
        Ok(())
    }

    /// Ends with all that is left.
    pub(super) fn finish(mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        self.end_page(groups)?;
        if !self.complete.is_empty() {
            self.hand_out(groups)?;
        }
        self.settle(groups)
    }
}
