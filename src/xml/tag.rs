//! Tags and other markup, told by their bytes.

use memchr::{memchr, memchr2, memchr3, memmem};

use crate::marks::{BLOCK_BYTES, hits_in};

/// What begins at a `<`, with its length where it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// `<name …>`
    Start(Option<StartTag>),
    /// `</name>`
    End(Option<usize>),
    /// A comment, CDATA or a processing instruction.
    Other(Option<usize>),
    /// `<!` and what none of these begins with.
    Declaration,
}

impl Markup {
    /// Tells what `bytes` begin with, the first of which is a `<`.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [_, b'/', ..] => Self::End(end_tag_length(bytes)),
            [_, b'?', ..] => Self::Other(length_until(bytes, 2, b"?>")),
            [_, b'!', b'-', b'-', ..] => Self::Other(length_until(bytes, 4, b"-->")),
            [_, b'!', ..] if bytes.starts_with(b"<![CDATA[") => {
                Self::Other(length_until(bytes, 9, b"]]>"))
            }
            [_, b'!', ..] => Self::Declaration,
            _ => Self::Start(StartTag::of(bytes)),
        }
    }
}

/// Where things stand in a start tag: offsets from its `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartTag {
    /// Behind its `>`.
    pub length: usize,
    /// Behind what stands between the angle brackets, the slash of an empty element left out.
    pub inside_end: usize,
    /// Behind its name.
    pub name_end: usize,
    /// Behind the namespace prefix and its colon.
    pub local_begin: usize,
}

impl StartTag {
    #[inline]
    fn of(bytes: &[u8]) -> Option<Self> {
        let name_end = 1 + name_length(bytes.get(1..)?)?;
        // Most tags have a name and nothing else.
        if bytes[name_end] == b'>' {
            return Some(Self {
                length: name_end + 1,
                inside_end: name_end,
                name_end,
                local_begin: 1,
            });
        }
        Self::with_more(bytes, name_end)
    }

    /// The same of a tag whose first bytes, so many, are part of its name.
    fn with_more(bytes: &[u8], known: usize) -> Option<Self> {
        let more = &bytes[known..];
        let length = known + usual_length(more).or_else(|| length_behind_quotes(more))?;
        let is_empty = length > 2 && bytes[length - 2] == b'/';
        let inside_end = length - 1 - usize::from(is_empty);
        let name_length = bytes
            .get(known..inside_end)?
            .iter()
            .position(|byte| byte.is_ascii_whitespace());
        let name_end = name_length.map_or(inside_end, |length| known + length);
        let colon = memchr(b':', bytes.get(1..name_end)?);
        Some(Self {
            length,
            inside_end,
            name_end,
            local_begin: colon.map_or(1, |at| at + 2),
        })
    }
}

/// Length of the end tag that `bytes` begin with.  A `<` stands in no tag.
#[inline]
fn end_tag_length(bytes: &[u8]) -> Option<usize> {
    let at = 1 + memchr2(b'>', b'<', bytes.get(1..)?)?;
    (bytes[at] == b'>').then_some(at + 1)
}

