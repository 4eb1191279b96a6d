//! The history of every token of a page: who added it, when it was removed and brought back.
//!
//! Tokens with one history are kept together as a run, with their texts; when the same happened to
//! several runs, it is kept once (`changes`).  A token is told when it cannot come back any more: then
//! no text lies within the revert radius that has it.  So what is held of a page follows its last
//! texts, not the length of its history.

mod changes;
mod run;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use self::changes::Changes;
use self::run::Run;
use super::facts::Fact;
use super::identity::{Moved, TokenTexts};
use crate::error::Result;
use crate::model::Timestamp;

/// The revision that added a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its id.
    pub revision_id: Option<i64>,
    /// When it was saved.
    pub timestamp: Option<Timestamp>,
    /// Its user's id.
    pub user_id: Option<i64>,
    /// Its user's name, or the address.
    pub user_text: Option<Box<str>>,
    /// Whether its own rows are to be written.
    pub is_wanted: bool,
}

/// What became of a token.
#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    /// Its number on the page, in the order of their coming.
    pub number: u64,
    /// Its text.
    pub text: &'t str,
    /// Who added it.
    pub origin: &'t Origin,
    /// The last revision that has it.
    pub last_revision_id: Option<i64>,
    /// How many revisions after its origin have it.
    pub revisions_survived: u64,
    /// Revisions that removed it, as far as they are kept.
    pub removed_by: &'t [i64],
    /// Revisions that brought it back, as far as they are kept.
    pub returned_by: &'t [i64],
    /// How often it was removed.
    pub removed_count: u64,
    /// How often it was brought back.
    pub returned_count: u64,
    /// Whether there were too many of these to keep all.
    pub is_cut: bool,
    /// Whether the page's last text has it.
    pub is_in_last: bool,
}

/// Who takes tokens.
pub type Tell<'t> = dyn FnMut(&Token<'_>) -> Result<()> + 't;

/// A page on its way through time.
#[derive(Debug)]
pub struct TokenHistory {
    revert_radius: u64,
    /// By the number of their first token.
    runs: BTreeMap<u64, Run>,
    /// What was removed, by the number of the text that did.
    removed: VecDeque<(u64, Vec<Range<u64>>)>,
    changes: Changes,
    /// How many texts there were.
    texts: u64,
    /// The revision of the last one.
    last_revision_id: Option<i64>,
}

impl TokenHistory {
    /// A page without revisions.  What happened to tokens is kept in `changes_bytes`.
    pub fn new(revert_radius: usize, changes_bytes: usize) -> Self {
        Self {
            revert_radius: revert_radius as u64,
            runs: BTreeMap::new(),
            removed: VecDeque::new(),
            changes: Changes::new(changes_bytes),
            texts: 0,
            last_revision_id: None,
        }
    }

    /// Takes the next revision whose text is known, with what it moved and the tokens that its diff
    /// inserts; tells tokens that cannot come back.
    pub fn push(
        &mut self,
        revision: Fact<'_>,
        moved: Moved,
        inserted: &TokenTexts,
        tell: &mut Tell<'_>,
    ) -> Result<()> {
        let text = self.texts;
        for range in &moved.gone {
            self.remove(range, text, revision.id());
        }
        for range in &moved.back {
            self.bring_back(range, text, revision.id());
        }
        if !moved.added.is_empty() {
            let origin = Arc::new(Origin::of(revision));
            let run = Run::new(origin, inserted.clone(), text);
            self.runs.insert(moved.added.start, run);
        }
        if !moved.gone.is_empty() {
            self.removed.push_back((text, moved.gone));
        }
        self.texts += 1;
        self.last_revision_id = revision.id();
        self.tell_lost(text, tell)
    }

    /// The page has no more revisions: tells all tokens that are left.
    pub fn finish(mut self, tell: &mut Tell<'_>) -> Result<()> {
        let runs = std::mem::take(&mut self.runs);
        runs.iter()
            .try_for_each(|(number, run)| self.tell_run(*number, run, tell))
    }

    fn remove(&mut self, range: &Range<u64>, text: u64, revision_id: Option<i64>) {
        let last_revision_id = self.last_revision_id;
        let (runs, changes) = self.runs_in(range);
        for (_, run) in runs {
            run.remove(text, last_revision_id);
            run.changes = changes.add(run.changes, text, revision_id);
        }
    }

    fn bring_back(&mut self, range: &Range<u64>, text: u64, revision_id: Option<i64>) {
        let (runs, changes) = self.runs_in(range);
        for (_, run) in runs {
            run.bring_back(text);
            run.changes = changes.add(run.changes, text, revision_id);
        }
    }

    /// The runs of some tokens, cut at both ends.
    fn runs_in(
        &mut self,
        range: &Range<u64>,
    ) -> (impl Iterator<Item = (&u64, &mut Run)>, &mut Changes) {
        self.cut(range.start);
        self.cut(range.end);
        (self.runs.range_mut(range.clone()), &mut self.changes)
    }

    fn cut(&mut self, at: u64) {
        let Some((first, run)) = self.runs.range_mut(..at).next_back() else {
            return;
        };
        let before = at - first;
        if before < run.len() {
            self.changes.share(run.changes);
            let rest = run.split_off(before);
            self.runs.insert(at, rest);
        }
    }

    /// Tells what was removed so long before a text that the next one cannot bring it back.
    fn tell_lost(&mut self, text: u64, tell: &mut Tell<'_>) -> Result<()> {
        while let Some((removed_by, _)) = self.removed.front()
            && removed_by + self.revert_radius <= text
            && let Some((removed_by, ranges)) = self.removed.pop_front()
        {
            for range in ranges {
                let runs = self.runs.range(range);
                let is_lost = |run: &Run| run.removed_by() == Some(removed_by);
                let lost = runs.filter(|(_, run)| is_lost(run));
                let numbers: Vec<_> = lost.map(|(number, _)| *number).collect();
                for number in numbers {
                    let Some(run) = self.runs.remove(&number) else {
                        continue;
                    };
                    self.tell_run(number, &run, tell)?;
                    self.changes.let_go(run.changes);
                }
            }
        }
        Ok(())
    }

    fn tell_run(&self, first: u64, run: &Run, tell: &mut Tell<'_>) -> Result<()> {
        if !run.origin.is_wanted {
            return Ok(());
        }
        let (removed_by, returned_by) = self.changes.revisions(run.changes);
        let is_in_last = run.is_there();
        let mut token = Token {
            number: first,
            text: "",
            origin: &run.origin,
            last_revision_id: match is_in_last {
                true => self.last_revision_id,
                false => run.last_revision_id,
            },
            revisions_survived: run.revisions(self.texts).saturating_sub(1),
            removed_by: &removed_by,
            returned_by: &returned_by,
            removed_count: run.changes.count.div_ceil(2),
            returned_count: run.changes.count / 2,
            is_cut: self.changes.is_cut(run.changes),
            is_in_last,
        };
        for text in run.texts.iter() {
            token.text = text;
            tell(&token)?;
            token.number += 1;
        }
        Ok(())
    }
}

impl Origin {
    fn of(revision: Fact<'_>) -> Self {
        Self {
            revision_id: revision.id(),
            timestamp: revision.timestamp(),
            user_id: revision.user_id(),
            user_text: revision.user_text().map(Box::from),
            is_wanted: revision.is_wanted(),
        }
    }
}
