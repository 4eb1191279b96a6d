//! The tokens of `text_split` of deltas: words, numbers, paragraph breaks, white space, characters.

use super::Rule;
use super::classes::{DIGIT, SPACE, WORD, classes_at, run_end};

#[derive(Debug, Default)]
pub(super) struct TextSplit;

impl Rule for TextSplit {
    fn token_end(&mut self, text: &str, at: usize) -> usize {
        let Some((classes, length)) = classes_at(text, at) else {
            return text.len();
        };
        let behind = at + length;
        if classes & SPACE != 0 {
            return space_end(text, at, behind);
        }
        match classes & (WORD | DIGIT) {
            WORD => run_end(text, behind, |classes| classes & (WORD | DIGIT) == WORD),
            0 => behind,
            _ => run_end(text, behind, |classes| classes & DIGIT != 0),
        }
    }
}

/// A break ends behind the last LF of white space that has two of them; other white space is one
/// token.
fn space_end(text: &str, at: usize, behind: usize) -> usize {
    let end = run_end(text, behind, |classes| classes & SPACE != 0);
    let first_line_end = match text.as_bytes()[at..end] {
        [b'\n', ..] => at + 1,
        [b'\r', b'\n', ..] => at + 2,
        _ => return end,
    };
    match memchr::memrchr(b'\n', &text.as_bytes()[first_line_end..end]) {
        Some(last) => first_line_end + last + 1,
        None => end,
    }
}
