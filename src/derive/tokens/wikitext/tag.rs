//! What begins a tag or an entity.

use super::super::classes::{WORD, classes_at};

/// Length of `<name` or `</name` in lower case, if no more of a word follows.
pub(super) fn name_length(text: &str, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[at..];
    let slash = usize::from(bytes.get(1) == Some(&b'/'));
    let name = &bytes[1 + slash..];
    if !name.first()?.is_ascii_lowercase() {
        return None;
    }
    let length = 1 + slash + alphanumerics(name);
    let goes_on = classes_at(text, at + length).is_some_and(|(classes, _)| classes & WORD != 0);
    (!goes_on).then_some(length)
}

/// Length of an entity such as `&nbsp;`.
pub(super) fn entity_end(bytes: &[u8]) -> Option<usize> {
    let name = &bytes[1..];
    if !name.first()?.is_ascii_lowercase() {
        return None;
    }
    let length = 1 + alphanumerics(name);
    (bytes.get(length) == Some(&b';')).then_some(length + 1)
}

fn alphanumerics(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        .count()
}
