//! Text as it stands in a dump, decoded when somebody wants it.

mod ahead;
#[cfg(target_arch = "x86_64")]
mod references;
mod shared;
mod units;

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memchr_iter, memmem};

use super::reference::decode_reference;
#[cfg(target_arch = "x86_64")]
use crate::marks::BLOCK_BYTES;
use crate::marks::Marks;
#[cfg(target_arch = "x86_64")]
use crate::processor::avx512::Avx512;

pub use ahead::{TextDecoder, UnitsPool};
pub use shared::{Decoded, SharedText};
pub use units::{Units, Utf16Room};

/// A piece of text in the spelling of its source.
///
/// XML spells a text in many ways: references (`&amp;`, `&#233;`), CDATA sections, line ends of
/// any system.  All are checked when the text is made, so that reading it cannot fail.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    raw: &'a str,
    spelling: Spelling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// As it is.
    Plain,
    /// References to decode, line ends to turn into LF (XML 1.0 §2.11).
    Element,
    /// The same, with comments, CDATA sections and processing instructions between.
    Mixed,
    /// References to decode, raw white space to turn into spaces (XML 1.0 §3.3.3).
    Attribute,
}

/// Why some XML is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadText {
    /// Offset of the culprit, in bytes.
    pub offset_bytes: usize,
    /// What is wrong with it.
    pub message: &'static str,
}

impl<'a> Text<'a> {
    /// Text that means itself.
    pub const fn plain(text: &'a str) -> Self {
        Self {
            raw: text,
            spelling: Spelling::Plain,
        }
    }

    /// The content of an element that holds text only.
    pub fn from_element(raw: &'a str) -> Result<Self, BadText> {
        if raw.is_empty() {
            return Ok(Self::plain(raw));
        }
        let has_references = check_references(raw, 0)?;
        let is_coded = has_references || memchr(b'\r', raw.as_bytes()).is_some();
        Ok(Self::from_checked_element(raw, is_coded))
    }

    /// The same of an element whose references have been checked; `is_coded` if it has any, or
    /// carriage returns.
    pub(crate) fn from_checked_element(raw: &'a str, is_coded: bool) -> Self {
        let spelling = match is_coded {
            true => Spelling::Element,
            false => Spelling::Plain,
        };
        Self { raw, spelling }
    }

    /// The content of an element with comments, CDATA sections or processing instructions, each
    /// of them complete.
    pub fn from_mixed_element(raw: &'a str) -> Result<Self, BadText> {
        for part in Parts(raw) {
            if let Part::Text(text) = part {
                check_references(text, text.as_ptr() as usize - raw.as_ptr() as usize)?;
            }
        }
        Ok(Self {
            raw,
            spelling: Spelling::Mixed,
        })
    }

    /// The value of an attribute, without its quotes.
    pub fn from_attribute(raw: &'a str) -> Result<Self, BadText> {
        check_references(raw, 0)?;
        let plain = !raw.contains(['&', '\t', '\n', '\r']);
        let spelling = match plain {
            true => Spelling::Plain,
            false => Spelling::Attribute,
        };
        Ok(Self { raw, spelling })
    }

    /// The text, where it is spelt as it reads.
    #[inline]
    pub fn as_plain(&self) -> Option<&'a str> {
        (self.spelling == Spelling::Plain).then_some(self.raw)
    }

    /// Hands the decoded text on, piece by piece.
    pub fn for_each_piece(&self, mut take: impl FnMut(&str)) {
        match self.spelling {
            Spelling::Plain => take(self.raw),
            Spelling::Element => decode(self.raw, &mut take),
            Spelling::Attribute => decode_attribute(self.raw, &mut take),
            Spelling::Mixed => {
                for part in Parts(self.raw) {
                    match part {
                        Part::Text(text) => decode(text, &mut take),
                        Part::Cdata(text) => decode_line_ends(text, &mut take),
                    }
                }
            }
        }
    }

    /// Appends the decoded text, decoded where it will stand.
    #[inline]
    pub fn append_to(&self, out: &mut String) {
        match self.as_plain() {
            Some(plain) => out.push_str(plain),
            None => self.append_decoded(out),
        }
    }

    fn append_decoded(&self, out: &mut String) {
        #[cfg(target_arch = "x86_64")]
        if self.spelling == Spelling::Element
            && let Some(avx512) = references::detect(self.raw.len())
        {
            return append_blocks(self.raw, avx512, out);
        }
        self.for_each_piece(|piece| out.push_str(piece));
    }

    /// Writes the decoded text.
    pub fn write_to(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let mut outcome = Ok(());
        self.for_each_piece(|piece| outcome = outcome.and_then(|()| out.write_str(piece)));
        outcome
    }

    /// The decoded text; copied only if it is spelt otherwise than it reads.
    pub fn to_cow(&self) -> Cow<'a, str> {
        if self.spelling == Spelling::Plain {
            return Cow::Borrowed(self.raw);
        }
        let mut text = String::with_capacity(self.raw.len());
        self.append_to(&mut text);
        Cow::Owned(text)
    }

    /// The source's own spelling, where it differs from the text by named references and line ends at
    /// most: a search for digits and marks finds in it what it finds in the text.
    pub fn nearly(&self) -> Option<&'a str> {
        match self.spelling {
            Spelling::Plain => Some(self.raw),
            Spelling::Element => {
                let has_numbers = memmem::find(self.raw.as_bytes(), b"&#").is_some();
                (!has_numbers).then_some(self.raw)
            }
            Spelling::Mixed | Spelling::Attribute => None,
        }
    }

    /// Length in bytes as it is spelt.
    #[inline]
    pub fn spelt_bytes(&self) -> usize {
        self.raw.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        match self.spelling {
            Spelling::Mixed => self.len_bytes() == 0,
            _ => self.raw.is_empty(),
        }
    }

    /// Length of the decoded text in UTF-8.
    pub fn len_bytes(&self) -> usize {
        let mut length = 0;
        self.for_each_piece(|piece| length += piece.len());
        length
    }

    /// Length of the decoded text in characters.
    pub fn len_characters(&self) -> usize {
        let mut length = 0;
        self.for_each_piece(|piece| length += piece.chars().count());
        length
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.to_cow() == other
    }
}

