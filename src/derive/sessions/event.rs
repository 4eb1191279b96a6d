//! An edit as bytes.

use super::Session;
use crate::model::{Revision, UserKind};

/// Whose edits sessions are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// Id of the account.
    pub id: Option<i64>,
    /// Name of the account, or the address.
    pub name: String,
    /// What kind of user it is.
    pub kind: UserKind,
}

/// An edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'e> {
    /// The wiki.
    pub wiki_id: Option<&'e str>,
    user_id: Option<i64>,
    user_name: &'e str,
    user_kind: UserKind,
    /// When, in seconds since 1970.
    pub seconds: i64,
    /// The revision.
    pub revision_id: Option<i64>,
}

/// Kinds by the byte that stands for them.
const KINDS: [UserKind; 6] = [
    UserKind::Registered,
    UserKind::Ip,
    UserKind::Temporary,
    UserKind::Imported,
    UserKind::Hidden,
    UserKind::Unknown,
];

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;
/// A user with an account comes before users without, who have names alone.
const BY_ACCOUNT: u8 = 0;
const BY_NAME: u8 = 1;

/// Appends an edit; `false` if it has no place among sessions, since its user is hidden or has no
/// name, or its time is not known.
///
/// Records compare as their bytes do: by wiki, account or else name, time, revision id.  Text ends
/// with a zero, which XML cannot hold; numbers have their highest byte first and their sign flipped.
pub fn write_event(wiki_id: Option<&str>, revision: &Revision<'_>, record: &mut Vec<u8>) -> bool {
    let contributor = &revision.contributor;
    let (Some(name), Some(time)) = (contributor.name, revision.timestamp) else {
        return false;
    };
    if !contributor.is_visible || name.is_empty() {
        return false;
    }
    match wiki_id {
        Some(wiki_id) => {
            record.push(PRESENT);
            record.extend(wiki_id.bytes().filter(|byte| *byte != 0));
            record.push(0);
        }
        None => record.push(ABSENT),
    }
    let put_name = |record: &mut Vec<u8>| {
        name.for_each_piece(|piece| record.extend(piece.bytes().filter(|byte| *byte != 0)));
        record.push(0);
    };
    let account = contributor.id.filter(|id| *id > 0);
    match account {
        Some(id) => {
            record.push(BY_ACCOUNT);
            put_number(record, id);
        }
        None => {
            record.push(BY_NAME);
            put_name(record);
        }
    }
    put_number(record, time.seconds());
    put_optional(record, revision.id);
    let kind = contributor.kind();
    let kind = KINDS.iter().position(|other| *other == kind);
    record.push(kind.unwrap_or_default() as u8);
    match account {
        Some(_) => put_name(record),
        None => put_optional(record, contributor.id),
    }
    true
}

fn put_number(record: &mut Vec<u8>, number: i64) {
    record.extend((number as u64 ^ 1 << 63).to_be_bytes());
}

fn put_optional(record: &mut Vec<u8>, number: Option<i64>) {
    record.push(if number.is_some() { PRESENT } else { ABSENT });
    if let Some(number) = number {
        put_number(record, number);
    }
}

impl<'e> Event<'e> {
    /// Reads what [`write_event`] wrote; `None` for anything else.
    pub fn read(record: &'e [u8]) -> Option<Self> {
        let mut reader = Reader(record);
        let wiki_id = match reader.byte()? {
            ABSENT => None,
            _ => Some(reader.text()?),
        };
        let by_account = reader.byte()? == BY_ACCOUNT;
        let (mut user_id, mut user_name) = (None, "");
        match by_account {
            true => user_id = Some(reader.number()?),
            false => user_name = reader.text()?,
        }
        let seconds = reader.number()?;
        let revision_id = reader.optional()?;
        let user_kind = *KINDS.get(usize::from(reader.byte()?))?;
        match by_account {
            true => user_name = reader.text()?,
            false => user_id = reader.optional()?,
        }
        reader.0.is_empty().then_some(Self {
            wiki_id,
            user_id,
            user_name,
            user_kind,
            seconds,
            revision_id,
        })
    }

