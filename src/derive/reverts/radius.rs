//! Reverts as the Python package mwreverts finds them.

use super::equal::{NONE, previous_equal};
use crate::derive::Sha1;

/// A revert; revisions are numbers in the order that was given.  What lies between the two is
/// reverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RadiusRevert {
    /// The revision whose content came back.
    pub reverted_to: usize,
    /// The revision that brought it back.
    pub reverting: usize,
}

/// Finds reverts in the order given: a revision reverts to the latest one before it with the same
/// checksum, where one revision at least and no more than `radius` lie between.  Where none lies
/// between, it changes nothing and is no revert.
///
/// mwreverts has a radius of 15 where nothing else is said, and reads a dump in its own order.
pub fn within_radius(checksums: &[Option<Sha1>], radius: usize) -> Vec<RadiusRevert> {
    let numbered = previous_equal(checksums).into_iter().enumerate();
    numbered
        .filter(|(_, previous)| *previous != NONE)
        .map(|(reverting, previous)| RadiusRevert {
            reverted_to: previous as usize,
            reverting,
        })
        .filter(|revert| (1..=radius).contains(&(revert.reverting - revert.reverted_to - 1)))
        .collect()
}
