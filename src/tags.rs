//! The tags that tell where records are, by their bytes: framer and parser must see the same ones, also in
//! what is broken, or rows would depend on where chunks are cut.

mod search;

pub(crate) use search::search;

/// What begins at a `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    OpenPage,
    OpenRevision,
    OpenLogItem,
    OpenUpload,
    /// The body of an uploaded file, in base64.
    OpenContents,
    ClosePage,
    CloseRevision,
    CloseLogItem,
    CloseRoot,
    /// `<!--`
    Comment,
    /// `<![CDATA[`
    Cdata,
    /// `<?`
    Instruction,
    Other,
}

/// How many bytes from a `<` on [`Tag::of`] and [`root_name`] look at.  Element names of the format are
/// short; the rest is room for a namespace prefix.
pub(crate) const LOOKAHEAD_BYTES: usize = 64;

impl Tag {
    /// Tells the tag that begins with `bytes[0]`, a `<`.  Elements count if their name has the
    /// root's namespace prefix (empty, or with its colon).  Whether the tag has an end is not looked at.
    pub(crate) fn of(bytes: &[u8], prefix: &[u8]) -> Self {
        match &bytes[..bytes.len().min(LOOKAHEAD_BYTES)] {
            [_, b'!', rest @ ..] if rest.starts_with(b"--") => Self::Comment,
            [_, b'!', rest @ ..] if rest.starts_with(b"[CDATA[") => Self::Cdata,
            [_, b'?', ..] => Self::Instruction,
            [_, b'/', rest @ ..] => Self::of_name(rest, prefix, &CLOSING, ends_name),
            [_, rest @ ..] => Self::of_name(rest, prefix, &OPENING, ends_start_name),
            [] => Self::Other,
        }
    }

    /// The same of an element's tag from its name on, if it is one of those `known`; `ends` tells whether the name
    /// ends before what follows it.
    fn of_name(bytes: &[u8], prefix: &[u8], known: &[Name], ends: fn(&[u8]) -> bool) -> Self {
        let tag = bytes.strip_prefix(prefix).and_then(|bytes| {
            let (name, tag) = known
                .iter()
                .find(|(name, _)| bytes.first() == name.first())?;
            ends(bytes.strip_prefix(*name)?).then_some(*tag)
        });
        tag.unwrap_or(Self::Other)
    }

    /// Whether a record begins here, or a page begins or ends.
    pub(crate) fn is_edge(self) -> bool {
        matches!(
            self,
            Self::OpenPage
                | Self::ClosePage
                | Self::OpenRevision
                | Self::OpenLogItem
                | Self::OpenUpload
        )
    }

    /// How a section in which no tag is one opens and closes, if this begins one.
    pub(crate) fn section(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Comment => Some(("<!--", "-->")),
            Self::Cdata => Some(("<![CDATA[", "]]>")),
            Self::Instruction => Some(("<?", "?>")),
            _ => None,
        }
    }
}

/// The name of an element, without a prefix, and what its tag is.
type Name = (&'static [u8], Tag);

/// Start tags that matter; no two of the names begin with the same letter.
const OPENING: [Name; 5] = [
    (b"page", Tag::OpenPage),
    (b"revision", Tag::OpenRevision),
    (b"logitem", Tag::OpenLogItem),
    (b"upload", Tag::OpenUpload),
    (b"contents", Tag::OpenContents),
];
/// End tags that matter; the same holds.
const CLOSING: [Name; 4] = [
    (b"page", Tag::ClosePage),
    (b"revision", Tag::CloseRevision),
    (b"logitem", Tag::CloseLogItem),
    (b"mediawiki", Tag::CloseRoot),
];

/// Whether what begins with `bytes[0]`, a `<`, may be anything but [`Tag::Other`] where the root has
/// no namespace prefix.  Tells by eight bytes and without branches, for tags come in no order that
/// could be foreseen.
#[inline]
fn may_matter(bytes: &[u8]) -> bool {
    let [_, first, rest @ ..] = bytes else {
        return true;
    };
    let closes = *first == b'/';
    let (Some(opening), Some(closing)) = (bytes[1..].first_chunk(), rest.first_chunk()) else {
        return true;
    };
    let word = u64::from_le_bytes(if closes { *closing } else { *opening });
    let (expected, counts) = KNOWN_NAMES[slot_of(word)];
    // What comments, CDATA and instructions begin with is below all letters.
    (word & counts == expected) | (word as u8 <= b'?')
}

/// The first eight bytes of the names that [`Tag::of`] knows, as a number, and which of its bits
/// count, by [`slot_of`] the name.
const KNOWN_NAMES: [(u64, u64); SLOTS] = {
    // No word has all bits where none count.
    let mut table = [(u64::MAX, 0); SLOTS];
    let mut index = 0;
    while index < OPENING.len() {
        add_name(&mut table, OPENING[index].0);
        index += 1;
    }
    index = 0;
    while index < CLOSING.len() {
        add_name(&mut table, CLOSING[index].0);
        index += 1;
    }
    table
};

const fn add_name(table: &mut [(u64, u64); SLOTS], name: &[u8]) {
    let (mut word, mut counts) = (0, 0);
    let mut at = 0;
    while at < name.len() && at < size_of::<u64>() {
        word |= (name[at] as u64) << (8 * at);
        counts |= 0xff << (8 * at);
        at += 1;
    }
    let slot = &mut table[slot_of(word)];
    assert!(slot.1 == 0 || slot.0 == word, "two names in one slot");
    *slot = (word, counts);
}

const SLOTS: usize = 16;

/// By the first four bytes of a name, which differ from name to name.
#[inline]
const fn slot_of(word: u64) -> usize {
    ((word as u32).wrapping_mul(SPREAD) >> 28) as usize
}

/// Puts each of the names into a slot of its own.
const SPREAD: u32 = 0x5d8c_c7f5;

/// The name of the element that opens at `bytes[0]`, a `<`: its namespace prefix with the colon
/// (empty if it has none) and its local name.  `None` for what is no open tag, and for names
/// longer than [`LOOKAHEAD_BYTES`].
pub(crate) fn root_name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = &bytes[1..=name_length(bytes.get(1..)?)?];
    if name.is_empty() || matches!(name[0], b'!' | b'?' | b'/') {
        return None;
    }
    let colon = name.iter().position(|byte| *byte == b':');
    Some(name.split_at(colon.map_or(0, |at| at + 1)))
}

