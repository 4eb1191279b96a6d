//! Paragraphs and sentences of a text, as deltas' ParagraphsSentencesAndWhitespace finds them.

use crate::derive::tokens::{Kind, Tokenized, Tokenizer};

/// Tokens beside white space that a sentence has at least, if it ends before its paragraph.
const MIN_SENTENCE_TOKENS: usize = 3;

/// A piece of a text: a paragraph with what is in it, or a token of white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its tokens.
    pub(super) tokens: (usize, usize),
    /// Whether it can be matched: paragraphs and sentences can, white space cannot.
    pub(super) is_matchable: bool,
    /// How many of the segments that follow lie in it.
    pub(super) inside: usize,
}

/// Cuts a text into segments, each followed by those that lie in it.
pub(super) fn segments(tokenizer: Tokenizer, text: &Tokenized, found: &mut Vec<Segment>) {
    found.clear();
    let mut reader = Reader {
        tokenizer,
        text,
        at: 0,
    };
    while let Some(kind) = reader.peek() {
        match kind {
            Kind::Break | Kind::Space => found.push(reader.space()),
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

    fn space(&mut self) -> Segment {
        self.at += 1;
        Segment {
            tokens: (self.at - 1, self.at),
            is_matchable: false,
            inside: 0,
        }
    }

    fn sentence_from(&self, begin: usize) -> Segment {
        Segment {
            tokens: (begin, self.at),
            is_matchable: true,
            inside: 0,
        }
    }

    fn paragraph(&mut self, found: &mut Vec<Segment>) {
        let (place, begin) = (found.len(), self.at);
        found.push(self.sentence_from(begin));
        while let Some(kind) = self.peek() {
            let segment = match kind {
                Kind::Break => break,
                Kind::Space => self.space(),
                Kind::TableOpen => self.table(),
                _ => self.sentence(kind),
            };
            found.push(segment);
        }
        found[place].tokens.1 = self.at;
        found[place].inside = found.len() - place - 1;
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
        self.sentence_from(begin)
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
        self.sentence_from(begin)
    }
}
