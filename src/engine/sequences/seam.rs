//! Where a file of a sequence ends and the next begins.

use std::sync::Arc;

use super::{Sequence, SequenceFile};
use crate::engine::document::Document;
use crate::error::{Error, Result};
use crate::model::{Page, Revision, Timestamp};
use crate::runs::SpreadFile;
use crate::sink::Seen;

/// What a chunk tells of its pages, wanted or not.
#[derive(Debug, Default)]
pub(in crate::engine) struct Edges {
    page_ids: Vec<Option<i64>>,
    /// Whether the first page began in a chunk before.
    began_before: bool,
    /// Whether its rows are wanted.
    is_wanted: bool,
    /// The first revision of the first page.
    first: Option<Moment>,
    /// The last revision of the last page.
    last: Option<Moment>,
    /// The last revision of the page at hand.
    open: Option<Moment>,
}

/// When a revision was saved, and which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) struct Moment {
    time: Option<Timestamp>,
    id: Option<i64>,
}

impl Edges {
    /// Takes the next revision.
    pub(in crate::engine) fn revision(&mut self, revision: &Revision<'_>) {
        let moment = Moment {
            time: revision.timestamp,
            id: revision.id,
        };
        if self.page_ids.is_empty() {
            self.first.get_or_insert(moment);
        }
        self.open = Some(moment);
    }

    /// A page ends, or goes on in the next chunk; `is_wanted` says whether its rows are.
    pub(in crate::engine) fn page_ended(
        &mut self,
        page: &Page<'_>,
        began_before: bool,
        is_wanted: bool,
    ) {
        if self.page_ids.is_empty() {
            self.began_before = began_before;
            self.is_wanted = is_wanted;
        }
        self.page_ids.push(page.id);
        self.last = self.open.take();
    }

    /// The first revision of the first page.
    pub(super) fn first(&self) -> Option<Moment> {
        self.first
    }
}

/// What a lane knows of the page with which a file ended, and of the file at hand.
pub(in crate::engine) struct Seam {
    is_whole: bool,
    name: Arc<str>,
    spread: Arc<SpreadFile>,
    /// Whether the document that begins next can go on with the last page.
    follows: bool,
    /// Whether nothing has come of it yet.
    at_begin: bool,
    document: Option<Arc<Document>>,
    page_id: Option<i64>,
    last: Option<Moment>,
}

impl Seam {
    /// Of a sequence that has not begun.
    pub(in crate::engine) fn new(sequence: &Sequence) -> Self {
        Self {
            is_whole: sequence.is_whole(),
            name: "".into(),
            spread: Arc::default(),
            follows: false,
            at_begin: false,
            document: None,
            page_id: None,
            last: None,
        }
    }

    /// A file of the sequence begins.
    pub(in crate::engine) fn begin_file(&mut self, file: &SequenceFile, name: Arc<str>) {
        self.follows = !self.name.is_empty();
        self.at_begin = self.follows;
        self.spread = file.spread();
        self.name = name;
    }

    /// A document begins: whether it can go on with the page that is open.
    pub(in crate::engine) fn begin(&mut self, document: &Arc<Document>) -> Result<bool> {
        let follows = std::mem::take(&mut self.follows);
        self.at_begin = follows;
        let before = self.document.replace(Arc::clone(document));
        match before {
            Some(before) if follows && before.wiki_id != document.wiki_id => {
                Err(of_another_wiki(&before, document))
            }
            _ => Ok(follows),
        }
    }

    /// Whether the page that goes on has a hole that nobody sees: a file of it is not there.
    pub(in crate::engine) fn has_hole(&self) -> bool {
        !self.is_whole
    }

    /// Takes what a chunk tells; gives whether its first page is the last one of the file before, and
    /// takes that one out of what was `seen`: it has been counted there.
    pub(in crate::engine) fn take(&mut self, edges: &Edges, seen: &mut Seen) -> Result<bool> {
        let Some(first_id) = edges.page_ids.first() else {
            return Ok(false);
        };
        for page_id in edges.page_ids.iter().flatten() {
            self.check_page(*page_id)?;
        }
        let at_begin = std::mem::take(&mut self.at_begin);
        let goes_on =
            at_begin && !edges.began_before && first_id.is_some() && *first_id == self.page_id;
        if goes_on {
            self.check_order(edges.first)?;
            seen.pages = seen.pages.saturating_sub(1);
            let filtered = u64::from(!edges.is_wanted);
            seen.filtered_pages = seen.filtered_pages.saturating_sub(filtered);
        }
        let is_one_page = edges.page_ids.len() == 1 && (goes_on || edges.began_before);
        self.last = match is_one_page {
            true => edges.last.or(self.last),
            false => edges.last,
        };
        self.page_id = edges.page_ids.last().copied().flatten();
        Ok(goes_on)
    }

    /// Holds a page against what the names of the files say.
    fn check_page(&self, page_id: i64) -> Result<()> {
        let why = match self.spread.only_page {
            Some(only) if only != page_id => {
                format!("holds page {page_id}, and by its name only page {only}")
            }
            _ if self.spread.pages_elsewhere.contains(&page_id) => format!(
                "holds page {page_id}, and so do other inputs, which by their names have it for \
                 themselves: its history cannot be put together"
            ),
            _ => return Ok(()),
        };
        Err(Error::damaged(why)
            .in_input(&self.name)
            .in_record(Some(page_id), None))
    }

    /// Refuses a piece that does not come behind the one before, by time or else by number.
    fn check_order(&self, first: Option<Moment>) -> Result<()> {
        let (Some(last), Some(first)) = (self.last, first) else {
            return Ok(());
        };
        if first > last || first.id > last.id {
            return Ok(());
        }
        let told = |moment: Moment| {
            let id = moment
                .id
                .map_or_else(|| "?".to_owned(), |id| id.to_string());
            let time = moment
                .time
                .map_or_else(|| "?".to_owned(), |time| time.to_string());
            format!("revision {id} of {time}")
        };
        Err(Error::damaged(format!(
            "begins with {}, which does not come behind {}, with which another piece of the page's \
             history has ended: the files overlap, or are not of one export",
            told(first),
            told(last),
        ))
        .in_input(&self.name)
        .in_record(self.page_id, first.id))
    }
}

fn of_another_wiki(before: &Document, document: &Document) -> Error {
    let wiki = |document: &Document| {
        let wiki_id = document.wiki_id.clone();
        wiki_id.unwrap_or_else(|| "a wiki without a name".to_owned())
    };
    Error::damaged(format!(
        "is of {}, and {}, on which it follows by its name, of {}",
        wiki(document),
        before.input,
        wiki(before)
    ))
    .in_input(&document.input)
}
