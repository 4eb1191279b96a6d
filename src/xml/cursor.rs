//! A walk over elements.  Structure is quick-xml's; the inside of elements that hold only text is
//! found by a byte search, for it needs no tokens.

use memchr::{memchr, memmem};
use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::name::QName;

use super::chunk::Fault;
use crate::model::{BadText, Text};

/// Walks over the elements of a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Offset of `text` in the chunk.
    base: usize,
    /// What follows `text` and is not legal.
    wrong_behind: Option<&'static str>,
}

/// What the cursor comes to.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Element<'a>),
    /// The end of the element at hand, or of one that was opened before the text begins.
    End(&'a str),
    Eof,
}

/// An element's start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// Name without namespace prefix.
    pub name: &'a str,
    /// Offset of the tag in the chunk.
    pub at: usize,
    /// Everything between the angle brackets, the slash of an empty element left out.
    tag: &'a str,
    name_length: usize,
    is_empty: bool,
}

impl<'a> Cursor<'a> {
    /// Walks over `text`, which stands at offset `base` of the chunk.
    pub(super) fn new(text: &'a str, base: usize, wrong_behind: Option<&'static str>) -> Self {
        let mut reader = Reader::from_str(text);
        // Chunks may begin inside a page.
        reader.config_mut().allow_unmatched_ends = true;
        Self {
            text,
            reader,
            base,
            wrong_behind,
        }
    }

    /// Offset in the chunk of what comes next.
    pub(super) fn offset(&self) -> usize {
        self.base + self.local_offset()
    }

    fn local_offset(&self) -> usize {
        self.text.len() - self.reader.get_ref().len()
    }