    /// Its user.
    pub(super) fn user(&self) -> SessionUser {
        SessionUser {
            id: self.user_id,
            name: self.user_name.to_owned(),
            kind: self.user_kind,
        }
    }

    /// Whether it is by the user of a session.
    pub(super) fn is_of(&self, session: &Session) -> bool {
        let account = |id: Option<i64>| id.filter(|id| *id > 0);
        let (own, other) = (account(self.user_id), account(session.user.id));
        self.wiki_id == session.wiki_id.as_deref()
            && own == other
            && (own.is_some() || self.user_name == session.user.name)
    }
}

/// The rest of a record.
struct Reader<'r>(&'r [u8]);

impl<'r> Reader<'r> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<i64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some((u64::from_be_bytes(*bytes) ^ 1 << 63) as i64)
    }

    fn optional(&mut self) -> Option<Option<i64>> {
        match self.byte()? {
            ABSENT => Some(None),
            _ => self.number().map(Some),
        }
    }

    fn text(&mut self) -> Option<&'r str> {
        let end = memchr::memchr(0, self.0)?;
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.get(1..)?;
        std::str::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Contributor, Text, Timestamp};

    fn revision(id: Option<i64>, name: &'static str, user_id: Option<i64>) -> Revision<'static> {
        Revision {
            id,
            timestamp: Timestamp::from_seconds(id.unwrap_or(-5) * 100),
            contributor: Contributor {
                name: Some(Text::plain(name)),
                id: user_id,
                ..Contributor::default()
            },
            ..Revision::default()
        }
    }

    fn record(wiki_id: Option<&str>, revision: &Revision<'_>) -> Vec<u8> {
        let mut record = Vec::new();
        assert!(write_event(wiki_id, revision, &mut record));
        record
    }

    #[test]
    fn what_is_written_is_read() {
        for (wiki_id, id, name, user_id, kind) in [
            (
                Some("testwiki"),
                Some(7),
                "Ann",
                Some(3),
                UserKind::Registered,
            ),
            (None, None, "192.0.2.7", None, UserKind::Ip),
            (
                Some(""),
                Some(i64::MAX / 200),
                "de>Ann",
                Some(0),
                UserKind::Imported,
            ),
            (
                None,
                Some(-3),
                "Conversion script",
                Some(-1),
                UserKind::Unknown,
            ),
        ] {
            let mut revision = revision(id, name, user_id);
            revision.timestamp = Timestamp::from_seconds(12);
            let record = record(wiki_id, &revision);
            let event = Event::read(&record).unwrap();
            assert_eq!((event.wiki_id, event.revision_id), (wiki_id, id));
            let user = event.user();
            assert_eq!((user.id, &*user.name, user.kind), (user_id, name, kind));
            assert_eq!(event.seconds, 12);
            for cut in 0..record.len() {
                assert_eq!(Event::read(&record[..cut]), None, "cut at {cut}");
            }
        }
    }

    #[test]
    fn records_are_in_the_order_of_the_table() {
        let in_order = [
            record(None, &revision(Some(9), "Zoe", Some(9))),
            record(Some("a"), &revision(Some(4), "Zoe", Some(2))),
            record(Some("a"), &revision(Some(5), "Zoe the second", Some(2))),
            record(Some("a"), &revision(Some(1), "Ann", Some(300))),
            record(Some("a"), &revision(None, "Ann", None)),
            record(Some("a"), &revision(Some(3), "Ann", Some(0))),
            record(Some("a"), &revision(Some(1), "Anne", None)),
            record(Some("ab"), &revision(Some(0), "Ann", Some(1))),
        ];
        assert!(in_order.is_sorted());
    }

    #[test]
    fn the_hidden_and_the_nameless_have_no_sessions() {
        let mut hidden = revision(Some(1), "Ann", Some(3));
        hidden.contributor.is_visible = false;
        let nameless = revision(Some(1), "", None);
        let mut timeless = revision(Some(1), "Ann", Some(3));
        timeless.timestamp = None;
        for revision in [hidden, nameless, timeless] {
            let mut record = Vec::new();
            assert!(!write_event(None, &revision, &mut record));
            assert!(record.is_empty());
        }
    }
}
