//! Records in their order become groups.

use std::sync::Arc;

use super::bytes::Reader;
use super::groups::{PAGE, SUMS, USER};
use super::key::key_length;
use super::plan::CountPlan;
use super::tally::Tally;
use crate::error::{Error, Result};

/// A group with all that was counted of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'g> {
    /// Its key as bytes, by which groups come in order.
    pub key: &'g [u8],
    /// What goes with the key, as it was at the last record.
    pub label: &'g [u8],
    /// Sums.
    pub tally: Tally,
    /// How many different pages.
    pub pages: u64,
    /// How many different users.
    pub users: u64,
}

/// Who takes groups.
type Take<'t> = dyn FnMut(Group<'_>) -> Result<()> + 't;

/// Gathers groups from records that come in the order of their bytes.
#[derive(Debug)]
pub struct GroupMerger {
    plan: Arc<CountPlan>,
    is_open: bool,
    key: Vec<u8>,
    label: Vec<u8>,
    tally: Tally,
    pages: u64,
    users: u64,
    /// The member that came last.
    member: Vec<u8>,
}

impl GroupMerger {
    /// Gathers what was counted by a plan.
    pub fn new(plan: &Arc<CountPlan>) -> Self {
        Self {
            plan: Arc::clone(plan),
            is_open: false,
            key: Vec::new(),
            label: Vec::new(),
            tally: Tally::default(),
            pages: 0,
            users: 0,
            member: Vec::new(),
        }
    }

    /// Takes the next record.  Hands on the group before it, if the record begins another.
    pub fn push(&mut self, record: &[u8], take: &mut Take<'_>) -> Result<()> {
        if !self.is_open || !record.starts_with(&self.key) {
            self.finish(take)?;
            let length = key_length(&self.plan, record).ok_or_else(not_as_written)?;
            self.is_open = true;
            self.key
                .extend_from_slice(record.get(..length).unwrap_or_default());
        }
        let rest = record.get(self.key.len()..).unwrap_or_default();
        let (what, rest) = rest.split_first().ok_or_else(not_as_written)?;
        if *what == SUMS {
            return self.add_sums(rest).ok_or_else(not_as_written);
        }
        if record != self.member {
            match *what {
                PAGE => self.pages += 1,
                USER => self.users += 1,
                _ => return Err(not_as_written()),
            }
            self.member.clear();
            self.member.extend_from_slice(record);
        }
        Ok(())
    }

    /// Hands on the last group.
    pub fn finish(&mut self, take: &mut Take<'_>) -> Result<()> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        let outcome = take(Group {
            key: &self.key,
            label: &self.label,
            tally: std::mem::take(&mut self.tally),
            pages: std::mem::take(&mut self.pages),
            users: std::mem::take(&mut self.users),
        });
        self.key.clear();
        self.label.clear();
        outcome
    }

    fn add_sums(&mut self, sums: &[u8]) -> Option<()> {
        let mut reader = Reader(sums);
        let tally = Tally::read(&mut reader)?;
        let label = reader.0;
        // As groups in memory keep their labels.
        let age = tally.last_seconds().cmp(&self.tally.last_seconds());
        if !label.is_empty() && (age.is_gt() || age.is_eq() && label > &self.label[..]) {
            self.label.clear();
            self.label.extend_from_slice(label);
        }
        self.tally.merge(&tally);
        Some(())
    }
}

fn not_as_written() -> Error {
    Error::internal("a count was not written as it is read")
}
