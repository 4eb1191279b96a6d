//! Elements that are not known: counted by name, as long as there are not too many names.

use std::collections::BTreeMap;

use super::options::Limits;
use crate::error::Error;

/// Those of a chunk.
#[derive(Debug, Default)]
pub(super) struct Unknown(Vec<Named>);

#[derive(Debug)]
struct Named {
    name: String,
    count: u64,
    /// Where the first stands: in the decoded XML and (about) in the stored file.
    place: (u64, u64),
}

/// What elements are counted under whose names are too many.
const OTHERS: &str = "…";

impl Unknown {
    /// Notes down so many elements of a name, the first of which stands at a place.
    pub(super) fn note(&mut self, name: &str, count: u64, place: (u64, u64)) {
        let name = name.to_owned();
        self.0.push(Named { name, count, place });
    }
}

/// Counts those of an input.
#[derive(Debug)]
pub(super) struct UnknownNames {
    most: usize,
    are_too_many: bool,
}

impl UnknownNames {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.unknown_elements,
            are_too_many: false,
        }
    }

    /// Counts those of the next chunk.  The first name that is too many is told, wherever chunks were cut;
    /// from then on names that are new are counted together.
    pub(super) fn count(
        &mut self,
        unknown: Unknown,
        counts: &mut BTreeMap<String, u64>,
    ) -> Option<Error> {
        let mut why = None;
        let mut all = unknown.0;
        all.sort_by_key(|named| named.place);
        for Named { name, count, place } in all {
            if let Some(known) = counts.get_mut(&name) {
                *known += count;
            } else if counts.len() < self.most {
                counts.insert(name, count);
            } else {
                if !std::mem::replace(&mut self.are_too_many, true) {
                    why = Some(self.too_many(&name, place));
                }
                *counts.entry(OTHERS.to_owned()).or_default() += count;
            }
        }
        why
    }

    fn too_many(&self, name: &str, (xml_offset_bytes, file_offset_bytes): (u64, u64)) -> Error {
        Error::damaged(format!(
            "<{name}> is one more than {} different elements that are not known, the limit of \
             --max-unknown-elements",
            self.most
        ))
        .at_file_byte(file_offset_bytes)
        .at_xml_byte(xml_offset_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_is_too_many_wherever_chunks_are_cut() {
        let names = ["a", "b", "a", "c", "d", "b", "e"];
        for cut in 0..=names.len() {
            let mut seen = UnknownNames {
                most: 2,
                are_too_many: false,
            };
            let mut counts = BTreeMap::new();
            let mut told = Vec::new();
            let mut at = 0;
            for names in [&names[..cut], &names[cut..]] {
                let mut by_name = BTreeMap::<_, (u64, u64)>::new();
                for name in names {
                    by_name.entry(name).or_insert((0, at)).0 += 1;
                    at += 10;
                }
                let mut unknown = Unknown::default();
                for (name, (count, at)) in by_name {
                    unknown.note(name, count, (at, 0));
                }
                told.extend(seen.count(unknown, &mut counts));
            }
            let [why] = &told[..] else {
                panic!("{told:?}");
            };
            assert!(why.message().starts_with("<c> is one more than 2 "));
            assert_eq!(why.location().xml_offset_bytes, Some(30));
            let expected = [("a", 2), ("b", 2), (OTHERS, 3)];
            let counts: Vec<_> = counts
                .iter()
                .map(|(name, count)| (&**name, *count))
                .collect();
            assert_eq!(counts, expected);
        }
    }
}
