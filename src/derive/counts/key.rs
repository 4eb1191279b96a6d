//! Keys as bytes, and the labels that go with them.
//!
//! A key begins with the wiki, for ids and names mean something in one wiki only, and holds the
//! values of the plan's keys in their order.  What can change while the page or user remains the same
//! (title, name) is no part of it: it is the group's label, as it was at the group's last record.

use super::bytes::{Reader, put_number, put_optional_number, put_optional_text, put_text};
use super::counter::Counted;
use super::plan::{CountPlan, Key};
use super::row::CountRow;
use crate::model::{Page, Text, Timestamp, UserKind};

/// What a page or a user is known by; a user who is hidden or has no name is nobody's equal.
const BY_ID: u8 = 1;
const BY_NAME: u8 = 2;
const WITHOUT_NAME: u8 = 3;
const HIDDEN: u8 = 4;

/// Kinds of users in the order of rows.
const KINDS: [UserKind; 6] = [
    UserKind::Registered,
    UserKind::Temporary,
    UserKind::Ip,
    UserKind::Imported,
    UserKind::Unknown,
    UserKind::Hidden,
];

/// Appends the wiki, with which each key begins.
pub(super) fn put_wiki(out: &mut Vec<u8>, wiki_id: Option<&str>) {
    put_optional_text(out, wiki_id.map(Text::plain));
}

/// Appends the values of the plan's keys.
pub(super) fn put_keys(out: &mut Vec<u8>, plan: &CountPlan, record: &Counted<'_>) {
    for key in plan.keys() {
        match key {
            Key::Page => put_page(out, record.page),
            Key::User => {
                put_user(out, record);
            }
            Key::Namespace => put_optional_number(out, record.namespace_id.map(i64::from)),
            Key::UserKind => put_kind(out, record.user_kind()),
            Key::Model => put_optional_text(out, record.model),
            Key::Type => put_optional_text(out, record.log_type),
            Key::Action => put_optional_text(out, record.log_action),
            Key::Day | Key::Month | Key::Year => {
                put_optional_number(out, record.time.map(|time| period(*key, time)));
            }
        }
    }
}

/// A time's day as the number 20240131, its month as 202401, its year as 2024.
fn period(key: Key, time: Timestamp) -> i64 {
    let (year, month, day) = time.date();
    match key {
        Key::Year => year,
        Key::Month => year * 100 + month,
        _ => (year * 100 + month) * 100 + day,
    }
}

/// Appends what a page is known by.
pub(super) fn put_page(out: &mut Vec<u8>, page: Option<&Page<'_>>) {
    match page {
        Some(Page { id: Some(id), .. }) => {
            out.push(BY_ID);
            put_number(out, *id);
        }
        page => {
            out.push(BY_NAME);
            put_page_label(out, page);
        }
    }
}

fn put_page_label(out: &mut Vec<u8>, page: Option<&Page<'_>>) {
    let namespace_id = page.and_then(|page| page.namespace_id);
    put_optional_number(out, namespace_id.map(i64::from));
    put_optional_text(out, page.and_then(|page| page.title));
}

/// Appends what a user is known by: the account's id, else the name.  Tells whether this is
/// somebody who can be told from others.
pub(super) fn put_user(out: &mut Vec<u8>, record: &Counted<'_>) -> bool {
    let user = &record.contributor;
    if !user.is_visible {
        out.push(HIDDEN);
        return false;
    }
    if let Some(id) = user.id.filter(|id| *id > 0) {
        out.push(BY_ID);
        put_number(out, id);
        return true;
    }
    match user.name.filter(|name| !name.is_empty()) {
        Some(name) => {
            out.push(BY_NAME);
            put_text(out, name);
            true
        }
        None => {
            out.push(WITHOUT_NAME);
            false
        }
    }
}

fn put_kind(out: &mut Vec<u8>, kind: UserKind) {
    let place = KINDS.iter().position(|other| *other == kind);
    out.push(place.unwrap_or_default() as u8);
}

/// Appends the label of a record's group.
pub(super) fn put_label(out: &mut Vec<u8>, plan: &CountPlan, record: &Counted<'_>) {
    if plan.has_key(Key::Page) {
        put_page_label(out, record.page);
    }
    if plan.has_key(Key::User) {
        put_kind(out, record.user_kind());
        put_optional_text(out, record.contributor.name);
    }
}

/// Whether groups have labels.
pub(super) fn has_labels(plan: &CountPlan) -> bool {
    plan.has_key(Key::Page) || plan.has_key(Key::User)
}

/// How many bytes of `record` are its key.
pub(super) fn key_length(plan: &CountPlan, record: &[u8]) -> Option<usize> {
    let mut reader = Reader(record);
    read_key(&mut reader, plan, &mut CountRow::default())?;
    Some(record.len() - reader.0.len())
}

/// Reads a key into a row.
pub(super) fn read_key<'k>(
    reader: &mut Reader<'k>,
    plan: &CountPlan,
    row: &mut CountRow<'k>,
) -> Option<()> {
    row.wiki_id = reader.optional_text()?;
    for key in plan.keys() {
        match key {
            Key::Page => match reader.byte()? {
                BY_ID => row.page_id = Some(reader.number()?),
                _ => {
                    reader.optional_number()?;
                    reader.optional_text()?;
                }
            },
            Key::User => match reader.byte()? {
                BY_ID => row.user_id = Some(reader.number()?),
                BY_NAME => row.user_text = Some(reader.text()?),
                _ => {}
            },
            Key::Namespace => row.page_namespace_id = reader.optional_number()?,
            Key::UserKind => row.user_kind = Some(read_kind(reader)?),
            Key::Model => row.content_model = reader.optional_text()?,
            Key::Type => row.log_type = reader.optional_text()?,
            Key::Action => row.log_action = reader.optional_text()?,
            Key::Day => row.day = reader.optional_number()?,
            Key::Month => row.month = reader.optional_number()?,
            Key::Year => row.year = reader.optional_number()?,
        }
    }
    Some(())
}

fn read_kind(reader: &mut Reader<'_>) -> Option<UserKind> {
    KINDS.get(usize::from(reader.byte()?)).copied()
}

/// Reads a label into a row that has its key; a key of the same column goes before it.
pub(super) fn read_label<'k>(
    label: &'k [u8],
    plan: &CountPlan,
    row: &mut CountRow<'k>,
) -> Option<()> {
    let mut reader = Reader(label);
    if plan.has_key(Key::Page) {
        let namespace_id = reader.optional_number()?;
        if !plan.has_key(Key::Namespace) {
            row.page_namespace_id = namespace_id;
        }
        row.page_title = reader.optional_text()?;
    }
    if plan.has_key(Key::User) {
        let kind = read_kind(&mut reader)?;
        if !plan.has_key(Key::UserKind) {
            row.user_kind = Some(kind);
        }
        row.user_text = reader.optional_text()?.filter(|name| !name.is_empty());
    }
    reader.0.is_empty().then_some(())
}
