//! What is summed up of a group.

use std::cmp::Ordering;

use super::bytes::{Reader, put_short, put_short_signed};
use crate::model::Timestamp;

/// Sums over the records of a group, and their first and last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many records.
    pub records: u64,
    /// How many of them are marked as minor.
    pub minor: u64,
    /// Times of the first and the last one, in seconds since 1970.
    times: Option<(i64, i64)>,
    /// What [`Derived`] says of them.
    pub bytes_net: i64,
    /// Sum of what was added, without what was taken away.
    pub bytes_added: i64,
    /// How many have no difference that could be told.
    pub bytes_unknown: u64,
    /// How many were reverted.
    pub reverted: u64,
    /// How many are reverts.
    pub reverting: u64,
}

/// What the other revisions of its page tell of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Derived {
    /// Its size less its parent's; `None` where that cannot be told.
    pub bytes_diff: Option<i64>,
    /// Whether it was reverted.
    pub is_reverted: bool,
    /// Whether it is a revert.
    pub is_revert: bool,
}

impl Tally {
    /// Counts a record; tells how its time compares with the last one before.
    pub(super) fn count(&mut self, time: Option<Timestamp>, is_minor: bool) -> Ordering {
        self.records += 1;
        self.minor += u64::from(is_minor);
        let before = self.last_seconds();
        if let Some(seconds) = time.map(Timestamp::seconds) {
            let (first, last) = self.times.unwrap_or((seconds, seconds));
            self.times = Some((first.min(seconds), last.max(seconds)));
        }
        time.map(Timestamp::seconds).cmp(&before)
    }

    /// Adds what was derived of a record that was counted.
    pub(super) fn add_derived(&mut self, derived: Derived) {
        match derived.bytes_diff {
            Some(bytes) => {
                self.bytes_net = self.bytes_net.saturating_add(bytes);
                self.bytes_added = self.bytes_added.saturating_add(bytes.max(0));
            }
            None => self.bytes_unknown += 1,
        }
        self.reverted += u64::from(derived.is_reverted);
        self.reverting += u64::from(derived.is_revert);
    }

    /// Adds the sums of another part of the group.
    pub(super) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.minor += other.minor;
        self.times = match (self.times, other.times) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
            (one, two) => one.or(two),
        };
        self.bytes_net = self.bytes_net.saturating_add(other.bytes_net);
        self.bytes_added = self.bytes_added.saturating_add(other.bytes_added);
        self.bytes_unknown += other.bytes_unknown;
        self.reverted += other.reverted;
        self.reverting += other.reverting;
    }

    pub(super) fn last_seconds(&self) -> Option<i64> {
        self.times.map(|(_, last)| last)
    }

    /// When the first record was made.
    pub fn first(&self) -> Option<Timestamp> {
        Timestamp::from_seconds(self.times?.0)
    }

    /// When the last one was.
    pub fn last(&self) -> Option<Timestamp> {
        Timestamp::from_seconds(self.times?.1)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_short(out, self.records);
        put_short(out, self.minor);
        put_short(out, u64::from(self.times.is_some()));
        if let Some((first, last)) = self.times {
            put_short_signed(out, first);
            put_short_signed(out, last);
        }
        put_short_signed(out, self.bytes_net);
        put_short_signed(out, self.bytes_added);
        put_short(out, self.bytes_unknown);
        put_short(out, self.reverted);
        put_short(out, self.reverting);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            records: reader.short()?,
            minor: reader.short()?,
            times: match reader.short()? {
                0 => None,
                _ => Some((reader.short_signed()?, reader.short_signed()?)),
            },
            bytes_net: reader.short_signed()?,
            bytes_added: reader.short_signed()?,
            bytes_unknown: reader.short()?,
            reverted: reader.short()?,
            reverting: reader.short()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_in_any_order_and_as_bytes() {
        let time = |text| Timestamp::parse(text);
        let mut one = Tally::default();
        assert!(one.count(time("2024-01-02T00:00:00Z"), true).is_gt());
        assert!(one.count(time("2024-01-01T00:00:00Z"), false).is_lt());
        assert!(one.count(None, false).is_lt());
        one.add_derived(Derived {
            bytes_diff: Some(-3),
            is_reverted: true,
            is_revert: false,
        });
        let mut two = Tally::default();
        assert!(two.count(None, false).is_eq());
        assert!(two.count(time("2023-01-01T00:00:00Z"), false).is_gt());
        two.add_derived(Derived {
            bytes_diff: Some(5),
            is_reverted: false,
            is_revert: true,
        });
        two.add_derived(Derived::default());
        let (mut there, mut back) = (one, two);
        there.merge(&two);
        back.merge(&one);
        assert_eq!(there, back);
        assert_eq!((there.records, there.minor), (5, 1));
        assert_eq!(there.first(), time("2023-01-01T00:00:00Z"));
        assert_eq!(there.last(), time("2024-01-02T00:00:00Z"));
        assert_eq!((there.bytes_net, there.bytes_added), (2, 5));
        assert_eq!(
            (there.bytes_unknown, there.reverted, there.reverting),
            (1, 1, 1)
        );
        for tally in [one, two, there, Tally::default()] {
            let mut bytes = Vec::new();
            tally.write(&mut bytes);
            assert_eq!(Tally::read(&mut Reader(&bytes)), Some(tally));
            assert_eq!(Tally::read(&mut Reader(&bytes[1..])), None);
        }
    }
}
