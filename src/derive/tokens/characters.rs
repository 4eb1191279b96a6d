//! Characters, as Unicode's code points.

use super::Rule;
use super::classes::character_end;

#[derive(Debug, Default)]
pub(super) struct Characters;

impl Rule for Characters {
    fn token_end(&mut self, text: &str, at: usize) -> usize {
        character_end(text, at)
    }
}
