//! What lies between pieces that are known to be equal, token by token.

use super::Algorithm;
use super::align::Aligner;
use super::intern::Interner;
use crate::derive::tokens::{EqualTokens, Tokenized};

/// Tokens of both sides that are compared at all.  Larger gaps are told as deleted and inserted, and
/// in larger texts no segments are looked for.
pub(super) const MAX_TOKENS: usize = 1 << 21;

/// Compares what lies in gaps, and keeps its room between calls.
#[derive(Debug)]
pub(super) struct Gaps {
    algorithm: Algorithm,
    interner: Interner,
    aligner: Aligner,
    found: Vec<EqualTokens>,
    all: Vec<EqualTokens>,
}

/// A range of tokens on both sides.
#[derive(Debug, Clone, Copy)]
struct Gap {
    before: (usize, usize),
    after: (usize, usize),
}

impl Gaps {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            interner: Interner::default(),
            aligner: Aligner::default(),
            found: Vec::new(),
            all: Vec::new(),
        }
    }

    /// Adds to `runs` the equal tokens between them.  Says whether something was given up as too
    /// much work.
    pub(super) fn fill(
        &mut self,
        before: &Tokenized,
        after: &Tokenized,
        runs: &mut Vec<EqualTokens>,
    ) -> bool {
        self.all.clear();
        self.aligner.begin();
        let end = EqualTokens {
            before: before.len(),
            after: after.len(),
            count: 0,
        };
        let mut from = (0, 0);
        let mut is_limited = false;
        for run in runs.iter().copied().chain([end]) {
            let gap = Gap {
                before: (from.0, run.before),
                after: (from.1, run.after),
            };
            is_limited |= self.fill_gap(before, after, gap);
            self.all.push(run);
            from = (run.before + run.count, run.after + run.count);
        }
        std::mem::swap(runs, &mut self.all);
        is_limited
    }

    fn fill_gap(&mut self, before: &Tokenized, after: &Tokenized, mut gap: Gap) -> bool {
        let begins = gap.trim_begin(before, after);
        let ends = gap.trim_end(before, after);
        self.all.extend(begins);
        let is_limited = self.fill_trimmed(before, after, gap);
        self.all.extend(ends);
        is_limited
    }

    fn fill_trimmed(&mut self, before: &Tokenized, after: &Tokenized, gap: Gap) -> bool {
        let lengths = (gap.before.1 - gap.before.0, gap.after.1 - gap.after.0);
        if lengths.0 == 0 || lengths.1 == 0 || lengths == (1, 1) {
            return false;
        }
        if lengths.0 + lengths.1 > MAX_TOKENS {
            return true;
        }
        self.interner.number(
            (before.text().as_bytes(), after.text().as_bytes()),
            (gap.before.0..gap.before.1)
                .map(|token| before.offset(token)..before.offset(token + 1)),
            (gap.after.0..gap.after.1).map(|token| after.offset(token)..after.offset(token + 1)),
        );
        self.found.clear();
        let numbered = self.interner.numbered();
        let is_limited = self
            .aligner
            .align(self.algorithm, numbered, &mut self.found);
        self.all.extend(self.found.iter().map(|run| EqualTokens {
            before: gap.before.0 + run.before,
            after: gap.after.0 + run.after,
            count: run.count,
        }));
        is_limited
    }
}

impl Gap {
    /// Takes off what both sides begin with.
    fn trim_begin(&mut self, before: &Tokenized, after: &Tokenized) -> Option<EqualTokens> {
        let count = (self.before.0..self.before.1)
            .zip(self.after.0..self.after.1)
            .take_while(|pair| before.bytes(pair.0) == after.bytes(pair.1))
            .count();
        let run = EqualTokens {
            before: self.before.0,
            after: self.after.0,
            count,
        };
        self.before.0 += count;
        self.after.0 += count;
        (count > 0).then_some(run)
    }

    /// Takes off what both sides end with.
    fn trim_end(&mut self, before: &Tokenized, after: &Tokenized) -> Option<EqualTokens> {
        let count = (self.before.0..self.before.1)
            .rev()
            .zip((self.after.0..self.after.1).rev())
            .take_while(|pair| before.bytes(pair.0) == after.bytes(pair.1))
            .count();
        self.before.1 -= count;
        self.after.1 -= count;
        (count > 0).then_some(EqualTokens {
            before: self.before.1,
            after: self.after.1,
            count,
        })
    }
}
