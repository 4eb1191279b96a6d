//! `<revision>`.

use super::chunk::{Fault, Rules, Skipped};
use super::contributor::{self, is_deleted};
use super::cursor::{Cursor, Element, excerpt, number};
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
    let mut has_text = false;
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "id" => revision.id = number(cursor.text_of(&child)?, &child)?,
            "parentid" => revision.parent_id = number(cursor.text_of(&child)?, &child)?,
            "timestamp" => revision.timestamp = Some(timestamp(cursor.text_of(&child)?, &child)?),
            "contributor" => revision.contributor = contributor::parse(cursor, &child, skipped)?,
            "minor" => {
                cursor.skip(&child)?;
                revision.is_minor = true;
            }
            "comment" => revision.comment = comment(cursor, &child)?,
            "origin" => main.origin_revision_id = number(cursor.text_of(&child)?, &child)?,
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

pub(super) fn comment<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
) -> Result<Comment<'a>, Fault> {
    let hidden = is_deleted(cursor, element)?;
    let text = cursor.text_of(element)?;
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
