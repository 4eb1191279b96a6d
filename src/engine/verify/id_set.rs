//! Ids that were seen.

use std::collections::HashMap;

/// A set of ids: a bit for each of those that lie near one that was seen.  Ids of a wiki are dense, so
/// that all the revisions of the largest take some 200 MB, and those of one file what they span.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    blocks: HashMap<i64, Box<[u64; BLOCK_WORDS]>>,
}

const BLOCK_WORDS: usize = 1024;

impl IdSet {
    /// Adds an id; whether it was there before.
    pub(super) fn add(&mut self, id: i64) -> bool {
        const BLOCK_IDS: i64 = 64 * BLOCK_WORDS as i64;
        let block = self
            .blocks
            .entry(id.div_euclid(BLOCK_IDS))
            .or_insert_with(|| Box::new([0; BLOCK_WORDS]));
        let place = id.rem_euclid(BLOCK_IDS) as usize;
        let (word, bit) = (&mut block[place / 64], 1 << (place % 64));
        let was_there = *word & bit != 0;
        *word |= bit;
        was_there
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::IdSet;

    #[test]
    fn each_id_once() {
        let mut set = IdSet::default();
        let mut known = HashSet::new();
        let mut id: i64 = 7;
        for _ in 0..10_000 {
            id = id.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            for id in [id, id % 100_000, id % 100] {
                assert_eq!(set.add(id), !known.insert(id), "{id}");
            }
        }
    }
}
