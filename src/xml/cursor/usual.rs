//! Elements as MediaWiki writes them: each on a line of its own, at a known depth, with nothing but
//! text in it.
//!
//! Whoever knows which line comes next compares its bytes and need not ask what they are.  Where
//! anything differs, nothing is read, and the walk by elements goes on from there.

use super::{Cursor, leading_number};
use crate::model::{Text, Timestamp};
use crate::xml::attributes::plain_length;

/// A line that holds an element.
#[derive(Debug)]
pub(in crate::xml) struct Line {
    /// The line's end before it, the indent and the start tag.
    pub opening: &'static [u8],
    /// The end tag.
    pub closing: &'static [u8],
}

/// The line of an element by its indent and name.
macro_rules! line {
    ($indent:literal, $name:literal) => {
        $crate::xml::cursor::Line {
            opening: concat!("\n", $indent, "<", $name, ">").as_bytes(),
            closing: concat!("</", $name, ">").as_bytes(),
        }
    };
}
pub(in crate::xml) use line;

impl<'a> Cursor<'a> {
    /// Passes over these bytes, if they come next.
    #[inline(always)]
    pub(in crate::xml) fn usual_bytes(&mut self, bytes: &'static [u8]) -> bool {
        let comes = self.rest().starts_with(bytes);
        if comes {
            self.at += bytes.len();
        }
        comes
    }

    /// The number in a line, and passes over it, if it comes next.
    #[inline(always)]
    pub(in crate::xml) fn usual_number(&mut self, line: &Line) -> Option<i64> {
        let rest = self.rest().strip_prefix(line.opening)?;
        let (number, length) = leading_number(rest)?;
        self.pass(line, length)?;
        Some(number)
    }

