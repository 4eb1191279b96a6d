//! What is known of the tokens that a revision added, as long as it is in the window.

use std::ops::Range;

use super::{Persistence, PersistenceOptions, User};

/// What of a page has been processed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Processed {
    /// Revisions.
    pub(super) revisions: u64,
    /// Seconds for which these, but for the last, were the page's latest.
    pub(super) seconds: i64,
}

/// A revision in the window.
#[derive(Debug)]
pub(super) struct OpenRevision {
    tokens: Range<u64>,
    user: User,
    seconds: Option<i64>,
    began: Processed,
    /// Revisions of its own user from it on.
    own_revisions: u64,
    /// Its tokens in runs that have the same history.
    runs: Vec<Run>,
}

/// Tokens with one history.
#[derive(Debug, Clone)]
struct Run {
    tokens: Range<u64>,
    /// Since when they are there, if they are.
    since: Option<Mark>,
    /// While they were there before.
    seen: Seen,
}

/// A point in a page's history.
#[derive(Debug, Clone, Copy)]
struct Mark {
    processed: Processed,
    own_revisions: u64,
}

/// In how many revisions, and how long.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    revisions: u64,
    own_revisions: u64,
    seconds: i64,
}

impl Seen {
    fn and_between(self, since: Mark, now: Mark) -> Self {
        Self {
            revisions: self.revisions + now.processed.revisions - since.processed.revisions,
            own_revisions: self.own_revisions + now.own_revisions - since.own_revisions,
            seconds: self.seconds + now.processed.seconds - since.processed.seconds,
        }
    }
}

impl OpenRevision {
    /// A revision that adds tokens of these numbers.
    pub(super) fn new(
        tokens: Range<u64>,
        user: User,
        seconds: Option<i64>,
        began: Processed,
    ) -> Self {
        let mark = Mark {
            processed: began,
            own_revisions: 0,
        };
        let run = Run {
            tokens: tokens.clone(),
            since: Some(mark),
            seen: Seen::default(),
        };
        Self {
            tokens,
            user,
            seconds,
            began,
            own_revisions: 0,
            runs: vec![run],
        }
    }

    /// Numbers of its tokens.
    pub(super) fn tokens(&self) -> Range<u64> {
        self.tokens.clone()
    }

    /// How many revisions were processed before it.
    pub(super) fn began(&self) -> u64 {
        self.began.revisions
    }

    /// A revision by a user, itself included.
    pub(super) fn count_user(&mut self, user: &User) {
        self.own_revisions += u64::from(self.user.is(user));
    }

    fn mark(&self, processed: Processed) -> Mark {
        Mark {
            processed,
            own_revisions: self.own_revisions,
        }
    }

    /// Tokens are gone from the next revision on.
    pub(super) fn close(&mut self, tokens: Range<u64>, processed: Processed) {
        let now = self.mark(processed);
        for run in self.runs_in(tokens) {
            if let Some(since) = run.since.take() {
                run.seen = run.seen.and_between(since, now);
            }
        }
    }

    /// Tokens are back from the next revision on.
    pub(super) fn reopen(&mut self, tokens: Range<u64>, processed: Processed) {
        let now = self.mark(processed);
        for run in self.runs_in(tokens) {
            run.since.get_or_insert(now);
        }
    }

    /// The runs of some tokens, cut at both ends.
    fn runs_in(&mut self, tokens: Range<u64>) -> &mut [Run] {
        let first = self.cut(tokens.start);
        let end = self.cut(tokens.end);
        self.runs.get_mut(first..end).unwrap_or_default()
    }

    /// Cuts at a token and gives the number of the run that begins there.
    fn cut(&mut self, at: u64) -> usize {
        let index = self.runs.partition_point(|run| run.tokens.end <= at);
        if let Some(run) = self.runs.get_mut(index)
            && run.tokens.start < at
        {
            let mut rest = run.clone();
            rest.tokens.start = at;
            run.tokens.end = at;
            self.runs.insert(index + 1, rest);
            return index + 1;
        }
        index
    }

    /// What became of its tokens; `last_seconds` is when the last revision was saved, or the end.
    pub(super) fn measure(
        &self,
        options: &PersistenceOptions,
        processed: Processed,
        last_seconds: Option<i64>,
    ) -> Persistence {
        let now = self.mark(processed);
        let later = processed.revisions - self.began.revisions - 1;
        let is_known = self.user != User::Unknown;
        let others = later.saturating_sub(self.own_revisions.saturating_sub(1));
        let seconds_possible = match (self.seconds, last_seconds) {
            (Some(from), Some(to)) => (to - from).max(0),
            _ => 0,
        };
        let mut sums = Sums::default();
        for run in &self.runs {
            let seen = match run.since {
                Some(since) => run.seen.and_between(since, now),
                None => run.seen,
            };
            sums.add(run.tokens.end - run.tokens.start, seen, options);
        }
        let min_revisions = u64::from(options.min_revisions);
        let time_is_short = seconds_possible < options.min_seconds;
        let is_censored =
            |processed: u64, doubtful| doubtful && (time_is_short || processed < min_revisions);
        Persistence {
            revisions_processed: later as u32,
            non_self_processed: is_known.then_some(others as u32),
            seconds_possible,
            tokens_added: sums.tokens,
            persistent_tokens: sums.persistent,
            non_self_persistent_tokens: is_known.then_some(sums.non_self_persistent),
            sum_persisted: sums.persisted,
            sum_log_persisted: sums.log_persisted,
            sum_log_non_self_persisted: is_known.then_some(sums.log_non_self),
            sum_log_seconds_visible: sums.log_seconds,
            is_censored: is_censored(later, sums.has_short_lived),
            is_non_self_censored: is_known.then(|| is_censored(others, sums.has_short_lived)),
        }
    }
}

/// Sums over tokens.
#[derive(Debug, Default)]
struct Sums {
    tokens: u64,
    persistent: u64,
    non_self_persistent: u64,
    persisted: u64,
    log_persisted: f64,
    log_non_self: f64,
    log_seconds: f64,
    /// Whether some token was not seen for long enough to have persisted by time alone.
    has_short_lived: bool,
}

impl Sums {
    fn add(&mut self, tokens: u64, seen: Seen, options: &PersistenceOptions) {
        if tokens == 0 {
            return;
        }
        let log = |count: u64| tokens as f64 * (count as f64).ln_1p();
        let persisted = seen.revisions.saturating_sub(1);
        let non_self = seen.revisions.saturating_sub(seen.own_revisions.max(1));
        let min_revisions = u64::from(options.min_revisions);
        let by_time = seen.seconds >= options.min_seconds;
        self.tokens += tokens;
        self.persisted += tokens * persisted;
        self.log_persisted += log(persisted);
        self.log_non_self += log(non_self);
        self.log_seconds += log(seen.seconds.max(0) as u64);
        if by_time || persisted >= min_revisions {
            self.persistent += tokens;
        }
        if by_time || non_self >= min_revisions {
            self.non_self_persistent += tokens;
        }
        self.has_short_lived |= !by_time;
    }
}
