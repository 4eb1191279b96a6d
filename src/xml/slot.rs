//! `<text>` with its attributes, and `<content>`: the slots of a revision.

use super::chunk::{Fault, Skipped};
use super::cursor::{Cursor, Element, Line, number};
use crate::model::{Slot, Text};

/// Reads `<text>` into `slot`.
pub(super) fn parse_text<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    slot: &mut Slot<'a>,
) -> Result<(), Fault> {
    cursor.attributes(element, |name, value| {
        match name {
            "bytes" => slot.declared_bytes = number(value, element)?,
            "sha1" => slot.declared_sha1 = Some(value),
            "id" => slot.text_id = Some(value),
            "location" => slot.location = Some(value),
            "deleted" => slot.is_hidden = true,
            _ => {}
        }
        Ok(())
    })?;
    slot.text = Some(cursor.text_of(element)?);
    Ok(())
}

const BEGIN: &[u8] = b"\n      <text";
const SPACE: &[u8] = b" xml:space=\"preserve\"";
const EMPTY: [&[u8]; 2] = [b" />", b"/>"];
/// From behind the start tag's last attribute on.
const FILLED: Line = Line {
    opening: b">",
    closing: b"</text>",
};

/// Reads the `<text>` of the main slot, start tag and all, into `slot`, if it comes next and is spelt as
/// most are; tells whether it was so.
#[inline]
pub(super) fn usual_text<'a>(cursor: &mut Cursor<'a>, slot: &mut Slot<'a>) -> bool {
    let begin = (*cursor, *slot);
    let is_usual = usual_or_part(cursor, slot).is_some();
    if !is_usual {
        (*cursor, *slot) = begin;
    }
    is_usual
}

/// Attributes come in the orders that MediaWiki has written them in: `xml:space` first in old dumps,
/// last in new ones.
#[inline(always)]
fn usual_or_part<'a>(cursor: &mut Cursor<'a>, slot: &mut Slot<'a>) -> Option<()> {
    if !cursor.usual_bytes(BEGIN) {
        return None;
    }
    let has_space = cursor.usual_bytes(SPACE);
    slot.declared_bytes = cursor.usual_number_attribute(b" bytes=\"");
    slot.declared_sha1 = cursor.usual_attribute(b" sha1=\"");
    slot.location = cursor.usual_attribute(b" location=\"");
    slot.text_id = cursor.usual_attribute(b" id=\"");
    if !has_space {
        cursor.usual_bytes(SPACE);
    }
    let is_empty = EMPTY.iter().any(|end| cursor.usual_bytes(end));
    slot.text = Some(match is_empty {
        true => Text::plain(""),
        false => cursor.usual_text(&FILLED)?,
    });
    Some(())
}

/// Reads `<content>`, a slot that is not `main`.
pub(super) fn parse_content<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    skipped: &mut Skipped,
) -> Result<Slot<'a>, Fault> {
    let mut slot = Slot::default();
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "role" => slot.role = Some(cursor.text_of(&child)?),
            "origin" => slot.origin_revision_id = cursor.number_of(&child)?,
            "model" => slot.model = Some(cursor.text_of(&child)?),
            "format" => slot.format = Some(cursor.text_of(&child)?),
            "text" => parse_text(cursor, &child, &mut slot)?,
            _ => skipped.skip(cursor, &child)?,
        }
    }
    if slot.role.is_none_or(|role| role.is_empty()) {
        return Err(Fault::new(element.at, "a <content> without <role>"));
    }
    Ok(slot)
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Token;
    use super::*;
    use crate::xml::XmlLimits;

    fn told(slot: &Slot<'_>) -> (Option<i64>, [Option<String>; 4], bool) {
        let texts = [slot.declared_sha1, slot.location, slot.text_id, slot.text];
        let texts = texts.map(|text| text.map(|text| text.to_string()));
        (slot.declared_bytes, texts, slot.is_hidden)
    }

    #[test]
    fn usual_texts_say_what_walked_ones_do() {
        for (xml, is_usual) in [
            (
                "<text bytes=\"5\" sha1=\"x\" xml:space=\"preserve\">a &amp; b</text>",
                true,
            ),
            ("<text xml:space=\"preserve\" bytes=\"3\">a\nb</text>", true),
            ("<text xml:space=\"preserve\" />", true),
            (
                "<text bytes=\"12\" sha1=\"y\" location=\"tt:1\" id=\"1\" />",
                true,
            ),
            ("<text id=\"1\" bytes=\"12\" />", false),
            ("<text bytes=\"12\" id=\"1\"/>", true),
            ("<text>a</text>", true),
            ("<text/>", true),
            ("<text></text>", true),
            ("<text bytes=\"-1\" deleted=\"deleted\" />", false),
            ("<text bytes='1'>a</text>", false),
            ("<text location=\"a&amp;b\" />", false),
            ("<text >a</text >", false),
            ("<text>a<!-- b -->c</text>", false),
            ("<text><![CDATA[<]]></text>", false),
            ("<text bytes=\" 7 \">a</text>", false),
        ] {
            let line = format!("\n      {xml}");
            let cursor = Cursor::new(&line, 0, None, "", &XmlLimits::DEFAULT);
            let (mut at, mut usual) = (cursor, Slot::default());
            assert_eq!(usual_text(&mut at, &mut usual), is_usual, "{xml}");
            assert_eq!(at.offset(), if is_usual { line.len() } else { 0 });
            let (mut at, mut walked) = (cursor, Slot::default());
            let Ok(Token::Start(element)) = at.next() else {
                panic!("no element in {xml}");
            };
            parse_text(&mut at, &element, &mut walked).unwrap();
            let expected = if is_usual { walked } else { Slot::default() };
            assert_eq!(told(&usual), told(&expected), "{xml}");
        }
    }

    #[test]
    fn what_is_no_text_is_left_where_it_is() {
        for xml in [
            "\n      <textual>a</textual>",
            "\n      <text>a</b></text>",
            "\n      <text>a &b</text>",
            "\n      <text bytes=\"1\" bytes=\"2\" />",
            "\n      <text bytes=\"1\"",
            "\n      <text>a",
            "\n    <text />",
        ] {
            let mut at = Cursor::new(xml, 0, None, "", &XmlLimits::DEFAULT);
            assert!(!usual_text(&mut at, &mut Slot::default()), "{xml}");
            assert_eq!(at.offset(), 0);
        }
    }
}
