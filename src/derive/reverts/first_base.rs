//! Reverts as Wikimedia's table `mediawiki_history` has them.

use super::equal::{NONE, previous_equal};
use crate::derive::Sha1;

/// Who reverted whom on a page, however far apart.  Revisions are numbers in the order of time.
///
/// * The first revision with a checksum is its base.  Each later one with it is a revert to the
///   base, unless its parent is the one with this checksum before it: then it changed nothing.
/// * A revision is reverted by the first revert after it that goes to a base before it, and by
///   none where that revert brings back the revision's own content.
#[derive(Debug)]
pub struct FirstBase {
    /// The first revision with the same checksum, which may be itself.
    bases: Vec<u32>,
    is_revert: Vec<bool>,
    reverted_by: Vec<u32>,
}

impl FirstBase {
    /// Finds reverts in the order of time.  `is_parent` tells whether a revision, the first number,
    /// is what another, the second, was made from.
    ///
    /// Takes time in proportion to the revisions, of which there are fewer than 2^32.
    pub fn find(
        checksums: &[Option<Sha1>],
        mut is_parent: impl FnMut(usize, usize) -> bool,
    ) -> Self {
        let count = checksums.len();
        let mut bases: Vec<u32> = Vec::with_capacity(count);
        let mut is_revert = Vec::with_capacity(count);
        for (number, previous) in previous_equal(checksums).into_iter().enumerate() {
            let is_first = previous == NONE;
            bases.push(match is_first {
                true => number as u32,
                false => bases[previous as usize],
            });
            is_revert.push(!is_first && !is_parent(previous as usize, number));
        }
        let reverted_by = reverted_by(&bases, &is_revert);
        Self {
            bases,
            is_revert,
            reverted_by,
        }
    }

    /// The base that a revision reverts to; `None` where it is no revert.
    pub fn reverted_to(&self, number: usize) -> Option<usize> {
        self.is_revert[number].then_some(self.bases[number] as usize)
    }

    /// The first revert of a revision; `None` where it is not reverted.
    pub fn reverted_by(&self, number: usize) -> Option<usize> {
        Some(self.reverted_by[number])
            .filter(|revert| *revert != NONE)
            .map(|revert| revert as usize)
    }

    /// For each revision the first and the next of those that it is the first to revert.
    pub fn reverted(&self) -> Reverted {
        let mut lists = Reverted {
            first: vec![NONE; self.reverted_by.len()],
            next: vec![NONE; self.reverted_by.len()],
        };
        for (number, revert) in self.reverted_by.iter().enumerate().rev() {
            if let Some(first) = lists.first.get_mut(*revert as usize) {
                lists.next[number] = std::mem::replace(first, number as u32);
            }
        }
        lists
    }
}

/// Lists of reverted revisions, by the first revert of each.
#[derive(Debug)]
pub struct Reverted {
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Reverted {
    /// Those that a revision was the first to revert, in order.
    pub fn by(&self, revert: usize) -> impl Iterator<Item = usize> + Clone {
        let known = |number: u32| (number != NONE).then_some(number as usize);
        std::iter::successors(known(self.first[revert]), move |number| {
            known(self.next[*number])
        })
    }
}

/// For each revision the first revert behind it that goes to a base before it, if that is not the
/// revision's own base.
///
/// Goes from the end to the begin with the reverts that may still be the first for somebody: one
/// is out of question behind another that is earlier and whose base is no later.
fn reverted_by(bases: &[u32], is_revert: &[bool]) -> Vec<u32> {
    let mut reverted_by = vec![NONE; bases.len()];
    // The latest revert is at the bottom, the latest base at the top.
    let mut ahead: Vec<u32> = Vec::new();
    for number in (0..bases.len()).rev() {
        let base_of = |revert: u32| bases[revert as usize];
        while ahead
            .last()
            .is_some_and(|revert| base_of(*revert) as usize >= number)
        {
            ahead.pop();
        }
        if let Some(revert) = ahead.last()
            && base_of(*revert) != bases[number]
        {
            reverted_by[number] = *revert;
        }
        if is_revert[number] {
            while ahead
                .last()
                .is_some_and(|revert| base_of(*revert) >= bases[number])
            {
                ahead.pop();
            }
            ahead.push(number as u32);
        }
    }
    reverted_by
}
