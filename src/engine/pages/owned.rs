//! Records that hold what they tell, decoded.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use crate::engine::cat::{DocumentShape, title_of};
use crate::model::{
    Comment, ContentState, Contributor, LogItem, Page, Revision, SharedText, SiteInfo, Slot, Text,
    TextDecoder, Timestamp,
};

/// What stands before a page's revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedPage {
    /// The page.
    pub id: Option<i64>,
    /// Its title, with its namespace's name as the dump has it; without it where the dump is older
    /// than 0.6 and tells no namespace otherwise.
    pub title: Option<Box<str>>,
    /// Number of its namespace.
    pub namespace_id: Option<i32>,
    /// Whether it is a redirect.
    pub is_redirect: bool,
    /// Where it redirects to, if the dump tells.
    pub redirect: Option<Box<str>>,
    /// Restrictions of editing, as old dumps have them.
    pub restrictions: Vec<Box<str>>,
}

/// Who made something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedUser {
    /// Whether it is told who.
    pub is_visible: bool,
    /// The user's id; none of who has no account.
    pub id: Option<i64>,
    /// Name or address.
    pub name: Option<Arc<str>>,
}

/// A revision.
#[derive(Debug, Clone)]
pub struct OwnedRevision {
    /// The revision.
    pub id: Option<i64>,
    /// The one that it was made from.
    pub parent_id: Option<i64>,
    /// When it was saved.
    pub timestamp: Option<Timestamp>,
    /// Who saved it.
    pub user: OwnedUser,
    /// Whether its author called it minor.
    pub is_minor: bool,
    /// The comment; `None` if it is hidden.
    pub comment: Option<Box<str>>,
    /// Whether the comment is no secret.
    pub comment_is_visible: bool,
    /// The declared checksum of the revision, in base 36.
    pub sha1: Option<Box<str>>,
    /// The slots, the main one first.
    pub contents: Vec<OwnedContent>,
}

/// The content of a slot.
#[derive(Debug, Clone)]
pub struct OwnedContent {
    /// The slot's role: `main` or another.
    pub role: Arc<str>,
    /// The revision that the content comes from.
    pub origin_revision_id: Option<i64>,
    /// The model, such as `wikitext`.
    pub model: Option<Arc<str>>,
    /// The format, such as `text/x-wiki`.
    pub format: Option<Arc<str>>,
    /// What is there, or why nothing is.
    pub state: ContentState,
    /// Id of the stored text; hexadecimal for some stores.
    pub text_id: Option<Box<str>>,
    /// Where a stub's text is stored.
    pub location: Option<Box<str>>,
    /// Declared size in bytes.
    pub declared_bytes: Option<i64>,
    /// Declared checksum, in base 36.
    pub sha1: Option<Box<str>>,
    /// The text; `None` where it is hidden, missing, not in the dump or not wanted.
    pub text: Option<SharedText>,
}

/// An entry of a log.
#[derive(Debug, Clone)]
pub struct OwnedLogItem {
    /// The entry.
    pub id: Option<i64>,
    /// When it was made.
    pub timestamp: Option<Timestamp>,
    /// Who made it.
    pub user: OwnedUser,
    /// The comment; `None` if it is hidden.
    pub comment: Option<Box<str>>,
    /// Whether the comment is no secret.
    pub comment_is_visible: bool,
    /// The log, such as `delete`.
    pub kind: Option<Box<str>>,
    /// What was done, such as `restore`.
    pub action: Option<Box<str>>,
    /// Whether action, title and parameters are hidden.
    pub target_is_hidden: bool,
    /// Number of the title's namespace.
    pub namespace_id: Option<i32>,
    /// The title that it is about, without its namespace's name.
    pub title: Option<Box<str>>,
    /// The parameters, as they are written.
    pub params: Option<Box<str>>,
}

/// What texts are made with, where they are wanted.
#[derive(Debug)]
pub(super) struct Texts<'c> {
    /// What they stand in.
    pub source: &'c Bytes,
    /// What decodes them before they are read.
    pub ahead: Option<TextDecoder>,
}

/// Names that come again and again are held once: the last one of each kind is kept.
#[derive(Debug, Default)]
pub(super) struct Names {
    role: Option<Arc<str>>,
    model: Option<Arc<str>>,
    format: Option<Arc<str>>,
}

fn again(kept: &mut Option<Arc<str>>, name: &str) -> Arc<str> {
    match kept {
        Some(kept) if **kept == *name => Arc::clone(kept),
        _ => Arc::clone(kept.insert(name.into())),
    }
}

