//! Which ids dumps can tell of.

/// Ids of which the dumps hold all that there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Coverage {
    /// First and last, in order and apart.
    ranges: Vec<(i64, i64)>,
    is_whole: bool,
}

impl Coverage {
    /// Of all ids.
    pub(super) fn whole(&mut self) {
        self.is_whole = true;
    }

    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.is_whole && self.ranges.is_empty()
    }

    /// Of the ids from `first` to `last`, too.
    pub(super) fn add(&mut self, first: i64, last: i64) {
        self.ranges.push((first, last));
        self.ranges.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(self.ranges.len());
        for (first, last) in self.ranges.drain(..) {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        self.ranges = merged;
    }

    pub(super) fn holds(&self, id: i64) -> bool {
        let behind = self.ranges.partition_point(|(first, _)| *first <= id);
        let range = behind.checked_sub(1).and_then(|at| self.ranges.get(at));
        self.is_whole || range.is_some_and(|(_, last)| id <= *last)
    }

    /// For people: `1 to 812, 900 to 950`.
    pub(super) fn told(&self) -> String {
        match (self.is_whole, self.ranges.as_slice()) {
            (true, _) => "all".to_owned(),
            (false, []) => "none".to_owned(),
            (false, ranges) => {
                let told = ranges
                    .iter()
                    .map(|(first, last)| format!("{first} to {last}"));
                told.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_merged() {
        let mut coverage = Coverage::default();
        assert!(coverage.is_empty() && !coverage.holds(1));
        for (first, last) in [(10, 20), (1, 5), (6, 7), (15, 30)] {
            coverage.add(first, last);
        }
        assert_eq!(coverage.told(), "1 to 7, 10 to 30");
        for (id, is_held) in [
            (0, false),
            (1, true),
            (7, true),
            (8, false),
            (30, true),
            (31, false),
        ] {
            assert_eq!(coverage.holds(id), is_held, "{id}");
        }
        coverage.whole();
        assert!(coverage.holds(1 << 40) && coverage.told() == "all");
    }
}
