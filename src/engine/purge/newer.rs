//! What newer dumps of a wiki still show.

use std::collections::HashMap;

use super::coverage::Coverage;
use super::ids::IdSet;
use crate::error::{Error, ErrorKind, Result};

/// Parts of a record that are hidden.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// The contributor.
    pub(super) user: bool,
    /// The edit summary, or what was said about a log entry or an upload.
    pub(super) comment: bool,
    /// The text of a revision; target and parameters of a log entry.
    pub(super) content: bool,
}

impl Hidden {
    pub(super) fn is_any(self) -> bool {
        self.user || self.comment || self.content
    }
}

/// What became of a record of an older output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The newer dumps have it, with these parts hidden.
    Kept(Hidden),
    /// They would have it if there were any.
    Gone,
    /// They cannot tell.
    Unknown,
}

impl Fate {
    /// The parts that are hidden of what is still there.
    pub(super) fn hidden(self) -> Hidden {
        match self {
            Self::Kept(hidden) => hidden,
            Self::Gone | Self::Unknown => Hidden::default(),
        }
    }

    pub(super) fn is_gone(self) -> bool {
        self == Self::Gone
    }

    /// Whether nothing may be left of its text.
    pub(super) fn has_lost_text(self) -> bool {
        self.is_gone() || self.hidden().content
    }

    /// Whether nothing may be left of who made it.
    pub(super) fn has_lost_user(self) -> bool {
        self.is_gone() || self.hidden().user
    }
}

/// Ids that are there, and those of which parts are hidden.
#[derive(Debug, Default)]
pub(super) struct Known {
    present: IdSet,
    users: IdSet,
    comments: IdSet,
    contents: IdSet,
}

impl Known {
    pub(super) fn add(&mut self, id: i64, hidden: Hidden) {
        self.present.insert(id);
        let sets = [
            (hidden.user, &mut self.users),
            (hidden.comment, &mut self.comments),
            (hidden.content, &mut self.contents),
        ];
        for (_, set) in sets.into_iter().filter(|(is_hidden, _)| *is_hidden) {
            set.insert(id);
        }
    }

    fn get(&self, id: i64) -> Option<Hidden> {
        self.present.contains(id).then(|| Hidden {
            user: self.users.contains(id),
            comment: self.comments.contains(id),
            content: self.contents.contains(id),
        })
    }

    fn bytes(&self) -> usize {
        let sets = [&self.present, &self.users, &self.comments, &self.contents];
        sets.map(IdSet::bytes).iter().sum()
    }
}

/// What newer dumps of a wiki show.
#[derive(Debug, Default)]
pub(super) struct Newer {
    pub(super) wiki_id: Option<String>,
    pub(super) revisions: Known,
    pub(super) pages: IdSet,
    pub(super) log_entries: Known,
    /// Versions of files, by page and time in microseconds.
    pub(super) uploads: HashMap<(i64, i64), Hidden>,
    /// Pages of which all revisions are there.
    pub(super) page_coverage: Coverage,
    pub(super) log_coverage: Coverage,
}

impl Newer {
    /// What became of a revision; `page_id` is the page that the output knows it of.
    pub(super) fn revision(&self, page_id: Option<i64>, id: i64) -> Fate {
        // Wherever it is now: pages are moved and merged.
        match self.revisions.get(id) {
            Some(hidden) => Fate::Kept(hidden),
            None if self.covers_page(page_id) => Fate::Gone,
            None => Fate::Unknown,
        }
    }

    fn covers_page(&self, page_id: Option<i64>) -> bool {
        let is_held = page_id.is_some_and(|id| self.page_coverage.holds(id));
        self.page_coverage.is_whole() || is_held
    }

    /// What became of a page.
    pub(super) fn page(&self, id: i64) -> Fate {
        match self.pages.contains(id) {
            true => Fate::Kept(Hidden::default()),
            false if self.page_coverage.holds(id) => Fate::Gone,
            false => Fate::Unknown,
        }
    }

    /// What became of a log entry.
    pub(super) fn log_entry(&self, id: i64) -> Fate {
        match self.log_entries.get(id) {
            Some(hidden) => Fate::Kept(hidden),
            None if self.log_coverage.holds(id) => Fate::Gone,
            None => Fate::Unknown,
        }
    }

    /// What became of a version of a file.
    pub(super) fn upload(&self, page_id: i64, microseconds: i64) -> Fate {
        match self.uploads.get(&(page_id, microseconds)) {
            Some(hidden) => Fate::Kept(*hidden),
            None if self.page(page_id).is_gone() => Fate::Gone,
            None if !self.uploads.is_empty() && self.page_coverage.holds(page_id) => Fate::Gone,
            None => Fate::Unknown,
        }
    }

    /// Refuses what takes more memory than there is.
    pub(super) fn check_memory(&self, most_bytes: usize) -> Result<()> {
        const UPLOAD_BYTES: usize = 48;
        let bytes = self.revisions.bytes()
            + self.pages.bytes()
            + self.log_entries.bytes()
            + self.uploads.len() * UPLOAD_BYTES;
        match bytes > most_bytes {
            true => Err(Error::new(
                ErrorKind::Environment,
                "the ids of the newer dumps take more than half of the memory: give more with --memory",
            )),
            false => Ok(()),
        }
    }
}
