//! Files over which a page is spread, as their names tell.
//!
//! Content file exports cut the history of a page that is too large for one file: each of its files
//! repeats the page's header and has the revisions of some time.  A page can also be the last of one
//! range of pages and the first of the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{DumpName, Kind};

/// Files that are to be read one after another, for a page can go on from each into the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// The files in their order.  Those of one step hold pieces of the same page, whose order only the
    /// times in them tell; they are given in the order of their names.
    pub steps: Vec<Vec<SpreadFile>>,
}

/// A file among others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpreadFile {
    /// Its place among the files given.
    pub index: usize,
    /// The only page that it may have, by its name.
    pub only_page: Option<i64>,
    /// Pages that other files of its run have for themselves.
    pub pages_elsewhere: Arc<BTreeSet<i64>>,
}

impl Spread {
    /// One file for itself.
    fn of_one(index: usize) -> Self {
        let file = SpreadFile {
            index,
            ..SpreadFile::default()
        };
        Self {
            steps: vec![vec![file]],
        }
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &SpreadFile> {
        self.steps.iter().flatten()
    }

    fn least_index(&self) -> usize {
        self.files().map(|file| file.index).min().unwrap_or(0)
    }
}

/// What files have in common between which a page can be spread.
type RunKey<'n> = (&'n str, &'n str, Kind);

/// Puts files together over which pages are spread, by their names (`None` is a file whose name tells
/// nothing).  All others come alone; each comes once, those of the least places first.
pub fn spread(names: &[Option<DumpName>]) -> Vec<Spread> {
    let mut runs: BTreeMap<RunKey<'_>, Ranges> = BTreeMap::new();
    let mut all = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match name.as_ref().map(|name| (name, name.pages)) {
            Some((name, Some(pages))) => {
                let run = (name.wiki.as_str(), name.date.as_str(), name.kind);
                runs.entry(run).or_default().add(index, name, pages);
            }
            _ => all.push(Spread::of_one(index)),
        }
    }
    all.extend(runs.into_values().flat_map(Ranges::chained));
    all.sort_by_key(Spread::least_index);
    all
}

/// The files of a run.
#[derive(Default)]
struct Ranges {
    /// First and last page, and the place of the file.
    ranges: Vec<((u64, u64), usize)>,
    /// Files of one page: the first revision by the name, and the place.
    pieces: BTreeMap<u64, Vec<(u64, usize)>>,
    /// Whether the names say that there are no other pages in these.
    are_exports: bool,
}

impl Ranges {
    fn add(&mut self, index: usize, name: &DumpName, pages: (u64, u64)) {
        self.are_exports = name.kind == Kind::ContentHistory;
        if pages.0 == pages.1 {
            let first_revision = name.revisions.map_or(0, |(first, _)| first);
            let pieces = self.pieces.entry(pages.0).or_default();
            pieces.push((first_revision, index));
        } else {
            self.ranges.push((pages, index));
        }
    }

    fn chained(mut self) -> Vec<Spread> {
        self.ranges.sort_unstable();
        let elsewhere = self.pieces.keys().filter_map(|page| page_id(*page));
        let elsewhere: Arc<BTreeSet<_>> = Arc::new(elsewhere.collect());
        let mut all = Vec::new();
        let mut chain = Spread::default();
        let mut last_page = None;
        for ((first, last), index) in std::mem::take(&mut self.ranges) {
            if last_page != Some(first) {
                all.push(std::mem::take(&mut chain));
                chain.steps.extend(self.take_pieces(first));
            }
            let borders = [first, last].map(page_id);
            let is_inside = |page: &&i64| !borders.contains(&Some(**page));
            let pages_elsewhere = match self.are_exports {
                true => elsewhere.iter().filter(is_inside).copied().collect(),
                false => BTreeSet::new(),
            };
            chain.steps.push(vec![SpreadFile {
                index,
                only_page: None,
                pages_elsewhere: Arc::new(pages_elsewhere),
            }]);
            chain.steps.extend(self.take_pieces(last));
            last_page = Some(last);
        }
        all.push(chain);
        let pages: Vec<_> = self.pieces.keys().copied().collect();
        all.extend(pages.into_iter().filter_map(|page| {
            let steps = vec![self.take_pieces(page)?];
            Some(Spread { steps })
        }));
        all.retain(|chain| !chain.steps.is_empty());
        all
    }

