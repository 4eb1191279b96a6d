//! Rows of the table `tokens`.

use super::super::row_groups::RowGroups;
use super::super::rows::Wanted;
use super::BATCH_ROWS;
use crate::derive::token_history::Token;
use crate::error::Result;
use crate::tables::{self, PageHeader, TableBuilder, TokenRow};

/// Ids in the lists of a batch: a token that was removed and brought back a thousand times has long
/// ones.
const BATCH_LISTED: usize = 1 << 19;

/// Rows on their way.
pub(super) struct TokenRows {
    rows: TableBuilder<tables::Tokens>,
    listed: usize,
}

impl TokenRows {
    /// `None` where nobody wants them.
    pub(super) fn new(wanted: &Wanted) -> Option<Self> {
        let selection = wanted.selection(&tables::TOKENS)?;
        Some(Self {
            rows: TableBuilder::new(selection),
            listed: 0,
        })
    }

    /// Adds a row.
    pub(super) fn push(
        &mut self,
        page: &PageHeader,
        token: &Token<'_>,
        is_whole: bool,
        groups: &mut RowGroups<'_>,
    ) -> Result<()> {
        self.rows.push(&TokenRow {
            page,
            token,
            is_whole,
        });
        self.listed += token.removed_by.len() + token.returned_by.len();
        match self.rows.rows() >= BATCH_ROWS || self.listed >= BATCH_LISTED {
            true => self.hand_on(groups),
            false => Ok(()),
        }
    }

    /// Makes a batch of all rows.
    pub(super) fn hand_on(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        self.listed = 0;
        groups.push(&tables::TOKENS, self.rows.finish()?)
    }
}
