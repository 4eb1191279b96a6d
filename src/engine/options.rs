//! What a job is told.

use std::collections::HashSet;
use std::num::NonZeroU64;

use crate::derive::Facts;
use crate::derive::diff::Algorithm;
use crate::derive::persistence::PersistenceOptions;
use crate::derive::token_revisions::TokenMatching;
use crate::derive::tokens::Tokenizer;
use crate::frame::FramerOptions;
use crate::model::{Page, Timestamp};
use crate::xml::XmlLimits;

/// Which records are wanted.  What is `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Numbers of namespaces.
    pub namespaces: Option<HashSet<i32>>,
    /// Ids of pages.
    pub page_ids: Option<HashSet<i64>>,
    /// Revisions saved, and log entries made, at this time or later.
    pub since: Option<Timestamp>,
    /// Revisions saved, and log entries made, before this time.
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

    /// Whether a log entry is wanted, by the namespace of its target.  It names no page by its id.
    pub fn wants_log_item(&self, time: Option<Timestamp>, namespace_id: Option<i32>) -> bool {
        let in_namespaces = self
            .namespaces
            .as_ref()
            .is_none_or(|wanted| namespace_id.is_some_and(|id| wanted.contains(&id)));
        in_namespaces && self.page_ids.is_none() && self.wants_time(time)
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

/// How tables of pages' histories are made.
#[derive(Debug, Clone, Copy)]
pub struct HistoryOptions {
    /// How many revisions a revert can undo, by the definition of mwreverts.
    pub revert_radius: usize,
    /// Whether these are looked for in the order of time, and not in that of the dump.
    pub is_by_time: bool,
    /// A break of so many seconds ends a user's session.
    pub session_cutoff_seconds: i64,
    /// How long tokens are followed, and which of them persisted.
    pub persistence: PersistenceOptions,
    /// When time ends: the time of the dump.  By its file's name where nothing is said.
    pub sunset: Option<Timestamp>,
    /// How texts are compared for what wikiq tells of tokens, where that is wanted.
    pub wikiq_tokens: TokenMatching,
}

impl HistoryOptions {
    /// The radius that mwreverts has where nothing else is said.
    pub const DEFAULT_REVERT_RADIUS: usize = 15;
    /// What mwpersistence measures where nothing else is said: 50 revisions, of which 5 or 14 days
    /// make a token persistent.
    pub const DEFAULT_PERSISTENCE: PersistenceOptions = PersistenceOptions {
        window: 50,
        min_revisions: 5,
        min_seconds: 14 * 24 * 60 * 60,
    };
    /// The cutoff that mwsessions has where nothing else is said: an hour.
    pub const DEFAULT_SESSION_CUTOFF_SECONDS: i64 = 3600;
}

impl Default for HistoryOptions {
    fn default() -> Self {
        Self {
            revert_radius: Self::DEFAULT_REVERT_RADIUS,
            is_by_time: false,
            session_cutoff_seconds: Self::DEFAULT_SESSION_CUTOFF_SECONDS,
            persistence: Self::DEFAULT_PERSISTENCE,
            sunset: None,
            wikiq_tokens: TokenMatching::default(),
        }
    }
}

/// How the table `diffs` is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiffOptions {
    /// What is compared.
    pub tokenizer: Tokenizer,
    /// How it is compared.
    pub algorithm: Algorithm,
    /// Every so manieth revision of a page carries its whole text, if any does.
    pub keyframe_every: Option<NonZeroU64>,
}

impl DiffOptions {
    /// The options by name, as the manifest and the parts of the table keep them.
    pub fn described(&self) -> Vec<(&'static str, String)> {
        let mut described = vec![
            ("diff_order", "dump".to_owned()),
            ("diff_tokenizer", self.tokenizer.name().to_owned()),
            ("diff_algorithm", self.algorithm.name().to_owned()),
        ];
        described.extend(
            self.keyframe_every
                .map(|every| ("keyframe_every", every.to_string())),
        );
        described
    }
}