    /// The next start or end of an element.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Fault> {
        loop {
            let before = self.offset();
            let event = self
                .reader
                .read_event()
                .map_err(|error| self.broken(before, &error))?;
            let after = self.local_offset();
            match event {
                Event::Start(tag) => {
                    return Ok(Token::Start(self.element(after - 1, tag.len(), false)));
                }
                Event::Empty(tag) => {
                    return Ok(Token::Start(self.element(after - 2, tag.len(), true)));
                }
                Event::End(tag) => {
                    let name = tag.name().into_inner().len();
                    let begin = self.text[..after].rfind('/').map_or(after, |at| at + 1);
                    let name = self.text.get(begin..begin + name).unwrap_or_default();
                    return Ok(Token::End(local(name)));
                }
                Event::Eof => match self.wrong_behind {
                    Some(wrong) => return Err(self.illegal(wrong)),
                    None => return Ok(Token::Eof),
                },
                Event::DocType(_) => {
                    return Err(Fault::new(
                        before,
                        "a DOCTYPE, which no dump has: entities are not expanded",
                    ));
                }
                Event::Text(text) if !text.trim().is_empty() => {
                    return Err(Fault::new(before, "text where only elements can be"));
                }
                Event::GeneralRef(_) => {
                    return Err(Fault::new(before, "a reference where only elements can be"));
                }
                // White space, comments, processing instructions, declarations, CDATA between elements.
                _ => {}
            }
        }
    }

    fn element(&self, tag_end: usize, tag_length: usize, is_empty: bool) -> Element<'a> {
        let begin = tag_end - tag_length;
        let tag = &self.text[begin..tag_end];
        let name_length = tag
            .bytes()
            .position(|byte| byte.is_ascii_whitespace())
            .unwrap_or(tag.len());
        Element {
            name: local(&tag[..name_length]),
            at: self.base + begin - 1,
            tag,
            name_length,
            is_empty,
        }
    }

    /// The next child of `parent`; `None` at the parent's end.
    pub(super) fn child_of(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>, Fault> {
        if parent.is_empty {
            return Ok(None);
        }
        match self.next()? {
            Token::Start(element) => Ok(Some(element)),
            Token::End(name) if name == parent.name => Ok(None),
            Token::End(name) => Err(Fault::new(
                self.offset(),
                format!("</{name}> where </{}> is expected", parent.name),
            )),
            Token::Eof => Err(Fault::new(
                self.offset(),
                format!("<{}> is not closed", parent.name),
            )),
        }
    }

    /// The text of an element that holds nothing else, and passes over its end.
    pub(super) fn text_of(&mut self, element: &Element<'a>) -> Result<Text<'a>, Fault> {
        if element.is_empty {
            return Ok(Text::plain(""));
        }
        let begin = self.local_offset();
        let (length, is_mixed) = self.find_end(element)?;
        let raw = self.text.get(begin..begin + length).unwrap_or_default();
        let text = match is_mixed {
            true => Text::from_mixed_element(raw),
            false => Text::from_element(raw),
        }
        .map_err(|bad| self.bad_text(begin, bad))?;
        *self.reader.get_mut() = &self.text.as_bytes()[begin + length..];
        match self.next()? {
            Token::End(_) => Ok(text),
            _ => Err(Fault::new(
                self.offset(),
                format!("<{}> is not closed", element.name),
            )),
        }
    }

    /// Length of an element's inside, and whether it has comments, CDATA or instructions in it.
    fn find_end(&self, element: &Element<'a>) -> Result<(usize, bool), Fault> {
        let begin = self.local_offset();
        let rest = &self.text.as_bytes()[begin..];
        let mut at = 0;
        let mut is_mixed = false;
        while let Some(hit) = memchr(b'<', &rest[at..]) {
            at += hit;
            let terminator: &[u8] = match &rest[at..] {
                [_, b'/', ..] => return Ok((at, is_mixed)),
                markup if markup.starts_with(b"<!--") => b"-->",
                markup if markup.starts_with(b"<![CDATA[") => b"]]>",
                [_, b'?', ..] => b"?>",
                _ => {
                    return Err(Fault::new(
                        self.base + begin + at,
                        format!("an element inside the text of <{}>", element.name),
                    ));
                }
            };
            is_mixed = true;
            let Some(end) = memmem::find(&rest[at..], terminator) else {
                break;
            };
            at += end + terminator.len();
        }
        match self.wrong_behind {
            Some(wrong) => Err(self.illegal(wrong)),
            None => Err(Fault::new(
                element.at,
                format!("<{}> is not closed", element.name),
            )),
        }
    }

    /// Passes over an element with all that is in it.
    pub(super) fn skip(&mut self, element: &Element<'a>) -> Result<(), Fault> {
        if element.is_empty {
            return Ok(());
        }
        let name = QName(&element.tag[..element.name_length]);
        let skipped = self.reader.read_to_end(name);
        skipped
            .map(|_| ())
            .map_err(|error| self.broken(element.at, &error))
    }

    /// The element's attributes by local name and value.
    pub(super) fn attributes(
        &self,
        element: &Element<'a>,
        mut take: impl FnMut(&'a str, Text<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        for attribute in Attributes::new(element.tag, element.name_length) {
            let attribute = attribute.map_err(|error| {
                Fault::new(
                    element.at,
                    format!("an attribute of <{}> is broken: {error}", element.name),
                )
            })?;
            let std::borrow::Cow::Borrowed(value) = attribute.value else {
                continue;
            };
            let value =
                Text::from_attribute(value).map_err(|bad| Fault::new(element.at, bad.message))?;
            take(local(attribute.key.into_inner()), value)?;
        }
        Ok(())
    }

    fn bad_text(&self, begin: usize, bad: BadText) -> Fault {
        Fault::new(self.base + begin + bad.offset_bytes, bad.message)
    }

    fn illegal(&self, wrong: &'static str) -> Fault {
        Fault::new(self.base + self.text.len(), wrong)
    }

    fn broken(&self, at: usize, error: &quick_xml::Error) -> Fault {
        match self.wrong_behind {
            Some(wrong) if self.reader.get_ref().is_empty() => self.illegal(wrong),
            _ => Fault::new(at, format!("the XML is not well formed: {error}")),
        }
    }
}

/// A name without its namespace prefix.
fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// A whole number of 64 bits, or a fault; `None` for an empty element.
pub(super) fn number(text: Text<'_>, element: &Element<'_>) -> Result<Option<i64>, Fault> {
    let text = text.to_cow();
    let digits = text.trim_matches([' ', '\t', '\n', '\r']);
    if digits.is_empty() {
        return Ok(None);
    }
    let is_plain = digits
        .strip_prefix('-')
        .unwrap_or(digits)
        .bytes()
        .all(|digit| digit.is_ascii_digit());
    match digits.parse() {
        Ok(number) if is_plain => Ok(Some(number)),
        _ => Err(Fault::new(
            element.at,
            format!(
                "<{}> holds {:?}, which is no whole number of 64 bits",
                element.name,
                excerpt(digits)
            ),
        )),
    }
}

/// The first characters of something that is quoted in a message.
pub(super) fn excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
