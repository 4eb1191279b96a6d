//! The work on complete pages: their facts become rows.

use std::collections::HashMap;

use arrow::array::RecordBatch;

use super::stretch::Stretch;
use crate::derive::reverts::FirstBase;
use crate::derive::{Fact, PageHistory, TimeOrder};
use crate::engine::options::HistoryOptions;
use crate::engine::rows::Wanted;
use crate::error::{Error, Result};
use crate::tables::{
    self, Carried, MediawikiHistoryRow, RevertDefinition, RevertRow, RevisionHistoryRow, Table,
    TableBuilder, TableInfo, WikiqRow,
};

/// Rows of a batch, where one page has so many.
const BATCH_ROWS: usize = 65_536;

/// Who takes rows, by table.
pub(super) type Take<'t> = dyn FnMut(&'static TableInfo, RecordBatch) -> Result<()> + 't;

/// Makes the rows of complete pages and hands them on in batches.
pub(super) fn make_rows(wanted: &Wanted, pages: &[Stretch], take: &mut Take<'_>) -> Result<()> {
    let mut revision_history =
        Batches::<tables::RevisionHistory>::new(wanted, &tables::REVISION_HISTORY);
    let mut reverts = Batches::<tables::Reverts>::new(wanted, &tables::REVERTS);
    let mut events = Batches::<tables::MediawikiHistory>::new(wanted, &tables::MEDIAWIKI_HISTORY);
    let mut wikiq = Batches::<tables::Wikiq>::new(wanted, &tables::WIKIQ);
    for page in pages {
        let history = PageHistory::new(page.revisions());
        let first_base = history.reverts_to_first_base();
        if let Some(batches) = &mut revision_history {
            push_revisions(page, &history, &first_base, &mut |row| {
                batches.push(row, take)
            })?;
        }
        if let Some(batches) = &mut events {
            let first = first_revision(page, &history);
            push_revisions(page, &history, &first_base, &mut |row| {
                let row = MediawikiHistoryRow {
                    history: *row,
                    carried: carried_of(row.revision)?,
                    first,
                };
                batches.push(&row, take)
            })?;
        }
        if let Some(batches) = &mut wikiq {
            let mut push = |row: &WikiqRow<'_>| batches.push(row, take);
            push_wikiq(page, &history, &wanted.history, &mut push)?;
        }
        if let Some(batches) = &mut reverts {
            let mut push = |row: &RevertRow<'_>| batches.push(row, take);
            push_radius_reverts(page, &history, &wanted.history, &mut push)?;
            push_first_base_reverts(page, &history, &first_base, &mut push)?;
        }
    }
    if let Some(batches) = &mut revision_history {
        batches.finish(take)?;
    }
    if let Some(batches) = &mut events {
        batches.finish(take)?;
    }
    if let Some(batches) = &mut wikiq {
        batches.finish(take)?;
    }
    match &mut reverts {
        Some(batches) => batches.finish(take),
        None => Ok(()),
    }
}

fn push_revisions(
    page: &Stretch,
    history: &PageHistory<'_>,
    first_base: &FirstBase,
    push: &mut dyn FnMut(&RevisionHistoryRow<'_>) -> Result<()>,
) -> Result<()> {
    let order = history.order();
    let numbered = history.revisions().iter().enumerate().skip(page.context);
    for (number, revision) in numbered.filter(|(_, fact)| fact.is_wanted()) {
        let place = order.place_of(number);
        let reverted_by = first_base.reverted_by(place);
        push(&RevisionHistoryRow {
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

/// The page's first revision by time; `None` where the stretch is not the page's begin.
fn first_revision<'f>(page: &Stretch, history: &PageHistory<'f>) -> Option<Fact<'f>> {
    let is_begin = page.revisions_before == 0 && !history.revisions().is_empty();
    is_begin.then(|| history.revisions()[history.order().index_at(0)])
}

fn carried_of(revision: Fact<'_>) -> Result<Carried<'_>> {
    Carried::read(revision.key())
        .ok_or_else(|| Error::internal("a revision was not noted down as it is read"))
}

fn push_wikiq(
    page: &Stretch,
    history: &PageHistory<'_>,
    options: &HistoryOptions,
    push: &mut dyn FnMut(&WikiqRow<'_>) -> Result<()>,
) -> Result<()> {
    let order = revert_order(history, options);
    let at = |place| history.revisions()[order.index_at(place)];
    let found = history.reverts_within_radius(order, options.revert_radius);
    let reverts: HashMap<_, _> = found
        .into_iter()
        .map(|revert| (order.index_at(revert.reverting), revert))
        .collect();
    let numbered = history.revisions().iter().enumerate().skip(page.context);
    for (number, revision) in numbered.filter(|(_, fact)| fact.is_wanted()) {
        let reverted: Option<Vec<_>> = reverts
            .get(&number)
            .map(|revert| (revert.reverted_to + 1..revert.reverting).map(at).collect());
        push(&WikiqRow {
            page: &page.header,
            revision: *revision,
            carried: carried_of(*revision)?,
            reverted: reverted.as_deref(),
            tokens: page.tokens.get(number - page.context).copied().flatten(),
        })?;
    }
    Ok(())
}

/// The order in which reverts are looked for.
fn revert_order<'h>(history: &'h PageHistory<'_>, options: &HistoryOptions) -> &'h TimeOrder {
    match options.is_by_time {
        true => history.order(),
        false => &TimeOrder::AsGiven,
    }
}

fn push_radius_reverts(
    page: &Stretch,
    history: &PageHistory<'_>,
    options: &HistoryOptions,
    push: &mut dyn FnMut(&RevertRow<'_>) -> Result<()>,
) -> Result<()> {
    let order = revert_order(history, options);
    let at = |place| history.revisions()[order.index_at(place)];
    let mut reverted = Vec::new();
    for revert in history.reverts_within_radius(order, options.revert_radius) {
        let reverting = at(revert.reverting);
        if order.index_at(revert.reverting) < page.context || !reverting.is_wanted() {
            continue;
        }
        reverted.clear();
        reverted.extend((revert.reverted_to + 1..revert.reverting).map(at));
        push(&RevertRow {
            page: &page.header,
            definition: RevertDefinition::Mwreverts,
            reverting,
            reverted_to: at(revert.reverted_to),
            reverted: &reverted,
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
    push: &mut dyn FnMut(&RevertRow<'_>) -> Result<()>,
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
        push(&RevertRow {
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
    table: &'static TableInfo,
    builder: TableBuilder<T>,
}

impl<T: Table> Batches<T> {
    /// `None` where the table is not wanted.
    fn new(wanted: &Wanted, table: &'static TableInfo) -> Option<Self> {
        let builder = TableBuilder::new(wanted.selection(table)?);
        Some(Self { table, builder })
    }

    fn push(&mut self, row: &T::Row<'_>, take: &mut Take<'_>) -> Result<()> {
        self.builder.push(row);
        match self.builder.rows() >= BATCH_ROWS {
            true => self.finish(take),
            false => Ok(()),
        }
    }

    fn finish(&mut self, take: &mut Take<'_>) -> Result<()> {
        match self.builder.finish()? {
            Some(batch) => take(self.table, batch),
            None => Ok(()),
        }
    }
}
