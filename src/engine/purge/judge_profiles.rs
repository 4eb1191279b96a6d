//! Which rows and values of profiles go: what is hidden becomes what the profile has for it.

use std::collections::HashMap;

use super::changes::{Changes, Reason, Rows, Value};
use super::facts::Facts;
use super::judge::{Told, fate_by, fate_of, hide_comment, note_orphan, nullify};
use super::judge_derived::is_revert_lost;
use super::judge_wikiq_tokens::{TextsBefore, judge_tokens};
use super::newer::Fate;
use super::ranks::{Ranked, recount};
use super::rules::RevisionColumns;
use crate::model::Timestamp;
use crate::tables::{self, history_time};

/// How the table `wikiq` names what it tells of a revision.
pub(super) const WIKIQ: RevisionColumns = RevisionColumns {
    page: "articleid",
    id: "revid",
    time: "date_time",
    sha1: "sha1",
};

/// The id of a user who is hidden.
const HIDDEN_USER: Value = Value::Int(-1);

fn empty() -> Value {
    Value::Text("".into())
}

/// Puts values into a row.
fn put<const N: usize>(
    rows: &Rows<'_>,
    row: usize,
    values: [(&'static str, Value); N],
    reason: Reason,
    changes: &mut Changes,
) {
    for (column, value) in values {
        changes.set(rows, row, column, value, reason);
    }
}

/// Takes away who made something; `nobody` is the name of those who are hidden.
fn hide_user(rows: &Rows<'_>, row: usize, nobody: Value, changes: &mut Changes) {
    if rows.boolean("user_is_visible", row) != Some(false) {
        let values = [
            ("user_id", HIDDEN_USER),
            ("user_text", nobody),
            ("user_is_visible", Value::Bool(false)),
        ];
        put(rows, row, values, Reason::UserHidden, changes);
    }
}

/// A target is a piece of a text, and of which is not told.
fn forget_target(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    target: (&'static str, Value),
    changes: &mut Changes,
) {
    if facts.is_affected(rows.int("page_id", row)) {
        put(rows, row, [target], Reason::HistoryChanged, changes);
    }
}

pub(super) fn wikitext_history(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        if hidden.user {
            hide_user(rows, row, empty(), changes);
        }
        if hidden.comment && rows.boolean("comment_is_visible", row) != Some(false) {
            let values = [
                ("revision_comment", empty()),
                ("comment_is_visible", Value::Bool(false)),
            ];
            put(rows, row, values, Reason::CommentHidden, changes);
        }
        if hidden.content && rows.boolean("content_is_visible", row) != Some(false) {
            let values = [
                ("revision_text", empty()),
                ("revision_text_bytes", Value::Int(0)),
                ("revision_text_sha1", empty()),
                ("content_is_visible", Value::Bool(false)),
            ];
            put(rows, row, values, Reason::TextHidden, changes);
            changes.pages.extend(told.page_id);
        }
        note_orphan(facts, rows, row, &told, changes);
        forget_target(facts, rows, row, ("page_redirect_title", empty()), changes);
    }
}

pub(super) fn content_history(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        if hidden.user {
            hide_user(rows, row, Value::Null, changes);
        }
        if hidden.comment {
            let comment = ["revision_comment", "revision_comment_is_visible"];
            hide_comment(rows, row, comment, changes);
        }
        if hidden.content && rows.boolean("revision_content_is_visible", row) != Some(false) {
            let values = [
                ("revision_sha1", Value::Null),
                ("revision_size", Value::Null),
                ("revision_content_slots", Value::HiddenSlots),
                ("revision_content_is_visible", Value::Bool(false)),
            ];
            put(rows, row, values, Reason::TextHidden, changes);
            changes.pages.extend(told.page_id);
        }
        note_orphan(facts, rows, row, &told, changes);
        let target = ("page_redirect_target", Value::Null);
        forget_target(facts, rows, row, target, changes);
    }
}

/// Of a page whose latest revision is gone nothing is left: what is the latest now, the output does not know.
pub(super) fn content_current(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    for row in 0..rows.count() {
        let ids = rows.int("page_id", row).zip(rows.int("revision_id", row));
        if let Some((page, revision)) = ids
            && facts.revision(Some(page), revision).is_gone()
            && matches!(facts.newer.page(page), Fate::Kept(_))
        {
            changes.remove(row, Reason::LatestRevisionGone);
        }
    }
    content_history(facts, rows, changes);
}

pub(super) fn mediawiki_history(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    const PARTS: &str = "revision_deleted_parts";
    for row in 0..rows.count() {
        let Some((told, fate)) = fate_of(facts, rows, row, "revision_id", changes) else {
            continue;
        };
        let hidden = fate.hidden();
        let known = rows.texts(PARTS, row).unwrap_or_default();
        let (mut all, mut first_reason) = (Vec::new(), None);
        for (part, is_hidden) in [
            ("text", hidden.content),
            ("comment", hidden.comment),
            ("user", hidden.user),
        ] {
            let was_hidden = known.iter().any(|known| known == part);
            if is_hidden && !was_hidden {
                let reason = hide_part(rows, row, part, changes);
                changes
                    .pages
                    .extend(told.page_id.filter(|_| part == "text"));
                first_reason.get_or_insert(reason);
            }
            all.extend((is_hidden || was_hidden).then(|| part.to_owned()));
        }
        if let Some(reason) = first_reason {
            changes.set(rows, row, PARTS, Value::Texts(all), reason);
        }
        let is_orphan = note_orphan(facts, rows, row, &told, changes);
        hide_neighbours(facts, rows, row, &told, is_orphan, changes);
    }
}

/// Takes away a part of an event's revision.
fn hide_part(rows: &Rows<'_>, row: usize, part: &str, changes: &mut Changes) -> Reason {
    const USER: [&str; 8] = [
        "event_user_id",
        "event_user_text_historical",
        "event_user_text",
        "event_user_is_bot_by",
        "event_user_is_anonymous",
        "event_user_is_temporary",
        "event_user_is_permanent",
        "event_user_is_cross_wiki",
    ];
    const TEXT: [&str; 3] = [
        "revision_text_bytes",
        "revision_text_bytes_diff",
        "revision_text_sha1",
    ];
    let (columns, reason) = match part {
        "text" => (&TEXT[..], Reason::TextHidden),
        "comment" => (&["event_comment"][..], Reason::CommentHidden),
        _ => (&USER[..], Reason::UserHidden),
    };
    nullify(rows, row, columns, reason, changes);
    if part == "text" {
        // Without its text nobody knows what it brought back; that it was undone, others tell.
        let value = ("revision_is_identity_revert", Value::Bool(false));
        put(rows, row, [value], reason, changes);
    }
    reason
}

/// Takes away that a revision was a revert; that it was none stays.
fn forget_revert(rows: &Rows<'_>, row: usize, changes: &mut Changes) {
    const IS_REVERT: &str = "revision_is_identity_revert";
    if rows.boolean(IS_REVERT, row) == Some(true) {
        nullify(rows, row, &[IS_REVERT], Reason::NeighbourLost, changes);
    }
}

/// Takes away what an event tells of other revisions that are gone or have a hidden text.
fn hide_neighbours(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    told: &Told,
    is_orphan: bool,
    changes: &mut Changes,
) {
    const REVERTING: [&str; 2] = [
        "revision_first_identity_reverting_revision_id",
        "revision_seconds_to_identity_revert",
    ];
    const IS_REVERTED: &str = "revision_is_identity_reverted";
    const FIRST: &str = "page_first_edit_timestamp";
    let reason = Reason::NeighbourLost;
    if is_orphan || facts.is_orphan(told.page_id, told.id) {
        nullify(rows, row, &["revision_text_bytes_diff"], reason, changes);
    }
    if is_revert_lost(facts, rows, row, told.page_id, [REVERTING[0], IS_REVERTED]) {
        nullify(rows, row, &REVERTING, reason, changes);
        nullify(rows, row, &[IS_REVERTED], reason, changes);
    }
    let is_hidden = facts.revision(told.page_id, told.id).has_lost_text();
    if !is_hidden && facts.is_twin(told.page_id, told.id) {
        forget_revert(rows, row, changes);
    }
    recount(Ranked::MediawikiHistory, facts, rows, row, changes);
    if facts.is_affected(told.page_id) && facts.lost.has_sums && rows.text(FIRST, row).is_some() {
        let sums = told.page_id.and_then(|id| facts.lost.sums.get(&id));
        let first = sums.and_then(|sums| sums.first);
        let first = first.and_then(|time| Timestamp::from_seconds(time.div_euclid(1_000_000)));
        let first = first.map_or(Value::Null, |time| Value::Text(history_time(time).into()));
        put(rows, row, [(FIRST, first)], Reason::HistoryChanged, changes);
    }
}

pub(super) fn wikiq(facts: &Facts<'_>, rows: &Rows<'_>, changes: &mut Changes) {
    let before = Before::of(facts, rows);
    let texts_before = TextsBefore::of(facts, rows);
    for row in 0..rows.count() {
        let columns = [WIKIQ.page, WIKIQ.id];
        let Some((told, fate)) = fate_by(facts, rows, row, columns, changes) else {
            continue;
        };
        let hidden = fate.hidden();
        if hidden.user {
            let columns = ["editor", "editor_id", "anon"];
            nullify(rows, row, &columns, Reason::UserHidden, changes);
        }
        if hidden.content && rows.boolean("deleted", row) != Some(true) {
            let yes = ("deleted", Value::Bool(true));
            put(rows, row, [yes], Reason::TextHidden, changes);
            let columns = ["sha1", "text_chars", "revert", "reverteds"];
            nullify(rows, row, &columns, Reason::TextHidden, changes);
            let columns = tables::WIKIQ_TOKENS;
            nullify(rows, row, &columns, Reason::TextHidden, changes);
            changes.pages.extend(told.page_id);
        } else if facts.is_affected(told.page_id) {
            let is_lost = judge_revert(facts, rows, row, &told, &before, changes);
            let told = (&told, is_lost);
            judge_tokens(facts, rows, row, told, &texts_before, changes);
        }
    }
}

/// A revert without those that it reverted and that are gone; nothing of it where the text that it
/// brought back is: says whether that is so.
fn judge_revert(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    told: &Told,
    before: &Before,
    changes: &mut Changes,
) -> bool {
    let reason = Reason::NeighbourLost;
    let Some(ids) = rows.text("reverteds", row) else {
        // What it reverted is not told, and so neither is what it brought back.
        let is_lost = rows.boolean("revert", row) == Some(true) && !rows.is_written("reverteds");
        if is_lost {
            nullify(rows, row, &["revert"], reason, changes);
        }
        return is_lost;
    };
    let ids: Vec<i64> = ids.split(',').filter_map(|id| id.parse().ok()).collect();
    // Who knows the text of a revert knows that of the revision before those that it reverted.
    if ids.last().is_none_or(|first| !before.is_shown(*first)) {
        nullify(rows, row, &["revert", "reverteds"], reason, changes);
        return true;
    }
    let fate = |id: &i64| facts.revision(told.page_id, *id);
    let left: Vec<_> = ids.iter().filter(|id| fate(id) != Fate::Gone).collect();
    if left.is_empty() {
        let no = ("revert", Value::Bool(false));
        put(rows, row, [no, ("reverteds", Value::Null)], reason, changes);
    } else if left.len() < ids.len() {
        let left: Vec<_> = left.into_iter().map(i64::to_string).collect();
        let left = ("reverteds", Value::Text(left.join(",").into()));
        put(rows, row, [left], reason, changes);
    }
    false
}

/// Whether the texts of the revisions before others are shown, by the ids of these, on pages of which
/// some are not.  What stands before the first rows of a batch is not known, and not shown.
struct Before(HashMap<i64, bool>);

impl Before {
    /// Reverts can be told by the order of the dump or by time: both have to be shown.
    fn of(facts: &Facts<'_>, rows: &Rows<'_>) -> Self {
        let page = |row: &usize| rows.int(WIKIQ.page, *row);
        let all: Vec<usize> = (0..rows.count()).collect();
        let mut shown = HashMap::new();
        let affected = all.chunk_by(|one, next| page(one) == page(next));
        for rows_of_page in affected.filter(|page_rows| {
            let first = page_rows.first();
            first.is_some_and(|row| facts.is_affected(page(row)))
        }) {
            let mut by_time = rows_of_page.to_vec();
            by_time.sort_by_key(|row| (rows.time(WIKIQ.time, *row), rows.int(WIKIQ.id, *row)));
            for order in [rows_of_page, &by_time] {
                for pair in order.windows(2) {
                    let [before, row] = pair else { continue };
                    let id = |row: &usize| rows.int(WIKIQ.id, *row);
                    let is_shown = id(before)
                        .is_some_and(|id| !facts.revision(page(before), id).has_lost_text());
                    if let Some(id) = id(row) {
                        *shown.entry(id).or_insert(true) &= is_shown;
                    }
                }
            }
        }
        Self(shown)
    }

    fn is_shown(&self, id: i64) -> bool {
        self.0.get(&id).copied().unwrap_or(false)
    }
}
