//! What takes all texts of a page: what became of their tokens.
//!
//! Workers cut texts into tokens and tell what changed from one to the next (`changes`).  The lane
//! folds the changes of a page in their order, which costs as much as is changed, and diffs only what
//! no worker can: a chunk's first text against the last one of the chunk before.  Which tokens are
//! those of earlier texts is found once, for all tables that ask (`persistence`, `tokens`).

mod changes;
mod comparer;
mod followed;
mod persistence;
mod seam;
mod tokens;

use std::sync::Arc;

use self::persistence::{PersistenceRows, Waiting};
use self::seam::{ChangedRevision, JoinedPage};
use self::tokens::TokenRows;
use super::lane::Lane;
use super::row_groups::RowGroups;
use super::rows::Wanted;
use crate::derive::identity::Versions;
use crate::derive::token_history::TokenHistory;
use crate::error::Result;
use crate::model::Timestamp;
use crate::tables::PageHeader;

pub(super) use self::changes::{Changes, ChunkChanges};
pub(super) use self::comparer::Comparer;
pub(super) use self::followed::FollowedTokens;
pub(super) use self::seam::Seam;

/// Rows that the lane gathers before they become a batch.
const BATCH_ROWS: usize = 8192;

/// The texts of one input's pages.
pub(super) struct Texts<'l> {
    lane: &'l Lane<'l>,
    wanted: Arc<Wanted>,
    persistence: Option<PersistenceRows>,
    tokens: Option<TokenRows>,
    seam: Seam,
    /// The page that may go on.
    open: Option<OpenPage>,
    after_loss: bool,
    dump_day: Option<Timestamp>,
}

struct OpenPage {
    header: PageHeader,
    versions: Versions,
    persistence: Option<Waiting>,
    tokens: Option<TokenHistory>,
    is_whole: bool,
}

impl<'l> Texts<'l> {
    /// `None` where no table needs them.
    pub(super) fn new(wanted: &Arc<Wanted>, lane: &'l Lane<'l>) -> Result<Option<Self>> {
        if !wanted.needs_texts() {
            return Ok(None);
        }
        Ok(Some(Self {
            lane,
            wanted: Arc::clone(wanted),
            persistence: PersistenceRows::new(wanted),
            tokens: TokenRows::new(wanted),
            seam: Seam::new(Comparer::new(wanted.kept_tokens())?),
            open: None,
            after_loss: false,
            dump_day: None,
        }))
    }

    /// A document begins, which `follows` one before whose last page can go on in it, or not; its day,
    /// if it has one, is when time ends.
    pub(super) fn begin(
        &mut self,
        dump_day: Option<Timestamp>,
        follows: bool,
        groups: &mut RowGroups<'_>,
    ) -> Result<()> {
        if !follows {
            self.seam.forget();
            self.end_page(groups)?;
        }
        self.dump_day = dump_day;
        Ok(())
    }

    /// Takes what changed in a chunk, in the order of the document.
    pub(super) fn add(&mut self, chunk: ChunkChanges, groups: &mut RowGroups<'_>) -> Result<()> {
        let chunk = self.seam.join(chunk);
        for page in chunk.pages() {
            if !page.goes_on {
                self.end_page(groups)?;
            }
            self.add_page(page, groups)?;
            self.hand_on(groups)?;
            self.lane.stop.check()?;
        }
        Ok(())
    }

    fn add_page(&mut self, page: JoinedPage<'_>, groups: &mut RowGroups<'_>) -> Result<()> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open_page(page.header.clone()),
        };
        open.is_whole &= !page.is_damaged && !self.after_loss;
        self.after_loss = false;
        for ChangedRevision { fact, change, .. } in page.revisions() {
            let moved = change.map(|change| open.versions.push(change));
            if let (Some(rows), Some(waiting)) = (&mut self.persistence, &mut open.persistence) {
                waiting.push(fact, moved.as_ref(), &open.header, open.is_whole, rows);
            }
            if let (Some(rows), Some(history)) = (&mut self.tokens, &mut open.tokens)
                && let (Some(change), Some(moved)) = (change, moved)
            {
                let (header, is_whole) = (&open.header, open.is_whole);
                history.push(fact, moved, &change.inserted, &mut |token| {
                    rows.push(header, token, is_whole, groups)
                })?;
            }
        }
        self.open = Some(open);
        Ok(())
    }

    fn open_page(&self, header: PageHeader) -> OpenPage {
        let radius = self.wanted.history.revert_radius;
        let changes_bytes = self.lane.limits.token_changes_bytes();
        OpenPage {
            header,
            versions: Versions::new(radius),
            persistence: (self.persistence.as_ref())
                .map(|_| Waiting::new(self.wanted.history.persistence)),
            tokens: (self.tokens.as_ref()).map(|_| TokenHistory::new(radius, changes_bytes)),
            is_whole: true,
        }
    }

    /// Bytes were left out: the open page may have lost revisions, and the next one its begin.
    pub(super) fn lost(&mut self) {
        if let Some(open) = &mut self.open {
            open.is_whole = false;
        }
        self.after_loss = true;
    }

    /// The open page does not go on.
    fn end_page(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        if let (Some(rows), Some(waiting)) = (&mut self.persistence, open.persistence) {
            let sunset = self.wanted.history.sunset.or(self.dump_day);
            waiting.finish(sunset, &open.header, open.is_whole, rows);
        }
        if let (Some(rows), Some(history)) = (&mut self.tokens, open.tokens) {
            history.finish(&mut |token| rows.push(&open.header, token, open.is_whole, groups))?;
        }
        self.hand_on(groups)
    }

    fn hand_on(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        match &mut self.persistence {
            Some(rows) => rows.hand_on(groups, BATCH_ROWS),
            None => Ok(()),
        }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        self.end_page(groups)?;
        if let Some(rows) = &mut self.persistence {
            rows.hand_on(groups, 0)?;
        }
        match &mut self.tokens {
            Some(rows) => rows.hand_on(groups),
            None => Ok(()),
        }
    }
}
