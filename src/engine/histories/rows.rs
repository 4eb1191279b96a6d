//! The work on complete pages: their facts become rows.

use arrow::array::RecordBatch;

use super::stretch::Stretch;
use crate::derive::PageHistory;
use crate::derive::reverts::FirstBase;
use crate::engine::rows::Wanted;
use crate::error::Result;
use crate::tables::{
    self, RevertDefinition, RevertRow, RevisionHistoryRow, Table, TableBuilder, TableInfo,
};

/// Rows of a batch, where one page has so many.
const BATCH_ROWS: usize = 65_536;

/// Rows of complete pages.
#[derive(Debug, Default)]
pub(super) struct HistoryRows {
    pub(super) revision_history: Vec<RecordBatch>,
    pub(super) reverts: Vec<RecordBatch>,
}

/// Makes the rows of complete pages.
pub(super) fn rows_of(wanted: &Wanted, pages: &[Stretch]) -> Result<HistoryRows> {
    let mut revision_history = Batches::new(wanted, &tables::REVISION_HISTORY);
    let mut reverts = Batches::new(wanted, &tables::REVERTS);
    for page in pages {
        let history = PageHistory::new(page.revisions());
        let first_base = history.reverts_to_first_base();
        if let Some(batches) = &mut revision_history {
            push_revisions(page, &history, &first_base, batches)?;
        }
        if let Some(batches) = &mut reverts {
            push_radius_reverts(page, &history, wanted.history.revert_radius, batches)?;
            push_first_base_reverts(page, &history, &first_base, batches)?;
        }
    }
    Ok(HistoryRows {
        revision_history: Batches::finish(revision_history)?,
        reverts: Batches::finish(reverts)?,
    })
}

fn push_revisions(
    page: &Stretch,
    history: &PageHistory<'_>,
    first_base: &FirstBase,
    batches: &mut Batches<tables::RevisionHistory>,
) -> Result<()> {
    let order = history.order();
    let numbered = history.revisions().iter().enumerate().skip(page.context);
    for (number, revision) in numbered.filter(|(_, fact)| fact.is_wanted()) {
        let place = order.place_of(number);
        let reverted_by = first_base.reverted_by(place);
        batches.push(&RevisionHistoryRow {
            page: &page.header,
            revision: *revision,
            page_revision_count: page.revisions_before + (place + 1) as u64 - page.context as u64,
            seconds_since_previous: history.seconds_since_previous(number),
            text_bytes_diff: history.bytes_since_parent(number),
            is_revert: first_base.reverted_to(place).is_some(),
            reverted_by: reverted_by.map(|place| history.revisions()[order.index_at(place)]),
            is_whole: page.is_whole,
        })?;
    }
    Ok(())
}

fn push_radius_reverts(
    page: &Stretch,
    history: &PageHistory<'_>,
    radius: usize,
    batches: &mut Batches<tables::Reverts>,
) -> Result<()> {
    let revisions = history.revisions();
    for revert in history.reverts_within_radius(radius) {
        let reverting = revisions[revert.reverting];
        if revert.reverting < page.context || !reverting.is_wanted() {
            continue;
        }
        let reverted = &revisions[revert.reverted_to + 1..revert.reverting];
        batches.push(&RevertRow {
            page: &page.header,
            definition: RevertDefinition::Mwreverts,
            reverting,
            reverted_to: revisions[revert.reverted_to],
            reverted,
            between: reverted.len() as u64,
            is_whole: page.is_whole,
        })?;
    }
    Ok(())
}

fn push_first_base_reverts(
    page: &Stretch,
    history: &PageHistory<'_>,
    first_base: &FirstBase,
    batches: &mut Batches<tables::Reverts>,
) -> Result<()> {
    let (revisions, order) = (history.revisions(), history.order());
    let lists = first_base.reverted();
    let mut reverted = Vec::new();
    for place in 0..revisions.len() {
        let Some(base) = first_base.reverted_to(place) else {
            continue;
        };
        let number = order.index_at(place);
        let reverting = revisions[number];
        if number < page.context || !reverting.is_wanted() {
            continue;
        }
        reverted.clear();
        reverted.extend(
            lists
                .by(place)
                .map(|place| revisions[order.index_at(place)]),
        );
        batches.push(&RevertRow {
            page: &page.header,
            definition: RevertDefinition::MediawikiHistory,
            reverting,
            reverted_to: revisions[order.index_at(base)],
            reverted: &reverted,
            between: (place - base - 1) as u64,
            is_whole: page.is_whole,
        })?;
    }
    Ok(())
}

/// Rows of one table in batches that are not too long.
struct Batches<T: Table> {
    builder: TableBuilder<T>,
    done: Vec<RecordBatch>,
}

impl<T: Table> Batches<T> {
    /// `None` where the table is not wanted.
    fn new(wanted: &Wanted, table: &TableInfo) -> Option<Self> {
        let builder = TableBuilder::new(wanted.selection(table)?);
        Some(Self {
            builder,
            done: Vec::new(),
        })
    }

    fn push(&mut self, row: &T::Row<'_>) -> Result<()> {
        self.builder.push(row);
        if self.builder.rows() >= BATCH_ROWS {
            self.done.extend(self.builder.finish()?);
        }
        Ok(())
    }

    fn finish(batches: Option<Self>) -> Result<Vec<RecordBatch>> {
        let Some(mut batches) = batches else {
            return Ok(Vec::new());
        };
        batches.done.extend(batches.builder.finish()?);
        Ok(batches.done)
    }
}
