//! Which of wikiq's values of tokens go.
//!
//! How many tokens a revision removes tells of the text before it; and that it neither adds nor removes
//! any, that it has the text of another.

use super::changes::{Changes, Reason, Rows};
use super::facts::Facts;
use super::judge::{Told, nullify};
use super::judge_profiles::WIKIQ;
use super::newer::Fate;
use crate::tables;

const REMOVED: &str = "tokens_removed";
const WINDOW: &str = "tokens_window";

/// Of each row of a batch, whether the text before it on its page is lost, or not known.
pub(super) struct TextsBefore(Vec<bool>);

impl TextsBefore {
    pub(super) fn of(facts: &Facts<'_>, rows: &Rows<'_>) -> Self {
        let (mut page, mut is_lost) = (None, true);
        let of_row = |row: usize| {
            let this_page = rows.int(WIKIQ.page, row);
            if row > 0 && this_page != page {
                // A page begins: there is none before.
                is_lost = false;
            }
            page = this_page;
            let was_lost = is_lost;
            let id = rows.int(WIKIQ.id, row);
            let fate = id.map_or(Fate::Unknown, |id| facts.revision(this_page, id));
            let may_be_passed_over = !rows.is_there(WINDOW, row);
            // What was hidden when the row was written, the next one was not compared with.
            if rows.boolean("deleted", row) != Some(true) {
                is_lost = fate.has_lost_text() || (may_be_passed_over && is_lost);
            }
            was_lost
        };
        Self((0..rows.count()).map(of_row).collect())
    }
}

/// Judges what a row tells of tokens whose own text is shown, on a page of which some are lost; it can be
/// that what is left tells no more that it is a revert.
pub(super) fn judge_tokens(
    facts: &Facts<'_>,
    rows: &Rows<'_>,
    row: usize,
    (told, is_revert_lost): (&Told, bool),
    before: &TextsBefore,
    changes: &mut Changes,
) {
    let reason = Reason::NeighbourLost;
    let adds_nothing = rows.int("tokens_added", row).is_none_or(|count| count == 0);
    if adds_nothing && (is_revert_lost || facts.is_twin(told.page_id, told.id)) {
        nullify(rows, row, &tables::WIKIQ_TOKENS, reason, changes);
    } else if before.0.get(row).is_none_or(|is_lost| *is_lost) {
        nullify(rows, row, &[REMOVED], reason, changes);
    }
}
