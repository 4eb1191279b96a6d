//! Revisions become rows of the profiles that need nothing but the revision, or the page's latest.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;

use super::row_groups::RowGroups;
use super::rows::{Wanted, finish};
use crate::error::{Error, Result};
use crate::model::{Page, Timestamp};
use crate::tables::{
    self, Carries, ContentHistory, RevisionRow, Selection, TableBuilder, TableInfo,
    WikitextHistory, WikitextHistoryWikiId,
};

/// Profiles with a row a revision, as far as they are wanted.
pub(super) struct ProfileBuilders {
    wikitext: Option<TableBuilder<WikitextHistory>>,
    wikitext_wiki_id: Option<TableBuilder<WikitextHistoryWikiId>>,
    content: Option<TableBuilder<ContentHistory>>,
    latest: Option<LatestOfPages>,
}

/// Rows of a chunk.
#[derive(Debug, Default)]
pub(super) struct ProfileBatches {
    by_revision: Vec<(&'static TableInfo, Option<RecordBatch>)>,
    latest: Option<ChunkLatest>,
}

impl ProfileBuilders {
    pub(super) fn new(wanted: &Wanted) -> Self {
        let latest = wanted.selection(&tables::CONTENT_CURRENT);
        Self {
            wikitext: wanted
                .selection(&tables::WIKITEXT_HISTORY)
                .map(TableBuilder::new),
            wikitext_wiki_id: wanted
                .selection(&tables::WIKITEXT_HISTORY_WIKI_ID)
                .map(TableBuilder::new),
            content: wanted
                .selection(&tables::CONTENT_HISTORY)
                .map(TableBuilder::new),
            latest: latest.map(LatestOfPages::new),
        }
    }

    pub(super) fn push(&mut self, row: &RevisionRow<'_>) {
        if let Some(builder) = &mut self.wikitext {
            builder.push(row);
        }
        if let Some(builder) = &mut self.wikitext_wiki_id {
            builder.push(row);
        }
        if let Some(builder) = &mut self.content {
            builder.push(row);
        }
        if let Some(latest) = &mut self.latest {
            latest.push(row);
        }
    }

    /// A page ends, or goes on in the next chunk.
    pub(super) fn page_ended(&mut self, page: &Page<'_>, began_before: bool) {
        if let Some(latest) = &mut self.latest {
            latest.page_ended(page.id, began_before);
        }
    }

    pub(super) fn finish(self) -> Result<ProfileBatches> {
        Ok(ProfileBatches {
            by_revision: vec![
                (&tables::WIKITEXT_HISTORY, finish(self.wikitext)?),
                (
                    &tables::WIKITEXT_HISTORY_WIKI_ID,
                    finish(self.wikitext_wiki_id)?,
                ),
                (&tables::CONTENT_HISTORY, finish(self.content)?),
            ],
            latest: self.latest.map(LatestOfPages::finish).transpose()?,
        })
    }
}

/// What profiles that are made from a page's history need beside facts; `None` if none is wanted.
pub(super) fn carries(wanted: &Wanted) -> Option<Carries> {
    let wants = |table| wanted.selection(table).is_some();
    let (history, wikiq) = (wants(&tables::MEDIAWIKI_HISTORY), wants(&tables::WIKIQ));
    (history || wikiq).then_some(Carries {
        comments: history,
        characters: wikiq,
    })
}

/// By what the latest revision is told: those without time or id come first.
type Key = (Option<Timestamp>, Option<i64>);

/// A page, as far as it was seen, with its latest revision so far.
#[derive(Debug)]
struct SeenPage<R> {
    id: Option<i64>,
    began_before: bool,
    latest: Option<(Key, R)>,
}

impl<R> SeenPage<R> {
    /// Whether a page goes on with what comes next.  One page can be several elements in a row.
    fn goes_on_with(&self, next: &Self) -> bool {
        self.id == next.id && (next.began_before || next.id.is_some())
    }

