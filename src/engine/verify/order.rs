//! The order of revisions and pages, and who follows whom.

use serde::Serialize;

use super::id_set::IdSet;
use crate::model::Timestamp;

/// What pages and revisions say of each other.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct History {
    /// Revision ids that had come before in this input.
    pub repeated_revision_ids: u64,
    /// Page ids that had come before.
    pub repeated_page_ids: u64,
    /// Pages with an id below that of the page before.
    pub pages_out_of_order: u64,
    /// Revisions with an id below that of the one before in their page.
    pub revisions_out_of_order: u64,
    /// Revisions earlier than the one before in their page.
    pub times_out_of_order: u64,
    /// Revisions whose parent is not the one before in their page.
    pub parents_elsewhere: u64,
    /// Revisions without parent that are not the first in their page.
    pub parents_absent: u64,
    /// First revisions of a page that have a parent.
    pub first_with_parent: u64,
    /// Pages without revision.
    pub pages_without_revision: u64,
}

/// The smallest and the largest of what was seen; absent where nothing was.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct Extent {
    /// Page ids.
    pub first_page_id: Option<i64>,
    /// The largest.
    pub last_page_id: Option<i64>,
    /// Revision ids.
    pub first_revision_id: Option<i64>,
    /// The largest.
    pub last_revision_id: Option<i64>,
    /// When revisions were saved.
    pub first_revision_dt: Option<String>,
    /// The latest.
    pub last_revision_dt: Option<String>,
}

/// A revision's place in its page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Link {
    pub id: Option<i64>,
    pub parent_id: Option<i64>,
    pub time: Option<Timestamp>,
}

/// The revisions of a page in a chunk.
#[derive(Debug, Default)]
pub(super) struct PageLinks {
    pub id: Option<i64>,
    pub began_before: bool,
    pub continues: bool,
    pub links: Vec<Link>,
}

/// What has been seen so far.
#[derive(Debug, Default)]
pub(super) struct Ordering {
    history: History,
    revision_ids: IdSet,
    page_ids: IdSet,
    page_id: Option<i64>,
    before: Option<Link>,
    /// The last page of the input before, until the first of this one has come.
    goes_on_from: Option<i64>,
    /// Whether it has gone on in this one.
    has_gone_on: bool,
    pages: Range<i64>,
    revisions: Range<i64>,
    times: Range<Timestamp>,
}

#[derive(Debug)]
struct Range<T>(Option<(T, T)>);

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + Ord> Range<T> {
    fn see(&mut self, value: T) {
        let (first, last) = self.0.unwrap_or((value, value));
        self.0 = Some((first.min(value), last.max(value)));
    }

    fn first(&self) -> Option<T> {
        self.0.map(|(first, _)| first)
    }

    fn last(&self) -> Option<T> {
        self.0.map(|(_, last)| last)
    }
}

impl Ordering {
    /// Takes what a chunk has of a page.
    pub(super) fn page(&mut self, page: PageLinks) {
        if !page.began_before {
            self.begin_page(page.id);
        }
        for link in &page.links {
            self.revision(link);
        }
        let is_empty = self.before.is_none() && page.links.is_empty();
        if !page.continues && is_empty {
            self.history.pages_without_revision += 1;
        }
    }

    fn begin_page(&mut self, id: Option<i64>) {
        if let Some(open) = self.goes_on_from.take()
            && id == Some(open)
        {
            self.pages.see(open);
            self.has_gone_on = true;
            return;
        }
        self.before = None;
        let Some(id) = id else {
            return;
        };
        self.history.repeated_page_ids += u64::from(self.page_ids.add(id));
        self.history.pages_out_of_order += u64::from(self.page_id.is_some_and(|last| id < last));
        self.page_id = Some(id);
        self.pages.see(id);
    }

    fn revision(&mut self, link: &Link) {
        if let Some(id) = link.id {
            self.history.repeated_revision_ids += u64::from(self.revision_ids.add(id));
            self.revisions.see(id);
        }
        if let Some(time) = link.time {
            self.times.see(time);
        }
        let history = &mut self.history;
        match self.before {
            None => history.first_with_parent += u64::from(link.parent_id.is_some()),
            Some(before) => {
                let below = |after: Option<i64>| after.zip(before.id).is_some_and(|(a, b)| a < b);
                history.revisions_out_of_order += u64::from(below(link.id));
                let earlier = link.time.zip(before.time).is_some_and(|(a, b)| a < b);
                history.times_out_of_order += u64::from(earlier);
                match link.parent_id {
                    None => history.parents_absent += 1,
                    parent => history.parents_elsewhere += u64::from(parent != before.id),
                }
            }
        }
        self.before = Some(*link);
    }

    /// Whether the input that has ended went on with the last page of the one before.
    pub(super) fn has_gone_on(&mut self) -> bool {
        std::mem::take(&mut self.has_gone_on)
    }

    /// An input has ended: what was found in it.  Ids and the last page are kept, for the next input can
    /// go on with these.
    pub(super) fn end_input(&mut self) -> (History, Extent) {
        self.goes_on_from = self.page_id.filter(|_| self.before.is_some());
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let extent = Extent {
            first_page_id: self.pages.first(),
            last_page_id: self.pages.last(),
            first_revision_id: self.revisions.first(),
            last_revision_id: self.revisions.last(),
            first_revision_dt: text(self.times.first()),
            last_revision_dt: text(self.times.last()),
        };
        self.pages = Range::default();
        self.revisions = Range::default();
        self.times = Range::default();
        (std::mem::take(&mut self.history), extent)
    }
}
