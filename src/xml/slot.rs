//! `<text>` with its attributes, and `<content>`: the slots of a revision.

use super::chunk::{Fault, Skipped};
use super::cursor::{Cursor, Element, number};
use crate::model::Slot;

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
