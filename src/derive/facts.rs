//! The few facts of a revision that are kept until its page is complete.

use std::ops::Range;

use super::checksum::Sha1;
use crate::model::{Contributor, Revision, Timestamp, UserKind};

/// Facts of revisions, in the order of the dump.
///
/// A revision takes [`Facts::BYTES_EACH`] bytes and its user's name.
#[derive(Debug, Default)]
pub struct Facts {
    rows: Vec<Row>,
    /// Names of all users, end to end.
    names: String,
    /// Keys under which revisions count, or what else waits with them, end to end, and where each ends, as far as they have some.
    keys: Vec<u8>,
    key_ends: Vec<usize>,
}

/// Facts of one revision.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'f> {
    row: &'f Row,
    name: &'f str,
    key: &'f [u8],
}

/// What a revision was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// From nothing: it is the first.
    Nothing,
    /// From the revision of this id.
    Revision(i64),
    /// The dump does not say.
    Unknown,
}

/// A value is there only if its bit in `known` says so.
#[derive(Debug, Clone, Copy)]
struct Row {
    id: i64,
    /// 0: from nothing.
    parent_id: i64,
    seconds: i64,
    size_bytes: i64,
    user_id: i64,
    /// Where its user's name ends in the names.
    name_end: usize,
    sha1: Sha1,
    user_kind: UserKind,
    known: u8,
}

const ID: u8 = 1;
const PARENT: u8 = 1 << 1;
const TIME: u8 = 1 << 2;
const SIZE: u8 = 1 << 3;
const USER_ID: u8 = 1 << 4;
const NAME: u8 = 1 << 5;
const SHA1: u8 = 1 << 6;
const WANTED: u8 = 1 << 7;

impl Facts {
    /// Bytes of a revision, without its user's name and its key.
    pub const BYTES_EACH: usize = size_of::<Row>();

    /// Notes down a revision.  `has_parents` says whether dumps of this schema tell of parents, so
    /// that one without a parent has none; `is_wanted` whether its rows are to be written.
    pub fn push(&mut self, revision: &Revision<'_>, has_parents: bool, is_wanted: bool) {
        let contributor = &revision.contributor;
        let mut known = 0;
        let mut note = |bit, value: Option<i64>| {
            known |= if value.is_some() { bit } else { 0 };
            value.unwrap_or_default()
        };
        let id = note(ID, revision.id);
        // Writers put -1 for a parent that they have lost, and nothing where there is none.
        let parent_id = revision.parent_id.or(has_parents.then_some(0));
        let parent_id = note(PARENT, parent_id.filter(|id| *id >= 0));
        let seconds = note(TIME, revision.timestamp.map(Timestamp::seconds));
        let size_bytes = note(SIZE, revision.size_bytes());
        let user_id = note(USER_ID, contributor.id.filter(|_| contributor.is_visible));
        let sha1 = Sha1::of_revision(revision);
        known |= if sha1.is_some() { SHA1 } else { 0 };
        known |= if is_wanted { WANTED } else { 0 };
        known |= self.push_name(contributor);
        self.rows.push(Row {
            id,
            parent_id,
            seconds,
            size_bytes,
            user_id,
            name_end: self.names.len(),
            sha1: sha1.unwrap_or(Sha1([0; 20])),
            user_kind: contributor.kind(),
            known,
        });
    }

    fn push_name(&mut self, contributor: &Contributor<'_>) -> u8 {
        match contributor.name.filter(|_| contributor.is_visible) {
            Some(name) => {
                name.for_each_piece(|piece| self.names.push_str(piece));
                NAME
            }
            None => 0,
        }
    }

    /// Notes down under which key the revision counts that was pushed last, or what else waits with it.  Either all have one or
    /// none has.
    pub fn push_key(&mut self, key: &[u8]) {
        self.keys.extend_from_slice(key);
        self.key_ends.push(self.keys.len());
    }

    /// Gives back the room that is not used.
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.names.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.key_ends.shrink_to_fit();
    }

    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the facts of some revisions take, in bytes.
    pub fn bytes_of(&self, range: &Range<usize>) -> usize {
        let name_end = |count: usize| {
            let last = count.checked_sub(1).and_then(|index| self.rows.get(index));
            last.map_or(0, |row| row.name_end)
        };
        let key_end = |count: usize| {
            let last = count
                .checked_sub(1)
                .and_then(|index| self.key_ends.get(index));
            last.copied().unwrap_or_default()
        };
        range.len() * Self::BYTES_EACH + name_end(range.end) - name_end(range.start)
            + key_end(range.end)
            - key_end(range.start)
    }

    /// A revision by its number; `None` where there are not so many.
    pub fn get(&self, index: usize) -> Option<Fact<'_>> {
        let row = self.rows.get(index)?;
        let before = index.checked_sub(1).and_then(|index| self.rows.get(index));
        let begin = before.map_or(0, |row| row.name_end);
        let name = self.names.get(begin..row.name_end).unwrap_or_default();
        let key = self.key(index).unwrap_or_default();
        Some(Fact { row, name, key })
    }

    fn key(&self, index: usize) -> Option<&[u8]> {
        let end = *self.key_ends.get(index)?;
        let before = index
            .checked_sub(1)
            .and_then(|index| self.key_ends.get(index));
        self.keys.get(before.copied().unwrap_or_default()..end)
    }
}

impl<'f> Fact<'f> {
    fn known(self, bit: u8) -> bool {
        self.row.known & bit != 0
    }

    /// Its id.
    pub fn id(self) -> Option<i64> {
        self.known(ID).then_some(self.row.id)
    }

    /// What it was made from.
    pub fn parent(self) -> Parent {
        match self.row.parent_id {
            _ if !self.known(PARENT) => Parent::Unknown,
            0 => Parent::Nothing,
            id => Parent::Revision(id),
        }
    }

