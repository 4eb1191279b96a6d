//! A walk over elements.  Tags and texts are found by byte searches; quick-xml reads attributes and
//! what is passed over.

mod element;
mod skip;
mod usual;

use memchr::memchr;
use quick_xml::events::attributes::Attributes;

use super::attributes::UsualAttributes;
use super::chunk::Fault;
use super::limits::{XmlLimits, too_many_attributes};
use super::resume::next_record;
use super::survey::Survey;
use super::tag::{Markup, StartTag, space_length, usual_end_length, usual_start_name_length};
use crate::digits;
use crate::model::{NO_REFERENCE, Text};
use crate::tags::Tag;

pub(super) use self::element::Element;
pub(super) use self::usual::{Line, line};

/// Walks over the elements of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Offset in `text` of what comes next.
    at: usize,
    /// Offset of `text` in the chunk.
    base: usize,
    /// What has been noted of the chunk.
    survey: &'a Survey,
    /// What follows `text` and is not legal.
    wrong_behind: Option<&'static str>,
    /// Namespace prefix of records, with its colon.
    pub(super) prefix: &'a str,
    /// How much is read.
    pub(super) limits: &'a XmlLimits,
}

/// What the cursor comes to.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Start(Element<'a>),
    /// The end of an element, by its qualified name.
    End(&'a str),
    Eof,
}

/// What stands between the tags of an element that holds only text.
struct Inside {
    length: usize,
    /// Length of the end tag behind it.
    end_tag_length: usize,
    /// Whether there are references or carriage returns in it.
    is_coded: bool,
    /// Whether there are comments, CDATA or instructions in it.
    is_mixed: bool,
}

impl<'a> Cursor<'a> {
    /// Walks over `text`, which stands at offset `base` of the chunk.
    pub(super) fn new(
        text: &'a str,
        base: usize,
        wrong_behind: Option<&'static str>,
        prefix: &'a str,
        limits: &'a XmlLimits,
    ) -> Self {
        Self {
            text,
            at: 0,
            base,
            survey: Survey::NOTHING,
            wrong_behind,
            prefix,
            limits,
        }
    }

    /// The same of a chunk of which something has been noted.
    pub(super) fn surveyed(self, survey: &'a Survey) -> Self {
        Self { survey, ..self }
    }

    /// Offset in the chunk of what comes next.
    pub(super) fn offset(&self) -> usize {
        self.base + self.at
    }

    /// Which tag comes next, also if it is broken.
    pub(super) fn tag(&self) -> Tag {
        match self.rest() {
            rest @ [b'<', ..] => Tag::of(rest, self.prefix.as_bytes()),
            _ => Tag::Other,
        }
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Passes over white space and tells where it began.
    #[inline]
    fn skip_space(&mut self) -> usize {
        let before = self.offset();
        self.at += space_length(self.rest());
        before
    }

    /// The next start or end of an element.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Fault> {
        let before = self.skip_space();
        match self.usual_start() {
            Some(element) => Ok(Token::Start(element)),
            None => self.token(before),
        }
    }