    /// The text of a line, and passes over it, if it comes next.
    #[inline(always)]
    pub(in crate::xml) fn usual_text(&mut self, line: &Line) -> Option<Text<'a>> {
        let inside = self.rest().strip_prefix(line.opening)?;
        let at = self.offset() + line.opening.len();
        let passage = self.survey.passage(inside, at);
        if passage.strange_at.is_some() {
            return None;
        }
        let raw = self.pass(line, passage.length)?;
        Some(Text::from_checked_element(raw, passage.is_coded))
    }

    /// The time in a line, and passes over it, if it comes next.
    #[inline(always)]
    pub(in crate::xml) fn usual_time(&mut self, line: &Line) -> Option<Timestamp> {
        const LENGTH: usize = "2001-01-15T13:15:00Z".len();
        let rest = self.rest().strip_prefix(line.opening)?;
        let time = Timestamp::parse_bytes(rest.first_chunk()?)?;
        self.pass(line, LENGTH)?;
        Some(time)
    }

    /// The number in an attribute, and passes over it, if it comes next; `opening` is all up to the value.
    #[inline(always)]
    pub(in crate::xml) fn usual_number_attribute(&mut self, opening: &'static [u8]) -> Option<i64> {
        let rest = self.rest().strip_prefix(opening)?;
        let (number, length) = leading_number(rest)?;
        self.pass_value(opening, length)?;
        Some(number)
    }

    /// The same for a text.
    #[inline(always)]
    pub(in crate::xml) fn usual_attribute(&mut self, opening: &'static [u8]) -> Option<Text<'a>> {
        let length = plain_length(self.rest().strip_prefix(opening)?)?;
        self.pass_value(opening, length).map(Text::plain)
    }

    /// Passes over the attribute that comes next, whose value has so many bytes; gives the value.
    #[inline(always)]
    fn pass_value(&mut self, opening: &'static [u8], length: usize) -> Option<&'a str> {
        let (value, behind) = self
            .text
            .get(self.at + opening.len()..)?
            .split_at_checked(length)?;
        if !behind.starts_with('"') {
            return None;
        }
        self.at += opening.len() + length + 1;
        Some(value)
    }

    /// Passes over the line that comes next, which holds so many bytes; gives them.
    #[inline(always)]
    fn pass(&mut self, line: &Line, length: usize) -> Option<&'a str> {
        let begin = self.at + line.opening.len();
        let (inside, behind) = self.text.get(begin..)?.split_at_checked(length)?;
        let is_closed = behind.as_bytes().starts_with(line.closing);
        if !is_closed {
            return None;
        }
        self.at = begin + length + line.closing.len();
        Some(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::XmlLimits;

    const ID: Line = line!("  ", "id");
    const TIME: Line = line!("  ", "timestamp");

    fn cursor(text: &str) -> Cursor<'_> {
        Cursor::new(text, 0, None, "", &XmlLimits::DEFAULT)
    }

    #[test]
    fn what_comes_next_is_read() {
        let mut at = cursor(
            "\n  <id>12</id>\n  <id>a &amp; é</id>\n  <timestamp>2001-01-15T13:15:00Z</timestamp>\n</page>",
        );
        assert_eq!(at.usual_number(&ID), Some(12));
        assert_eq!(at.usual_text(&ID).unwrap().to_string(), "a & é");
        let time = at.usual_time(&TIME).unwrap();
        assert_eq!(time.to_string(), "2001-01-15T13:15:00Z");
        assert!(!at.usual_bytes(b"\n </page>"));
        assert!(at.usual_bytes(b"\n</page>"));
    }

    #[test]
    fn attributes_that_come_next_are_read() {
        const BYTES: &[u8] = b" bytes=\"";
        let mut at = cursor(" bytes=\"12\" id=\"é 1\"/>");
        assert_eq!(at.usual_number_attribute(BYTES), Some(12));
        assert_eq!(at.usual_number_attribute(BYTES), None);
        assert_eq!(at.usual_attribute(b" id=\"").unwrap().to_string(), "é 1");
        assert!(at.usual_bytes(b"/>"));
        for text in [
            "",
            " bytes=\"12",
            " bytes=\"\"",
            " bytes=\"-1\"",
            " bytes=\"12 \"",
            "  bytes=\"12\"",
        ] {
            let mut at = cursor(text);
            assert_eq!(at.usual_number_attribute(BYTES), None, "{text}");
            assert_eq!(at.offset(), 0);
        }
        for text in [
            " bytes=\"a",
            " bytes=\"a&amp;\"",
            " bytes=\"a<\"",
            " bytes='a'",
        ] {
            let mut at = cursor(text);
            assert!(at.usual_attribute(BYTES).is_none(), "{text}");
            assert_eq!(at.offset(), 0);
        }
    }

    #[test]
    fn what_differs_is_left_where_it_is() {
        for text in [
            "",
            "\n  <id>",
            "\n  <id></id>",
            "\n  <id>12",
            "\n  <id>12</i>",
            "\n <id>12</id>",
            "\n  <id>12 </id>",
            "\n  <id>-1</id>",
            "\n  <id>1<!-- -->2</id>",
            "\n  <id>1234567890123456789</id>",
            "\n  <id>9223372036854775808</id>",
        ] {
            let mut at = cursor(text);
            assert_eq!(at.usual_number(&ID), None, "{text}");
            assert_eq!(at.offset(), 0);
        }
        for text in [
            "\n  <id>a & b</id>",
            "\n  <id>a",
            "\n  <id>a<b></b></id>",
            "\n\n  <id>a</id>",
        ] {
            let mut at = cursor(text);
            assert!(at.usual_text(&ID).is_none(), "{text}");
            assert_eq!(at.offset(), 0);
        }
        for text in [
            "\n  <timestamp>2001-01-15T13:15:00Z",
            "\n  <timestamp>2001-01-15T25:15:00Z</timestamp>",
            "\n  <timestamp>2001-01-15</timestamp>",
        ] {
            let mut at = cursor(text);
            assert!(at.usual_time(&TIME).is_none(), "{text}");
            assert_eq!(at.offset(), 0);
        }
    }
}
