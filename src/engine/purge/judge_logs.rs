//! Which rows and values of tables of logs go.

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::judge::{hide_comment, hide_user};
use super::newer::{Fate, Hidden};

/// What is hidden of an entry that is still there; one that is gone goes.
fn hidden_of(facts: &Facts<'_>, rows: &Rows<'_>, row: usize, changes: &mut Changes) -> Hidden {
    let fate = rows.int("log_id", row).map(|id| facts.newer.log_entry(id));
    match fate.unwrap_or(Fate::Unknown) {
        Fate::Gone => {
            changes.remove(row, Reason::LogEntryGone);
            Hidden::default()
        }
        Fate::Unknown => {
            changes.unknown.insert(row);
            Hidden::default()
        }
        Fate::Kept(hidden) => hidden,
    }
}

pub(super) fn log_events(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let hidden = hidden_of(facts, rows, row, changes);
        if hidden.user {
            hide_user(rows, row, changes);
        }
        if hidden.comment {
            hide_comment(
                rows,
                row,
                ["log_comment", "log_comment_is_visible"],
                changes,
            );
        }
        if hidden.content && rows.boolean("log_action_is_visible", row) != Some(false) {
            let values = [
                ("log_action_is_visible", Value::Bool(false)),
                ("page_namespace_id", Value::Null),
                ("page_title", Value::Null),
                ("log_params_raw", Value::Null),
                ("log_params_form", Value::Text("empty".into())),
                ("log_params", Value::Null),
            ];
            for (column, value) in values {
                changes.set(rows, row, column, value, Reason::ActionHidden);
            }
        }
    }
}

/// The account that made an entry and the one that it is about are often one.
pub(super) fn user_creations(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let hidden = hidden_of(facts, rows, row, changes);
        if hidden.user {
            let values = [
                ("creator_user_id", Value::Null),
                ("creator_user_text", Value::Null),
                ("creator_is_visible", Value::Bool(false)),
            ];
            for (column, value) in values {
                changes.set(rows, row, column, value, Reason::UserHidden);
            }
        }
        let is_of_peer = rows.boolean("is_created_by_peer", row) == Some(true);
        let reason = match hidden.content {
            true => Reason::ActionHidden,
            false if hidden.user && !is_of_peer => Reason::UserHidden,
            false => continue,
        };
        for column in ["user_id", "user_text"] {
            changes.set(rows, row, column, Value::Null, reason);
        }
    }
}

pub(super) fn page_moves(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const TARGET: [&str; 5] = [
        "page_namespace_id_before",
        "page_title_before",
        "page_namespace_id_after",
        "page_title_after",
        "leaves_redirect",
    ];
    for row in 0..rows.count() {
        let hidden = hidden_of(facts, rows, row, changes);
        if hidden.user {
            hide_user(rows, row, changes);
        }
        for column in TARGET.iter().filter(|_| hidden.content) {
            changes.set(rows, row, column, Value::Null, Reason::ActionHidden);
        }
    }
}
