//! Sets of ids.

use std::collections::HashMap;

/// A set of ids in blocks of 65,536: those of a block with few of them as a sorted list, else a bit for
/// each.  Ids of a wiki are dense, so that all the revisions of the largest take some 200 MB.
#[derive(Debug, Default, Clone)]
pub(super) struct IdSet {
    blocks: HashMap<i64, Block>,
    bytes: usize,
}

#[derive(Debug, Clone)]
enum Block {
    Few(Vec<u16>),
    Many(Box<[u64; WORDS]>),
}

const BLOCK_IDS: i64 = 1 << 16;
const WORDS: usize = 1 << 10;
/// So many take as much room as a bit for each id.
const MOST_OF_FEW: usize = 1 << 12;
/// What a block takes beside its ids.
const BLOCK_BYTES: usize = 64;

impl IdSet {
    pub(super) fn insert(&mut self, id: i64) {
        let place = id.rem_euclid(BLOCK_IDS) as u16;
        let block = self
            .blocks
            .entry(id.div_euclid(BLOCK_IDS))
            .or_insert_with(|| {
                self.bytes += BLOCK_BYTES;
                Block::Few(Vec::new())
            });
        match block {
            Block::Few(few) => {
                let Err(at) = few.binary_search(&place) else {
                    return;
                };
                if few.len() < MOST_OF_FEW {
                    few.insert(at, place);
                    self.bytes += size_of::<u16>();
                    return;
                }
                let mut words = Box::new([0; WORDS]);
                for id in few.iter().chain([&place]) {
                    set_bit(&mut words, *id);
                }
                self.bytes += size_of_val(&*words) - size_of_val(few.as_slice());
                *block = Block::Many(words);
            }
            Block::Many(words) => set_bit(words, place),
        }
    }

    pub(super) fn contains(&self, id: i64) -> bool {
        let place = id.rem_euclid(BLOCK_IDS) as u16;
        match self.blocks.get(&id.div_euclid(BLOCK_IDS)) {
            None => false,
            Some(Block::Few(few)) => few.binary_search(&place).is_ok(),
            Some(Block::Many(words)) => {
                let word = words.get(usize::from(place) / 64).copied().unwrap_or(0);
                word & (1 << (place % 64)) != 0
            }
        }
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        other.for_each(|id| self.insert(id));
    }

    fn for_each(&self, mut take: impl FnMut(i64)) {
        for (number, block) in &self.blocks {
            let mut tell = |place: u16| take(number * BLOCK_IDS + i64::from(place));
            match block {
                Block::Few(few) => few.iter().for_each(|place| tell(*place)),
                Block::Many(words) => (0..=u16::MAX)
                    .filter(|place| words[usize::from(*place) / 64] & (1 << (place % 64)) != 0)
                    .for_each(tell),
            }
        }
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

fn set_bit(words: &mut [u64; WORDS], place: u16) {
    words[usize::from(place) / 64] |= 1 << (place % 64);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let (mut set, mut known) = (IdSet::default(), HashSet::new());
        let mut id: i64 = 7;
        for round in 0..30_000 {
            id = id.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            for id in [id, id % 20_000, round] {
                set.insert(id);
                known.insert(id);
            }
        }
        let mut copy = IdSet::default();
        copy.add_all(&set);
        for id in known.iter().copied().chain(-40_000..40_000) {
            assert_eq!(set.contains(id), known.contains(&id), "{id}");
            assert_eq!(copy.contains(id), known.contains(&id), "{id}");
        }
        let mut seen = 0;
        set.for_each(|_| seen += 1);
        assert_eq!(seen, known.len());
    }
}
