//! Which rows and values of tables of pages go.

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::newer::Fate;

/// A revision as a row knows it.
pub(super) struct Told {
    pub(super) page_id: Option<i64>,
    pub(super) id: i64,
}

/// What became of the revision of a row, by the column that names it beside `page_id`.  A row of one
/// that is gone goes; `None` for that, and where nothing can be told.
pub(super) fn fate_of(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    column: &str,
    changes: &mut Changes,
) -> Option<(Told, Fate)> {
    fate_by(facts, rows, row, ["page_id", column], changes)
}

/// The same by the columns of the page and the revision.
pub(super) fn fate_by(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    [page, revision]: [&str; 2],
    changes: &mut Changes,
) -> Option<(Told, Fate)> {
    let page_id = rows.int(page, row);
    let Some(id) = rows.int(revision, row) else {
        changes.unknown.insert(row);
        return None;
    };
    let told = Told { page_id, id };
    match facts.revision(page_id, id) {
        Fate::Gone => {
            changes.remove(row, Reason::RevisionGone);
            changes.gone.insert(id);
            changes.pages.extend(page_id);
            changes.thinned.extend(page_id);
            None
        }
        Fate::Unknown => {
            changes.unknown.insert(row);
            None
        }
        fate => Some((told, fate)),
    }
}

/// Takes away who made something.
pub(super) fn hide_user(rows: &Rows<'_>, row: usize, changes: &mut Changes) {
    if rows.boolean("user_is_visible", row) == Some(false) {
        return;
    }
    let values = [
        ("user_id", Value::Null),
        ("user_text", Value::Null),
        ("user_kind", Value::Text("hidden".into())),
        ("user_is_visible", Value::Bool(false)),
    ];
    for (column, value) in values {
        changes.set(rows, row, column, value, Reason::UserHidden);
    }
}

/// Takes away what was said, where a flag does not say that it is gone already.
pub(super) fn hide_comment(
    rows: &Rows<'_>,
    row: usize,
    [comment, flag]: [&'static str; 2],
    changes: &mut Changes,
) {
    if rows.boolean(flag, row) != Some(false) {
        changes.set(rows, row, comment, Value::Null, Reason::CommentHidden);
        changes.set(rows, row, flag, Value::Bool(false), Reason::CommentHidden);
    }
}

/// Takes values away.
pub(super) fn nullify(
    rows: &Rows<'_>,
    row: usize,
    columns: &[&'static str],
    reason: Reason,
    changes: &mut Changes,
) {
    for column in columns {
        changes.set(rows, row, column, Value::Null, reason);
    }
}

/// Says of rows that were made of a page's history that it is not whole any more.
pub(super) fn mark(facts: &Facts<'_>, rows: &Rows<'_>, row: usize, changes: &mut Changes) {
    if facts.is_affected(rows.int("page_id", row)) && !changes.removed.contains_key(&row) {
        let no = Value::Bool(false);
        changes.set(
            rows,
            row,
            "page_history_is_whole",
            no,
            Reason::HistoryChanged,
        );
    }
}

/// Notes a revision that was made from one whose text is gone; whether it was.
pub(super) fn note_orphan(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    told: &Told,
    changes: &mut Changes,
) -> bool {
    let parent = rows.int("revision_parent_id", row);
    let is_orphan =
        parent.is_some_and(|parent| facts.revision(told.page_id, parent).has_lost_text());
    changes.orphans.extend(is_orphan.then_some(told.id));
    is_orphan
}

pub(super) fn revisions(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        if hidden.user {
            hide_user(rows, row, changes);
        }
        if hidden.comment {
            let comment = ["revision_comment", "revision_comment_is_visible"];
            hide_comment(rows, row, comment, changes);
        }
        if hidden.content && rows.boolean("revision_content_is_visible", row) != Some(false) {
            let no = Value::Bool(false);
            changes.set(
                rows,
                row,
                "revision_content_is_visible",
                no,
                Reason::TextHidden,
            );
            let columns = ["revision_sha1", "revision_size"];
            nullify(rows, row, &columns, Reason::TextHidden, changes);
            changes.pages.extend(told.page_id);
        }
        note_orphan(facts, rows, row, &told, changes);
    }
}

pub(super) fn content(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const TOLD: [&str; 5] = [
        "content_text",
        "content_sha1",
        "content_size",
        "text_id",
        "text_location",
    ];
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        if fate.hidden().content && rows.text("content_state", row) != Some("hidden") {
            let state = Value::Text("hidden".into());
            changes.set(rows, row, "content_state", state, Reason::TextHidden);
            nullify(rows, row, &TOLD, Reason::TextHidden, changes);
            changes.pages.extend(told.page_id);
        }
    }
}

