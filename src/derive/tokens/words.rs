//! Words, white space, and single characters: the tokenizer of this house.

use super::Rule;
use super::classes::{IDEOGRAPH, JOINER, SPACE, WORD, classes_at, run_end};

#[derive(Debug, Default)]
pub(super) struct Words;

impl Rule for Words {
    #[inline]
    fn token_end(&mut self, text: &str, at: usize) -> usize {
        let Some((classes, length)) = classes_at(text, at) else {
            return text.len();
        };
        let behind = at + length;
        if is_of_word(classes) {
            run_end(text, behind, is_of_word)
        } else if classes & SPACE != 0 {
            run_end(text, behind, |classes| classes & SPACE != 0)
        } else {
            behind
        }
    }
}

fn is_of_word(classes: u8) -> bool {
    classes & (WORD | JOINER) != 0 && classes & IDEOGRAPH == 0
}
