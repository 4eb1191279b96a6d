//! A hash table of strings of bytes: all keys end to end, all values in a row, and a number for each
//! place.  No key has an allocation of its own.

use std::hash::{BuildHasher, RandomState};

/// Values by keys.
#[derive(Debug, Default)]
pub(super) struct KeyTable<V> {
    /// All keys, end to end, in the order in which they came.
    keys: Vec<u8>,
    entries: Vec<Entry<V>>,
    /// Numbers of entries from 1 by the low bits of their hash; 0 where there is none.
    places: Vec<u32>,
    /// Names are chosen by strangers, who must not be able to choose the hash.
    hasher: RandomState,
    /// The entry that was asked for last, for records of one key come in a row.
    last: usize,
}

#[derive(Debug)]
struct Entry<V> {
    /// Where its key ends.
    key_end: usize,
    hash: u32,
    value: V,
}

impl<V: Default> KeyTable<V> {
    /// Keys that it can have at most: they are numbered in 32 bits.
    pub(super) const MOST: usize = 1 << 31;
    const FIRST_PLACES: usize = 64;

    /// The value of a key, which is made if it is not there.
    #[inline]
    pub(super) fn value(&mut self, key: &[u8]) -> &mut V {
        if self.entries.is_empty() || self.key(self.last) != key {
            self.last = self.find(key);
        }
        &mut self.entries[self.last].value
    }

    /// The value that was asked for last.
    pub(super) fn last_value(&mut self) -> Option<&mut V> {
        self.entries
            .get_mut(self.last)
            .map(|entry| &mut entry.value)
    }

    fn find(&mut self, key: &[u8]) -> usize {
        if self.places.len() * 3 / 4 <= self.entries.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one(key) as u32;
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            match self.places[place] {
                0 => break,
                number => {
                    let index = number as usize - 1;
                    if self.entries[index].hash == hash && self.key(index) == key {
                        return index;
                    }
                }
            }
            place = (place + 1) & mask;
        }
        self.keys.extend_from_slice(key);
        self.entries.push(Entry {
            key_end: self.keys.len(),
            hash,
            value: V::default(),
        });
        self.places[place] = self.entries.len() as u32;
        self.entries.len() - 1
    }

    #[cold]
    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(Self::FIRST_PLACES);
        self.places = vec![0; length];
        for (entry, number) in self.entries.iter().zip(1..) {
            let mut place = entry.hash as usize & (length - 1);
            while self.places[place] != 0 {
                place = (place + 1) & (length - 1);
            }
            self.places[place] = number;
        }
    }

    fn key(&self, index: usize) -> &[u8] {
        let before = index.checked_sub(1).map(|before| &self.entries[before]);
        let begin = before.map_or(0, |entry| entry.key_end);
        &self.keys[begin..self.entries[index].key_end]
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Keys with their values, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &V)> {
        (0..self.len()).map(|index| (self.key(index), &self.entries[index].value))
    }

    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.keys.capacity()
            + self.entries.capacity() * size_of::<Entry<V>>()
            + self.places.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn it_holds_what_a_map_of_the_library_holds() {
        let mut table = KeyTable::<u64>::default();
        let mut map = BTreeMap::<Vec<u8>, u64>::new();
        let mut state = 1_u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = (state >> 20) % 3000;
            let key = &b"a key of some length"[..number as usize % 20].to_vec();
            let key = [key, &number.to_le_bytes()[..number as usize % 5]].concat();
            *table.value(&key) += 1;
            if let Some(value) = table.last_value() {
                *value += 1;
            }
            *map.entry(key).or_default() += 2;
        }
        assert_eq!(table.len(), map.len());
        let found: BTreeMap<_, _> = table
            .iter()
            .map(|(key, value)| (key.to_vec(), *value))
            .collect();
        assert_eq!(found, map);
    }
}