/// Decodes references and turns each raw line end of CR or CRLF into LF.
fn decode(raw: &str, take: &mut impl FnMut(&str)) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = references::detect(raw.len()) {
        return decode_blocks(raw, avx512, take);
    }
    decode_up_to(raw.len(), raw, "\n", take);
}

/// The same, most of it many bytes at a time.
#[cfg(target_arch = "x86_64")]
fn decode_blocks(raw: &str, avx512: Avx512, take: &mut impl FnMut(&str)) {
    let mut room = references::near_room();
    let mut rest = raw;
    while !rest.is_empty() {
        let (read, text) = references::decode(avx512, rest, &mut room);
        if read > 0 {
            take(text);
            rest = &rest[read..];
        }
        if references::has_stopped(text.len()) {
            let read = decode_up_to(BLOCK_BYTES, rest, "\n", take);
            rest = &rest[read..];
        }
    }
}

/// The same at the end of a string.
#[cfg(target_arch = "x86_64")]
fn append_blocks(raw: &str, avx512: Avx512, out: &mut String) {
    // No reference is shorter than what it means, and a block is written as a whole.
    out.reserve(raw.len() + BLOCK_BYTES);
    let mut rest = raw;
    while !rest.is_empty() {
        rest = &rest[references::append(avx512, rest, out)..];
        let read = decode_up_to(BLOCK_BYTES, rest, "\n", &mut |piece| out.push_str(piece));
        rest = &rest[read..];
    }
}

/// Decodes up to the first reference or line end at the offset `limit` or behind it, where there is one, and tells
/// how many bytes that are; each raw line end of CR or CRLF becomes `line_end`.
fn decode_up_to(limit: usize, raw: &str, line_end: &str, take: &mut impl FnMut(&str)) -> usize {
    let bytes = raw.as_bytes();
    let mut done = 0;
    for at in Marks::<b'&', b'\r'>::new(bytes) {
        if at > done {
            take(&raw[done..at]);
        }
        if at >= limit {
            return at;
        }
        done = match decode_reference(&bytes[at..]) {
            Some((character, length)) => {
                match character.is_ascii() {
                    // Of a length that the compiler knows: most are.
                    true => take(character.encode_utf8(&mut [0; 1])),
                    false => take(character.encode_utf8(&mut [0; 4])),
                }
                at + length
            }
            // Not a reference, so a CR: references have been checked.
            None => {
                take(line_end);
                at + 1 + usize::from(bytes.get(at + 1) == Some(&b'\n'))
            }
        };
    }
    if done < raw.len() {
        take(&raw[done..]);
    }
    raw.len()
}

/// Turns line ends of CR or CRLF into LF.
fn decode_line_ends(raw: &str, take: &mut impl FnMut(&str)) {
    let mut lines = raw.split('\r');
    take(lines.next().unwrap_or_default());
    for line in lines {
        if !line.starts_with('\n') {
            take("\n");
        }
        take(line);
    }
}

/// Decodes references and turns raw white space into spaces, a CRLF into one.
fn decode_attribute(raw: &str, take: &mut impl FnMut(&str)) {
    let mut rest = raw;
    loop {
        // Decoded references stay what they are, so white space is replaced between them.
        let end = memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (before, reference) = rest.split_at(end);
        decode_up_to(before.len(), before, " ", &mut |piece: &str| match piece
            .contains(['\t', '\n'])
        {
            true => take(&piece.replace(['\t', '\n'], " ")),
            false => take(piece),
        });
        let Some((character, length)) = decode_reference(reference.as_bytes()) else {
            return;
        };
        take(character.encode_utf8(&mut [0; 4]));
        rest = &reference[length..];
    }
}

