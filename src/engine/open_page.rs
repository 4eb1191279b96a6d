//! The page that is open where a chunk or an element ends.

/// Whether what comes next is of the open page, by their ids.  One page can be several elements in a row; those
/// without an id are one page only where the element itself `began_before`.
pub(super) fn goes_on(open_id: Option<i64>, id: Option<i64>, began_before: bool) -> bool {
    open_id == id && (began_before || id.is_some())
}
