//! `<contributor>`: who made a revision, an upload or a log entry.

use super::chunk::{Fault, Skipped};
use super::cursor::{Cursor, Element, Line, line};
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
            "id" => contributor.id = cursor.number_of(&child)?,
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

const BEGIN: &[u8] = b"\n      <contributor>";
const USER_NAME: Line = line!("        ", "username");
const ID: Line = line!("        ", "id");
const IP: Line = line!("        ", "ip");
const END: &[u8] = b"\n      </contributor>";

/// Reads that of a revision, start tag and all, if it comes next and is spelt as most are.
#[inline]
pub(super) fn usual<'a>(cursor: &mut Cursor<'a>) -> Option<Contributor<'a>> {
    let begin = *cursor;
    let contributor = usual_or_part(cursor);
    if contributor.is_none() {
        *cursor = begin;
    }
    contributor
}

#[inline(always)]
fn usual_or_part<'a>(cursor: &mut Cursor<'a>) -> Option<Contributor<'a>> {
    if !cursor.usual_bytes(BEGIN) {
        return None;
    }
    let mut contributor = Contributor {
        is_visible: true,
        ..Contributor::default()
    };
    if let Some(name) = cursor.usual_text(&USER_NAME) {
        contributor.name = Some(name);
        contributor.id = Some(cursor.usual_number(&ID)?);
    } else {
        contributor.name = Some(cursor.usual_text(&IP)?);
        contributor.is_in_ip_element = true;
    }
    cursor.usual_bytes(END).then_some(contributor)
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
