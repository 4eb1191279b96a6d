//! Classes of characters, looked up in one table.

use super::unicode::{DIGIT as DIGITS, MARK as MARKS, WORD as WORDS};

/// A letter, a number or `_`: `\w` of Python.
pub(super) const WORD: u8 = 1;
/// A decimal digit: `\d` of Python.
pub(super) const DIGIT: u8 = 2;
/// White space: `\s` of Python.
pub(super) const SPACE: u8 = 4;
/// An ideograph, kana or the like, as deltas lists them.
pub(super) const IDEOGRAPH: u8 = 8;
/// What deltas counts as part of words beside `\w`.
pub(super) const DELTAS_WORD: u8 = 16;
/// A combining mark, or what joins words.
pub(super) const JOINER: u8 = 32;

const SPACES: [(u32, u32); 10] = [
    (0x9, 0xd),
    (0x1c, 0x20),
    (0x85, 0x85),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];

const IDEOGRAPHS: [(u32, u32); 13] = [
    (0x2e80, 0x2fd5),
    (0x3041, 0x3096),
    (0x30a0, 0x30ff),
    (0x31f0, 0x31ff),
    (0x3220, 0x3243),
    (0x3280, 0x337f),
    (0x3400, 0x4dff),
    (0x4e00, 0x9fcc),
    (0xf900, 0xfaff),
    (0xff5f, 0xff9f),
    (0x20000, 0x230ff),
    (0x23100, 0x2a6df),
    (0x2f800, 0x2fa1f),
];

/// Devanagari, Arabic and Bengali, with their marks.
const DELTAS_WORDS: [(u32, u32); 5] = [
    (0x601, 0x61a),
    (0x61c, 0x669),
    (0x6d5, 0x6ef),
    (0x901, 0x963),
    (0x980, 0x9ff),
];

/// U+200C and U+200D stand inside words of Persian and of Indian languages.
const WORD_JOINERS: [(u32, u32); 1] = [(0x200c, 0x200d)];

/// Characters from here on have no class, but for the variation selectors.
const TABLE_LENGTH: usize = 0x31400;
const VARIATION_SELECTORS: std::ops::RangeInclusive<u32> = 0xe0100..=0xe01ef;

static CLASSES: [u8; TABLE_LENGTH] = table();

const fn table() -> [u8; TABLE_LENGTH] {
    let mut classes = [0; TABLE_LENGTH];
    mark(&mut classes, &WORDS, WORD);
    mark(&mut classes, &DIGITS, DIGIT);
    mark(&mut classes, &SPACES, SPACE);
    mark(&mut classes, &IDEOGRAPHS, IDEOGRAPH);
    mark(&mut classes, &DELTAS_WORDS, DELTAS_WORD);
    mark(&mut classes, &MARKS, JOINER);
    mark(&mut classes, &WORD_JOINERS, JOINER);
    classes
}

const fn mark(classes: &mut [u8; TABLE_LENGTH], ranges: &[(u32, u32)], class: u8) {
    let mut index = 0;
    while index < ranges.len() {
        let (first, last) = ranges[index];
        let mut code = first as usize;
        while code <= last as usize && code < TABLE_LENGTH {
            classes[code] |= class;
            code += 1;
        }
        index += 1;
    }
}

/// The classes of a character.
pub(super) fn classes_of(character: char) -> u8 {
    let code = character as u32;
    match CLASSES.get(code as usize) {
        Some(classes) => *classes,
        None if VARIATION_SELECTORS.contains(&code) => JOINER,
        None => 0,
    }
}

/// The classes of the character at `at`, and its length in bytes; none at the end of the text.
#[inline]
pub(super) fn classes_at(text: &str, at: usize) -> Option<(u8, usize)> {
    let first = *text.as_bytes().get(at)?;
    if first < 0x80 {
        return Some((CLASSES[first as usize], 1));
    }
    let character = text.get(at..)?.chars().next()?;
    Some((classes_of(character), character.len_utf8()))
}

/// Where the run of characters that `belongs` ends.
#[inline]
pub(super) fn run_end(text: &str, mut at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    while let Some((classes, length)) = classes_at(text, at) {
        if !belongs(classes) {
            break;
        }
        at += length;
    }
    at
}

/// Where the character at `at` ends.
#[inline]
pub(super) fn character_end(text: &str, at: usize) -> usize {
    classes_at(text, at).map_or(text.len(), |(_, length)| at + length)
}
