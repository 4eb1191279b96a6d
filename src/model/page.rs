//! A page's header: what stands before its revisions.

use super::Text;

/// A page, without its revisions.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    /// Page id.
    pub id: Option<i64>,
    /// Namespace number.
    pub namespace_id: Option<i32>,
    /// Title with the namespace's local name in front, with spaces.
    pub title: Option<Text<'a>>,
    /// What is said about being a redirect.
    pub redirect: Option<Redirect<'a>>,
    /// Protection, in the form `edit=sysop:move=sysop`; only in old dumps.
    pub restrictions: Vec<Text<'a>>,
}

/// The page is a redirect.
#[derive(Debug, Clone, Copy, Default)]
pub struct Redirect<'a> {
    /// Where to, if the dump says so.
    pub target: Option<Text<'a>>,
}
