//! Identity reverts: a revision whose content is, byte for byte, that of an earlier one of its page.
//!
//! Two definitions are in use, and they differ.  Both tell equal content by its checksum; where a
//! revision has none, because its content is hidden, lost or not in the dump, it equals nothing but
//! keeps its place.
//!
//! * [`within_radius`]: that of the Python package mwreverts and of most research.
//! * [`FirstBase`]: that of Wikimedia's table `mediawiki_history`.

mod equal;
mod first_base;
mod radius;

pub use first_base::FirstBase;
pub use radius::{RadiusRevert, within_radius};
