//! What became of the tokens of revisions.
//!
//! Workers cut texts into tokens and tell what changed from one to the next (`changes`).  The lane
//! folds the changes of a page in their order, which costs as much as is changed, and diffs only what
//! no worker can: a chunk's first text against the last one of the chunk before.

mod changes;

use std::collections::VecDeque;
use std::sync::Arc;

use super::lane::Lane;
use super::row_groups::RowGroups;
use super::rows::Wanted;
use crate::derive::diff::{Diff, Differ};
use crate::derive::persistence::{Persistence as Measures, PersistenceState};
use crate::derive::tokens::Tokenized;
use crate::error::Result;
use crate::model::Timestamp;
use crate::tables::{self, PageHeader, PersistenceRow, TableBuilder};

use changes::PageChanges;
pub(super) use changes::{Changes, ChunkChanges, differ};

/// Rows that the lane gathers before they become a batch.
const BATCH_ROWS: usize = 8192;

/// The tokens of one input's pages.
pub(super) struct Persistence<'l> {
    lane: &'l Lane<'l>,
    wanted: Arc<Wanted>,
    rows: TableBuilder<tables::Persistence>,
    differ: Differ,
    diff: Diff,
    /// The page that may go on.
    open: Option<OpenPage>,
    after_loss: bool,
    dump_day: Option<Timestamp>,
}

struct OpenPage {
    header: PageHeader,
    state: PersistenceState,
    /// Its last text, where a chunk ended.
    text: Tokenized,
    /// Revisions whose measures are not told: their ids, and whether rows of them are wanted.
    waiting: VecDeque<(Option<i64>, bool)>,
    is_whole: bool,
}

impl<'l> Persistence<'l> {
    /// `None` where nobody wants it.
    pub(super) fn new(wanted: &Arc<Wanted>, lane: &'l Lane<'l>) -> Result<Option<Self>> {
        let Some(selection) = wanted.selection(&tables::PERSISTENCE) else {
            return Ok(None);
        };
        Ok(Some(Self {
            lane,
            wanted: Arc::clone(wanted),
            rows: TableBuilder::new(selection),
            differ: differ()?,
            diff: Diff::default(),
            open: None,
            after_loss: false,
            dump_day: None,
        }))
    }

    /// A document begins; its day, if it has one, is when time ends.
    pub(super) fn begin(
        &mut self,
        dump_day: Option<Timestamp>,
        groups: &mut RowGroups<'_>,
    ) -> Result<()> {
        self.end_page(groups)?;
        self.dump_day = dump_day;
        Ok(())
    }

    /// Takes what changed in a chunk, in the order of the document.
    pub(super) fn add(&mut self, chunk: ChunkChanges, groups: &mut RowGroups<'_>) -> Result<()> {
        let mut first_text = chunk.first_text;
        let mut number = 0;
        for mut page in chunk.pages {
            let text = first_text.take();
            let goes_on = (self.open.as_ref()).is_some_and(|open| page.is_of(&open.header));
            match goes_on {
                true => self.join(text, &mut page),
                false => self.end_page(groups)?,
            }
            let open = self.open.get_or_insert_with(|| OpenPage {
                header: page.header,
                state: PersistenceState::new(self.wanted.history.persistence),
                text: Tokenized::default(),
                waiting: VecDeque::new(),
                is_whole: true,
            });
            open.is_whole &= !page.is_damaged && !self.after_loss;
            self.after_loss = false;
            for change in &page.changes {
                let Some(fact) = chunk.facts.get(number) else {
                    break;
                };
                number += 1;
                open.waiting.push_back((fact.id(), fact.is_wanted()));
                let (header, is_whole) = (&open.header, open.is_whole);
                let waiting = &mut open.waiting;
                let rows = &mut self.rows;
                open.state.push(fact, change.as_ref(), &mut |measures| {
                    tell(rows, header, is_whole, waiting, measures);
                });
            }
            if let Some(text) = page.last_text {
                open.text = text;
            }
            self.hand_on(groups, BATCH_ROWS)?;
            self.lane.stop.check()?;
        }
        Ok(())
    }

    /// Tells what a chunk's first text changed in the page's last.
    fn join(&mut self, first_text: Option<Tokenized>, page: &mut PageChanges) {
        let (Some(open), Some(mut text)) = (&self.open, first_text) else {
            return;
        };
        let Some(change) = page.changes.iter_mut().flatten().next() else {
            return;
        };
        let first = text.text().to_owned();
        let write = |room: &mut String| room.push_str(&first);
        self.differ
            .next_into(&open.text, &mut text, write, &mut self.diff);
        change.operations.clone_from(&self.diff.operations);
    }

    /// Bytes were left out: the open page may have lost revisions, and the next one its begin.
    pub(super) fn lost(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_whole = false;
        }
        self.after_loss = true;
    }

    /// The open page does not go on.
    fn end_page(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let sunset = self.wanted.history.sunset.or(self.dump_day);
        let mut waiting = open.waiting;
        let rows = &mut self.rows;
        open.state
            .finish(sunset.map(Timestamp::seconds), &mut |measures| {
                tell(rows, &open.header, open.is_whole, &mut waiting, measures);
            });
        self.hand_on(groups, BATCH_ROWS)
    }

    fn hand_on(&mut self, groups: &mut RowGroups<'_>, least_rows: usize) -> Result<()> {
        match self.rows.rows() >= least_rows {
            true => groups.push(&tables::PERSISTENCE, self.rows.finish()?),
            false => Ok(()),
        }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        self.end_page(groups)?;
        self.hand_on(groups, 0)
    }
}

/// Makes the row of the revision that has waited longest.
fn tell(
    rows: &mut TableBuilder<tables::Persistence>,
    page: &PageHeader,
    is_whole: bool,
    waiting: &mut VecDeque<(Option<i64>, bool)>,
    measures: Option<Measures>,
) {
    if let Some((revision_id, true)) = waiting.pop_front() {
        rows.push(&PersistenceRow {
            page,
            revision_id,
            measures,
            is_whole,
        });
    }
}
