//! Which tokens of a text are those of texts before.
//!
//! A diff tells which tokens of a text are those of the text right before; a text that comes back
//! brings back its own tokens.  Texts are lists of runs of tokens with numbers that follow each other
//! (`token_list`), so that a text costs as much as it changes, not as much as it is long.

mod token_list;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use self::token_list::TokenList;
use super::checksum::Sha1;
use super::diff::{Op, Operation};
use super::tokens::Tokenized;

/// How a text came from the one before on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The text's checksum.
    pub sha1: Sha1,
    /// How many tokens it has.
    pub tokens: u32,
    /// What makes it out of the text before.
    pub operations: Vec<Operation>,
    /// The tokens that are inserted, in order, where they are kept.
    pub inserted: TokenTexts,
    /// Those that are deleted.
    pub deleted: TokenTexts,
}

/// Which tokens of a change are kept as texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// None.
    Nothing,
    /// Those that are inserted.
    Inserted,
    /// Those that are inserted or deleted.
    InsertedAndDeleted,
}

impl Change {
    /// How a text came from the one before.
    pub fn new(
        sha1: Sha1,
        operations: Vec<Operation>,
        before: &Tokenized,
        after: &Tokenized,
        kept: Kept,
    ) -> Self {
        let texts = |op, is_kept| match is_kept {
            true => TokenTexts::of(op, &operations, before, after),
            false => TokenTexts::default(),
        };
        Self {
            sha1,
            tokens: after.len() as u32,
            inserted: texts(Op::Insert, kept != Kept::Nothing),
            deleted: texts(Op::Delete, kept == Kept::InsertedAndDeleted),
            operations,
        }
    }
}

/// Tokens, end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenTexts {
    text: String,
    lengths_bytes: Vec<u32>,
}

/// What a text did to the tokens of its page, which have numbers in the order of their coming.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Tokens that are new.
    pub added: Range<u64>,
    /// Tokens of the text before that this one has not, in order.
    pub gone: Vec<Range<u64>>,
    /// Tokens of an earlier text that are back, in order.
    pub back: Vec<Range<u64>>,
    /// Whether the whole of an earlier text is back: then it is no matter what a diff says.
    pub is_revert: bool,
}

/// The last texts of a page.
#[derive(Debug)]
pub struct Versions {
    /// How many texts may lie between one and its coming back.
    revert_radius: usize,
    /// The latest at the back.
    texts: VecDeque<(Sha1, Arc<TokenList>)>,
    /// The number of the next new token.
    next_token: u64,
}

impl Versions {
    /// A page without texts.
    pub fn new(revert_radius: usize) -> Self {
        Self {
            revert_radius,
            texts: VecDeque::new(),
            next_token: 0,
        }
    }

    /// Takes the page's next text.
    pub fn push(&mut self, change: &Change) -> Moved {
        let begin = self.next_token;
        let before = match self.texts.back() {
            Some((_, tokens)) => Arc::clone(tokens),
            None => Arc::default(),
        };
        let returning = self.returning(change);
        let is_revert = returning.is_some();
        let (tokens, gone, back) = match returning {
            Some(tokens) => {
                let (gone, back) = (before.without(&tokens), tokens.without(&before));
                (tokens, gone, back)
            }
            None => {
                let (tokens, gone) = before.apply(&change.operations, &mut self.next_token);
                (Arc::new(tokens), gone, Vec::new())
            }
        };
        self.texts.push_back((change.sha1, tokens));
        if self.texts.len() > self.revert_radius + 1 {
            self.texts.pop_front();
        }
        Moved {
            added: begin..self.next_token,
            gone,
            back,
            is_revert,
        }
    }

    /// The tokens of an earlier text that comes back, where others lie between.
    fn returning(&self, change: &Change) -> Option<Arc<TokenList>> {
        let mut texts = self.texts.iter();
        let at = texts.rposition(|(sha1, _)| *sha1 == change.sha1)?;
        let (_, tokens) = self.texts.get(at)?;
        let is_revert = at + 1 < self.texts.len() && tokens.len() == change.tokens;
        is_revert.then(|| Arc::clone(tokens))
    }
}

impl TokenTexts {
    /// What operations of a kind insert or delete.
    fn of(op: Op, operations: &[Operation], before: &Tokenized, after: &Tokenized) -> Self {
        let mut texts = Self::default();
        for operation in operations.iter().filter(|made| made.op == op) {
            let (text, tokens) = match op {
                Op::Delete => (before, operation.a1 as usize..operation.a2 as usize),
                Op::Equal | Op::Insert => (after, operation.b1 as usize..operation.b2 as usize),
            };
            texts.text.push_str(text.range(tokens.clone()));
            let lengths = tokens.map(|token| text.token(token).len() as u32);
            texts.lengths_bytes.extend(lengths);
        }
        texts
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.lengths_bytes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lengths_bytes.is_empty()
    }

    /// The tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut at = 0;
        self.lengths_bytes.iter().map(move |length| {
            let begin = at;
            at += *length as usize;
            self.text.get(begin..at).unwrap_or_default()
        })
    }

    /// Cuts off all but the first tokens, and gives them.
    pub(super) fn split_off(&mut self, first: usize) -> Self {
        let lengths_bytes = self.lengths_bytes.split_off(first);
        let kept_bytes: usize = self
            .lengths_bytes
            .iter()
            .map(|length| *length as usize)
            .sum();
        let text = self.text.split_off(kept_bytes);
        // Long texts are cut into small pieces by and by, which must not each keep all the room.
        if self.text.capacity() > 2 * kept_bytes {
            self.text.shrink_to_fit();
            self.lengths_bytes.shrink_to_fit();
        }
        Self {
            text,
            lengths_bytes,
        }
    }
}
