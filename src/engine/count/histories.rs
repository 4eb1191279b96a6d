//! What other revisions of a page tell of a revision, added to the counts under its key.
//!
//! Pages are strung together as for the tables of histories ([`crate::engine::histories`]), and cut in
//! the same places where they are too long, so that both tell the same.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chunk::Counting;
use super::spill::Spill;
use crate::derive::PageHistory;
use crate::derive::counts::{Derived, Groups, Measure};
use crate::engine::histories::{ChunkHistory, OpenPages, Stretch, TASK_REVISIONS};
use crate::engine::lane::Lane;
use crate::engine::options::HistoryOptions;
use crate::engine::pool::Pending;
use crate::error::Result;

/// The histories of one input's pages.
pub(super) struct Histories<'l> {
    lane: &'l Lane<'l>,
    counting: Arc<Counting>,
    pages: OpenPages,
    deriving: VecDeque<Deriving>,
    deriving_bytes: usize,
}

struct Deriving {
    bytes: usize,
    task: Pending<Groups>,
}

impl<'l> Histories<'l> {
    pub(super) fn new(counting: &Arc<Counting>, lane: &'l Lane<'l>) -> Self {
        Self {
            lane,
            counting: Arc::clone(counting),
            pages: OpenPages::new(lane.limits, HistoryOptions::DEFAULT_REVERT_RADIUS),
            deriving: VecDeque::new(),
            deriving_bytes: 0,
        }
    }

    /// Takes what a chunk tells, in the order of the document.
    pub(super) fn add(&mut self, chunk: ChunkHistory, spill: &mut Spill<'_>) -> Result<()> {
        self.pages.add(chunk);
        self.hand_out_complete(spill)
    }

    /// The open page does not go on.
    pub(super) fn end_page(&mut self, spill: &mut Spill<'_>) -> Result<()> {
        self.pages.end_page();
        self.hand_out_complete(spill)
    }

    fn hand_out_complete(&mut self, spill: &mut Spill<'_>) -> Result<()> {
        while let Some(pages) = self.pages.take_complete(TASK_REVISIONS) {
            self.hand_out(pages, spill)?;
        }
        Ok(())
    }

    /// Hands complete pages to a worker, when there is room for them.
    fn hand_out(&mut self, pages: Vec<Stretch>, spill: &mut Spill<'_>) -> Result<()> {
        let bytes = pages.iter().map(Stretch::bytes).sum();
        let share_bytes = self.lane.budget.histories_bytes();
        while self.deriving_bytes + bytes > share_bytes && !self.deriving.is_empty() {
            self.collect_oldest(spill)?;
        }
        self.deriving_bytes += bytes;
        let counting = Arc::clone(&self.counting);
        let task = self.lane.pool.spawn(move || Ok(derive(&counting, &pages)));
        self.deriving.push_back(Deriving { bytes, task });
        if bytes > share_bytes {
            let budget = self.lane.budget;
            let _turn = budget.long_history_turn();
            self.settle(spill)?;
        }
        Ok(())
    }

    fn collect_oldest(&mut self, spill: &mut Spill<'_>) -> Result<()> {
        let Some(Deriving { bytes, task }) = self.deriving.pop_front() else {
            return Ok(());
        };
        self.deriving_bytes -= bytes;
        spill.add(task.wait()?, self.lane.pool)
    }

    /// Waits for all that is at the workers.
    pub(super) fn settle(&mut self, spill: &mut Spill<'_>) -> Result<()> {
        while !self.deriving.is_empty() {
            self.collect_oldest(spill)?;
        }
        Ok(())
    }

    /// Ends with all that is left.
    pub(super) fn finish(mut self, spill: &mut Spill<'_>) -> Result<()> {
        self.end_page(spill)?;
        let rest = self.pages.take_rest();
        self.hand_out(rest, spill)?;
        self.settle(spill)
    }
}

/// What the histories of complete pages tell.
fn derive(counting: &Counting, pages: &[Stretch]) -> Groups {
    let mut groups = Groups::default();
    let plan = &counting.plan;
    for page in pages {
        let history = PageHistory::new(page.revisions());
        let reverts = plan
            .has(Measure::Reverts)
            .then(|| history.reverts_to_first_base());
        let numbered = history.revisions().iter().enumerate().skip(page.context);
        for (number, revision) in numbered.filter(|(_, fact)| fact.is_wanted()) {
            let place = history.order().place_of(number);
            let (reverted_by, reverted_to) = reverts.as_ref().map_or((None, None), |reverts| {
                (reverts.reverted_by(place), reverts.reverted_to(place))
            });
            groups.add_derived(
                revision.key(),
                Derived {
                    bytes_diff: history.bytes_since_parent(number),
                    is_reverted: reverted_by.is_some(),
                    is_revert: reverted_to.is_some(),
                },
            );
        }
    }
    groups
}
