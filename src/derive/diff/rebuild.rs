//! Making a text out of the one before it and the operations between.

use super::operation::Op;
use crate::derive::tokens::Tokenized;
use crate::error::{Error, Result};

/// An operation as it is stored: insertions carry their text.
#[derive(Debug, Clone, Copy)]
pub struct Change<'t> {
    /// What to do.
    pub op: Op,
    /// The first token in the earlier text.
    pub a1: u32,
    /// Behind the last token in the earlier text.
    pub a2: u32,
    /// The first token in the later text.
    pub b1: u32,
    /// Behind the last token in the later text.
    pub b2: u32,
    /// What is inserted or deleted.
    pub text: Option<&'t str>,
}

/// Rebuilds a text from the one before it, cut by the tokenizer that the operations were made with.
///
/// Deletions are held against the text that they take away.  An error says which operation does not
/// fit to the text.
pub fn rebuild<'t>(
    before: &Tokenized,
    changes: impl IntoIterator<Item = Change<'t>>,
) -> Result<String> {
    let mut text = String::new();
    let mut b_end = 0;
    for change in changes {
        let range = change.a1 as usize..change.a2 as usize;
        let is_inside = range.start <= range.end && range.end <= before.len();
        let goes_on = change.b1 == b_end && change.b1 <= change.b2;
        if !is_inside || !goes_on {
            return Err(misfit(&change, "lies outside the texts"));
        }
        b_end = change.b2;
        match (change.op, change.text) {
            (Op::Equal, _) => text.push_str(before.range(range)),
            (Op::Insert, Some(inserted)) => text.push_str(inserted),
            (Op::Insert, None) => return Err(misfit(&change, "has no text")),
            (Op::Delete, Some(deleted)) if deleted != before.range(range) => {
                return Err(misfit(&change, "has another text than the revision before"));
            }
            (Op::Delete, _) => {}
        }
    }
    Ok(text)
}

fn misfit(change: &Change<'_>, what: &str) -> Error {
    Error::damaged(format!(
        "the operation {} of tokens {} to {} into {} to {} {what}",
        change.op.name(),
        change.a1,
        change.a2,
        change.b1,
        change.b2
    ))
}
