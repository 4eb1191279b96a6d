//! Paragraphs and sentences of a text, as deltas' ParagraphsSentencesAndWhitespace finds them.

use super::intern::hash;
use crate::derive::tokens::{EqualTokens, Kind, Tokenized, Tokenizer};

/// Tokens beside white space that a sentence has at least, if it ends before its paragraph.
const MIN_SENTENCE_TOKENS: usize = 3;

/// A piece of a text: a paragraph or a sentence of it, or a token of white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its tokens.
    pub(super) tokens: (usize, usize),
    /// Hash of its text, if it can be matched: paragraphs and sentences can, white space cannot.
    pub(super) hash: Option<u64>,
    /// How many of the segments that follow lie in it.
    pub(super) inside: usize,
    /// Whether it lies in a paragraph.
    is_inner: bool,
}

/// Cuts a text into segments, each followed by those that lie in it.
///
/// `before` are the segments of an earlier text, and `runs` the tokens that both have, in order.
/// What both begin and end with has the same segments in both.
pub(super) fn segments(
    tokenizer: Tokenizer,
    text: &Tokenized,
    before: &[Segment],
    runs: &[EqualTokens],
    found: &mut Vec<Segment>,
) {
    found.clear();
    let mut reader = Reader {
        tokenizer,
        text,
        at: 0,
    };
    if let Some(begin) = runs.first().filter(|run| run.before == 0 && run.after == 0) {
        reader.take_begin(before, begin.count, found);
    }
    let before_tokens = before.last().map_or(0, |segment| segment.tokens.1);
    let end = runs.last().filter(|run| {
        run.before + run.count == before_tokens && run.after + run.count == text.len()
    });
    while let Some(kind) = reader.peek() {
        if end.is_some_and(|end| reader.take_end(before, end, found)) {
            break;
        }
        match kind {
            Kind::Break | Kind::Space => found.push(reader.space(false)),
            _ => reader.paragraph(found),
        }
    }
}

struct Reader<'t> {
    tokenizer: Tokenizer,
    text: &'t Tokenized,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<Kind> {
        (self.at < self.text.len()).then(|| self.tokenizer.kind(self.text, self.at))
    }

    /// Takes over the segments of the first `count` tokens, up to the last of which is known that it
    /// ends there: the next token is one of them too.
    fn take_begin(&mut self, before: &[Segment], count: usize, found: &mut Vec<Segment>) {
        let mut index = 0;
        while let Some(segment) = before.get(index).filter(|one| one.tokens.1 < count) {
            index += 1 + segment.inside;
            self.at = segment.tokens.1;
        }
        found.extend_from_slice(&before[..index]);
    }

    /// Takes over all that is left, if the earlier text has a segment that begins here.
    fn take_end(
        &mut self,
        before: &[Segment],
        end: &EqualTokens,
        found: &mut Vec<Segment>,
    ) -> bool {
        let Some(behind) = self.at.checked_sub(end.after) else {
            return false;
        };
        let begin = end.before + behind;
        let index = before.partition_point(|segment| segment.tokens.0 < begin);
        let begins_here = |segment: &&Segment| segment.tokens.0 == begin && !segment.is_inner;
        if before.get(index).filter(begins_here).is_none() {
            return false;
        }
        let shifted = |token: usize| token - begin + self.at;
        found.extend(before[index..].iter().map(|segment| Segment {
            tokens: (shifted(segment.tokens.0), shifted(segment.tokens.1)),
            ..*segment
        }));
        true
    }

    fn space(&mut self, is_inner: bool) -> Segment {
        self.at += 1;
        Segment {
            tokens: (self.at - 1, self.at),
            hash: None,
            inside: 0,
            is_inner,
        }
    }

    fn matchable_from(&self, begin: usize, inside: usize, is_inner: bool) -> Segment {
        Segment {
            tokens: (begin, self.at),
            hash: Some(hash(self.text.range(begin..self.at).as_bytes())),
            inside,
            is_inner,
        }
    }

    fn paragraph(&mut self, found: &mut Vec<Segment>) {
        let (place, begin) = (found.len(), self.at);
        found.push(self.matchable_from(begin, 0, false));
        while let Some(kind) = self.peek() {
            let segment = match kind {
                Kind::Break => break,
                Kind::Space => self.space(true),
                Kind::TableOpen => self.table(),
                _ => self.sentence(kind),
            };
            found.push(segment);
        }
        found[place] = self.matchable_from(begin, found.len() - place - 1, false);
    }

    /// A table up to its end: one sentence, breaks included.
    fn table(&mut self) -> Segment {
        let begin = self.at;
        self.at += 1;
        let mut depth = 1;
        while let Some(kind) = self.peek() {
            self.at += 1;
            match kind {
                Kind::TableOpen => depth += 1,
                Kind::TableClose => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                // The brace behind the bar.
                self.at = (self.at + 1).min(self.text.len());
                break;
            }
        }
        self.matchable_from(begin, 0, true)
    }

    /// A sentence does not end inside brackets, nor before it has some tokens.
    fn sentence(&mut self, first: Kind) -> Segment {
        let begin = self.at;
        self.at += 1;
        let mut depth = i64::from(first == Kind::Open);
        let mut solid_tokens = 1;
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Break => break,
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            self.at += 1;
            solid_tokens += usize::from(kind != Kind::Space);
            let may_end = matches!(kind, Kind::SentenceEnd | Kind::TableOpen) && depth <= 0;
            if may_end && solid_tokens >= MIN_SENTENCE_TOKENS {
                break;
            }
        }
        self.matchable_from(begin, 0, true)
    }
}
