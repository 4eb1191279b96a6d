//! The root element's attributes and `<siteinfo>`.

use super::chunk::{Fault, Skipped};
use super::cursor::{Cursor, Element, Token, number, wrong_end};
use super::legal::legal_prefix;
use super::limits::XmlLimits;
use crate::model::{Namespace, SiteInfo};

/// Reads all that stands before the first page.
pub fn parse_header(bytes: &[u8]) -> Result<SiteInfo, Fault> {
    match parse_header_so_far(bytes, &XmlLimits::DEFAULT) {
        (site, None) => Ok(site),
        (_, Some(fault)) => Err(fault),
    }
}

/// The same as far as it can be read within the limits, and why no further.
pub fn parse_header_so_far(bytes: &[u8], limits: &XmlLimits) -> (SiteInfo, Option<Fault>) {
    let mut site = SiteInfo::default();
    let fault = read_header(bytes, limits, &mut site).err();
    (site, fault)
}

fn read_header(bytes: &[u8], limits: &XmlLimits, site: &mut SiteInfo) -> Result<(), Fault> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (text, wrong) = legal_prefix(unmarked);
    let mut cursor = Cursor::new(text, bytes.len() - unmarked.len(), wrong, "", limits);
    let mut skipped = Skipped::default();
    loop {
        let before = cursor.offset();
        match cursor.next()? {
            Token::Start(element) if element.name == "mediawiki" => {
                element.prefix().clone_into(&mut site.prefix);
                let mut by_namespace = None;
                cursor.attributes(&element, |name, value| {
                    match name {
                        "version" => site.schema_version = Some(value.to_string()),
                        "lang" => site.language = Some(value.to_string()),
                        _ => {
                            by_namespace =
                                by_namespace.take().or_else(|| version_of(&value.to_cow()))
                        }
                    }
                    Ok(())
                })?;
                site.schema_version = site.schema_version.take().or(by_namespace);
            }
            Token::Start(element) if element.name == "siteinfo" => {
                parse_siteinfo(&mut cursor, &element, site, &mut skipped)?;
            }
            Token::Start(element) => skipped.skip(&mut cursor, &element)?,
            Token::End(name) => return Err(wrong_end(before, name, "mediawiki")),
            Token::Eof => return Ok(()),
        }
    }
}

/// The version in the namespace that the schemas declare: `http://www.mediawiki.org/xml/export-0.8/`.
fn version_of(namespace: &str) -> Option<String> {
    let (_, version) = namespace.split_once("://www.mediawiki.org/xml/export-")?;
    let version = version.strip_suffix('/')?;
    (!version.contains(['/', ' '])).then(|| version.to_owned())
}

fn parse_siteinfo<'a>(
    cursor: &mut Cursor<'a>,
    element: &Element<'a>,
    site: &mut SiteInfo,
    skipped: &mut Skipped,
) -> Result<(), Fault> {
    while let Some(child) = cursor.child_of(element)? {
        let field = match child.name {
            "sitename" => &mut site.site_name,
            "dbname" => &mut site.db_name,
            "base" => &mut site.base,
            "generator" => &mut site.generator,
            "case" => &mut site.case,
            "namespaces" => {
                while let Some(namespace) = cursor.child_of(&child)? {
                    match namespace.name {
                        "namespace" => site.namespaces.push(parse_namespace(cursor, &namespace)?),
                        _ => skipped.skip(cursor, &namespace)?,
                    }
                }
                continue;
            }
            _ => {
                skipped.skip(cursor, &child)?;
                continue;
            }
        };
        *field = Some(cursor.text_of(&child)?.to_string());
    }
    Ok(())
}

fn parse_namespace<'a>(cursor: &mut Cursor<'a>, element: &Element<'a>) -> Result<Namespace, Fault> {
    let mut id = None;
    let mut case = None;
    cursor.attributes(element, |name, value| {
        match name {
            "key" => id = number(value, element)?,
            "case" => case = Some(value.to_string()),
            _ => {}
        }
        Ok(())
    })?;
    let id = id
        .and_then(|id| i32::try_from(id).ok())
        .ok_or_else(|| Fault::new(element.at, "a namespace without number"))?;
    Ok(Namespace {
        id,
        name: cursor.text_of(element)?.to_string(),
        case,
    })
}