fn owned(text: Option<Text<'_>>) -> Option<Box<str>> {
    text.map(|text| match text.to_cow() {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into_boxed_str(),
    })
}

fn not_empty(text: Option<Text<'_>>) -> Option<Text<'_>> {
    text.filter(|text| !text.is_empty())
}

impl OwnedPage {
    pub(super) fn of(site: &SiteInfo, page: &Page<'_>) -> Self {
        let title = title_of(site, page, DocumentShape::Slots);
        Self {
            id: page.id,
            title: title.map(|title| title.replace('_', " ").into_boxed_str()),
            namespace_id: page.namespace_id,
            is_redirect: page.redirect.is_some(),
            redirect: owned(page.redirect.and_then(|redirect| redirect.target)),
            restrictions: page
                .restrictions
                .iter()
                .filter_map(|text| owned(Some(*text)))
                .collect(),
        }
    }
}

impl OwnedUser {
    fn of(contributor: &Contributor<'_>) -> Self {
        Self {
            is_visible: contributor.is_visible,
            id: contributor.id,
            name: contributor.name.map(|name| (*name.to_cow()).into()),
        }
    }
}

fn comment_of(comment: Comment<'_>) -> (Option<Box<str>>, bool) {
    (owned(comment.text()), comment.is_visible())
}

impl OwnedRevision {
    pub(super) fn of(
        revision: &Revision<'_>,
        texts: Option<&mut Texts<'_>>,
        names: &mut Names,
    ) -> Self {
        let (comment, comment_is_visible) = comment_of(revision.comment);
        let mut texts = texts;
        let content =
            |slot: &Slot<'_>| OwnedContent::of(slot, revision, texts.as_deref_mut(), names);
        Self {
            id: revision.id,
            parent_id: revision.parent_id,
            timestamp: revision.timestamp,
            user: OwnedUser::of(&revision.contributor),
            is_minor: revision.is_minor,
            comment,
            comment_is_visible,
            sha1: owned(not_empty(revision.sha1)),
            contents: revision.slots().map(content).collect(),
        }
    }

    /// Whether a text of it holds the chunk that it comes from.
    pub fn is_shared(&self) -> bool {
        self.texts().any(SharedText::is_shared)
    }

    /// Lets go of the chunk that its texts come from: for who keeps a revision when those about it are gone.
    pub fn settle(&self) {
        self.texts().for_each(SharedText::settle);
    }

    fn texts(&self) -> impl Iterator<Item = &SharedText> {
        let contents = self.contents.iter();
        contents.filter_map(|content| content.text.as_ref())
    }
}

impl OwnedContent {
    fn of(
        slot: &Slot<'_>,
        revision: &Revision<'_>,
        texts: Option<&mut Texts<'_>>,
        names: &mut Names,
    ) -> Self {
        // Before schema 0.11 only the revision has a checksum.
        let sha1 = match slot.declared_sha1 {
            None if slot.role.is_none() => revision.sha1,
            declared => declared,
        };
        let text = slot.visible_text().zip(texts);
        Self {
            role: again(&mut names.role, &slot.role().to_cow()),
            origin_revision_id: slot.origin_revision_id,
            model: not_empty(slot.model).map(|name| again(&mut names.model, &name.to_cow())),
            format: not_empty(slot.format).map(|name| again(&mut names.format, &name.to_cow())),
            state: slot.state(),
            text_id: owned(slot.text_id),
            location: owned(slot.location),
            declared_bytes: slot.known_declared_bytes(),
            sha1: owned(not_empty(sha1)),
            text: text.map(|(text, texts)| text.shared(texts.source, texts.ahead.as_mut())),
        }
    }
}

impl OwnedLogItem {
    pub(super) fn of(item: &LogItem<'_>, namespace_id: Option<i32>) -> Self {
        let (comment, comment_is_visible) = comment_of(item.comment);
        let title = owned(not_empty(item.title)).map(|title| match title.split_once(':') {
            Some((_, rest)) if namespace_id.is_some_and(|id| id != 0) => rest.into(),
            _ => title,
        });
        Self {
            id: item.id,
            timestamp: item.timestamp,
            user: OwnedUser::of(&item.contributor),
            comment,
            comment_is_visible,
            kind: owned(item.kind),
            action: owned(item.action),
            target_is_hidden: item.target_is_hidden,
            namespace_id,
            title: title.map(|title| title.replace('_', " ").into_boxed_str()),
            params: owned(item.params),
        }
    }
}