pub(super) fn diffs(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const CHANGE: [&str; 9] = [
        "operations",
        "tokens_added",
        "tokens_removed",
        "tokens_kept",
        "tokens_moved",
        "bytes_added",
        "bytes_removed",
        "bytes_kept",
        "bytes_moved",
    ];
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let is_newly_hidden =
            fate.hidden().content && rows.text("text_state", row) != Some("hidden");
        if is_newly_hidden {
            let reason = Reason::TextHidden;
            changes.set(
                rows,
                row,
                "text_state",
                Value::Text("hidden".into()),
                reason,
            );
            nullify(rows, row, &CHANGE, reason, changes);
            nullify(rows, row, &["text_sha1", "keyframe_text"], reason, changes);
            changes.pages.extend(told.page_id);
        }
        let Some(previous) = rows.int("previous_revision_id", row) else {
            continue;
        };
        let previous = facts.revision(told.page_id, previous);
        let reason = Reason::NeighbourLost;
        let state = match previous {
            Fate::Gone => "lost",
            _ if previous.hidden().content => "hidden",
            _ => continue,
        };
        if previous.is_gone() {
            nullify(rows, row, &["previous_revision_id"], reason, changes);
        } else if rows.text("previous_text_state", row) == Some(state) {
            continue;
        }
        changes.set(
            rows,
            row,
            "previous_text_state",
            Value::Text(state.into()),
            reason,
        );
        nullify(rows, row, &CHANGE, reason, changes);
        if matches!(rows.text("text_state", row), Some("present" | "empty"))
            && !fate.hidden().content
        {
            changes.keyframes.insert(row);
        }
    }
}

pub(super) fn uploads(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let ids = (rows.int("page_id", row), rows.int("upload_dt", row));
        let fate = match ids {
            (Some(page), Some(time)) => facts.newer.upload(page, time),
            (Some(page), None) if facts.newer.page(page).is_gone() => Fate::Gone,
            _ => Fate::Unknown,
        };
        match fate {
            Fate::Gone => changes.remove(row, Reason::UploadGone),
            Fate::Unknown => {
                changes.unknown.insert(row);
            }
            Fate::Kept(hidden) => {
                if hidden.user {
                    hide_user(rows, row, changes);
                }
                if hidden.comment {
                    let comment = ["upload_comment", "upload_comment_is_visible"];
                    hide_comment(rows, row, comment, changes);
                }
            }
        }
    }
}

pub(super) fn pages(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some(id) = rows.int("page_id", row) else {
            changes.unknown.insert(row);
            continue;
        };
        let sums = facts.lost.sums.get(&id).copied().unwrap_or_default();
        let fate = facts.newer.page(id);
        if fate.is_gone() && sums.revisions == 0 {
            changes.remove(row, Reason::PageGone);
            continue;
        }
        if facts.is_affected(Some(id)) {
            let time = |time: Option<i64>| time.map_or(Value::Null, Value::Microseconds);
            let counted = [
                ("revision_count", Value::Int(sums.revisions)),
                ("first_revision_dt", time(sums.first)),
                ("last_revision_dt", time(sums.last)),
            ];
            let counted = counted.into_iter().filter(|_| facts.lost.has_sums);
            // A target is a piece of a text, and of which is not told.
            for (column, value) in counted.chain([("page_redirect_target", Value::Null)]) {
                changes.set(rows, row, column, value, Reason::HistoryChanged);
            }
        } else if fate == Fate::Unknown {
            changes.unknown.insert(row);
        }
    }
}

/// What was passed over quotes what was in it.
pub(super) fn rejects(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let page_id = rows.int("page_id", row);
        let revision = rows
            .int("revision_id", row)
            .map(|id| facts.revision(page_id, id));
        let page = page_id.map(|id| facts.newer.page(id));
        match (revision, page) {
            (Some(Fate::Gone), _) => changes.remove(row, Reason::RevisionGone),
            (Some(Fate::Kept(hidden)), _) if hidden.is_any() => {
                changes.remove(row, Reason::TextHidden);
            }
            (None, Some(Fate::Gone)) => changes.remove(row, Reason::PageGone),
            (Some(Fate::Unknown), _) | (None, Some(Fate::Unknown)) => {
                changes.unknown.insert(row);
            }
            _ => {}
        }
    }
}
