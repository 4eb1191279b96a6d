//! What comes before a revision on its page, and what follows.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::checksum::Sha1;
use super::facts::{Fact, Parent};
use super::order::TimeOrder;
use super::reverts::{FirstBase, RadiusRevert, within_radius};

/// The revisions of a page, as numbers in the order of the dump.
#[derive(Debug)]
pub struct PageHistory<'f> {
    revisions: Vec<Fact<'f>>,
    order: TimeOrder,
    /// Numbers by revision id, made when a parent is not the revision before.
    by_id: OnceCell<HashMap<i64, u32>>,
}

impl<'f> PageHistory<'f> {
    /// The history of a page of fewer than 2^32 revisions.
    pub fn new(revisions: Vec<Fact<'f>>) -> Self {
        Self {
            order: TimeOrder::of(&revisions),
            revisions,
            by_id: OnceCell::new(),
        }
    }

    /// The revisions, in the order of the dump.
    pub fn revisions(&self) -> &[Fact<'f>] {
        &self.revisions
    }

    /// The order of time.
    pub fn order(&self) -> &TimeOrder {
        &self.order
    }

    /// Reverts as mwreverts finds them in an order of the revisions; its numbers are places there.
    pub fn reverts_within_radius(&self, order: &TimeOrder, radius: usize) -> Vec<RadiusRevert> {
        let at = |place| self.revisions[order.index_at(place)];
        let places = 0..self.revisions.len();
        let checksums: Vec<_> = places.map(|place| at(place).sha1()).collect();
        within_radius(&checksums, radius)
    }

    /// Reverts as `mediawiki_history` has them; its numbers are places in time.
    pub fn reverts_to_first_base(&self) -> FirstBase {
        let at = |place| self.revisions[self.order.index_at(place)];
        let checksums: Vec<Option<Sha1>> = (0..self.revisions.len())
            .map(|place| at(place).sha1())
            .collect();
        FirstBase::find(
            &checksums,
            |parent, child| matches!(at(child).parent(), Parent::Revision(id) if at(parent).id() == Some(id)),
        )
    }

    /// Seconds from the revision before, in the order of time; `None` for the first, and where a
    /// time is not known.
    pub fn seconds_since_previous(&self, number: usize) -> Option<i64> {
        let place = self.order.place_of(number).checked_sub(1)?;
        let previous = self.revisions[self.order.index_at(place)];
        seconds_between(previous, self.revisions[number])
    }

    /// By how many bytes a revision is larger than its parent; the size itself of one that was
    /// made from nothing; `None` where a size is not known, or the parent is not on the page.
    pub fn bytes_since_parent(&self, number: usize) -> Option<i64> {
        let revision = self.revisions[number];
        let size_bytes = revision.size_bytes()?;
        match revision.parent() {
            Parent::Nothing => Some(size_bytes),
            Parent::Revision(id) => size_bytes.checked_sub(self.by_id(id, number)?.size_bytes()?),
            Parent::Unknown => None,
        }
    }

    /// The revision of an id; as a rule it is the one before.
    fn by_id(&self, id: i64, before: usize) -> Option<Fact<'f>> {
        if let Some(previous) = before.checked_sub(1)
            && self.revisions[previous].id() == Some(id)
        {
            return Some(self.revisions[previous]);
        }
        let by_id = self.by_id.get_or_init(|| {
            let numbered = self.revisions.iter().zip(0..);
            numbered
                .filter_map(|(fact, number)| Some((fact.id()?, number)))
                .collect()
        });
        by_id
            .get(&id)
            .map(|number| self.revisions[*number as usize])
    }
}

/// Seconds from one revision to another, where both times are known.
pub fn seconds_between(from: Fact<'_>, to: Fact<'_>) -> Option<i64> {
    Some(to.seconds()? - from.seconds()?)
}
