//! An element, as its start tag tells it.

use super::Cursor;

/// An element's start tag.
#[derive(Debug, Clone, Copy)]
pub(in crate::xml) struct Element<'a> {
    /// Name without namespace prefix.
    pub(in crate::xml) name: &'a str,
    /// Offset of the tag in the chunk.
    pub(in crate::xml) at: usize,
    /// Name with namespace prefix.
    pub(super) qualified_name: &'a str,
    /// What stands behind the name in the tag, the slash of an empty element left out.
    pub(super) attributes: &'a str,
    pub(super) is_empty: bool,
}

impl<'a> Element<'a> {
    /// The namespace prefix with its colon, or nothing.
    pub(in crate::xml) fn prefix(&self) -> &'a str {
        &self.qualified_name[..self.qualified_name.len() - self.name.len()]
    }

    /// Whether it has another namespace prefix than records have.
    pub(in crate::xml) fn is_foreign(&self, cursor: &Cursor<'_>) -> bool {
        self.prefix() != cursor.prefix
    }
}
