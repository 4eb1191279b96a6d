//! Lines that both texts have, between what they begin and end with.

use std::ops::Range;

use super::Algorithm;
use super::align::Aligner;
use super::intern::Interner;
use crate::derive::tokens::{EqualBytes, EqualTokens};

/// Shorter pieces are compared by tokens at once.
const MIN_BYTES: usize = 256;

/// Finds equal lines.
#[derive(Debug, Default)]
pub(super) struct LineMatcher {
    interner: Interner,
    aligner: Aligner,
    before: Vec<Range<usize>>,
    after: Vec<Range<usize>>,
    runs: Vec<EqualTokens>,
}

impl LineMatcher {
    /// Adds equal lines, in order, of what stands between the `edges`: so many bytes that both
    /// texts begin and end with.
    pub(super) fn find(
        &mut self,
        algorithm: Algorithm,
        (before, after): (&str, &str),
        (begin, end): (usize, usize),
        pieces: &mut Vec<EqualBytes>,
    ) {
        let (before_end, after_end) = (before.len() - end, after.len() - end);
        if before_end - begin < MIN_BYTES || after_end - begin < MIN_BYTES {
            return;
        }
        let texts = (before.as_bytes(), after.as_bytes());
        split(texts.0, begin..before_end, &mut self.before);
        split(texts.1, begin..after_end, &mut self.after);
        self.interner.number(
            texts,
            self.before.iter().cloned(),
            self.after.iter().cloned(),
        );
        self.runs.clear();
        self.aligner.begin();
        // What is given up here is looked at token by token.
        self.aligner
            .align(algorithm, self.interner.numbered(), &mut self.runs);
        for run in &self.runs {
            let lines = &self.before[run.before..run.before + run.count];
            let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
                continue;
            };
            pieces.push(EqualBytes {
                before: first.start,
                after: self.after[run.after].start,
                length: last.end - first.start,
            });
        }
    }
}

/// Cuts a range of a text into lines, each with its LF.
fn split(text: &[u8], range: Range<usize>, lines: &mut Vec<Range<usize>>) {
    lines.clear();
    let mut begin = range.start;
    for at in memchr::memchr_iter(b'\n', &text[range.clone()]) {
        let end = range.start + at + 1;
        lines.push(begin..end);
        begin = end;
    }
    if begin < range.end {
        lines.push(begin..range.end);
    }
}
