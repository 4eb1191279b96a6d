//! `<upload>`: a version of a file.

use super::chunk::{Fault, Skipped};
use super::contributor;
use super::cursor::{Cursor, Element};
use super::revision::{comment, timestamp};
use crate::model::Upload;

pub(super) fn parse<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    skipped: &mut Skipped,
) -> Result<Upload<'a>, Fault> {
    let mut upload = Upload::default();
    while let Some(child) = cursor.child_of(element)? {
        match child.name {
            "timestamp" => upload.timestamp = Some(timestamp(cursor.text_of(&child)?, &child)?),
            "contributor" => upload.contributor = contributor::parse(cursor, &child, skipped)?,
            "comment" => upload.comment = comment(cursor, &child)?,
            "filename" => upload.filename = Some(cursor.text_of(&child)?),
            "archivename" => upload.archive_name = Some(cursor.text_of(&child)?),
            "src" => upload.src = Some(cursor.text_of(&child)?),
            "size" => upload.size_bytes = cursor.number_of(&child)?,
            "sha1base36" => upload.sha1 = Some(cursor.text_of(&child)?),
            "rel" => upload.rel = Some(cursor.text_of(&child)?),
            "contents" => {
                cursor.skip(&child)?;
                upload.has_contents = true;
            }
            _ => skipped.skip(cursor, &child)?,
        }
    }
    Ok(upload)
}
