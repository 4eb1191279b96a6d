//! What is known of an output when its rows are judged.

use std::collections::HashMap;
use std::sync::Arc;

use super::ids::IdSet;
use super::judge_sessions::{self, RemovedSessions};
use super::newer::{Fate, Newer};
use super::ranks::{AllRanks, Ranks};
use super::twins::LostTexts;

/// What is left of a page's revisions.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageSums {
    pub(super) revisions: i64,
    /// In microseconds.
    pub(super) first: Option<i64>,
    /// In microseconds.
    pub(super) last: Option<i64>,
}

impl PageSums {
    pub(super) fn see(&mut self, microseconds: Option<i64>) {
        self.revisions += 1;
        let earlier =
            |known: Option<i64>, found: i64| known.map_or(found, |known| known.min(found));
        let later = |known: Option<i64>, found: i64| known.map_or(found, |known| known.max(found));
        if let Some(found) = microseconds {
            self.first = Some(earlier(self.first, found));
            self.last = Some(later(self.last, found));
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let revisions = self.revisions + other.revisions;
        [other.first, other.last]
            .into_iter()
            .for_each(|time| self.see(time));
        self.revisions = revisions;
    }
}

/// What an output holds of what is gone, over all of its tables.
#[derive(Debug, Default, Clone)]
pub(super) struct Lost {
    /// Revisions that are gone.
    pub(super) gone: Arc<IdSet>,
    /// Pages of which revisions, or texts of them, are to go.
    pub(super) pages: Arc<IdSet>,
    /// Pages from which revisions are gone.
    pub(super) thinned: Arc<IdSet>,
    /// Pages of which a user was hidden.
    pub(super) unnamed: Arc<IdSet>,
    /// Texts that are lost, where a table tells them by checksums.
    pub(super) texts: Option<Arc<LostTexts>>,
    /// Revisions that stay and have one of these texts.
    pub(super) twins: IdSet,
    /// Places in the history of pages from which revisions are gone.
    pub(super) ranks: AllRanks,
    /// Sessions that go.
    pub(super) sessions: RemovedSessions,
    /// Revisions made from one whose text is gone; `None` where no table tells who is made from whom.
    pub(super) orphans: Option<Arc<IdSet>>,
    /// What is left of these pages, and of those that are gone themselves.
    pub(super) sums: HashMap<i64, PageSums>,
    /// Whether a table told what is left.
    pub(super) has_sums: bool,
}

impl Lost {
    pub(super) fn bytes(&self) -> usize {
        const SUMS_BYTES: usize = 80;
        let orphans = self.orphans.as_ref().map_or(0, |orphans| orphans.bytes());
        let texts = self.texts.as_ref().map_or(0, |texts| texts.bytes());
        let sets = [
            &*self.gone,
            &*self.pages,
            &*self.thinned,
            &*self.unnamed,
            &self.twins,
        ];
        sets.map(IdSet::bytes).iter().sum::<usize>()
            + orphans
            + texts
            + self.sums.len() * SUMS_BYTES
            + self.ranks.values().map(Ranks::bytes).sum::<usize>()
            + judge_sessions::bytes(&self.sessions)
    }
}

/// All that rows are judged by.
pub(super) struct Facts<'f> {
    pub(super) newer: &'f Newer,
    pub(super) lost: &'f Lost,
}

impl Facts<'_> {
    /// What became of a revision.
    pub(super) fn revision(&self, page_id: Option<i64>, id: i64) -> Fate {
        match self.newer.revision(page_id, id) {
            // A row that knows its page has told.
            Fate::Unknown if self.lost.gone.contains(id) => Fate::Gone,
            fate => fate,
        }
    }

    /// Whether some of a page's texts or revisions are to go.
    pub(super) fn is_affected(&self, page_id: Option<i64>) -> bool {
        page_id.is_some_and(|id| self.lost.pages.contains(id))
    }

    /// Whether revisions are gone from a page.
    pub(super) fn is_thinned(&self, page_id: Option<i64>) -> bool {
        page_id.is_some_and(|id| self.lost.thinned.contains(id))
    }

    /// Whether a user of a page was hidden.
    pub(super) fn has_unnamed(&self, page_id: Option<i64>) -> bool {
        page_id.is_some_and(|id| self.lost.unnamed.contains(id))
    }

    /// Whether a revision has, or can have, the text of one of its page that is lost.
    pub(super) fn is_twin(&self, page_id: Option<i64>, id: i64) -> bool {
        match &self.lost.texts {
            Some(texts) => {
                self.lost.twins.contains(id)
                    || page_id.is_some_and(|page| texts.may_be_any_of(page))
            }
            None => self.is_affected(page_id),
        }
    }

    /// Whether nobody is to know that a revision was a revert.
    pub(super) fn has_lost_revert(&self, page_id: Option<i64>, id: i64) -> bool {
        self.revision(page_id, id).has_lost_text() || self.is_twin(page_id, id)
    }

    /// Whether a size would tell that of a text which is gone.
    pub(super) fn is_orphan(&self, page_id: Option<i64>, id: i64) -> bool {
        match &self.lost.orphans {
            Some(orphans) => orphans.contains(id),
            None => self.is_affected(page_id),
        }
    }
}
