//! The order of time, which is not always that of the dump.

use super::facts::Fact;

/// Revisions in the order of their times; those of one second in that of their ids, and those that
/// agree in both, as when a dump repeats one, in that of the dump.  What has no time comes first.
///
/// So Wikimedia's `mediawiki_history` sorts.  Dumps are in the order of ids, which imports, merges
/// and undeletion make another one.
#[derive(Debug)]
pub enum TimeOrder {
    /// It is that of the dump.
    AsGiven,
    /// It is another one.
    Other {
        /// Numbers of the revisions, by place.
        by_time: Vec<u32>,
        /// The place of each revision.
        places: Vec<u32>,
    },
}

impl TimeOrder {
    /// The order of a page's revisions, of which there are fewer than 2^32.
    pub fn of(revisions: &[Fact<'_>]) -> Self {
        let key = |fact: &Fact<'_>| (fact.seconds(), fact.id());
        if revisions.is_sorted_by_key(key) {
            return Self::AsGiven;
        }
        let mut by_time: Vec<u32> = (0..revisions.len() as u32).collect();
        by_time.sort_by_key(|index| key(&revisions[*index as usize]));
        let mut places = vec![0; by_time.len()];
        for (place, index) in by_time.iter().enumerate() {
            places[*index as usize] = place as u32;
        }
        Self::Other { by_time, places }
    }

    /// The number, in the dump's order, of the revision at a place.
    pub fn index_at(&self, place: usize) -> usize {
        match self {
            Self::AsGiven => place,
            Self::Other { by_time, .. } => by_time[place] as usize,
        }
    }

    /// The place of the revision of a number.
    pub fn place_of(&self, index: usize) -> usize {
        match self {
            Self::AsGiven => index,
            Self::Other { places, .. } => places[index] as usize,
        }
    }
}
