//! Values as Wikimedia's tables have them.

use std::borrow::Cow;

use crate::model::{Contributor, Revision, Slot, Text, UserKind};
use crate::tables::column::SlotValue;

/// SHA-1 of an empty text.
const EMPTY_SHA1: &str = "phoiac9h4m842xq45sp7s6u21eteeq1";

/// What content file exports write where they know no model and no format.
const NO_MODEL: &str = "error-no-model";
const NO_FORMAT: &str = "error-no-format";

/// Id of a user: null of an address, 0 where the dump says so, and -1 of who is hidden or whose id is
/// lost.
pub(super) fn user_id(contributor: &Contributor<'_>) -> Option<i64> {
    if !contributor.is_visible {
        return Some(-1);
    }
    let is_address = contributor.is_in_ip_element || contributor.kind() == UserKind::Ip;
    // A rule for names has left out name and id, and nothing is lost.
    let is_left_out = contributor.told_kind.is_some() && contributor.name.is_none();
    match contributor.id {
        Some(0) if contributor.kind() == UserKind::Ip => None,
        None if is_address || is_left_out => None,
        id => Some(id.unwrap_or(-1)),
    }
}

/// Whether the dump has no id of a user.
pub(super) fn has_no_id(contributor: &Contributor<'_>) -> bool {
    // A rule for names leaves out name and id together.
    let is_left_out = contributor.told_kind.is_some() && contributor.name.is_none();
    contributor.is_in_ip_element || contributor.id.is_none() && !is_left_out
}

/// Name of a user, if they are shown.
pub(super) fn user_text<'r>(contributor: &Contributor<'r>) -> Option<Text<'r>> {
    contributor.name.filter(|_| contributor.is_visible)
}

/// A title as databases have it: with underscores.
pub(super) fn underscored(title: Text<'_>) -> String {
    title.to_cow().replace(' ', "_")
}

/// The content model of a slot, if it is known.
pub(super) fn model<'r>(slot: &Slot<'r>) -> Option<Text<'r>> {
    slot.model.filter(|model| *model != *NO_MODEL)
}

/// The format of a slot, if it is known.
pub(super) fn format<'r>(slot: &Slot<'r>) -> Option<Text<'r>> {
    slot.format.filter(|format| *format != *NO_FORMAT)
}

/// The slots of a revision as content tables have them.
pub(super) fn slot_values<'r>(
    revision: &'r Revision<'r>,
) -> impl Iterator<Item = SlotValue<'r>> + 'r {
    revision.slots().map(|slot| SlotValue {
        role: slot.role(),
        body: slot.visible_text(),
        format: format(slot),
        model: model(slot),
        sha1: slot_sha1(revision, slot),
        size_bytes: slot.size_bytes(),
        origin_revision_id: slot.origin_revision_id.filter(|id| *id >= 0),
    })
}

/// The checksum of a slot: declared, or that of the revision where it is the only one, or that of no
/// text, for which exports declare none.
fn slot_sha1<'r>(revision: &Revision<'r>, slot: &Slot<'r>) -> Option<Text<'r>> {
    let of_revision = || {
        let is_only = revision.slots().nth(1).is_none();
        revision.known_sha1().filter(|_| is_only)
    };
    let of_nothing = || {
        let is_empty = slot.visible_text().is_some_and(|text| text.is_empty());
        (is_empty && slot.unchanged_text.is_none()).then_some(Text::plain(EMPTY_SHA1))
    };
    slot.known_sha1().or_else(of_revision).or_else(of_nothing)
}

/// Whether the main slot is shown.
pub(super) fn content_is_visible(revision: &Revision<'_>) -> bool {
    revision.main.as_ref().is_none_or(|slot| !slot.is_hidden)
}

/// A text or an empty one.
pub(super) fn or_empty(text: Option<Text<'_>>) -> Option<Text<'_>> {
    Some(text.unwrap_or(Text::plain("")))
}

/// A time as Wikimedia's history has it: `2001-01-15 13:15:00.0`.
pub(crate) fn history_time(time: crate::model::Timestamp) -> String {
    let text = time.to_string();
    let seconds = text.trim_end_matches('Z').replacen('T', " ", 1);
    format!("{seconds}.0")
}

/// Whether a name is one of bots by its spelling: `bot` at the end of a word, in any case.
pub(super) fn is_bot_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.windows(3).enumerate().any(|(at, word)| {
        let next = bytes.get(at + 3);
        word.eq_ignore_ascii_case(b"bot") && !next.is_some_and(u8::is_ascii_alphabetic)
    })
}

/// Where a title begins behind the name of its namespace, in bytes.
pub(super) fn prefix_bytes(title: &str, namespace: Option<&str>) -> usize {
    let prefix = namespace.filter(|name| !name.is_empty());
    let rest = prefix.and_then(|name| title.strip_prefix(name)?.strip_prefix(':'));
    rest.map_or(0, |rest| title.len() - rest.len())
}

/// A text as a string that is copied only if it has to be.
pub(super) fn cow(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.map(|text| text.to_cow())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_bots() {
        for name in [
            "Bot",
            "ClueBot NG",
            "SineBot",
            "bot-1",
            "Robot",
            "BOT9",
            "xbotó",
        ] {
            assert!(is_bot_name(name), "{name}");
        }
        for name in ["Botany", "Abbott", "Robots", "bo", "", "Böt"] {
            assert!(!is_bot_name(name), "{name}");
        }
    }

    #[test]
    fn titles_behind_their_namespaces() {
        assert_eq!(prefix_bytes("Talk:A:B", Some("Talk")), 5);
        assert_eq!(prefix_bytes("Talk:A", Some("")), 0);
        assert_eq!(prefix_bytes("Talks:A", Some("Talk")), 0);
        assert_eq!(prefix_bytes("Talk:A", None), 0);
    }

    #[test]
    fn ids_of_users() {
        let name = |name| Contributor {
            name: Some(Text::plain(name)),
            ..Contributor::default()
        };
        let ip = Contributor {
            is_in_ip_element: true,
            ..name("192.0.2.1")
        };
        let old = Contributor {
            id: Some(0),
            ..name("Conversion script")
        };
        let hidden = Contributor {
            is_visible: false,
            ..Contributor::default()
        };
        let left_out = Contributor {
            told_kind: Some(UserKind::Registered),
            ..Contributor::default()
        };
        assert_eq!(user_id(&ip), None);
        assert_eq!(user_id(&old), Some(0));
        assert_eq!(user_id(&hidden), Some(-1));
        assert_eq!(user_id(&name("Imported")), Some(-1));
        assert_eq!(user_id(&Contributor::default()), Some(-1));
        assert_eq!(user_id(&left_out), None);
    }
}