    /// The files of one page, in the order of their names.
    fn take_pieces(&mut self, page: u64) -> Option<Vec<SpreadFile>> {
        let mut pieces = self.pieces.remove(&page)?;
        pieces.sort_unstable();
        let file = |(_, index)| SpreadFile {
            index,
            only_page: page_id(page).filter(|_| self.are_exports),
            pages_elsewhere: Arc::default(),
        };
        Some(pieces.into_iter().map(file).collect())
    }
}

fn page_id(page: u64) -> Option<i64> {
    page.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places of the files that go together, by step.
    fn chains(names: &[&str]) -> Vec<Vec<Vec<usize>>> {
        let names: Vec<_> = names.iter().map(|name| DumpName::parse(name)).collect();
        let of_step = |step: &Vec<SpreadFile>| step.iter().map(|file| file.index).collect();
        spread(&names)
            .iter()
            .map(|chain| chain.steps.iter().map(of_step).collect())
            .collect()
    }

    #[test]
    fn pieces_of_a_page_go_together_wherever_they_are_named() {
        assert_eq!(
            chains(&[
                "w-2026-01-01-p100p200.xml.bz2",
                "w-2026-01-01-p17r900r12.xml.bz2",
                "other.xml",
                "w-2026-01-01-p1p16.xml.bz2",
                "w-2026-01-01-p17r13r899.xml.bz2",
                "v-2026-01-01-p17r14r20.xml.bz2",
                "w-2026-02-01-p17r14r20.xml.bz2",
                "w-2026-01-01-p18r5r6.xml.bz2",
            ]),
            [
                vec![vec![0]],
                vec![vec![4, 1]],
                vec![vec![2]],
                vec![vec![3]],
                vec![vec![5]],
                vec![vec![6]],
                vec![vec![7]],
            ]
        );
    }

    #[test]
    fn ranges_that_share_a_border_go_together() {
        assert_eq!(
            chains(&[
                "w-2026-01-01-p10p20.xml.bz2",
                "w-2026-01-01-p10r7r8.xml.bz2",
                "w-2026-01-01-p10r3r6.xml.bz2",
                "w-2026-01-01-p1p10.xml.bz2",
                "w-2026-01-01-p21p30.xml.bz2",
                "w-2026-01-01-p30p30.xml.bz2",
            ]),
            [vec![vec![3], vec![2, 1], vec![0]], vec![vec![4], vec![5]]]
        );
        assert_eq!(
            chains(&[
                "w-20260101-pages-meta-history1.xml-p1p9.bz2",
                "w-20260101-pages-meta-history2.xml-p9p20.bz2",
                "w-20260101-stub-meta-history2.xml-p20p21.gz",
                "w-20260101-stub-meta-history.xml.gz",
            ]),
            [vec![vec![0], vec![1]], vec![vec![2]], vec![vec![3]]]
        );
    }

    #[test]
    fn what_names_say_of_pages() {
        let names = [
            "w-2026-01-01-p1p99.xml.bz2",
            "w-2026-01-01-p17r1r2.xml.bz2",
            "w-2026-01-01-p99r1r2.xml.bz2",
        ];
        let names = names.map(DumpName::parse);
        let found = spread(&names);
        let files: Vec<_> = found.iter().flat_map(Spread::files).collect();
        assert_eq!(*files[0].pages_elsewhere, BTreeSet::from([17]));
        let only_pages: Vec<_> = files.iter().map(|file| file.only_page).collect();
        assert_eq!(only_pages, [None, Some(99), Some(17)]);
    }
}
