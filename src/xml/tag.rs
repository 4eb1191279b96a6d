//! Tags and other markup, told by their bytes.

use memchr::{memchr, memchr3, memmem};

/// What begins at a `<`, with its length where it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// `<name …>`
    Start(Option<usize>),
    /// `</name>`
    End(Option<usize>),
    /// A comment, CDATA or a processing instruction.
    Other(Option<usize>),
    /// `<!` and what none of these begins with.
    Declaration,
}

impl Markup {
    /// Tells what `bytes` begin with, the first of which is a `<`.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [_, b'/', ..] => Self::End(memchr(b'>', bytes).map(|at| at + 1)),
            [_, b'?', ..] => Self::Other(length_until(bytes, 2, b"?>")),
            [_, b'!', b'-', b'-', ..] => Self::Other(length_until(bytes, 4, b"-->")),
            [_, b'!', ..] if bytes.starts_with(b"<![CDATA[") => {
                Self::Other(length_until(bytes, 9, b"]]>"))
            }
            [_, b'!', ..] => Self::Declaration,
            _ => Self::Start(start_tag_length(bytes)),
        }
    }
}

/// Length of the markup that opens with `opening_length` bytes and ends with `closing`.
fn length_until(bytes: &[u8], opening_length: usize, closing: &[u8]) -> Option<usize> {
    let end = memmem::find(bytes.get(opening_length..)?, closing)?;
    Some(opening_length + end + closing.len())
}

/// Length of a start tag; what stands in quotes may hold a `>`.
fn start_tag_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let hit = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match bytes[hit] {
            b'>' => return Some(hit + 1),
            quote => at = hit + 2 + memchr(quote, &bytes[hit + 1..])?,
        }
    }
}

/// Length of the white space that `bytes` begin with.
pub(super) fn space_length(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_by_its_bytes() {
        let cases: [(&str, Markup); 16] = [
            ("<a>b", Markup::Start(Some(3))),
            ("<a b='>' c=\">'\"/>d>", Markup::Start(Some(17))),
            ("<a b='>\"", Markup::Start(None)),
            ("<a", Markup::Start(None)),
            ("<", Markup::Start(None)),
            ("</a >b", Markup::End(Some(5))),
            ("</a", Markup::End(None)),
            ("<!-- > -->b", Markup::Other(Some(10))),
            ("<!-->", Markup::Other(None)),
            ("<!--->-->", Markup::Other(Some(9))),
            ("<![CDATA[]]]>", Markup::Other(Some(13))),
            ("<![CDATA[]>", Markup::Other(None)),
            ("<?a?>", Markup::Other(Some(5))),
            ("<?>", Markup::Other(None)),
            ("<!DOCTYPE a>", Markup::Declaration),
            ("<!", Markup::Declaration),
        ];
        for (bytes, markup) in cases {
            assert_eq!(Markup::of(bytes.as_bytes()), markup, "{bytes}");
        }
    }
}
