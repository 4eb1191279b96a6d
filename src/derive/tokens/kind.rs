//! What a token means for sentences and paragraphs.

use super::classes::{SPACE, classes_at};
use super::{Tokenized, Tokenizer};

/// What a token means for sentences and paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::derive) enum Kind {
    /// White space with two line ends or more.
    Break,
    /// Other white space.
    Space,
    /// Ends a sentence.
    SentenceEnd,
    /// Begins a table, which is one sentence.
    TableOpen,
    /// The bar that ends a table, with a brace behind it.
    TableClose,
    /// Opens what a sentence does not end in.
    Open,
    /// Closes it.
    Close,
    /// Anything else.
    Other,
}

impl Tokenizer {
    /// The kind of a token of `text`, as deltas' segmenter sees it.
    pub(in crate::derive) fn kind(self, text: &Tokenized, token: usize) -> Kind {
        let spelt = text.token(token);
        if classes_at(spelt, 0).is_none_or(|(classes, _)| classes & SPACE != 0) {
            return self.kind_of_space(spelt);
        }
        let follows = text.text().as_bytes().get(text.offset(token) + 1).copied();
        match self {
            Self::Words | Self::Wikitext if spelt == "|" && follows == Some(b'}') => {
                Kind::TableClose
            }
            Self::Words => kind_of_character(spelt, follows),
            Self::Text => kind_of_text(spelt),
            Self::Wikitext => kind_of_wikitext(spelt),
            Self::Lines | Self::Characters => Kind::Other,
        }
    }

    fn kind_of_space(self, spelt: &str) -> Kind {
        let mut line_ends = memchr::memchr_iter(b'\n', spelt.as_bytes());
        let is_break = match self {
            // Space behind the last line end is not in a break, so a break ends with one.
            Self::Text => {
                (spelt.starts_with('\n') || spelt.starts_with("\r\n")) && line_ends.nth(1).is_some()
            }
            _ => line_ends.nth(1).is_some(),
        };
        match (is_break, self) {
            (true, _) => Kind::Break,
            // To deltas a CR alone is a character like any other.
            (false, Self::Wikitext) if spelt == "\r" => Kind::Other,
            (false, _) => Kind::Space,
        }
    }
}

fn kind_of_text(spelt: &str) -> Kind {
    match spelt {
        "." | "!" | "?" => Kind::SentenceEnd,
        _ => Kind::Other,
    }
}

fn kind_of_character(spelt: &str, follows: Option<u8>) -> Kind {
    match spelt {
        "." | "!" | "?" => Kind::SentenceEnd,
        "{" if follows == Some(b'|') => Kind::TableOpen,
        "[" | "(" | "{" => Kind::Open,
        "]" | ")" | "}" => Kind::Close,
        _ => Kind::Other,
    }
}

fn kind_of_wikitext(spelt: &str) -> Kind {
    match spelt {
        "{|" => Kind::TableOpen,
        "[" | "[[" | "(" | "{{" | "<!--" => Kind::Open,
        "]" | "]]" | ")" | "}}" | "-->" => Kind::Close,
        _ if spelt.starts_with(['.', '!', '?']) => Kind::SentenceEnd,
        _ if is_tag(spelt, "</ref") => Kind::Close,
        _ if is_tag(spelt, "<ref") && !spelt.ends_with("/>") => Kind::Open,
        _ => Kind::Other,
    }
}

/// Whether a token is a tag of this name: longer than the name, which no word goes on.
fn is_tag(spelt: &str, begin: &str) -> bool {
    spelt.strip_prefix(begin).is_some_and(|rest| {
        rest.ends_with('>') && !rest.starts_with(|next: char| next.is_ascii_alphanumeric())
    })
}
