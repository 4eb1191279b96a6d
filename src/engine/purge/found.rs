//! What the parts of an output tell, added up.

use std::collections::HashMap;

use super::changes::{Changes, Rows};
use super::facts::{Facts, Lost, PageSums};
use super::ids::IdSet;
use super::judge_sessions::{self, RemovedSessions};
use super::output::OutputTable;
use super::ranks::{self, AllRanks, Ranks};
use super::rules::RevisionColumns;
use super::twins::LostTexts;

/// What parts tell of what is gone.
#[derive(Default)]
pub(super) struct Found {
    pub(super) gone: IdSet,
    pub(super) pages: IdSet,
    pub(super) perhaps: IdSet,
    pub(super) thinned: IdSet,
    pub(super) unnamed: IdSet,
    pub(super) orphans: IdSet,
    pub(super) texts: LostTexts,
}

impl Found {
    pub(super) fn take(&mut self, table: &OutputTable, changes: &Changes, rows: &Rows<'_>) {
        for (set, ids) in [
            (&mut self.gone, &changes.gone),
            (&mut self.pages, &changes.pages),
            (&mut self.perhaps, &changes.perhaps),
            (&mut self.thinned, &changes.thinned),
            (&mut self.unnamed, &changes.unnamed),
            (&mut self.orphans, &changes.orphans),
        ] {
            ids.iter().for_each(|id| set.insert(*id));
        }
        if let Some(columns) = table.text_columns() {
            self.texts.take(columns, rows, changes);
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.gone.add_all(&other.gone);
        self.pages.add_all(&other.pages);
        self.perhaps.add_all(&other.perhaps);
        self.thinned.add_all(&other.thinned);
        self.unnamed.add_all(&other.unnamed);
        self.orphans.add_all(&other.orphans);
        self.texts.add(other.texts);
    }

    pub(super) fn bytes(&self) -> usize {
        let sets = [
            &self.gone,
            &self.pages,
            &self.perhaps,
            &self.thinned,
            &self.unnamed,
            &self.orphans,
        ];
        sets.map(IdSet::bytes).iter().sum::<usize>() + self.texts.bytes()
    }
}

/// What parts tell when it is known what is gone.
#[derive(Default)]
pub(super) struct Gathered {
    sums: HashMap<i64, PageSums>,
    ranks: AllRanks,
    twins: IdSet,
    sessions: RemovedSessions,
}

impl Gathered {
    /// Whether anything is gathered of a table.
    pub(super) fn is_of(table: &OutputTable) -> bool {
        let rule = &table.rule;
        rule.lists.is_some() || rule.ranked.is_some() || rule.are_sessions
    }

    /// Takes rows of a table; `counted` has the columns of the one by which pages are counted.
    pub(super) fn take(
        &mut self,
        table: &OutputTable,
        counted: Option<RevisionColumns>,
        facts: &Facts<'_>,
        changes: &Changes,
        rows: &Rows<'_>,
    ) {
        if let Some(columns) = counted {
            self.count(columns, facts, changes, rows);
        }
        if let Some((columns, texts)) = table.text_columns().zip(facts.lost.texts.as_ref()) {
            let kept = (0..rows.count()).filter(|row| !changes.removed.contains_key(row));
            for row in kept.filter(|row| texts.are_of(columns, rows, *row)) {
                if let Some(id) = rows.int(columns.id, row) {
                    self.twins.insert(id);
                }
            }
        }
        if let Some(ranked) = table.rule.ranked {
            ranks::gather(ranked, facts, rows, changes, &mut self.ranks);
        }
        if table.rule.are_sessions {
            judge_sessions::gather(rows, changes, &mut self.sessions);
        }
    }

    /// Counts what is left of the pages that are touched.
    fn count(
        &mut self,
        columns: RevisionColumns,
        facts: &Facts<'_>,
        changes: &Changes,
        rows: &Rows<'_>,
    ) {
        for row in (0..rows.count()).filter(|row| !changes.removed.contains_key(row)) {
            if let Some(page) = rows.int(columns.page, row)
                && (facts.is_affected(Some(page)) || facts.newer.page(page).is_gone())
            {
                let time = rows.time(columns.time, row);
                self.sums.entry(page).or_default().see(time);
            }
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        for (page, more) in other.sums {
            self.sums.entry(page).or_default().add(&more);
        }
        for (page, more) in other.ranks {
            match self.ranks.get_mut(&page) {
                Some(known) => known.add(more),
                None => drop(self.ranks.insert(page, more)),
            }
        }
        for (owner, more) in other.sessions {
            self.sessions.entry(owner).or_default().extend(more);
        }
        self.twins.add_all(&other.twins);
    }

    pub(super) fn bytes(&self) -> usize {
        const SUMS_BYTES: usize = 80;
        self.sums.len() * SUMS_BYTES
            + self.twins.bytes()
            + self.ranks.values().map(Ranks::bytes).sum::<usize>()
            + judge_sessions::bytes(&self.sessions)
    }

    /// When all parts have told.
    pub(super) fn end(mut self, lost: &mut Lost) {
        self.ranks.values_mut().for_each(Ranks::sort);
        lost.sums = self.sums;
        lost.ranks = self.ranks;
        lost.twins = self.twins;
        lost.sessions = self.sessions;
    }
}
