//! Histories of pages: what takes all revisions of a page to tell.
//!
//! Workers note down a few facts of each revision (`notes`).  The lane only strings together whose
//! facts belong to one page, however many chunks it spans, and hands complete pages, many small
//! ones at a time, back to the workers, who derive rows from them (`rows`).  So no work by revision
//! is done in sequence.

mod notes;
mod open_pages;
mod rows;
mod stretch;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::lane::Lane;
use super::pool::Pending;
use super::row_groups::RowGroups;
use super::rows::Wanted;
use super::texts::{ChunkChanges, FollowedTokens};
use crate::error::Result;
use crate::tables::TableInfo;

pub(super) use notes::{ChunkHistory, Notes, Piece};
pub(super) use open_pages::OpenPages;
use rows::make_rows;
pub(super) use stretch::Stretch;

/// Revisions of complete pages that are worth a task.
pub(super) const TASK_REVISIONS: usize = 8192;

/// The histories of one input's pages.
pub(super) struct Histories<'l> {
    lane: &'l Lane<'l>,
    wanted: Arc<Wanted>,
    pages: OpenPages,
    /// What is measured of tokens, where a table wants that.
    tokens: Option<FollowedTokens>,
    /// Complete pages, and what is complete of one, whose tokens are not all measured.
    waiting: VecDeque<Vec<Stretch>>,
    deriving: VecDeque<Deriving>,
    deriving_bytes: usize,
}

struct Deriving {
    bytes: usize,
    task: Pending<Vec<(&'static TableInfo, RecordBatch)>>,
}

impl<'l> Histories<'l> {
    /// `None` where no table needs them.
    pub(super) fn new(wanted: &Arc<Wanted>, lane: &'l Lane<'l>) -> Result<Option<Self>> {
        if !wanted.needs_histories() {
            return Ok(None);
        }
        let tokens = wanted.wikiq_tokens().map(FollowedTokens::new).transpose()?;
        let pages = OpenPages::new(lane.limits, wanted.history.revert_radius);
        Ok(Some(Self {
            lane,
            wanted: Arc::clone(wanted),
            pages: match tokens {
                Some(_) => pages.measured(),
                None => pages,
            },
            tokens,
            waiting: VecDeque::new(),
            deriving: VecDeque::new(),
            deriving_bytes: 0,
        }))
    }

    /// Takes what a chunk tells, in the order of the document.
    pub(super) fn add(
        &mut self,
        chunk: ChunkHistory,
        changes: Option<ChunkChanges>,
        groups: &mut RowGroups<'_>,
    ) -> Result<()> {
        if let (Some(tokens), Some(changes)) = (&mut self.tokens, changes) {
            tokens.add(changes);
        }
        self.pages.add(chunk);
        self.hand_out_complete(groups)
    }

    /// Bytes were left out: the open page may have lost revisions, and the next one its begin.
    pub(super) fn lost(&mut self) {
        self.pages.lost();
    }

    /// The open page does not go on.
    pub(super) fn end_page(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        if let Some(tokens) = &mut self.tokens {
            tokens.end_page();
        }
        self.pages.end_page();
        self.hand_out_complete(groups)
    }

    fn hand_out_complete(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        while let Some(pages) = self.pages.take_complete(TASK_REVISIONS) {
            self.waiting.push_back(pages);
        }
        self.hand_out_measured(groups)
    }

    /// Hands out what waits, up to where measures are missing.
    fn hand_out_measured(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        while let Some(mut pages) = self.waiting.pop_front() {
            if let Some(tokens) = &mut self.tokens {
                let revisions: usize = pages.iter().map(Stretch::own_len).sum();
                if tokens.len() < revisions {
                    self.waiting.push_front(pages);
                    break;
                }
                for page in &mut pages {
                    page.tokens = tokens.take(page.own_len()).collect();
                }
            }
            self.hand_out(pages, groups)?;
        }
        Ok(())
    }

    /// Hands complete pages to a worker, when there is room for it.
    fn hand_out(&mut self, pages: Vec<Stretch>, groups: &mut RowGroups<'_>) -> Result<()> {
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
        let rest = self.pages.take_rest();
        if !rest.is_empty() {
            self.waiting.push_back(rest);
        }
        self.hand_out_measured(groups)?;
        self.settle(groups)
    }
}
