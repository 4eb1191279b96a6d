//! Which earlier revision has the same content.

use std::collections::HashMap;

use crate::derive::Sha1;

/// Stands for "none" among numbers of revisions.
pub(super) const NONE: u32 = u32::MAX;

/// Up to so many revisions a search back is faster than a table.
const FEW: usize = 24;

/// For each revision the number of the latest one before it with the same checksum, or [`NONE`].
///
/// Takes time in proportion to the revisions, of which there are fewer than 2^32.
pub(super) fn previous_equal(checksums: &[Option<Sha1>]) -> Vec<u32> {
    if checksums.len() <= FEW {
        return by_search(checksums);
    }
    let mut latest = HashMap::with_capacity(checksums.len());
    let mut number = 0..;
    checksums
        .iter()
        .zip(&mut number)
        .map(|(checksum, number): (_, u32)| {
            checksum
                .and_then(|checksum| latest.insert(checksum, number))
                .unwrap_or(NONE)
        })
        .collect()
}

fn by_search(checksums: &[Option<Sha1>]) -> Vec<u32> {
    let previous = |(number, checksum): (usize, &Option<Sha1>)| {
        checksum.as_ref()?;
        let before = checksums.get(..number)?;
        let found = before.iter().rposition(|other| other == checksum)?;
        u32::try_from(found).ok()
    };
    checksums
        .iter()
        .enumerate()
        .map(|numbered| previous(numbered).unwrap_or(NONE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_find_the_same() {
        let checksum = |number: usize| Some(Sha1([(number * number % 11) as u8; 20]));
        let few: Vec<_> = (0..FEW).map(checksum).collect();
        let many: Vec<_> = (0..2 * FEW).map(checksum).collect();
        let of_many = previous_equal(&many);
        assert_eq!(previous_equal(&few), of_many[..FEW]);
        assert_eq!(by_search(&many), of_many);
        assert!(of_many.contains(&NONE));
    }

    #[test]
    fn unknown_content_equals_nothing() {
        for count in [3, 3 * FEW] {
            assert_eq!(previous_equal(&vec![None; count]), vec![NONE; count]);
        }
    }
}