    /// Takes more of the page.
    fn add(&mut self, next: Self) {
        let latest = self.latest.as_ref().map(|(key, _)| *key);
        let is_later = |(key, _): &(Key, R)| latest.is_none_or(|latest| *key >= latest);
        if next.latest.as_ref().is_some_and(is_later) {
            self.latest = next.latest;
        }
    }
}

/// The latest revisions of a chunk's pages.  The first and the last page may lie in other chunks, too.
#[derive(Debug, Default)]
struct ChunkLatest {
    first: Option<SeenPage<RecordBatch>>,
    between: Option<RecordBatch>,
    last: Option<SeenPage<RecordBatch>>,
}

/// Looks for the latest revisions of a chunk's pages.
struct LatestOfPages {
    /// Revisions that were the latest when they came.
    builder: TableBuilder<ContentHistory>,
    /// The latest of the open page, by its row.
    open: Option<(Key, usize)>,
    pages: Vec<SeenPage<usize>>,
}

impl LatestOfPages {
    fn new(selection: &Selection) -> Self {
        Self {
            builder: TableBuilder::new(selection),
            open: None,
            pages: Vec::new(),
        }
    }

    /// Keeps a revision if it is later than those before.
    fn push(&mut self, row: &RevisionRow<'_>) {
        let key = (row.revision.timestamp, row.revision.id);
        if self.open.is_some_and(|(latest, _)| key < latest) {
            return;
        }
        self.open = Some((key, self.builder.rows()));
        self.builder.push(row);
    }

    fn page_ended(&mut self, id: Option<i64>, began_before: bool) {
        let page = SeenPage {
            id,
            began_before,
            latest: self.open.take(),
        };
        match self.pages.last_mut() {
            Some(last) if last.goes_on_with(&page) => last.add(page),
            _ => self.pages.push(page),
        }
    }

    fn finish(mut self) -> Result<ChunkLatest> {
        let rows = self.builder.finish()?;
        let only = |numbers: &[usize]| match &rows {
            Some(rows) if !numbers.is_empty() => only(rows, numbers).map(Some),
            _ => Ok(None),
        };
        let mut pages = self.pages.into_iter();
        let one = |page: SeenPage<usize>| -> Result<SeenPage<RecordBatch>> {
            let latest = match page.latest {
                Some((key, row)) => only(&[row])?.map(|row| (key, row)),
                None => None,
            };
            Ok(SeenPage {
                id: page.id,
                began_before: page.began_before,
                latest,
            })
        };
        let first = pages.next().map(one).transpose()?;
        let last = pages.next_back().map(one).transpose()?;
        let between: Vec<_> = pages
            .filter_map(|page| page.latest)
            .map(|(_, row)| row)
            .collect();
        Ok(ChunkLatest {
            first,
            between: only(&between)?,
            last,
        })
    }
}

/// Some rows of a batch by their numbers, which rise.
fn only(rows: &RecordBatch, numbers: &[usize]) -> Result<RecordBatch> {
    let mut numbers = numbers.iter().peekable();
    let is_wanted = |row| numbers.next_if_eq(&&row).is_some();
    let wanted: BooleanArray = (0..rows.num_rows()).map(is_wanted).map(Some).collect();
    filter_record_batch(rows, &wanted)
        .map_err(|error| Error::internal("rows cannot be chosen").with_source(error))
}

/// The rows of profiles on their way into an input's tables.
#[derive(Default)]
pub(super) struct ProfileRows {
    /// The page that may go on in the next chunk.
    open: Option<SeenPage<RecordBatch>>,
}

impl ProfileRows {
    /// Takes the rows of a chunk, in the order of the document.
    pub(super) fn add(&mut self, rows: ProfileBatches, groups: &mut RowGroups<'_>) -> Result<()> {
        for (table, batch) in rows.by_revision {
            groups.push(table, batch)?;
        }
        let Some(latest) = rows.latest else {
            return Ok(());
        };
        if let Some(first) = latest.first {
            self.add_page(first, groups)?;
        }
        if let Some(last) = latest.last {
            self.close_page(groups)?;
            groups.push(&tables::CONTENT_CURRENT, latest.between)?;
            self.open = Some(last);
        }
        Ok(())
    }

    fn add_page(&mut self, page: SeenPage<RecordBatch>, groups: &mut RowGroups<'_>) -> Result<()> {
        match &mut self.open {
            Some(open) if open.goes_on_with(&page) => open.add(page),
            _ => {
                self.close_page(groups)?;
                self.open = Some(page);
            }
        }
        Ok(())
    }

    /// The open page does not go on.
    pub(super) fn close_page(&mut self, groups: &mut RowGroups<'_>) -> Result<()> {
        let latest = self.open.take().and_then(|page| page.latest);
        groups.push(&tables::CONTENT_CURRENT, latest.map(|(_, row)| row))
    }
}
