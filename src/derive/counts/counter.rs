//! Records become counts.

use std::sync::Arc;

use super::groups::Groups;
use super::key::{has_labels, put_keys, put_label, put_page, put_user, put_wiki};
use super::plan::{CountPlan, Key, Measure};
use super::tally::Derived;
use crate::model::{Contributor, Page, Text, Timestamp, UserKind};

/// What is counted of a revision or a log entry.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted<'r> {
    /// The page of a revision.
    pub page: Option<&'r Page<'r>>,
    /// The namespace of the page, or of a log entry's target.
    pub namespace_id: Option<i32>,
    /// Who did it.
    pub contributor: Contributor<'r>,
    /// What kind of user it is, where that is known already.
    pub known_kind: Option<UserKind>,
    /// The content model.
    pub model: Option<Text<'r>>,
    /// The kind of log.
    pub log_type: Option<Text<'r>>,
    /// The kind of action.
    pub log_action: Option<Text<'r>>,
    /// When.
    pub time: Option<Timestamp>,
    /// Whether it is marked as a minor edit.
    pub is_minor: bool,
}

impl Counted<'_> {
    pub(super) fn user_kind(&self) -> UserKind {
        self.known_kind.unwrap_or_else(|| self.contributor.kind())
    }
}

/// Counts the records of one wiki.
#[derive(Debug)]
pub struct Counter {
    plan: Arc<CountPlan>,
    has_labels: bool,
    /// The key of the last record, which begins with the wiki.
    key: Vec<u8>,
    wiki_length: usize,
    /// What is written down only to be looked up.
    scratch: Vec<u8>,
    groups: Groups,
}

impl Counter {
    /// Counts records of a wiki.
    pub fn new(plan: &Arc<CountPlan>, wiki_id: Option<&str>) -> Self {
        let mut key = Vec::new();
        put_wiki(&mut key, wiki_id);
        Self {
            plan: Arc::clone(plan),
            has_labels: has_labels(plan),
            wiki_length: key.len(),
            key,
            scratch: Vec::new(),
            groups: Groups::default(),
        }
    }

    /// Goes on with the records of a wiki, the same or another.
    pub fn set_wiki(&mut self, wiki_id: Option<&str>) {
        self.key.clear();
        put_wiki(&mut self.key, wiki_id);
        self.wiki_length = self.key.len();
    }

    /// Counts a record, and gives the key that it counts under.
    #[inline]
    pub fn count(&mut self, record: &Counted<'_>) -> &[u8] {
        self.key.truncate(self.wiki_length);
        put_keys(&mut self.key, &self.plan, record);
        let group = self.groups.group(&self.key);
        let age = group.tally.count(record.time, record.is_minor);
        if self.has_labels && age.is_ge() {
            self.scratch.clear();
            put_label(&mut self.scratch, &self.plan, record);
            self.groups.offer_label(&self.scratch, age.is_gt());
        }
        if self.plan.has(Measure::Pages) && !self.plan.has_key(Key::Page) {
            let key = &self.key;
            self.groups.add_page(key, &mut self.scratch, |out| {
                put_page(out, record.page);
                true
            });
        }
        if self.plan.has(Measure::Users) && !self.plan.has_key(Key::User) {
            let key = &self.key;
            self.groups
                .add_user(key, &mut self.scratch, |out| put_user(out, record));
        }
        &self.key
    }

    /// Counts a revision with what is known to be derived of it.
    pub fn count_derived(&mut self, record: &Counted<'_>, derived: Option<Derived>) {
        self.count(record);
        if let Some(derived) = derived {
            self.groups.add_derived(&self.key, derived);
        }
    }

    /// How many bytes the counts so far take.
    pub fn bytes(&self) -> usize {
        self.groups.bytes()
    }

    /// Takes the counts so far.
    pub fn take(&mut self) -> Groups {
        std::mem::take(&mut self.groups)
    }
}
