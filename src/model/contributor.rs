//! Who made a revision or upload.

use super::{Text, is_ip_address};

/// A contributor as the dump shows them.
#[derive(Debug, Clone, Copy)]
pub struct Contributor<'a> {
    /// Whether they are shown at all.
    pub is_visible: bool,
    /// User name or address.
    pub name: Option<Text<'a>>,
    /// Whether the name stands in `<ip>`.
    pub is_in_ip_element: bool,
    /// User id.
    pub id: Option<i64>,
    /// The kind, where name and id no longer tell it: they were replaced.
    pub told_kind: Option<UserKind>,
}

impl Default for Contributor<'_> {
    /// A contributor of whom nothing is said.
    fn default() -> Self {
        Self {
            is_visible: true,
            name: None,
            is_in_ip_element: false,
            id: None,
            told_kind: None,
        }
    }
}

/// Kinds of contributors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserKind {
    /// An account.
    Registered,
    /// Not logged in; the name is the address.
    Ip,
    /// A temporary account, made for somebody who was not logged in.
    Temporary,
    /// An edit imported from another wiki, whose author has no account here.
    Imported,
    /// Hidden by revision deletion.
    Hidden,
    /// None of these: names without id of the first years, the system's own, or no name.
    Unknown,
}

impl UserKind {
    /// The kind of a name used in tables.
    pub fn by_name(name: &str) -> Option<Self> {
        [
            Self::Registered,
            Self::Ip,
            Self::Temporary,
            Self::Imported,
            Self::Hidden,
            Self::Unknown,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    /// The name used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Ip => "ip",
            Self::Temporary => "temporary",
            Self::Imported => "imported",
            Self::Hidden => "hidden",
            Self::Unknown => "unknown",
        }
    }
}

impl Contributor<'_> {
    /// Tells the kind by id and shape of the name, as MediaWiki does not write it.
    pub fn kind(&self) -> UserKind {
        if let Some(kind) = self.told_kind {
            return kind;
        }
        if !self.is_visible {
            return UserKind::Hidden;
        }
        let name = self.name.unwrap_or(Text::plain(""));
        let has_id = self.id.is_some_and(|id| id > 0);
        // Content file exports write `<ip>` for all who have no id, so the shape decides.
        if !has_id && is_ip_address(&name.to_cow()) {
            return UserKind::Ip;
        }
        if self.is_in_ip_element || name.is_empty() {
            return UserKind::Unknown;
        }
        if is_temporary(name) {
            return UserKind::Temporary;
        }
        match has_id {
            true => UserKind::Registered,
            // `>` is not allowed in names, so that imports can use it.
            false if name.to_cow().contains('>') => UserKind::Imported,
            false => UserKind::Unknown,
        }
    }
}

/// Whether a name is that of a temporary account.  Most others are told by how they are spelt.
fn is_temporary(name: Text<'_>) -> bool {
    let may_be = name.nearly().is_none_or(|spelt| spelt.starts_with('~'));
    may_be && is_temporary_name(&name.to_cow())
}

/// Whether a name is that of a temporary account: `~`, the year, and a number in groups of five
/// digits of which the last may be shorter, as in `~2025-12345-6`.
fn is_temporary_name(name: &str) -> bool {
    let Some((year, number)) = name.strip_prefix('~').and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let mut groups = number.split('-').rev();
    let last = groups.next().unwrap_or_default();
    year.len() == 4
        && year.starts_with('2')
        && is_number(year)
        && (1..=5).contains(&last.len())
        && is_number(last)
        && groups.all(|group| group.len() == 5 && is_number(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: Option<&'static str>, in_ip: bool, id: Option<i64>) -> &'static str {
        let contributor = Contributor {
            name: name.map(Text::plain),
            is_in_ip_element: in_ip,
            id,
            ..Contributor::default()
        };
        contributor.kind().name()
    }

    #[test]
    fn kinds_by_shape_and_id() {
        assert_eq!(kind(Some("Jimbo"), false, Some(24)), "registered");
        assert_eq!(kind(Some("192.0.2.7"), true, None), "ip");
        assert_eq!(kind(Some("192.0.2.7"), false, Some(0)), "ip");
        assert_eq!(kind(Some("192.0.2.7"), false, Some(7)), "registered");
        assert_eq!(kind(Some("Somebody"), true, None), "unknown");
        assert_eq!(kind(Some("~2025-12345-6"), false, Some(9)), "temporary");
        assert_eq!(kind(Some("~2025-12345-6"), false, None), "temporary");
        assert_eq!(kind(Some("~2025-1234-6"), false, Some(9)), "registered");
        assert_eq!(kind(Some("de>Jimbo"), false, Some(0)), "imported");
        assert_eq!(kind(Some("24.2.3.xxx"), false, Some(0)), "unknown");
        assert_eq!(kind(Some("Conversion script"), false, None), "unknown");
        assert_eq!(kind(Some(""), false, Some(0)), "unknown");
        assert_eq!(kind(None, false, None), "unknown");
        assert_eq!(kind(Some("X"), false, Some(-1)), "unknown");
        let hidden = Contributor {
            is_visible: false,
            ..Contributor::default()
        };
        assert_eq!(hidden.kind(), UserKind::Hidden);
    }

    #[test]
    fn names_of_temporary_accounts() {
        for name in [
            "~2025-1",
            "~2025-1501",
            "~2025-12345-6",
            "~2026-10002-12345-33",
        ] {
            assert!(is_temporary_name(name), "{name}");
        }
        for name in [
            "~2025",
            "~2025-",
            "~2025-123456",
            "~2025-1-2",
            "~2025-12345-",
            "~1999-5",
            "2025-1",
            "~2025-1a",
            "~20255-1",
            "~2025--1",
        ] {
            assert!(!is_temporary_name(name), "{name}");
        }
    }
}