/// Whether the name of a tag ends before these bytes.
fn ends_name(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| is_name_end(*byte))
}

/// The same of a start tag, where a slash ends the name with the tag alone.
fn ends_start_name(bytes: &[u8]) -> bool {
    ends_name(bytes) || bytes.starts_with(b"/>")
}

fn is_name_end(byte: u8) -> bool {
    matches!(byte, b'>' | b' ' | b'\n' | b'\r' | b'\t')
}

/// Length of the name in a start tag, from the name on.  A slash ends it only with the tag.
fn name_length(bytes: &[u8]) -> Option<usize> {
    let length = bytes.iter().position(|byte| is_name_end(*byte))?;
    let is_empty = bytes[length] == b'>' && length > 0 && bytes[length - 1] == b'/';
    Some(length - usize::from(is_empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_by_their_bytes() {
        let cases: [(&str, Tag); 20] = [
            ("<page>", Tag::OpenPage),
            ("<page\n>", Tag::OpenPage),
            ("<page xmlns='x'>", Tag::OpenPage),
            ("<page/>", Tag::OpenPage),
            ("<pages>", Tag::Other),
            ("<page/x>", Tag::Other),
            ("<page / >", Tag::OpenPage),
            ("</page >", Tag::ClosePage),
            ("</page <", Tag::ClosePage),
            ("</page/>", Tag::Other),
            ("<revision>", Tag::OpenRevision),
            ("</revision>", Tag::CloseRevision),
            ("<redirect title=\"page\" />", Tag::Other),
            ("</mediawiki>", Tag::CloseRoot),
            ("<contents encoding=\"base64\">", Tag::OpenContents),
            ("</contributor>", Tag::Other),
            ("<!-- <page> -->", Tag::Comment),
            ("<![CDATA[", Tag::Cdata),
            ("<!DOCTYPE", Tag::Other),
            ("<?xml ?>", Tag::Instruction),
        ];
        for (bytes, tag) in cases {
            assert_eq!(Tag::of(bytes.as_bytes(), b""), tag, "{bytes}");
            for padding in ["", "a long text behind it"] {
                let padded = format!("{bytes}{padding}");
                assert!(
                    tag == Tag::Other || may_matter(padded.as_bytes()),
                    "{padded}"
                );
            }
        }
        for other in [
            "<parentid>",
            "</contributor>",
            "<minor/>",
            "<text bytes=",
            "</username>",
        ] {
            let padded = format!("{other}a long text behind it");
            assert!(!may_matter(padded.as_bytes()), "{other}");
        }
    }

    #[test]
    fn only_names_with_the_root_s_prefix_count() {
        assert_eq!(Tag::of(b"<mw:page>", b"mw:"), Tag::OpenPage);
        assert_eq!(Tag::of(b"</mw:revision>", b"mw:"), Tag::CloseRevision);
        assert_eq!(Tag::of(b"<page>", b"mw:"), Tag::Other);
        assert_eq!(Tag::of(b"<x:page>", b""), Tag::Other);
    }

    #[test]
    fn root_names() {
        let name = |bytes: &'static str| root_name(bytes.as_bytes());
        assert_eq!(
            name("<mediawiki xmlns=\"x\">"),
            Some((&b""[..], &b"mediawiki"[..]))
        );
        assert_eq!(
            name("<mw:mediawiki>"),
            Some((&b"mw:"[..], &b"mediawiki"[..]))
        );
        assert_eq!(name("<?xml version=\"1.0\"?>"), None);
        assert_eq!(name("<!DOCTYPE html>"), None);
        assert_eq!(name("<"), None);
    }
}
