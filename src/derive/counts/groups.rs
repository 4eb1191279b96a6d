//! Counts by key, in memory.

use super::merger::Group;
use super::table::KeyTable;
use super::tally::{Derived, Tally};
use crate::error::Result;

/// What follows the key in a record of bytes: sums and label, or somebody who belongs to a set.
pub(super) const SUMS: u8 = 0;
pub(super) const PAGE: u8 = 1;
pub(super) const USER: u8 = 2;

/// Counts by key.
#[derive(Debug, Default)]
pub struct Groups {
    groups: KeyTable<GroupSums>,
    /// Different pages and users of groups: key, what it is, and what it is known by.
    members: KeyTable<()>,
    /// Labels of groups, and those that others took the place of.
    labels: Vec<u8>,
}

/// Sums of a group, and where its label is.
#[derive(Debug, Default)]
pub(super) struct GroupSums {
    pub(super) tally: Tally,
    label_begin: usize,
    label_length: u32,
}

impl GroupSums {
    fn label<'l>(&self, labels: &'l [u8]) -> &'l [u8] {
        let end = self.label_begin + self.label_length as usize;
        labels.get(self.label_begin..end).unwrap_or_default()
    }

    fn group<'g>(&self, key: &'g [u8], labels: &'g [u8]) -> Group<'g> {
        Group {
            key,
            label: self.label(labels),
            tally: self.tally,
            pages: 0,
            users: 0,
        }
    }
}

impl Groups {
    /// The sums of a key.
    #[inline]
    pub(super) fn group(&mut self, key: &[u8]) -> &mut GroupSums {
        self.groups.value(key)
    }

    /// Offers the label of a record to the group that was asked for last.  The label of the latest
    /// record is kept; of those of one time the greatest.
    #[inline]
    pub(super) fn offer_label(&mut self, label: &[u8], is_later: bool) {
        let Some(group) = self.groups.last_value() else {
            return;
        };
        let known = group.label(&self.labels);
        if known != label && (is_later || known < label) {
            group.label_begin = self.labels.len();
            // A label is a title and a name, each of which the framer's limit bounds.
            group.label_length = label.len().try_into().unwrap_or_default();
            self.labels.extend_from_slice(label);
        }
    }

    /// Adds a page to those of a key.
    pub(super) fn add_page(
        &mut self,
        key: &[u8],
        scratch: &mut Vec<u8>,
        put: impl FnOnce(&mut Vec<u8>) -> bool,
    ) {
        self.add_member(key, PAGE, scratch, put);
    }

    /// Adds a user to those of a key, unless `put` says that it is nobody.
    pub(super) fn add_user(
        &mut self,
        key: &[u8],
        scratch: &mut Vec<u8>,
        put: impl FnOnce(&mut Vec<u8>) -> bool,
    ) {
        self.add_member(key, USER, scratch, put);
    }

    fn add_member(
        &mut self,
        key: &[u8],
        what: u8,
        scratch: &mut Vec<u8>,
        put: impl FnOnce(&mut Vec<u8>) -> bool,
    ) {
        scratch.clear();
        scratch.extend_from_slice(key);
        scratch.push(what);
        if put(scratch) {
            self.members.value(scratch);
        }
    }

    /// Adds to the counts under a key what was derived of one of its revisions.
    pub fn add_derived(&mut self, key: &[u8], derived: Derived) {
        self.group(key).tally.add_derived(derived);
    }

    /// Adds counts of the same plan.
    pub fn merge(&mut self, other: &Self) {
        for (key, sums) in other.groups.iter() {
            let group = self.groups.value(key);
            let age = sums.tally.last_seconds().cmp(&group.tally.last_seconds());
            group.tally.merge(&sums.tally);
            let label = sums.label(&other.labels);
            if age.is_ge() && !label.is_empty() {
                self.offer_label(label, age.is_gt());
            }
        }
        for (member, ()) in other.members.iter() {
            self.members.value(member);
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.groups.len() == 0
    }

    /// What they take in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.groups.bytes() + self.members.bytes() + self.labels.capacity()
    }

    /// Whether they are to go to disk before more is added.
    pub fn are_more_than(&self, bytes: usize) -> bool {
        let most = KeyTable::<()>::MOST;
        self.bytes() > bytes || self.groups.len().max(self.members.len()) >= most
    }

    /// Hands on all groups in the order of their keys.
    pub fn for_each_group(&self, mut take: impl FnMut(Group<'_>) -> Result<()>) -> Result<()> {
        let mut members: Vec<_> = self.members.iter().map(|(member, ())| member).collect();
        members.sort_unstable();
        let mut members = members.into_iter().peekable();
        for (key, sums) in self.sorted_groups() {
            let mut group = sums.group(key, &self.labels);
            while let Some(member) = members.next_if(|member| member.starts_with(key)) {
                match member.get(key.len()) {
                    Some(&PAGE) => group.pages += 1,
                    _ => group.users += 1,
                }
            }
            take(group)?;
        }
        Ok(())
    }

    fn sorted_groups(&self) -> Vec<(&[u8], &GroupSums)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        // Dumps have an order of their own, which a stable sort makes use of.
        groups.sort_by_key(|(key, _)| *key);
        groups
    }

    /// Hands on all counts as records of bytes, in the order of these.
    pub fn for_each_record(&self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let groups = self.groups.iter().map(|(key, sums)| (key, Some(sums)));
        let members = self.members.iter().map(|(member, ())| (member, None));
        let mut sorted: Vec<_> = groups.chain(members).collect();
        // No key begins with another, so that a group comes before its members whatever its sums are.
        sorted.sort_unstable_by_key(|(bytes, _)| *bytes);
        let mut record = Vec::new();
        for (bytes, sums) in sorted {
            record.clear();
            record.extend_from_slice(bytes);
            if let Some(sums) = sums {
                record.push(SUMS);
                sums.tally.write(&mut record);
                record.extend_from_slice(sums.label(&self.labels));
            }
            take(&record)?;
        }
        Ok(())
    }
}
