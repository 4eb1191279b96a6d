//! Contributors, and titles that name them.

use super::{AddressRule, Protection, UserRule, find_address, whole};
use crate::model::{Contributor, Text, UserKind};

/// Namespaces whose titles begin with a user's name: their page and its talk.
const USER_NAMESPACES: [i32; 2] = [2, 3];

impl Protection {
    /// A contributor by the rules; the kind stays what it was.
    pub(super) fn contributor<'r>(
        &self,
        contributor: Contributor<'r>,
        room: &'r mut String,
    ) -> Contributor<'r> {
        let Some(name) = contributor.name.filter(|_| self.replaces()) else {
            return self.without_name(contributor);
        };
        let kind = contributor.kind();
        let mut changed = Contributor {
            told_kind: Some(kind),
            ..contributor
        };
        if kind == UserKind::Ip {
            changed.name = match self.addresses {
                AddressRule::Drop => None,
                _ => Some(self.text(name, room)),
            };
            return changed;
        }
        match self.users {
            UserRule::Keep => changed.name = Some(self.text(name, room)),
            UserRule::Drop => (changed.name, changed.id) = (None, None),
            UserRule::Hash => {
                *room = self.user(&name.to_cow());
                changed.name = Some(Text::plain(room));
                changed.id = contributor.id.map(|id| self.user_id(id));
            }
        }
        changed
    }

    /// A contributor who has an id at most.
    fn without_name<'r>(&self, contributor: Contributor<'r>) -> Contributor<'r> {
        let id = match self.users {
            UserRule::Keep => return contributor,
            UserRule::Drop => None,
            UserRule::Hash => contributor.id.map(|id| self.user_id(id)),
        };
        Contributor {
            told_kind: Some(contributor.kind()),
            id,
            ..contributor
        }
    }

    fn user_id(&self, id: i64) -> i64 {
        match &self.key {
            // 0 and less are nobody's.
            Some(key) if id > 0 => key.number("id", id),
            _ => id,
        }
    }

    /// What stands for a user's name.
    fn user(&self, name: &str) -> String {
        match self.users {
            UserRule::Hash => self.hash("user", name.replace('_', " ").as_bytes()),
            UserRule::Drop | UserRule::Keep => "user-left-out".to_owned(),
        }
    }

    /// A title without addresses and, in the namespaces of users, without the user's name.
    pub(super) fn title<'r>(
        &self,
        title: Text<'r>,
        namespace_id: Option<i32>,
        room: &'r mut String,
    ) -> Text<'r> {
        let is_of_user = namespace_id.is_some_and(|id| USER_NAMESPACES.contains(&id));
        if self.users == UserRule::Keep || !is_of_user {
            return self.title_without_addresses(title, room);
        }
        let whole = title.to_cow();
        let (prefix, name) = whole.split_once(':').unwrap_or(("", &whole));
        let (root, rest) = name.split_at(name.find('/').unwrap_or(name.len()));
        // Blocks that the software made by itself have numbers: User:#12.
        if is_address(name) || is_address(root) || root.starts_with('#') {
            drop(whole);
            return self.title_without_addresses(title, room);
        }
        let rest = self.without_addresses(rest).unwrap_or(rest.to_owned());
        *room = format!("{prefix}:{}{rest}", self.user(root));
        Text::plain(room)
    }

    /// What stands behind a namespace can be an address of any spelling, which is not looked for
    /// elsewhere.
    fn title_without_addresses<'r>(&self, title: Text<'r>, room: &'r mut String) -> Text<'r> {
        if self.addresses == AddressRule::Keep {
            return title;
        }
        let text = title.to_cow();
        let Some((prefix, name)) = text.split_once(':') else {
            return self.text(title, room);
        };
        let (root, rest) = name.split_at(name.find('/').unwrap_or(name.len()));
        let Some(address) = whole(root).filter(|_| find_address(name, 0).is_none()) else {
            return self.text(title, room);
        };
        let rest = self.without_addresses(rest).unwrap_or(rest.to_owned());
        *room = format!("{prefix}:{}{rest}", self.stand_in(address, None));
        Text::plain(room)
    }
}

/// Whether a name is an address or a range.
fn is_address(name: &str) -> bool {
    let is_found = |found: super::Found| found.range == (0..name.len());
    whole(name).is_some() || find_address(name, 0).is_some_and(is_found)
}
