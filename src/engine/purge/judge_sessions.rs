//! Which sessions of users go, and how those that stay are numbered.

use std::collections::HashMap;

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::newer::Fate;

const INDEX: &str = "session_index";

/// Whose sessions are numbered: the wiki and the account, or the name of who has none.
pub(super) type Owner = (Option<String>, Result<i64, String>);

/// Numbers of sessions that go, by user.
pub(super) type RemovedSessions = HashMap<Owner, Vec<i64>>;

fn owner(rows: &Rows<'_>, row: usize) -> Owner {
    let wiki = rows.text("wiki_id", row).map(str::to_owned);
    let account = rows.int("user_id", row).filter(|id| *id > 0);
    let name = || rows.text("user_text", row).unwrap_or_default().to_owned();
    (wiki, account.ok_or_else(name))
}

/// Notes the sessions that go.
pub(super) fn gather(rows: &Rows<'_>, changes: &Changes, removed: &mut RemovedSessions) {
    for row in changes.removed.keys() {
        if let Some(index) = rows.int(INDEX, *row) {
            removed.entry(owner(rows, *row)).or_default().push(index);
        }
    }
}

/// About what they take in memory.
pub(super) fn bytes(removed: &RemovedSessions) -> usize {
    const OWNER_BYTES: usize = 128;
    let numbers = removed.values().map(Vec::capacity).sum::<usize>();
    removed.len() * OWNER_BYTES + numbers * size_of::<i64>()
}

pub(super) fn sessions(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let ids = rows.ints("revision_ids", row).unwrap_or_default();
        let events = rows.int("session_events", row).unwrap_or_default();
        let fates: Vec<_> = ids.iter().map(|id| facts.revision(None, *id)).collect();
        if fates.iter().any(|fate| fate.is_gone()) {
            changes.remove(row, Reason::RevisionGone);
        } else if fates.iter().any(|fate| fate.has_lost_user()) {
            changes.remove(row, Reason::UserHidden);
        } else if fates.contains(&Fate::Unknown) || events > ids.len() as i64 {
            changes.unknown.insert(row);
        }
        if !changes.removed.contains_key(&row) {
            renumber(facts, rows, row, changes);
        }
    }
}

/// A number that is missing would tell that the user has edits that are hidden, and about when.
fn renumber(facts: &Facts<'_>, rows: &Rows<'_>, row: usize, changes: &mut Changes) {
    if facts.lost.sessions.is_empty() {
        return;
    }
    let removed = facts.lost.sessions.get(&owner(rows, row));
    if let Some((removed, index)) = removed.zip(rows.int(INDEX, row)) {
        let before = removed.iter().filter(|number| **number < index).count() as i64;
        let index = Value::Int(index - before);
        changes.set(rows, row, INDEX, index, Reason::NeighbourLost);
    }
}
