//! Where reading goes on behind a record that cannot be read.

use memchr::{memchr, memmem};

/// Where, at or behind `from`, the next record begins or a page ends.
///
/// `known` is an offset before it at which markup is known to be markup: what looks like a tag in a
/// comment, CDATA section or processing instruction that begins between them is none.
pub(super) fn next_record(chunk: &[u8], known: usize, from: usize) -> Option<usize> {
    let mut at = known;
    loop {
        at += memchr(b'<', chunk.get(at..)?)?;
        let markup = &chunk[at..];
        if let Some((opening, closing)) = section(markup) {
            at += opening.len();
            at += memmem::find(&chunk[at..], closing)? + closing.len();
            continue;
        }
        if at >= from && is_record(&markup[1..]) {
            return Some(at);
        }
        at += 1;
    }
}

/// How the section that `markup` begins with opens and closes, if it is one.
fn section(markup: &[u8]) -> Option<(&'static [u8], &'static [u8])> {
    let sections: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
    let mut sections = sections.into_iter();
    sections.find(|(opening, _)| markup.starts_with(opening))
}

/// Whether a tag, from its name on, begins a record or ends a page.
fn is_record(tag: &[u8]) -> bool {
    let (slash, tag) = match tag {
        [b'/', tag @ ..] => (true, tag),
        tag => (false, tag),
    };
    let end = |byte: &u8| matches!(byte, b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r');
    let length = tag.iter().take(LONGEST_TAG_BYTES).position(end);
    let name = &tag[..length.unwrap_or(0)];
    let colon = name.iter().position(|byte| *byte == b':');
    let local = &name[colon.map_or(0, |at| at + 1)..];
    local == b"page" || !slash && matches!(local, b"revision" | b"logitem" | b"upload")
}

/// Whether an element of this name holds a record, or a page's: it never stands inside another one.
pub(super) fn holds_record(name: &str) -> bool {
    matches!(name, "page" | "revision" | "logitem" | "upload")
}

const LONGEST_TAG_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_none() {
        let chunk =
            b"<a><!-- <page> --><![CDATA[<revision>]]><?p <upload> ?></x:page ><mw:logitem>";
        let end = chunk.len() - 22;
        assert_eq!(next_record(chunk, 0, 1), Some(end));
        assert_eq!(next_record(chunk, 0, end + 1), Some(chunk.len() - 12));
        assert_eq!(next_record(b"<!-- <page>", 0, 0), None);
        assert_eq!(next_record(b"<a><revision/>", 0, 0), Some(3));
        for other in [
            "<pages>",
            "</revision>",
            "</upload>",
            "<revision",
            "<x:y:page>",
        ] {
            assert_eq!(next_record(other.as_bytes(), 0, 0), None, "{other}");
        }
    }
}
