//! The tokens of `wikitext_split` of deltas: words, URLs, entities, tags, and wiki markup.
//!
//! deltas tries its patterns in turn at each place; the first that fits makes the token.  Here the
//! first character tells which can fit at all.

mod space;
mod tag;
mod url;
mod word;

use super::Rule;
use super::classes::{DIGIT, IDEOGRAPH, SPACE, character_end, classes_at, run_end};

#[derive(Debug)]
pub(super) struct WikitextSplit {
    /// No `>` stands at or behind this offset.
    no_tag_end_from: usize,
}

impl Default for WikitextSplit {
    fn default() -> Self {
        Self {
            no_tag_end_from: usize::MAX,
        }
    }
}

impl Rule for WikitextSplit {
    fn token_end(&mut self, text: &str, at: usize) -> usize {
        let bytes = &text.as_bytes()[at..];
        let Some(first) = bytes.first() else {
            return text.len();
        };
        match first {
            b'a'..=b'z' => match url::end(text, at) {
                Some(end) => end,
                None => word::end(text, at).unwrap_or(at + 1),
            },
            b'A'..=b'Z' | b'_' => word::end(text, at).unwrap_or(at + 1),
            b'0'..=b'9' => run_end(text, at + 1, |classes| classes & DIGIT != 0),
            b'\n' | b'\r' | b' ' | b'\t' | 0x0b | 0x0c | 0x1c..=0x1f => space::end(text, at),
            b'/' => url::end(text, at).unwrap_or(at + 1),
            b'=' | b'.' | b'?' | b'!' | b',' | b':' | b';' => {
                at + bytes.iter().take_while(|byte| *byte == first).count()
            }
            b'[' | b']' | b'}' => at + 1 + usize::from(bytes.get(1) == Some(first)),
            b'{' => at + 1 + usize::from(matches!(bytes.get(1), Some(b'{' | b'|'))),
            b'\'' => match bytes {
                [_, b'\'', b'\'', ..] => at + 3,
                [_, b'\'', ..] => at + 2,
                _ => at + 1,
            },
            b'&' => tag::entity_end(bytes).map_or(at + 1, |length| at + length),
            b'<' => self.tag_end(text, at),
            b'-' if bytes.starts_with(b"-->") => at + 3,
            0..=0x7f => at + 1,
            _ => end_of_other(text, at),
        }
    }

    fn open_from(&self) -> usize {
        self.no_tag_end_from
    }
}

impl WikitextSplit {
    fn tag_end(&mut self, text: &str, at: usize) -> usize {
        let bytes = &text.as_bytes()[at..];
        if bytes.starts_with(b"<!--") {
            return at + 4;
        }
        let Some(name_length) = tag::name_length(text, at) else {
            return at + 1;
        };
        if at >= self.no_tag_end_from {
            return at + 1;
        }
        match memchr::memchr(b'>', &bytes[name_length..]) {
            Some(end) => at + name_length + end + 1,
            None => {
                self.no_tag_end_from = at;
                at + 1
            }
        }
    }
}

/// What begins with a character outside ASCII.
fn end_of_other(text: &str, at: usize) -> usize {
    let Some((classes, length)) = classes_at(text, at) else {
        return text.len();
    };
    let behind = at + length;
    if classes & SPACE != 0 {
        space::end(text, at)
    } else if classes & DIGIT != 0 {
        run_end(text, behind, |classes| classes & DIGIT != 0)
    } else if classes & IDEOGRAPH != 0 || is_japanese_punctuation(text, at) {
        behind
    } else {
        word::end(text, at).unwrap_or_else(|| character_end(text, at))
    }
}

/// U+3000 to U+303F.
fn is_japanese_punctuation(text: &str, at: usize) -> bool {
    matches!(text.as_bytes()[at..], [0xe3, 0x80, ..])
}
