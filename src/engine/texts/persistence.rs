//! Rows of the table `persistence`.

use std::collections::VecDeque;

use super::super::row_groups::RowGroups;
use super::super::rows::Wanted;
use crate::derive::Fact;
use crate::derive::identity::Moved;
use crate::derive::persistence::{Persistence as Measures, PersistenceOptions, PersistenceState};
use crate::error::Result;
use crate::model::Timestamp;
use crate::tables::{self, PageHeader, PersistenceRow, TableBuilder};

/// Rows on their way.
pub(super) struct PersistenceRows(TableBuilder<tables::Persistence>);

/// A page's revisions whose measures are not told.
pub(super) struct Waiting {
    state: PersistenceState,
    /// Their ids, and whether rows of them are wanted.
    revisions: VecDeque<(Option<i64>, bool)>,
}

impl PersistenceRows {
    /// `None` where nobody wants them.
    pub(super) fn new(wanted: &Wanted) -> Option<Self> {
        let selection = wanted.selection(&tables::PERSISTENCE)?;
        Some(Self(TableBuilder::new(selection)))
    }

    /// Makes a batch of so many rows or more.
    pub(super) fn hand_on(&mut self, groups: &mut RowGroups<'_>, least_rows: usize) -> Result<()> {
        match self.0.rows() >= least_rows {
            true => groups.push(&tables::PERSISTENCE, self.0.finish()?),
            false => Ok(()),
        }
    }
}

impl Waiting {
    /// Of a page without revisions.
    pub(super) fn new(options: PersistenceOptions) -> Self {
        Self {
            state: PersistenceState::new(options),
            revisions: VecDeque::new(),
        }
    }

    /// Takes the page's next revision; `moved` is `None` where its text is not known.
    pub(super) fn push(
        &mut self,
        revision: Fact<'_>,
        moved: Option<&Moved>,
        page: &PageHeader,
        is_whole: bool,
        rows: &mut PersistenceRows,
    ) {
        let revisions = &mut self.revisions;
        revisions.push_back((revision.id(), revision.is_wanted()));
        self.state.push(revision, moved, &mut |measures| {
            tell(rows, page, is_whole, revisions, measures);
        });
    }

    /// The page has no more revisions.
    pub(super) fn finish(
        self,
        sunset: Option<Timestamp>,
        page: &PageHeader,
        is_whole: bool,
        rows: &mut PersistenceRows,
    ) {
        let mut revisions = self.revisions;
        self.state
            .finish(sunset.map(Timestamp::seconds), &mut |measures| {
                tell(rows, page, is_whole, &mut revisions, measures);
            });
    }
}

/// Makes the row of the revision that has waited longest.
fn tell(
    rows: &mut PersistenceRows,
    page: &PageHeader,
    is_whole: bool,
    revisions: &mut VecDeque<(Option<i64>, bool)>,
    measures: Option<Measures>,
) {
    if let Some((revision_id, true)) = revisions.pop_front() {
        rows.0.push(&PersistenceRow {
            page,
            revision_id,
            measures,
            is_whole,
        });
    }
}
