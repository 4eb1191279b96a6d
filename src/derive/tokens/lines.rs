//! Lines, each with its LF.

use super::Rule;

#[derive(Debug, Default)]
pub(super) struct Lines;

impl Rule for Lines {
    fn token_end(&mut self, text: &str, at: usize) -> usize {
        memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end + 1)
    }
}
