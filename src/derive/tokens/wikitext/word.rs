//! Words, with apostrophes inside and behind.

use super::super::classes::{DELTAS_WORD, DIGIT, SPACE, WORD, classes_at, run_end};

const RIGHT_SINGLE_QUOTE: [u8; 3] = [0xe2, 0x80, 0x99];

/// Where the word at `at` ends, if one begins there.
pub(super) fn end(text: &str, at: usize) -> Option<usize> {
    let (classes, length) = classes_at(text, at)?;
    if classes & DELTAS_WORD == 0 && classes & (WORD | DIGIT) != WORD {
        return None;
    }
    let mut end = run_end(text, at + length, is_of_word);
    while let Some(behind) = apostrophe_end(text.as_bytes(), end) {
        end = match classes_at(text, behind) {
            Some((classes, length)) if is_of_word(classes) => {
                run_end(text, behind + length, is_of_word)
            }
            Some((classes, _)) if classes & SPACE == 0 => break,
            _ => behind,
        };
    }
    Some(end)
}

fn is_of_word(classes: u8) -> bool {
    classes & (WORD | DELTAS_WORD) != 0
}

fn apostrophe_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if rest.first() == Some(&b'\'') {
        return Some(at + 1);
    }
    rest.starts_with(&RIGHT_SINGLE_QUOTE).then_some(at + 3)
}