/// What bounds memory, and what happens at damage.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes in flight, of all inputs that are read at once.
    pub memory_bytes: usize,
    /// What the sizes of chunks and row groups follow.  The output depends on it, so it must not
    /// depend on the number of threads.
    pub sizing_bytes: usize,
    /// Chunks are cut at the next record behind so many bytes, or behind fewer as `sizing_bytes` has it.
    pub chunk_max_bytes: usize,
    /// Largest record, in bytes of XML.
    pub record_max_bytes: usize,
    /// Largest header of a page, in bytes of XML.
    pub page_header_max_bytes: usize,
    /// How much is read of what stands in records.
    pub xml: XmlLimits,
    /// How many different elements that are not known are counted by name, of an input.
    pub unknown_elements: usize,
    /// Whether to go on behind damage.
    pub keep_going: bool,
}

/// The least memory of an input that is read beside others.
const LANE_BYTES: usize = 128 << 20;

impl Limits {
    /// Bytes in flight where nothing else is said and there are few threads.
    pub const DEFAULT_MEMORY_BYTES: usize = 256 << 20;
    /// Where chunks are cut with much memory, where nothing else is said.
    pub const DEFAULT_CHUNK_MAX_BYTES: usize = 4 << 20;
    /// Largest record where nothing else is said.
    pub const DEFAULT_RECORD_MAX_BYTES: usize = 64 << 20;
    /// Unknown elements by name where nothing else is said.  No dump has any that is not known.
    pub const DEFAULT_UNKNOWN_ELEMENTS: usize = 1000;

    /// The same with so many bytes in flight; where nothing is said, enough for an input a thread.
    /// Then only what is read at once depends on the threads, and no size in the output.
    #[must_use]
    pub fn with_memory(self, memory_bytes: Option<usize>, threads: usize) -> Self {
        let default_bytes = Self::DEFAULT_MEMORY_BYTES.max(LANE_BYTES.saturating_mul(threads));
        Self {
            memory_bytes: memory_bytes.unwrap_or(default_bytes),
            sizing_bytes: memory_bytes.unwrap_or(Self::DEFAULT_MEMORY_BYTES),
            ..self
        }
    }

    /// How many inputs may be read at once: one a thread, as far as each can have 128 MiB, and
    /// room for two of the largest records.
    pub fn lanes(&self, threads: usize) -> usize {
        let lane_bytes = LANE_BYTES.max(self.record_max_bytes.saturating_mul(2));
        (self.memory_bytes / lane_bytes).clamp(1, threads.max(1))
    }

    pub(super) fn framer(&self) -> FramerOptions {
        FramerOptions {
            chunk_bytes: (self.sizing_bytes / 64)
                .min(self.chunk_max_bytes)
                .max(64 << 10),
            record_max_bytes: self.record_max_bytes,
            page_header_max_bytes: self.page_header_max_bytes,
            keep_going: self.keep_going,
            with_history: false,
        }
    }

    /// Bytes that a table's unfinished row group may hold.
    pub(super) fn row_group_bytes(&self) -> usize {
        self.sizing_bytes / 8
    }

    /// Bytes of counts that lanes may hold together, and as many the job.
    pub(super) fn groups_bytes(&self) -> usize {
        self.memory_bytes / 4
    }

    /// Bytes of facts that are kept of one page; a longer history is looked at in pieces.
    pub(super) fn page_history_bytes(&self) -> usize {
        // Revisions of a page are numbered in 32 bits.
        const MOST: usize = (u32::MAX as usize / 2) * Facts::BYTES_EACH;
        const LEAST: usize = 8 << 20;
        (self.sizing_bytes / 2).clamp(LEAST, MOST)
    }

    /// Bytes of what happened to the tokens of a page; beyond that it is counted only.
    pub(super) fn token_changes_bytes(&self) -> usize {
        self.sizing_bytes / 4
    }

    /// Bytes that a decoder's dictionary may take.
    pub(super) fn dictionary_bytes(&self) -> u64 {
        self.sizing_bytes as u64
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: Self::DEFAULT_MEMORY_BYTES,
            sizing_bytes: Self::DEFAULT_MEMORY_BYTES,
            chunk_max_bytes: Self::DEFAULT_CHUNK_MAX_BYTES,
            record_max_bytes: Self::DEFAULT_RECORD_MAX_BYTES,
            page_header_max_bytes: FramerOptions::DEFAULT_PAGE_HEADER_MAX_BYTES,
            xml: XmlLimits::DEFAULT,
            unknown_elements: Self::DEFAULT_UNKNOWN_ELEMENTS,
            keep_going: false,
        }
    }
}
