//! Where reading goes on behind a record that cannot be read.

use memchr::{memchr, memmem};

use crate::tags::Tag;

/// Where, at or behind `from`, the next record begins or a page ends; `prefix` is that of the root.
///
/// `known` is an offset before it at which markup is known to be markup: what looks like a tag in a
/// comment, CDATA section or processing instruction that begins between them is none.
pub(super) fn next_record(chunk: &[u8], known: usize, from: usize, prefix: &str) -> Option<usize> {
    let mut at = known;
    loop {
        at += memchr(b'<', chunk.get(at..)?)?;
        let tag = Tag::of(&chunk[at..], prefix.as_bytes());
        if let Some((opening, closing)) = tag.section() {
            at += opening.len();
            at += memmem::find(&chunk[at..], closing.as_bytes())? + closing.len();
            continue;
        }
        if at >= from && tag.is_edge() {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether an element of this name holds a record, or a page's: it never stands inside another one.
pub(super) fn holds_record(name: &str) -> bool {
    matches!(name, "page" | "revision" | "logitem" | "upload")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_none() {
        let chunk =
            b"<a><!-- <page> --><![CDATA[<revision>]]><?p <upload> ?></page ><x:page><logitem>";
        let end = chunk.len() - 25;
        assert_eq!(next_record(chunk, 0, 1, ""), Some(end));
        assert_eq!(next_record(chunk, 0, end + 1, ""), Some(chunk.len() - 9));
        assert_eq!(next_record(chunk, 0, 1, "x:"), Some(chunk.len() - 17));
        assert_eq!(next_record(b"<!-- <page>", 0, 0, ""), None);
        assert_eq!(next_record(b"<a><revision/>", 0, 0, ""), Some(3));
        for other in [
            "<pages>",
            "</revision>",
            "</upload>",
            "<revision",
            "<x:page>",
        ] {
            assert_eq!(next_record(other.as_bytes(), 0, 0, ""), None, "{other}");
        }
    }
}