    /// Passes over the start tag that comes next, if there is only a name in it, without prefix.
    #[inline]
    fn usual_start(&mut self) -> Option<Element<'a>> {
        let name_length = usual_start_name_length(self.rest())?;
        let name = &self.text[self.at + 1..][..name_length];
        let at = self.offset();
        self.at += name_length + 2;
        Some(Element {
            name,
            at,
            qualified_name: name,
            attributes: "",
            is_empty: false,
        })
    }

    /// The same behind white space that began at the offset `before`.
    #[inline]
    fn token(&mut self, mut before: usize) -> Result<Token<'a>, Fault> {
        loop {
            let rest = self.rest();
            match rest.first() {
                Some(b'<') => {}
                Some(b'&') => {
                    return Err(Fault::new(before, "a reference where only elements can be"));
                }
                Some(_) => return Err(Fault::new(before, "text where only elements can be")),
                None => match self.wrong_behind {
                    Some(wrong) => return Err(self.illegal(wrong)),
                    None => return Ok(Token::Eof),
                },
            }
            match Markup::of(rest) {
                Markup::Start(Some(tag)) => {
                    let element = self.element(&tag);
                    self.at += tag.length;
                    return Ok(Token::Start(element));
                }
                Markup::End(Some(length)) => {
                    let name = end_name(&self.text[self.at..], length);
                    self.at += length;
                    return Ok(Token::End(name));
                }
                // Comments, processing instructions, declarations, CDATA between elements.
                Markup::Other(Some(length)) => {
                    self.at += length;
                    before = self.skip_space();
                }
                Markup::Declaration => return Err(self.refuse_declaration()),
                Markup::Start(None) | Markup::End(None) | Markup::Other(None) => {
                    let fault = Fault::new(self.offset(), "a tag without end");
                    // One that ends a page does so whatever cuts it: reading goes on there.
                    return Err(match self.tag().is_edge() {
                        true => fault,
                        false => self.unless_cut(fault),
                    });
                }
            }
        }
    }

    /// The element whose start tag comes next.
    #[inline]
    fn element(&self, tag: &StartTag) -> Element<'a> {
        let text = &self.text[self.at..];
        Element {
            name: &text[tag.local_begin..tag.name_end],
            at: self.offset(),
            qualified_name: &text[1..tag.name_end],
            attributes: &text[tag.name_end..tag.inside_end],
            is_empty: tag.inside_end + 1 < tag.length,
        }
    }

    fn refuse_declaration(&self) -> Fault {
        const DOCTYPE: &[u8] = b"<!DOCTYPE";
        let opening = self.rest().get(..DOCTYPE.len());
        let is_doctype = opening.is_some_and(|bytes| bytes.eq_ignore_ascii_case(DOCTYPE));
        Fault::new(
            self.offset(),
            match is_doctype {
                true => "a DOCTYPE, which no dump has: entities are not expanded",
                false => "`<!` begins neither a comment nor CDATA",
            },
        )
    }

    /// The next child of `parent`; `None` at the parent's end.
    pub(super) fn child_of(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>, Fault> {
        if parent.is_empty {
            return Ok(None);
        }
        let before = self.skip_space();
        if let Some(element) = self.usual_start() {
            return Ok(Some(element));
        }
        if let Some(length) = usual_end_length(self.rest(), parent.qualified_name) {
            self.at += length;
            return Ok(None);
        }
        match self.token(before)? {
            Token::Start(element) => Ok(Some(element)),
            Token::End(name) if name == parent.qualified_name => Ok(None),
            Token::End(name) => Err(wrong_end(before, name, parent.qualified_name)),
            Token::Eof => Err(not_closed(self.offset(), parent)),
        }
    }

    /// The number in an element that holds nothing else, and passes over its end.
    #[inline]
    pub(super) fn number_of(&mut self, element: &Element<'a>) -> Result<Option<i64>, Fault> {
        if !element.is_empty
            && let Some((number, length)) = leading_number(self.rest())
            && let Some(end) = usual_end_length(&self.rest()[length..], element.qualified_name)
        {
            self.at += length + end;
            return Ok(Some(number));
        }
        number(self.text_of(element)?, element)
    }

    /// The text of an element that holds nothing else, and passes over its end.
    pub(super) fn text_of(&mut self, element: &Element<'a>) -> Result<Text<'a>, Fault> {
        if element.is_empty {
            return Ok(Text::plain(""));
        }
        let begin = self.at;
        let inside = self.inside_of(element)?;
        let raw = &self.text[begin..begin + inside.length];
        self.at += inside.length + inside.end_tag_length;
        match inside.is_mixed {
            true => Text::from_mixed_element(raw)
                .map_err(|bad| Fault::new(self.base + begin + bad.offset_bytes, bad.message)),
            false => Ok(Text::from_checked_element(raw, inside.is_coded)),
        }
    }

    /// Finds the end of an element that holds only text, and checks the references on the way.
    fn inside_of(&self, element: &Element<'a>) -> Result<Inside, Fault> {
        let rest = self.rest();
        let mut is_coded = false;
        let mut is_mixed = false;
        let mut length = 0;
        loop {
            let passage = self.survey.passage(&rest[length..], self.offset() + length);
            is_coded |= passage.is_coded;
            if let Some(strange) = passage.strange_at {
                let at = length + strange;
                if memchr(b'<', &rest[at..]).is_none() {
                    // Perhaps it was cut, and the element with it.
                    break;
                }
                return Err(Fault::new(self.offset() + at, NO_REFERENCE));
            }
            length += passage.length;
            let end = |end_tag_length| Inside {
                length,
                end_tag_length,
                is_coded,
                is_mixed,
            };
            let expected = element.qualified_name;
            if let Some(end_tag_length) = usual_end_length(&rest[length..], expected) {
                return Ok(end(end_tag_length));
            }
            match Markup::of(&rest[length..]) {
                Markup::End(Some(end_tag_length)) => {
                    let name = end_name(&self.text[self.at + length..], end_tag_length);
                    if name == expected {
                        return Ok(end(end_tag_length));
                    }
                    return Err(wrong_end(self.offset() + length, name, expected));
                }
                Markup::Other(Some(markup_length)) => {
                    is_mixed = true;
                    length += markup_length;
                }
                Markup::End(None) | Markup::Other(None) => break,
                Markup::Start(_) if length == rest.len() => break,
                Markup::Start(_) | Markup::Declaration => {
                    return Err(Fault::new(
                        self.offset() + length,
                        format!("an element inside the text of <{}>", element.name),
                    ));
                }
            }
        }
        Err(self.unless_cut(not_closed(element.at, element)))
    }

    /// The element's attributes by local name and value.
    pub(super) fn attributes(
        &self,
        element: &Element<'a>,
        mut take: impl FnMut(&'a str, Text<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if element.attributes.is_empty() {
            return Ok(());
        }
        if let Some(attributes) = UsualAttributes::of(element.attributes) {
            return attributes
                .iter()
                .try_for_each(|(name, value)| take(local(name), Text::plain(value)));
        }
        let most = self.limits.attributes;
        for (count, attribute) in Attributes::new(element.attributes, 0).enumerate() {
            if count >= most {
                return Err(too_many_attributes(element, most));
            }
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

    fn illegal(&self, wrong: &'static str) -> Fault {
        Fault::new(self.base + self.text.len(), wrong)
    }

    /// The fault of something that does not end in the text: what is not legal behind may have cut it.
    /// But if a record begins in it, it was broken before.
    fn unless_cut(&self, fault: Fault) -> Fault {
        let at = fault.at - self.base;
        match self.wrong_behind {
            Some(wrong) if next_record(self.text.as_bytes(), at, at + 1, self.prefix).is_none() => {
                self.illegal(wrong)
            }
            _ => fault,
        }
    }
}

/// The name in the end tag, of so many bytes, that `text` begins with.
fn end_name(text: &str, length: usize) -> &str {
    text[2..length - 1].trim_ascii_end()
}

/// An end tag that does not belong to the element at hand.
pub(super) fn wrong_end(at: usize, found: &str, expected: &str) -> Fault {
    Fault::new(
        at,
        format!("</{}> where </{expected}> is expected", excerpt(found)),
    )
}

fn not_closed(at: usize, element: &Element<'_>) -> Fault {
    Fault::new(at, format!("<{}> is not closed", element.name))
}

/// A name without its namespace prefix.
pub(super) fn local(name: &str) -> &str {
    let colon = name.bytes().position(|byte| byte == b':');
    colon.map_or(name, |at| &name[at + 1..])
}

/// A whole number of 64 bits, or a fault; `None` for an empty element.
pub(super) fn number(text: Text<'_>, element: &Element<'_>) -> Result<Option<i64>, Fault> {
    let text = text.to_cow();
    match leading_number(text.as_bytes()) {
        Some((number, length)) if length == text.len() => return Ok(Some(number)),
        _ => {}
    }
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

/// The digits that `bytes` begin with, as a number, and how many there are; `None` where there are
/// none, or so many that the number could be larger than 64 bits.
#[inline]
fn leading_number(bytes: &[u8]) -> Option<(i64, usize)> {
    match digits::leading(bytes) {
        Some((length, number)) => Some((number as i64, length)),
        None => leading_number_slowly(bytes),
    }
}

/// The same where there are many digits, none, or little behind them.
#[cold]
fn leading_number_slowly(bytes: &[u8]) -> Option<(i64, usize)> {
    const MAX_DIGITS: usize = 18;
    let digits = bytes.iter().take(MAX_DIGITS + 1);
    let length = digits.take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=MAX_DIGITS).contains(&length) {
        return None;
    }
    let digits = bytes[..length].iter().map(|digit| i64::from(digit - b'0'));
    Some((digits.fold(0, |number, digit| number * 10 + digit), length))
}

/// The first characters of something that is quoted in a message.
pub(super) fn excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
