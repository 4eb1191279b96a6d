//! What tables of derived facts say of a page.

use crate::model::Page;

/// A page as rows name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageHeader {
    /// The wiki.
    pub wiki_id: Option<String>,
    /// Page id.
    pub page_id: Option<i64>,
    /// Namespace number.
    pub namespace_id: Option<i32>,
    /// Title.
    pub title: Option<String>,
}

impl PageHeader {
    /// Of a page as the dump has it.
    pub fn of(wiki_id: Option<&str>, page: &Page<'_>) -> Self {
        Self {
            wiki_id: wiki_id.map(str::to_owned),
            page_id: page.id,
            namespace_id: page.namespace_id,
            title: page.title.map(|title| title.to_string()),
        }
    }
}
