//! `<revision>`.

use super::chunk::{Fault, Rules, Skipped};
use super::contributor::{self, is_deleted};
use super::cursor::{Cursor, Element, Line, excerpt, line};
use super::limits::refuse_longer;
use super::slot;
use crate::model::{Comment, Revision, Slot, Text, Timestamp};

pub(super) fn parse<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    rules: Rules,
    skipped: &mut Skipped,
    revision: &mut Revision<'a>,
) -> Result<(), Fault> {
    let mut main = Slot::default();
    let mut has_text = read_usual_lines(cursor, revision, &mut main);
    if let Comment::Visible(comment) = revision.comment {
        refuse_longer(comment, element.at, comment_limit(cursor))?;
    }
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "id" => revision.id = cursor.number_of(&child)?,
            "parentid" => revision.parent_id = cursor.number_of(&child)?,
            "timestamp" => revision.timestamp = Some(timestamp(cursor.text_of(&child)?, &child)?),
            "contributor" => revision.contributor = contributor::parse(cursor, &child, skipped)?,
            "minor" => {
                cursor.skip(&child)?;
                revision.is_minor = true;
            }
            "comment" => revision.comment = comment(cursor, &child)?,
            "origin" => main.origin_revision_id = cursor.number_of(&child)?,
            "model" => main.model = Some(cursor.text_of(&child)?),
            "format" => main.format = Some(cursor.text_of(&child)?),
            "text" => {
                slot::parse_text(cursor, &child, &mut main)?;
                has_text = true;
            }
            "content" => {
                let slot = slot::parse_content(cursor, &child, skipped)?;
                revision.other_slots.push(slot);
            }
            "sha1" => revision.sha1 = Some(cursor.text_of(&child)?),
            _ => skipped.skip(cursor, &child)?,
        }
    }
    if has_text || main.model.is_some() || main.origin_revision_id.is_some() {
        revision.main = Some(main);
    }
    if rules.ids_are_mandatory && revision.id.is_none() {
        return Err(Fault::new(element.at, "a revision without id"));
    }
    if rules.ids_are_mandatory && revision.timestamp.is_none() {
        return Err(Fault::new(element.at, "a revision without timestamp"));
    }
    Ok(())
}

const ID: Line = line!("      ", "id");
const PARENT_ID: Line = line!("      ", "parentid");
const TIMESTAMP: Line = line!("      ", "timestamp");
const MINOR: [&[u8]; 2] = [b"\n      <minor />", b"\n      <minor/>"];
const COMMENT: Line = line!("      ", "comment");
const ORIGIN: Line = line!("      ", "origin");
const MODEL: Line = line!("      ", "model");
const FORMAT: Line = line!("      ", "format");
/// What these two say of nearly all texts.
const WIKITEXT: &[u8] = b"\n      <model>wikitext</model>\n      <format>text/x-wiki</format>";
const SHA1: Line = line!("      ", "sha1");

/// Reads what stands in a revision of one slot, as far as it is spelt, and in the order, as in the dumps
/// of schemas since 0.10; tells whether the text was among it.
fn read_usual_lines<'a>(
    cursor: &mut Cursor<'a>,
    revision: &mut Revision<'a>,
    main: &mut Slot<'a>,
) -> bool {
    revision.id = cursor.usual_number(&ID);
    revision.parent_id = cursor.usual_number(&PARENT_ID);
    revision.timestamp = cursor.usual_time(&TIMESTAMP);
    if let Some(contributor) = contributor::usual(cursor) {
        revision.contributor = contributor;
    }
    revision.is_minor = MINOR.iter().any(|minor| cursor.usual_bytes(minor));
    if let Some(comment) = cursor.usual_text(&COMMENT) {
        revision.comment = Comment::Visible(comment);
    }
    main.origin_revision_id = cursor.usual_number(&ORIGIN);
    if cursor.usual_bytes(WIKITEXT) {
        main.model = Some(Text::plain("wikitext"));
        main.format = Some(Text::plain("text/x-wiki"));
    } else {
        main.model = cursor.usual_text(&MODEL);
        main.format = cursor.usual_text(&FORMAT);
    }
    let has_text = slot::usual_text(cursor, main);
    if has_text {
        revision.sha1 = cursor.usual_text(&SHA1);
    }
    has_text
}

fn comment_limit(cursor: &Cursor<'_>) -> (&'static str, usize, &'static str) {
    let most = cursor.limits.comment_bytes;
    ("comment", most, "--max-comment-bytes")
}

pub(super) fn comment<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
) -> Result<Comment<'a>, Fault> {
    let hidden = is_deleted(cursor, element)?;
    let text = cursor.text_of(element)?;
    refuse_longer(text, element.at, comment_limit(cursor))?;
    Ok(match hidden {
        true => Comment::Hidden,
        false => Comment::Visible(text),
    })
}

pub(super) fn timestamp(text: Text<'_>, element: &Element<'_>) -> Result<Timestamp, Fault> {
    let text = text.to_cow();
    Timestamp::parse(text.trim()).ok_or_else(|| {
        Fault::new(
            element.at,
            format!(
                "<{}> holds {:?}, which is no time",
                element.name,
                excerpt(&text)
            ),
        )
    })
}
