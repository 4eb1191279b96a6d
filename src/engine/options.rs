//! What a job is told.

use std::collections::HashSet;

use crate::frame::FramerOptions;
use crate::model::{Page, Timestamp};

/// Which records are wanted.  What is `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Numbers of namespaces.
    pub namespaces: Option<HashSet<i32>>,
    /// Ids of pages.
    pub page_ids: Option<HashSet<i64>>,
    /// Revisions saved at this time or later.
    pub since: Option<Timestamp>,
    /// Revisions saved before this time.
    pub until: Option<Timestamp>,
}

impl Filters {
    /// Whether a page is wanted.
    pub fn wants_page(&self, page: &Page<'_>) -> bool {
        let in_namespaces = self
            .namespaces
            .as_ref()
            .is_none_or(|wanted| page.namespace_id.is_some_and(|id| wanted.contains(&id)));
        let in_ids = self
            .page_ids
            .as_ref()
            .is_none_or(|wanted| page.id.is_some_and(|id| wanted.contains(&id)));
        in_namespaces && in_ids
    }

    /// Whether a revision of this time is wanted.
    pub fn wants_time(&self, time: Option<Timestamp>) -> bool {
        let since = self
            .since
            .is_none_or(|since| time.is_some_and(|time| time >= since));
        let until = self
            .until
            .is_none_or(|until| time.is_some_and(|time| time < until));
        since && until
    }
}

/// What bounds memory, and what happens at damage.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes in flight.
    pub memory_bytes: usize,
    /// Largest record, in bytes of XML.
    pub record_max_bytes: usize,
    /// Whether to go on behind damage.
    pub keep_going: bool,
}

impl Limits {
    /// Bytes in flight where nothing else is said.
    pub const DEFAULT_MEMORY_BYTES: usize = 256 << 20;
    /// Largest record where nothing else is said.
    pub const DEFAULT_RECORD_MAX_BYTES: usize = 64 << 20;

    pub(super) fn framer(&self) -> FramerOptions {
        FramerOptions {
            chunk_bytes: (self.memory_bytes / 64).clamp(64 << 10, 4 << 20),
            record_max_bytes: self.record_max_bytes,
            keep_going: self.keep_going,
        }
    }

    /// Bytes of chunks and their rows that may be in flight.
    pub(super) fn chunks_bytes(&self) -> usize {
        self.memory_bytes / 2
    }

    /// Bytes that a table's unfinished row group may hold.
    pub(super) fn row_group_bytes(&self) -> usize {
        self.memory_bytes / 8
    }

    /// Bytes that a decoder's dictionary may take.
    pub(super) fn dictionary_bytes(&self) -> u64 {
        self.memory_bytes as u64
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: Self::DEFAULT_MEMORY_BYTES,
            record_max_bytes: Self::DEFAULT_RECORD_MAX_BYTES,
            keep_going: false,
        }
    }
}
