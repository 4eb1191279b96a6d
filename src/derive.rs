//! What follows from a page's history: pure functions over texts.

pub mod checksum;
pub mod diff;
pub mod tokens;
