//! Log entries become rows of the tables made of them.

use arrow::array::RecordBatch;

use super::document::Document;
use super::options::Filters;
use super::rows::{Wanted, finish};
use crate::error::Result;
use crate::model::LogItem;
use crate::tables::{self, LogRow, TableBuilder, TableInfo};

/// Rows of a chunk, by table.
pub(super) type LogBatches = Vec<(&'static TableInfo, Option<RecordBatch>)>;

/// The tables made of log entries, as far as they are wanted.
pub(super) struct LogBuilders {
    events: Option<TableBuilder<tables::LogEvents>>,
    user_creations: Option<TableBuilder<tables::UserCreations>>,
    page_moves: Option<TableBuilder<tables::PageMoves>>,
}

impl LogBuilders {
    pub(super) fn new(wanted: &Wanted) -> Self {
        Self {
            events: wanted.selection(&tables::LOG_EVENTS).map(TableBuilder::new),
            user_creations: wanted
                .selection(&tables::USER_CREATIONS)
                .map(TableBuilder::new),
            page_moves: wanted.selection(&tables::PAGE_MOVES).map(TableBuilder::new),
        }
    }

    /// Adds an entry to the tables that it belongs to; tells whether the filters let it in.
    pub(super) fn push(
        &mut self,
        document: &Document,
        item: &LogItem<'_>,
        filters: &Filters,
    ) -> bool {
        let row = LogRow::of(document.wiki_id.as_deref(), item, &document.site);
        if !filters.wants_log_item(item.timestamp, row.namespace_id) {
            return false;
        }
        if let Some(builder) = &mut self.events {
            builder.push(&row);
        }
        if let Some(builder) = &mut self.user_creations
            && tables::is_user_creation(&row)
        {
            builder.push(&row);
        }
        if let Some(builder) = &mut self.page_moves
            && tables::is_page_move(&row)
        {
            builder.push(&row);
        }
        true
    }

    pub(super) fn finish(self) -> Result<LogBatches> {
        Ok(vec![
            (&tables::LOG_EVENTS, finish(self.events)?),
            (&tables::USER_CREATIONS, finish(self.user_creations)?),
            (&tables::PAGE_MOVES, finish(self.page_moves)?),
        ])
    }
}