/// What is said of a `&` that means nothing.
pub(crate) const NO_REFERENCE: &str =
    "`&` begins no character reference and none of the five entities of XML";

/// Checks that every `&` begins a reference to a character that XML allows.  Says whether there
/// is any.
fn check_references(raw: &str, offset_bytes: usize) -> Result<bool, BadText> {
    let mut any = false;
    for at in memchr_iter(b'&', raw.as_bytes()) {
        any = true;
        if decode_reference(&raw.as_bytes()[at..]).is_none() {
            return Err(BadText {
                offset_bytes: offset_bytes + at,
                message: NO_REFERENCE,
            });
        }
    }
    Ok(any)
}

/// What mixed content consists of, comments and processing instructions left out.
struct Parts<'a>(&'a str);

enum Part<'a> {
    /// With references.
    Text(&'a str),
    /// As it is.
    Cdata(&'a str),
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        loop {
            let rest = self.0;
            if rest.is_empty() {
                return None;
            }
            let markup = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            if markup > 0 {
                self.0 = &rest[markup..];
                return Some(Part::Text(&rest[..markup]));
            }
            let (is_cdata, opening, closing) = match rest.as_bytes() {
                [_, b'!', b'[', ..] => (true, "<![CDATA[", "]]>"),
                [_, b'!', ..] => (false, "<!--", "-->"),
                _ => (false, "<?", "?>"),
            };
            let inside = rest.get(opening.len()..).unwrap_or_default();
            let (content, behind) = inside.split_once(closing).unwrap_or((inside, ""));
            self.0 = behind;
            if is_cdata {
                return Some(Part::Cdata(content));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(raw: &str) -> String {
        Text::from_element(raw).unwrap().to_string()
    }

    #[test]
    fn references_and_line_ends() {
        assert_eq!(element(""), "");
        assert_eq!(element("plain"), "plain");
        assert_eq!(
            element("&lt;a&gt; &amp;amp; &quot;&apos;&#039;"),
            "<a> &amp; \"''"
        );
        assert_eq!(element("&#x1F600;&#233;&#xe9;"), "😀éé");
        assert_eq!(element("a\r\nb\rc\n\r\r\nd\r"), "a\nb\nc\n\n\nd\n");
        assert_eq!(element("a&#13;\nb&#13;&#10;"), "a\r\nb\r\n");
        assert_eq!(element("&#00000000000000000000000000065;"), "A");
    }

    #[test]
    fn what_is_no_reference() {
        for raw in [
            "&",
            "a & b",
            "&nbsp;",
            "&amp",
            "&#;",
            "&#x;",
            "&#0;",
            "&#1;",
            "&#xB;",
            "&#xFFFE;",
            "&#xD800;",
            "&#1114112;",
            "&#-5;",
            "&#+5;",
            "&#x+41;",
            "&#4294967361;",
            "&LT;",
            "&#X41;",
        ] {
            let raw = format!("xx{raw}");
            let bad = Text::from_element(&raw).unwrap_err();
            assert_eq!(bad.offset_bytes, raw.find('&').unwrap(), "{raw}");
        }
    }

    #[test]
    fn attribute_values() {
        let attribute = |raw| Text::from_attribute(raw).unwrap().to_string();
        assert_eq!(attribute("a\tb\nc\r\nd\re"), "a b c d e");
        assert_eq!(attribute("a&#10;b&#9;&#13;c &amp; d"), "a\nb\t\rc & d");
        assert_eq!(attribute("O&#039;Reilly"), "O'Reilly");
    }

    #[test]
    fn mixed_content() {
        let mixed = |raw| Text::from_mixed_element(raw).unwrap();
        assert_eq!(
            mixed("a<!-- & <x> -->b<![CDATA[<&amp;>\r\n]]>&lt;<?p & ?>c").to_string(),
            "ab<&amp;>\n<c"
        );
        assert!(mixed("<!-- nothing -->").is_empty());
        assert!(!mixed("<![CDATA[x]]>").is_empty());
        assert_eq!(
            Text::from_mixed_element("ab<!-- -->&x;")
                .unwrap_err()
                .offset_bytes,
            10
        );
    }

    #[test]
    fn length_is_of_the_decoded_text() {
        let characters = Text::from_element("&lt;é&#x1F600;\r\n").unwrap();
        assert_eq!(characters.len_characters(), 4);
        assert_eq!(
            Text::from_element("&lt;é&#x1F600;\r\n")
                .unwrap()
                .len_bytes(),
            1 + 2 + 4 + 1
        );
    }
}
