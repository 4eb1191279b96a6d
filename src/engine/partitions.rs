//! The partitions of a job: which wikis its inputs are of, and on which day.

use std::collections::BTreeMap;

use crate::sink::Partition;

/// Partitions in the order of the inputs that were first to have them; none where tables have none.
#[derive(Debug, Default)]
pub(super) struct Partitions(BTreeMap<usize, Partition>);

impl Partitions {
    /// Adds that of the input of a number.
    pub(super) fn add(&mut self, input: usize, wiki_id: Option<String>, snapshot: &str) {
        let snapshot = snapshot.to_owned();
        self.0.insert(input, Partition { wiki_id, snapshot });
    }

    /// Each of them once; or none, once, where tables have no partitions.
    pub(super) fn or_none(&self) -> Vec<Option<&Partition>> {
        let mut different: Vec<Option<&Partition>> = Vec::new();
        for partition in self.0.values() {
            if !different.contains(&Some(partition)) {
                different.push(Some(partition));
            }
        }
        match different.is_empty() {
            true => vec![None],
            false => different,
        }
    }

    /// That of a wiki.
    pub(super) fn of_wiki(&self, wiki_id: Option<&str>) -> Option<&Partition> {
        let mut partitions = self.0.values();
        partitions.find(|partition| partition.wiki_id.as_deref() == wiki_id)
    }
}
