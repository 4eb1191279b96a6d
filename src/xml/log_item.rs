//! `<logitem>`: an entry of a log.

use super::chunk::{Fault, Skipped};
use super::contributor::{self, is_deleted};
use super::cursor::{Cursor, Element};
use super::page::title;
use super::revision::{comment, timestamp};
use crate::model::LogItem;

pub(super) fn parse<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    skipped: &mut Skipped,
) -> Result<LogItem<'a>, Fault> {
    let mut item = LogItem::default();
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "id" => item.id = cursor.number_of(&child)?,
            "timestamp" => item.timestamp = Some(timestamp(cursor.text_of(&child)?, &child)?),
            "contributor" => item.contributor = contributor::parse(cursor, &child, skipped)?,
            "comment" => item.comment = comment(cursor, &child)?,
            "type" => item.kind = Some(cursor.text_of(&child)?),
            "action" => item.action = Some(cursor.text_of(&child)?),
            // Stands in place of title and parameters.
            "text" => {
                item.target_is_hidden |= is_deleted(cursor, &child)?;
                cursor.skip(&child)?;
            }
            "logtitle" => item.title = Some(title(cursor, &child)?),
            "params" => item.params = Some(cursor.text_of(&child)?),
            _ => skipped.skip(cursor, &child)?,
        }
    }
    // Every schema that has log items wants both.
    if item.id.is_none() {
        return Err(Fault::new(element.at, "a log item without id"));
    }
    if item.timestamp.is_none() {
        return Err(Fault::new(
            element.at,
            format!("log item {} has no timestamp", item.id.unwrap_or_default()),
        ));
    }
    if item.target_is_hidden {
        // No writer tells what it hides; should one do so, it goes no further.
        item.title = None;
        item.params = None;
    }
    Ok(item)
}
