//! What stands in `<page>` beside revisions and uploads.

use super::chunk::{Fault, Rules, Skipped};
use super::cursor::{Cursor, Element, Token, wrong_end};
use super::limits::refuse_longer;
use crate::model::{Page, Redirect, SiteInfo, Text};

/// Reads the header of a page that goes on in another chunk.
pub(super) fn parse_header<'a>(cursor: &mut Cursor<'a>, page: &mut Page<'a>) -> Result<(), Fault> {
    // What is skipped here has been counted in the chunk in which the page begins.
    let mut skipped = Skipped::default();
    loop {
        let before = cursor.offset();
        match cursor.next()? {
            Token::Start(element) if element.is_foreign(cursor) => {
                skipped.skip(cursor, &element)?;
            }
            Token::Start(element) if element.name == "page" => {}
            Token::Start(element) => parse_child(cursor, &element, page, &mut skipped)?,
            Token::End(name) => return Err(wrong_end(before, name, "page")),
            Token::Eof => return Ok(()),
        }
    }
}

/// Reads a child of `<page>` that belongs to its header.
pub(super) fn parse_child<'a>(
    cursor: &mut Cursor<'a>,
    child: &Element<'a>,
    page: &mut Page<'a>,
    skipped: &mut Skipped,
) -> Result<(), Fault> {
    match child.name {
        "title" => page.title = Some(title(cursor, child)?),
        "ns" => {
            let namespace = cursor.number_of(child)?;
            page.namespace_id = namespace
                .map(|namespace| {
                    i32::try_from(namespace)
                        .map_err(|_| Fault::new(child.at, format!("{namespace} is no namespace")))
                })
                .transpose()?;
        }
        "id" => page.id = cursor.number_of(child)?,
        "redirect" => {
            let mut redirect = Redirect::default();
            cursor.attributes(child, |name, value| {
                if name == "title" {
                    redirect.target = Some(value);
                }
                Ok(())
            })?;
            cursor.skip(child)?;
            page.redirect = Some(redirect);
        }
        "restrictions" => page.restrictions.push(cursor.text_of(child)?),
        _ => skipped.skip(cursor, child)?,
    }
    Ok(())
}

/// Whether the page has told which one it is, so that rows can be placed whatever else is wrong.
pub(super) fn is_known(page: &Page<'_>) -> bool {
    page.id.is_some() && page.title.is_some()
}

/// Holds a page's header to the rules and adds what follows from the site.
pub(super) fn finish(
    page: &mut Page<'_>,
    site: &SiteInfo,
    rules: Rules,
    at: usize,
) -> Result<(), Fault> {
    if rules.ids_are_mandatory && page.id.is_none() {
        return Err(Fault::new(at, "a page without id"));
    }
    if rules.ids_are_mandatory && page.title.is_none() {
        return Err(Fault::new(at, "a page without title"));
    }
    if page.namespace_id.is_none() {
        page.namespace_id = page
            .title
            .and_then(|title| site.namespace_of_title(&title.to_cow()));
    }
    Ok(())
}

/// The text of an element that holds a title.
pub(super) fn title<'a>(cursor: &mut Cursor<'a>, element: &Element<'a>) -> Result<Text<'a>, Fault> {
    let title = cursor.text_of(element)?;
    let limit = ("title", cursor.limits.title_bytes, "--max-title-bytes");
    refuse_longer(title, element.at, limit)?;
    Ok(title)
}
