//! Groups that are kept for a while.

use super::merger::Group;
use super::tally::Tally;

/// Groups in their order, with their bytes end to end.
#[derive(Debug, Default)]
pub struct KeptGroups {
    bytes: Vec<u8>,
    groups: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    key_end: usize,
    label_end: usize,
    tally: Tally,
    pages: u64,
    users: u64,
}

impl KeptGroups {
    /// Keeps one more.
    pub fn push(&mut self, group: Group<'_>) {
        self.bytes.extend_from_slice(group.key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(group.label);
        self.groups.push(Kept {
            key_end,
            label_end: self.bytes.len(),
            tally: group.tally,
            pages: group.pages,
            users: group.users,
        });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        let mut begin = 0;
        self.groups.iter().map(move |kept| {
            let key = self.bytes.get(begin..kept.key_end).unwrap_or_default();
            let label = self
                .bytes
                .get(kept.key_end..kept.label_end)
                .unwrap_or_default();
            begin = kept.label_end;
            Group {
                key,
                label,
                tally: kept.tally,
                pages: kept.pages,
                users: kept.users,
            }
        })
    }
}