    /// When it was saved.
    pub fn timestamp(self) -> Option<Timestamp> {
        self.seconds().and_then(Timestamp::from_seconds)
    }

    /// When it was saved, in seconds since 1970.
    pub fn seconds(self) -> Option<i64> {
        self.known(TIME).then_some(self.row.seconds)
    }

    /// Its size: the sum over its slots.
    pub fn size_bytes(self) -> Option<i64> {
        self.known(SIZE).then_some(self.row.size_bytes)
    }

    /// Its checksum.
    pub fn sha1(self) -> Option<Sha1> {
        self.known(SHA1).then_some(self.row.sha1)
    }

    /// Its user's id.
    pub fn user_id(self) -> Option<i64> {
        self.known(USER_ID).then_some(self.row.user_id)
    }

    /// Its user's name, or the address.
    pub fn user_text(self) -> Option<&'f str> {
        self.known(NAME).then_some(self.name)
    }

    /// What kind of user it is.
    pub fn user_kind(self) -> UserKind {
        self.row.user_kind
    }

    /// The key under which it counts; empty where there is none.
    pub fn key(self) -> &'f [u8] {
        self.key
    }

    /// Whether its own rows are to be written.
    pub fn is_wanted(self) -> bool {
        self.known(WANTED)
    }

    /// Whether both are by the same user: by account where both have one, or else by name.  `None`
    /// where one of them is hidden or has no name.
    pub fn is_by_same_user(self, other: Fact<'_>) -> Option<bool> {
        let account = |fact: Fact<'_>| fact.user_id().filter(|id| *id > 0);
        match (account(self), account(other)) {
            (Some(one), Some(two)) => Some(one == two),
            (one, two) => {
                let (name, other_name) = (self.user_text()?, other.user_text()?);
                let both_named = !name.is_empty() && !other_name.is_empty();
                both_named.then_some(one == two && name == other_name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn revision(name: Option<&'static str>, user_id: Option<i64>) -> Revision<'static> {
        Revision {
            contributor: Contributor {
                name: name.map(Text::plain),
                id: user_id,
                ..Contributor::default()
            },
            ..Revision::default()
        }
    }

    #[test]
    fn what_is_pushed_is_there_and_nothing_else() {
        let mut facts = Facts::default();
        facts.push(&Revision::default(), true, false);
        facts.push(
            &Revision {
                id: Some(7),
                parent_id: Some(6),
                timestamp: Timestamp::parse("2001-01-15T00:00:00Z"),
                sha1: Some(Text::plain("phoiac9h4m842xq45sp7s6u21eteeq1")),
                ..revision(Some("Ann"), Some(3))
            },
            true,
            true,
        );
        let bare = facts.get(0).unwrap();
        assert_eq!((bare.id(), bare.seconds(), bare.sha1()), (None, None, None));
        assert_eq!((bare.user_id(), bare.user_text()), (None, None));
        assert_eq!((bare.size_bytes(), bare.is_wanted()), (None, false));
        assert_eq!(bare.parent(), Parent::Nothing);
        let full = facts.get(1).unwrap();
        assert_eq!((full.id(), full.seconds()), (Some(7), Some(979_516_800)));
        assert_eq!((full.user_id(), full.user_text()), (Some(3), Some("Ann")));
        assert_eq!(full.sha1(), Some(Sha1::of_text(Text::plain(""))));
        assert_eq!(full.parent(), Parent::Revision(6));
        assert!(full.is_wanted() && facts.get(2).is_none());
    }

    #[test]
    fn parents_that_nobody_knows() {
        for (parent_id, has_parents, expected) in [
            (None, true, Parent::Nothing),
            (Some(0), true, Parent::Nothing),
            (Some(-1), true, Parent::Unknown),
            (None, false, Parent::Unknown),
            (Some(4), false, Parent::Revision(4)),
        ] {
            let mut facts = Facts::default();
            let revision = Revision {
                parent_id,
                ..Revision::default()
            };
            facts.push(&revision, has_parents, true);
            assert_eq!(facts.get(0).unwrap().parent(), expected);
        }
    }

    #[test]
    fn hidden_users_are_not_kept() {
        let mut facts = Facts::default();
        let mut hidden = revision(Some("Ann"), Some(3));
        hidden.contributor.is_visible = false;
        facts.push(&hidden, true, true);
        let fact = facts.get(0).unwrap();
        assert_eq!((fact.user_id(), fact.user_text()), (None, None));
        assert_eq!(fact.user_kind(), UserKind::Hidden);
    }

    #[test]
    fn users_are_the_same_by_account_or_name() {
        let same = |one: (Option<&'static str>, _), two: (Option<&'static str>, _)| {
            let mut facts = Facts::default();
            facts.push(&revision(one.0, one.1), true, true);
            facts.push(&revision(two.0, two.1), true, true);
            facts.get(0).unwrap().is_by_same_user(facts.get(1).unwrap())
        };
        let (ann, bob) = (Some("Ann"), Some("Bob"));
        assert_eq!(same((ann, Some(1)), (ann, Some(1))), Some(true));
        assert_eq!(same((ann, Some(1)), (bob, Some(1))), Some(true), "renamed");
        assert_eq!(same((ann, Some(1)), (ann, Some(2))), Some(false));
        assert_eq!(same((ann, None), (ann, Some(0))), Some(true));
        assert_eq!(same((ann, None), (ann, Some(1))), Some(false), "imported");
        assert_eq!(same((ann, None), (bob, None)), Some(false));
        assert_eq!(same((None, None), (None, None)), None);
        assert_eq!(same((Some(""), None), (Some(""), None)), None);
    }
}
