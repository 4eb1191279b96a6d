//! Texts as sequences of tokens.
//!
//! A [`Tokenizer`] cuts a text into tokens that follow each other without gaps, so a token is known
//! by where it ends.  [`Tokenized`] holds a text with its tokens; those of a later version are made out
//! of them, and only what is new is scanned.

mod characters;
mod classes;
mod follow;
mod kind;
mod lines;
mod text;
mod unicode;
mod wikitext;
mod words;

use std::ops::Range;

pub use follow::{EqualBytes, EqualTokens};
pub(in crate::derive) use kind::Kind;

/// How a text is cut into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tokenizer {
    /// Runs of word characters (letters, marks, numbers, and what joins words), runs of white space,
    /// and each other character by itself.  Ideographs and kana, which are written without spaces,
    /// are tokens by themselves.
    #[default]
    Words,
    /// The tokens of `wikitext_split` of the Python package deltas 0.7.
    Wikitext,
    /// The tokens of `text_split` of the Python package deltas 0.7.
    Text,
    /// Lines, each with its LF.
    Lines,
    /// Characters, as Unicode's code points.
    Characters,
}

impl Tokenizer {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Words,
        Self::Wikitext,
        Self::Text,
        Self::Lines,
        Self::Characters,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Wikitext => "wikitext",
            Self::Text => "text",
            Self::Lines => "lines",
            Self::Characters => "characters",
        }
    }

    /// The one of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|tokenizer| tokenizer.name() == name)
    }

    /// Whether its tokens tell sentences and paragraphs.
    pub fn tells_sentences(self) -> bool {
        matches!(self, Self::Words | Self::Wikitext | Self::Text)
    }
}

/// Where the token that begins at an offset ends.  It depends on the text from there on only, and
/// never on what stands before.
trait Rule: Default {
    fn token_end(&mut self, text: &str, at: usize) -> usize;

    /// The first offset at which a token was found whose end depends on the whole rest of the text.
    fn open_from(&self) -> usize {
        usize::MAX
    }
}

/// The tokens of a text, by their ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tokens {
    ends: Vec<u32>,
    /// Tokens from this offset on may depend on the whole rest of the text.
    open_from: usize,
}

/// A text with its tokens.
#[derive(Debug, Clone, Default)]
pub struct Tokenized {
    text: String,
    tokens: Tokens,
}

impl Tokenized {
    /// Largest text, in bytes: offsets have 32 bits, and no Parquet string is larger.
    pub const MAX_BYTES: usize = i32::MAX as usize;

    /// Cuts a text into tokens.  A text of more than [`Self::MAX_BYTES`] has none.
    pub fn new(tokenizer: Tokenizer, text: impl Into<String>) -> Self {
        let mut tokenized = Self {
            text: text.into(),
            ..Self::default()
        };
        tokenized.follow(tokenizer, &Self::default(), &[], &mut Vec::new());
        tokenized
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives another text, whose tokens are not known yet, in the room of the old one.
    pub(in crate::derive) fn replace_text(&mut self, write: impl FnOnce(&mut String)) {
        self.text.clear();
        self.tokens.ends.clear();
        write(&mut self.text);
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.ends.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.tokens.ends.is_empty()
    }

    /// Where a token begins, in bytes; for the number of tokens, where the last one ends.
    pub fn offset(&self, token: usize) -> usize {
        match token {
            0 => 0,
            _ => self.tokens.ends[token - 1] as usize,
        }
    }

    /// The text of a range of tokens.
    pub fn range(&self, tokens: Range<usize>) -> &str {
        &self.text[self.offset(tokens.start)..self.offset(tokens.end)]
    }

    /// The text of a token.
    pub fn token(&self, token: usize) -> &str {
        self.range(token..token + 1)
    }

    /// The tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|token| self.token(token))
    }

    /// Bytes of the token, for comparisons.
    pub(in crate::derive) fn bytes(&self, token: usize) -> &[u8] {
        &self.text.as_bytes()[self.offset(token)..self.tokens.ends[token] as usize]
    }
}
