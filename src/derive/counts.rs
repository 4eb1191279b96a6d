//! Counting revisions, or log entries, by keys: pages, users, months and others.
//!
//! A [`Counter`] turns each record into the bytes of its key and adds it to the [`Groups`] of a
//! chunk.  Groups can be merged in any order, and be written as records of bytes that are sorted on
//! disk: equal keys come together there, so a [`GroupMerger`] needs room for one group only.  All
//! that is kept of a group (sums, least and greatest, sets) is the same whatever order it is
//! gathered in, so no count depends on threads or cut points.

mod bytes;
mod counter;
mod groups;
mod kept;
mod key;
mod merger;
mod plan;
mod row;
mod table;
mod tally;

pub use counter::{Counted, Counter};
pub use groups::Groups;
pub use kept::KeptGroups;
pub use merger::{Group, GroupMerger};
pub use plan::{CountPlan, Key, Measure, Subject};
pub use row::CountRow;
pub use tally::{Derived, Tally};
