//! Revisions as documents of JSON, as the Python packages mwxml and mwtypes write them.
//!
//! What is absent has no field.  A blank text is absent too; `bytes` and `deleted` tell it from one that
//! is hidden.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::error::{Error, Result};
use crate::model::{Page, Revision, SchemaVersion, SiteInfo, Slot, Text, Timestamp};

/// Where a document has the text and what is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentShape {
    /// In `slots.contents`, by role: mwtypes 0.4 and later.
    Slots,
    /// In the document itself, only the main slot: before mwtypes 0.4.
    Flat,
}

/// The first schema that tells of namespaces.
const NAMESPACES_SINCE: SchemaVersion = SchemaVersion(0, 6);

#[derive(Serialize)]
struct Document<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User<'r>>,
    page: PageFields<'r>,
    minor: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Cow<'r, str>>,
    #[serde(flatten)]
    flat: Option<Flat<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slots: Option<Slots<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<i64>,
    deleted: Deleted,
}

#[derive(Serialize)]
struct User<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'r, str>>,
}

#[derive(Serialize)]
struct PageFields<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<Cow<'r, str>>,
    restrictions: Vec<Cow<'r, str>>,
}

/// What is said of the main slot.
#[derive(Serialize)]
struct Flat<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Cow<'r, str>>,
}

#[derive(Serialize)]
struct Slots<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Cow<'r, str>>,
    contents: Contents<'r>,
}

/// Slots by their roles.
struct Contents<'r>(Vec<Content<'r>>);

#[derive(Serialize)]
struct Content<'r> {
    role: Cow<'r, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Cow<'r, str>>,
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Cow<'r, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'r, str>>,
}

#[derive(Serialize)]
struct Deleted {
    text: bool,
    comment: bool,
    user: bool,
}

impl Serialize for Contents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for content in &self.0 {
            map.serialize_entry(&content.role, content)?;
        }
        map.end()
    }
}

/// Appends a revision as a document.
pub(super) fn write_document(
    site: &SiteInfo,
    page: &Page<'_>,
    revision: &Revision<'_>,
    shape: DocumentShape,
    with_text: bool,
    out: &mut Vec<u8>,
) -> Result<()> {
    let main = revision.main.as_ref();
    let user = &revision.contributor;
    let has_user = user.is_visible && (user.id.is_some() || user.name.is_some());
    let comment = revision.comment.text();
    let document = Document {
        id: revision.id,
        timestamp: revision.timestamp.map(|time: Timestamp| time.to_string()),
        user: has_user.then(|| User {
            id: user.id,
            text: user.name.map(|name| name.to_cow()),
        }),
        page: page_fields(site, page, shape),
        minor: revision.is_minor,
        comment: comment
            .filter(|text| !text.is_empty())
            .map(|text| text.to_cow()),
        flat: (shape == DocumentShape::Flat).then(|| flat(revision, main, with_text)),
        slots: (shape == DocumentShape::Slots).then(|| slots(revision, with_text)),
        parent_id: revision.parent_id,
        deleted: Deleted {
            text: main.is_some_and(|main| main.is_hidden),
            comment: comment.is_none(),
            user: !user.is_visible,
        },
    };
    serde_json::to_writer(out, &document)
        .map_err(|error| Error::internal("cannot write JSON").with_source(error))
}

fn page_fields<'r>(site: &SiteInfo, page: &Page<'r>, shape: DocumentShape) -> PageFields<'r> {
    let redirect = page.redirect.and_then(|redirect| redirect.target);
    PageFields {
        id: page.id,
        title: title_of(site, page, shape),
        namespace: page.namespace_id,
        redirect: redirect.map(|target| target.to_cow()),
        restrictions: page.restrictions.iter().map(|text| text.to_cow()).collect(),
    }
}

/// The title, with its namespace where a document of the shape has it.
pub(in crate::engine) fn title_of<'r>(
    site: &SiteInfo,
    page: &Page<'r>,
    shape: DocumentShape,
) -> Option<Cow<'r, str>> {
    let is_old = site
        .version()
        .is_some_and(|version| version < NAMESPACES_SINCE);
    let takes_prefix_off = shape == DocumentShape::Flat || is_old;
    let title = page.title?.to_cow();
    Some(match takes_prefix_off {
        true => without_namespace(site, title),
        false => title,
    })
}

/// A title without the name of a namespace in front.
fn without_namespace<'t>(site: &SiteInfo, title: Cow<'t, str>) -> Cow<'t, str> {
    let known = |prefix: &str| {
        let mut names = site.namespaces.iter().map(|namespace| &namespace.name);
        !prefix.is_empty() && names.any(|name| name == prefix)
    };
    match title.split_once(':') {
        Some((prefix, rest)) if known(prefix) => Cow::Owned(rest.to_owned()),
        _ => title,
    }
}

fn flat<'r>(revision: &Revision<'r>, main: Option<&Slot<'r>>, with_text: bool) -> Flat<'r> {
    let text = main.filter(|main| with_text && !main.is_hidden);
    Flat {
        text: text.and_then(|main| not_empty(main.text)),
        bytes: main.and_then(|main| main.declared_bytes),
        sha1: not_empty(revision.sha1),
        model: main.and_then(|main| not_empty(main.model)),
        format: main.and_then(|main| not_empty(main.format)),
    }
}

fn slots<'r>(revision: &Revision<'r>, with_text: bool) -> Slots<'r> {
    let content = |slot: &Slot<'r>| Content {
        role: slot.role().to_cow(),
        origin: slot.role.and(slot.origin_revision_id),
        model: not_empty(slot.model),
        format: not_empty(slot.format),
        deleted: slot.is_hidden,
        location: slot.location.map(|location| location.to_cow()),
        bytes: slot.declared_bytes,
        sha1: match slot.declared_sha1 {
            // Before schema 0.11 only the revision has one.
            None if slot.role.is_none() => not_empty(revision.sha1),
            declared => declared.map(|sha1| sha1.to_cow()),
        },
        text: not_empty(slot.text).filter(|_| with_text),
    };
    Slots {
        sha1: not_empty(revision.sha1),
        contents: Contents(revision.slots().map(content).collect()),
    }
}

fn not_empty(text: Option<Text<'_>>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.is_empty())
        .map(|text| text.to_cow())
}
