//! Which rows and values go of tables that are made of a page's history.

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::judge::{fate_of, hide_user, mark, nullify};
use super::newer::Fate;
use super::ranks::{Ranked, recount};
use super::windows::{OF_OTHERS, has_any, later_of};

/// Whether the revert of a row is not to be told: that of the revision in a column, or, where that is not
/// there, of one on a page of which some are lost.
pub(super) fn is_revert_lost(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    page_id: Option<i64>,
    [reverting, is_reverted]: [&str; 2],
) -> bool {
    match rows.int(reverting, row) {
        Some(id) => facts.has_lost_revert(page_id, id),
        None => facts.is_affected(page_id) && rows.boolean(is_reverted, row) != Some(false),
    }
}

pub(super) fn revision_history(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const SIZE: &str = "revision_text_bytes_diff";
    const REVERTING: [&str; 2] = [
        "revision_first_identity_reverting_revision_id",
        "revision_seconds_to_identity_revert",
    ];
    const IS_REVERTED: &str = "revision_is_identity_reverted";
    const IS_REVERT: &str = "revision_is_identity_revert";
    const NO: Value = Value::Bool(false);
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        if fate.hidden().content {
            changes.perhaps.extend(told.page_id);
            nullify(rows, row, &[SIZE], Reason::TextHidden, changes);
            // Without its text nobody knows what it brought back.
            changes.set(rows, row, IS_REVERT, NO, Reason::TextHidden);
        } else if facts.is_orphan(told.page_id, told.id) {
            nullify(rows, row, &[SIZE], Reason::NeighbourLost, changes);
        }
        if facts.is_twin(told.page_id, told.id) {
            changes.set(rows, row, IS_REVERT, NO, Reason::NeighbourLost);
        }
        let columns = [REVERTING[0], IS_REVERTED];
        if is_revert_lost(facts, rows, row, told.page_id, columns) {
            nullify(rows, row, &REVERTING, Reason::NeighbourLost, changes);
            changes.set(rows, row, IS_REVERTED, NO, Reason::NeighbourLost);
        }
        recount(Ranked::RevisionHistory, facts, rows, row, changes);
        mark(facts, rows, row, changes);
    }
}

pub(super) fn persistence(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const OF_TIMES: [&str; 2] = ["seconds_possible", "sum_log_seconds_visible"];
    const OF_ALL: [&str; 7] = [
        "revisions_processed",
        "seconds_possible",
        "tokens_added",
        "persistent_tokens",
        "sum_log_persisted",
        "sum_log_seconds_visible",
        "is_censored",
    ];
    let later = later_of(facts, rows);
    for (row, later) in later.into_iter().enumerate() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        // That it added nothing tells that there was a text like its own.
        let adds_nothing = rows.int("tokens_added", row).is_none_or(|count| count == 0);
        let is_newly_hidden = hidden.content && has_any(rows, row, &OF_ALL);
        changes
            .pages
            .extend(told.page_id.filter(|_| is_newly_hidden));
        let tells_text = adds_nothing && facts.is_twin(told.page_id, told.id);
        if hidden.content || tells_text {
            let reason = match hidden.content {
                true => Reason::TextHidden,
                false => Reason::NeighbourLost,
            };
            nullify(rows, row, &OF_ALL, reason, changes);
            nullify(rows, row, &OF_OTHERS, reason, changes);
        }
        if hidden.user {
            let is_new = has_any(rows, row, &OF_OTHERS);
            changes.unnamed.extend(told.page_id.filter(|_| is_new));
            nullify(rows, row, &OF_OTHERS, Reason::UserHidden, changes);
        } else if later.is_unnamed {
            nullify(rows, row, &OF_OTHERS, Reason::NeighbourLost, changes);
        }
        if later.is_gone {
            nullify(rows, row, &OF_TIMES, Reason::NeighbourLost, changes);
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