/// How many bytes of a name `bytes` begin with, at least; `None` if the name has no end.
#[inline]
fn name_length(bytes: &[u8]) -> Option<usize> {
    const fn every(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let mut at = 0;
    // What ends a name is below 0x40, and of what is in a name digits alone.
    while let Some(word) = bytes[at..].first_chunk() {
        let word = u64::from_le_bytes(*word);
        // The first byte below 0x40 has its high bit set here; it may be carried to later ones.
        let below = word.wrapping_sub(every(0x40)) & !word & every(0x80);
        if below == 0 {
            at += 8;
            continue;
        }
        at += below.trailing_zeros() as usize / 8;
        if !bytes[at].is_ascii_digit() {
            return Some(at);
        }
        at += 1;
    }
    let rest = &bytes[at..];
    let end = rest
        .iter()
        .position(|byte| *byte < 0x40 && !byte.is_ascii_digit())?;
    Some(at + end)
}

/// Length up to and with the first `>`, where no more than two blocks of bytes show that it stands
/// in no quotes, as it nearly always does.
#[inline]
fn usual_length(bytes: &[u8]) -> Option<usize> {
    let mut quotes = 0;
    for (index, block) in bytes.as_chunks().0.iter().take(2).enumerate() {
        let ends = hits_in::<b'>', b'>'>(block);
        let before = ends.wrapping_sub(1) & !ends;
        if hits_in::<b'\'', b'<'>(block) & before != 0 {
            return None;
        }
        quotes += (hits_in::<b'"', b'"'>(block) & before).count_ones();
        if ends != 0 {
            let end = BLOCK_BYTES * index + ends.trailing_zeros() as usize;
            return (quotes % 2 == 0).then_some(end + 1);
        }
    }
    None
}

/// Length up to and with the first `>` that stands in no quotes.  A `<` stands in no tag.
fn length_behind_quotes(bytes: &[u8]) -> Option<usize> {
    let bytes = &bytes[..memchr(b'<', bytes).unwrap_or(bytes.len())];
    let mut at = 0;
    loop {
        let hit = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match bytes[hit] {
            b'>' => return Some(hit + 1),
            quote => at = hit + 2 + memchr(quote, &bytes[hit + 1..])?,
        }
    }
}

/// Length of the name in the start tag that `bytes` begin with, where it has nothing but a name and
/// no namespace prefix, as most have.
#[inline]
pub(super) fn usual_start_name_length(bytes: &[u8]) -> Option<usize> {
    let [b'<', rest @ ..] = bytes else {
        return None;
    };
    let length = name_length(rest)?;
    (length > 0 && rest[length] == b'>').then_some(length)
}

/// Length of the end tag of the element called `name`, where `bytes` begin with it and it is spelt
/// as always.
#[inline]
pub(super) fn usual_end_length(bytes: &[u8], name: &str) -> Option<usize> {
    let behind = bytes.strip_prefix(b"</")?.strip_prefix(name.as_bytes())?;
    (behind.first() == Some(&b'>')).then_some(2 + name.len() + 1)
}

/// Length of the markup that opens with `opening_length` bytes and ends with `closing`.
fn length_until(bytes: &[u8], opening_length: usize, closing: &[u8]) -> Option<usize> {
    let end = memmem::find(bytes.get(opening_length..)?, closing)?;
    Some(opening_length + end + closing.len())
}

/// Length of the white space that `bytes` begin with.
#[inline]
pub(super) fn space_length(bytes: &[u8]) -> usize {
    // Nearly always it is a line's end and some spaces.
    if let [b'\n', rest @ ..] = bytes
        && let Some(word) = rest.first_chunk()
    {
        let differs = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b' '; 8]);
        let spaces = differs.trailing_zeros() as usize / 8;
        if matches!(rest.get(spaces), Some(b'<')) {
            return 1 + spaces;
        }
    }
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
        let cases: [(&str, Markup); 17] = [
            ("<a b='>\"", Markup::Start(None)),
            ("<a", Markup::Start(None)),
            ("<a b='<'>", Markup::Start(None)),
            ("<a <b>", Markup::Start(None)),
            ("<", Markup::Start(None)),
            ("</a >b", Markup::End(Some(5))),
            ("</a", Markup::End(None)),
            ("</a <b>", Markup::End(None)),
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

    #[test]
    fn start_tags() {
        for (bytes, name, local, inside, length) in [
            ("<a>b", "a", "a", "a", 3),
            ("<ab/>", "ab", "ab", "ab", 5),
            ("<x:ab >", "x:ab", "ab", "x:ab ", 7),
            ("<a b='>' c=\">'\"/>d>", "a", "a", "a b='>' c=\">'\"", 17),
            ("<a\tb:c='/'>", "a", "a", "a\tb:c='/'", 11),
            ("<a />", "a", "a", "a ", 5),
            ("</>", "", "", "", 3),
            ("<>", "", "", "", 2),
        ] {
            let tag = StartTag::of(bytes.as_bytes()).unwrap();
            assert_eq!(tag.length, length, "{bytes}");
            assert_eq!(&bytes[1..tag.name_end], name, "{bytes}");
            assert_eq!(&bytes[tag.local_begin..tag.name_end], local, "{bytes}");
            assert_eq!(&bytes[1..tag.inside_end], inside, "{bytes}");
            let padded = format!("{bytes}{}", "<a b=\"'\">".repeat(20));
            assert_eq!(StartTag::of(padded.as_bytes()), Some(tag), "{bytes}");
        }
    }

    #[test]
    fn usual_starts() {
        for (bytes, length) in [
            ("<id>", 2),
            ("<sha1>x", 4),
            ("<contributor>\n", 11),
            ("<12345678901>", 11),
        ] {
            assert_eq!(usual_start_name_length(bytes.as_bytes()), Some(length));
        }
        for other in [
            "", "<", "<>", "<id", "id>", "</id>", "<id >", "<id/>", "<a:id>", "<!-->", "<?a>",
        ] {
            assert_eq!(usual_start_name_length(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn usual_ends() {
        assert_eq!(usual_end_length(b"</id>\n", "id"), Some(5));
        for other in [
            &b"</id >"[..],
            b"</ids>",
            b"</i>",
            b"<id>",
            b"</id",
            b"",
            b"</mw:id>",
        ] {
            assert_eq!(usual_end_length(other, "id"), None);
        }
    }
}
