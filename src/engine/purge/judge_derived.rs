//! Which rows and values go of tables that are made of a page's history, or a user's.

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::judge::{fate_of, hide_user, mark, nullify};
use super::newer::Fate;

pub(super) fn revision_history(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const SIZE: &str = "revision_text_bytes_diff";
    const REVERTING: [&str; 2] = [
        "revision_first_identity_reverting_revision_id",
        "revision_seconds_to_identity_revert",
    ];
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        if fate.hidden().content {
            nullify(rows, row, &[SIZE], Reason::TextHidden, changes);
            // Without its text nobody knows what it brought back; that it was undone, others tell.
            let (flag, no) = ("revision_is_identity_revert", Value::Bool(false));
            changes.set(rows, row, flag, no, Reason::TextHidden);
        } else if facts.is_orphan(told.page_id, told.id) {
            nullify(rows, row, &[SIZE], Reason::NeighbourLost, changes);
        }
        let reverting = rows.int(REVERTING[0], row);
        if reverting.is_some_and(|id| facts.revision(told.page_id, id).has_lost_text()) {
            nullify(rows, row, &REVERTING, Reason::NeighbourLost, changes);
        }
        mark(facts, rows, row, changes);
    }
}

pub(super) fn persistence(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const OF_OTHERS: [&str; 4] = [
        "non_self_processed",
        "non_self_persistent_tokens",
        "sum_log_non_self_persisted",
        "is_non_self_censored",
    ];
    const OF_ALL: [&str; 7] = [
        "revisions_processed",
        "seconds_possible",
        "tokens_added",
        "persistent_tokens",
        "sum_log_persisted",
        "sum_log_seconds_visible",
        "is_censored",
    ];
    for row in 0..rows.count() {
        let Some((_, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        if hidden.content {
            nullify(rows, row, &OF_ALL, Reason::TextHidden, changes);
            nullify(rows, row, &OF_OTHERS, Reason::TextHidden, changes);
        } else if hidden.user {
            nullify(rows, row, &OF_OTHERS, Reason::UserHidden, changes);
        }
        mark(facts, rows, row, changes);
    }
}

pub(super) fn tokens(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "origin_revision_id", changes) else {
            continue;
        };
        if fate.has_lost_text() {
            changes.remove(row, Reason::TextHidden);
            changes.pages.extend(told.page_id);
            continue;
        }
        if fate.hidden().user {
            let columns = ["user_id", "user_text"];
            nullify(rows, row, &columns, Reason::UserHidden, changes);
        }
        let is_lost = |id: i64| facts.revision(told.page_id, id).has_lost_text();
        let reason = Reason::NeighbourLost;
        if rows.int("last_revision_id", row).is_some_and(is_lost) {
            nullify(rows, row, &["last_revision_id"], reason, changes);
        }
        for column in ["out_revision_ids", "in_revision_ids"] {
            let ids = rows.ints(column, row).unwrap_or_default();
            let (lost, kept): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| is_lost(*id));
            if lost.is_empty() {
                continue;
            }
            changes.pages.extend(told.page_id);
            changes.set(rows, row, column, Value::Ints(kept), reason);
            if let Some(count) = rows
                .int("out_count", row)
                .filter(|_| column == "out_revision_ids")
            {
                let count = Value::Int(count - lost.len() as i64);
                changes.set(rows, row, "out_count", count, reason);
            }
        }
        mark(facts, rows, row, changes);
    }
}

pub(super) fn reverts(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let fate_of = |id: i64| facts.revision(told.page_id, id);
        let base = rows.int("reverted_to_revision_id", row).map(fate_of);
        let reverted = rows.ints("reverted_revision_ids", row).unwrap_or_default();
        let reverted: Vec<_> = reverted.into_iter().map(fate_of).collect();
        if fate.has_lost_text() || base.is_some_and(Fate::has_lost_text) {
            // Both have one text: who knows that of the one knows the other's.
            changes.remove(row, Reason::TextHidden);
            continue;
        }
        if reverted.iter().any(|fate| fate.is_gone()) {
            changes.remove(row, Reason::NeighbourLost);
            continue;
        }
        if fate.hidden().user {
            hide_user(rows, row, changes);
        }
        // That all are by one user tells who the hidden are.  That some are by others, the others tell.
        let hidden = reverted.iter().filter(|fate| fate.hidden().user).count();
        let tells = fate.hidden().user
            || hidden > 0 && rows.boolean("is_self_revert", row) == Some(true)
            || hidden > 0 && hidden == reverted.len();
        if tells {
            nullify(rows, row, &["is_self_revert"], Reason::UserHidden, changes);
        }
        mark(facts, rows, row, changes);
    }
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
    }
}
