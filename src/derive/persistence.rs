//! How long tokens last: what the Python package mwpersistence measures.
//!
//! A token that a revision adds lives as long as later texts have it.  A diff tells which tokens of a
//! text are those of the text before; a text that comes back brings back its own tokens.  Who adds
//! many tokens that last is thought to have added something of worth.
//!
//! What is known of tokens is kept by run (`window`): so a revision costs as much as it changes, not
//! as much as its text is long.

mod window;

use std::collections::VecDeque;
use std::ops::Range;

use self::window::{OpenRevision, Processed};
use super::facts::Fact;
use super::identity::Moved;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub struct PersistenceOptions {
    /// How many later revisions are looked at.
    pub window: usize,
    /// A token that so many later revisions have has persisted.
    pub min_revisions: u32,
    /// One that was seen for so many seconds has, too.
    pub min_seconds: i64,
}

/// What became of the tokens that a revision added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Persistence {
    /// Later revisions that were looked at.
    pub revisions_processed: u32,
    /// Those of them by others; `None` where the revision's user is not known.
    pub non_self_processed: Option<u32>,
    /// Seconds from it to the last of them, or to the end of time.
    pub seconds_possible: i64,
    /// Tokens that it added.
    pub tokens_added: u64,
    /// Those of them that persisted.
    pub persistent_tokens: u64,
    /// Those of them that persisted in others' revisions.
    pub non_self_persistent_tokens: Option<u64>,
    /// Sum over tokens of later revisions that have it.
    pub sum_persisted: u64,
    /// Sum over tokens of ln(1 + later revisions that have it).
    pub sum_log_persisted: f64,
    /// The same of others' revisions.
    pub sum_log_non_self_persisted: Option<f64>,
    /// Sum over tokens of ln(1 + seconds for which it was seen).
    pub sum_log_seconds_visible: f64,
    /// Whether a token might have persisted, had there been more time or revisions.
    pub is_censored: bool,
    /// The same of others' revisions.
    pub is_non_self_censored: Option<bool>,
}

/// Who made a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
enum User {
    Account(i64),
    Name(Box<str>),
    /// Nobody is the same as this one.
    Unknown,
}

impl User {
    fn of(revision: Fact<'_>) -> Self {
        match (revision.user_id(), revision.user_text()) {
            (Some(id), _) if id > 0 => Self::Account(id),
            (_, Some(name)) if !name.is_empty() => Self::Name(name.into()),
            _ => Self::Unknown,
        }
    }

    fn is(&self, other: &Self) -> bool {
        self == other && *self != Self::Unknown
    }
}

/// A page on its way through time.
#[derive(Debug)]
pub struct PersistenceState {
    options: PersistenceOptions,
    window: VecDeque<Entry>,
    processed: Processed,
    /// When the last revision was saved.
    last_seconds: Option<i64>,
}

/// A revision whose measures have not been told.
#[derive(Debug)]
enum Entry {
    /// Its text is known.
    Open(OpenRevision),
    /// So many in a row whose texts are not known.
    Unknown(u64),
}

impl PersistenceState {
    /// A page without revisions.
    pub fn new(options: PersistenceOptions) -> Self {
        Self {
            options,
            window: VecDeque::new(),
            processed: Processed::default(),
            last_seconds: None,
        }
    }

    /// Takes the next revision, in the order of the dump, and tells of those that have left the
    /// window, in order: `None` of one whose text was not known.
    ///
    /// `moved` is `None` where the text is not known: such a revision is passed over, as if it
    /// were not there.
    pub fn push(
        &mut self,
        revision: Fact<'_>,
        moved: Option<&Moved>,
        tell: &mut dyn FnMut(Option<Persistence>),
    ) {
        let Some(moved) = moved else {
            return self.pass_over(tell);
        };
        self.last_was_seen_until(revision.seconds());
        self.tell_ready(tell);
        self.close(&moved.gone);
        self.reopen(&moved.back);
        let user = User::of(revision);
        self.window.push_back(Entry::Open(OpenRevision::new(
            moved.added.clone(),
            user.clone(),
            revision.seconds(),
            self.processed,
        )));
        for entry in &mut self.window {
            if let Entry::Open(open) = entry {
                open.count_user(&user);
            }
        }
        self.processed.revisions += 1;
        self.last_seconds = revision.seconds();
    }

    /// Tells of all that are in the window, as if the page had ended with the last of them.
    pub fn tell_all(&mut self, tell: &mut dyn FnMut(Option<Persistence>)) {
        while let Some(entry) = self.window.pop_front() {
            self.measure(entry, tell);
        }
    }

    /// The page has no more revisions: tells of all that are left.  Time ends at `sunset_seconds`,
    /// or with the last revision.
    pub fn finish(
        mut self,
        sunset_seconds: Option<i64>,
        tell: &mut dyn FnMut(Option<Persistence>),
    ) {
        let end = sunset_seconds.or(self.last_seconds);
        self.last_was_seen_until(end);
        // Of a full window the last revision ends time, of others the sunset.
        self.tell_ready(tell);
        self.last_seconds = end;
        self.tell_all(tell);
    }

    fn pass_over(&mut self, tell: &mut dyn FnMut(Option<Persistence>)) {
        match self.window.back_mut() {
            Some(Entry::Unknown(count)) => *count += 1,
            Some(Entry::Open(_)) => self.window.push_back(Entry::Unknown(1)),
            None => tell(None),
        }
    }

    fn last_was_seen_until(&mut self, seconds: Option<i64>) {
        if let (Some(from), Some(to)) = (self.last_seconds, seconds) {
            // Imports put earlier times behind later ones.
            self.processed.seconds += (to - from).max(0);
        }
    }

    fn tell_ready(&mut self, tell: &mut dyn FnMut(Option<Persistence>)) {
        while let Some(entry) = self.window.pop_front() {
            let waits = match &entry {
                Entry::Open(open) => {
                    self.processed.revisions - open.began() <= self.options.window as u64
                }
                Entry::Unknown(_) => false,
            };
            if waits {
                self.window.push_front(entry);
                return;
            }
            self.measure(entry, tell);
        }
    }

    fn measure(&self, entry: Entry, tell: &mut dyn FnMut(Option<Persistence>)) {
        match entry {
            Entry::Open(open) => {
                let measures = open.measure(&self.options, self.processed, self.last_seconds);
                tell(Some(measures));
            }
            Entry::Unknown(count) => (0..count).for_each(|_| tell(None)),
        }
    }

    fn close(&mut self, gone: &[Range<u64>]) {
        let now = self.processed;
        self.for_each_open(gone, |open, range| open.close(range, now));
    }

    fn reopen(&mut self, back: &[Range<u64>]) {
        let now = self.processed;
        self.for_each_open(back, |open, range| open.reopen(range, now));
    }

    /// Hands ranges of tokens, in order, to the revisions of the window that added them.
    fn for_each_open(
        &mut self,
        ranges: &[Range<u64>],
        mut give: impl FnMut(&mut OpenRevision, Range<u64>),
    ) {
        for entry in &mut self.window {
            let Entry::Open(open) = entry else { continue };
            let own = open.tokens();
            let first = ranges.partition_point(|range| range.end <= own.start);
            let ranges = ranges.get(first..).unwrap_or_default();
            for range in ranges.iter().take_while(|range| range.start < own.end) {
                give(open, range.start.max(own.start)..range.end.min(own.end));
            }
        }
    }
}
