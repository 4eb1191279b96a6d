//! `<contributor>`: who made a revision, an upload or a log entry.

use super::chunk::{Fault, Skipped};
use super::cursor::{Cursor, Element, number};
use crate::model::Contributor;

pub(super) fn parse<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    skipped: &mut Skipped,
) -> Result<Contributor<'a>, Fault> {
    let mut contributor = Contributor {
        is_visible: !is_deleted(cursor, element)?,
        ..Contributor::default()
    };
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "username" => contributor.name = Some(cursor.text_of(&child)?),
            "ip" => {
                contributor.name = Some(cursor.text_of(&child)?);
                contributor.is_in_ip_element = true;
            }
            "id" => contributor.id = number(cursor.text_of(&child)?, &child)?,
            _ => skipped.skip(cursor, &child)?,
        }
    }
    if !contributor.is_visible {
        // No writer names somebody whom it hides; should one do so, the name goes no further.
        contributor.name = None;
        contributor.id = None;
    }
    Ok(contributor)
}

/// Whether an element is marked as hidden by revision deletion.
pub(super) fn is_deleted<'a>(cursor: &Cursor<'a>, element: &Element<'a>) -> Result<bool, Fault> {
    let mut deleted = false;
    cursor.attributes(element, |name, _| {
        deleted |= name == "deleted";
        Ok(())
    })?;
    Ok(deleted)
}
