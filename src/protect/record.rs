//! Records by the rules.
//!
//! What is replaced lies in rooms that outlive the changed record; what is not borrows from the dump.

use super::{Protection, UserRule};
use crate::model::{Comment, LogItem, Page, Redirect, Revision, SiteInfo, Slot, Text, Upload};

/// Room for the changed strings of a record.
pub type Rooms<const N: usize> = [String; N];

/// Room for those of a page.
#[derive(Debug, Default)]
pub struct PageRooms {
    texts: Rooms<2>,
    restrictions: Vec<String>,
}

/// Room for those of a revision.
#[derive(Debug, Default)]
pub struct RevisionRooms {
    texts: Rooms<2>,
    main: Rooms<6>,
    other_slots: Vec<Rooms<6>>,
}

impl Protection {
    /// Whether a revision has hidden texts of which something is to go.
    pub fn hides(&self, revision: &Revision<'_>) -> bool {
        !self.keeps_hidden_sizes && revision.slots().any(|slot| slot.is_hidden)
    }

    /// A page by the rules.
    pub fn page<'r>(&self, page: &Page<'r>, site: &SiteInfo, rooms: &'r mut PageRooms) -> Page<'r> {
        let [title, target] = &mut rooms.texts;
        let count = page.restrictions.len();
        rooms.restrictions.resize_with(count, String::new);
        let restrictions = page.restrictions.iter().zip(&mut rooms.restrictions);
        Page {
            id: page.id,
            namespace_id: page.namespace_id,
            title: page
                .title
                .map(|text| self.title(text, page.namespace_id, title)),
            redirect: page.redirect.map(|redirect| Redirect {
                target: redirect.target.map(|text| {
                    let namespace_id = site.namespace_of_title(&text.to_cow());
                    self.title(text, namespace_id, target)
                }),
            }),
            restrictions: restrictions
                .map(|(text, room)| self.text(*text, room))
                .collect(),
        }
    }

    /// A revision by the rules.
    pub fn revision<'r>(
        &self,
        revision: &Revision<'r>,
        rooms: &'r mut RevisionRooms,
    ) -> Revision<'r> {
        let [name, comment] = &mut rooms.texts;
        let count = revision.other_slots.len();
        rooms.other_slots.resize_with(count, Rooms::default);
        let other_slots = revision.other_slots.iter().zip(&mut rooms.other_slots);
        Revision {
            contributor: self.contributor(revision.contributor, name),
            comment: self.comment(revision.comment, comment),
            // Of a hidden slot it tells what the other slots do not.
            sha1: revision.sha1.filter(|_| !self.hides(revision)),
            main: revision.main.map(|slot| self.slot(slot, &mut rooms.main)),
            other_slots: other_slots
                .map(|(slot, rooms)| self.slot(*slot, rooms))
                .collect(),
            ..*revision
        }
    }

    fn slot<'r>(&self, slot: Slot<'r>, rooms: &'r mut Rooms<6>) -> Slot<'r> {
        let [text, role, model, format, text_id, location] = rooms;
        let is_silent = slot.is_hidden && !self.keeps_hidden_sizes;
        let changed = slot.text.and_then(|text| self.changed(text));
        let (text, unchanged_text) = match changed {
            Some(changed) => {
                *text = changed;
                (Some(Text::plain(text)), slot.visible_text())
            }
            None => (slot.text, None),
        };
        Slot {
            role: self.optional(slot.role, role),
            model: self.optional(slot.model, model),
            format: self.optional(slot.format, format),
            text,
            unchanged_text,
            declared_bytes: slot.declared_bytes.filter(|_| !is_silent),
            declared_sha1: slot.declared_sha1.filter(|_| !is_silent),
            text_id: self.optional(slot.text_id, text_id),
            location: self.optional(slot.location, location),
            ..slot
        }
    }

    /// Summaries are full of names, which nobody can find in them: where names go, they go.
    fn comment<'r>(&self, comment: Comment<'r>, room: &'r mut String) -> Comment<'r> {
        match comment {
            Comment::Visible(_) if self.users != UserRule::Keep => Comment::Withheld,
            Comment::Visible(text) => Comment::Visible(self.text(text, room)),
            Comment::Hidden | Comment::Withheld => comment,
        }
    }

    /// A version of a file by the rules.
    pub fn upload<'r>(&self, upload: &Upload<'r>, rooms: &'r mut Rooms<6>) -> Upload<'r> {
        let [name, comment, filename, archive_name, src, rel] = rooms;
        Upload {
            contributor: self.contributor(upload.contributor, name),
            comment: self.comment(upload.comment, comment),
            filename: self.optional(upload.filename, filename),
            archive_name: self.optional(upload.archive_name, archive_name),
            src: self.optional(upload.src, src),
            rel: self.optional(upload.rel, rel),
            ..*upload
        }
    }

    /// A log entry by the rules.  Parameters name users in more ways than can be known, and go with
    /// the names.
    pub fn log_item<'r>(
        &self,
        item: &LogItem<'r>,
        site: &SiteInfo,
        rooms: &'r mut Rooms<6>,
    ) -> LogItem<'r> {
        let [name, comment, kind, action, title, params] = rooms;
        let namespace = |text: Text<'_>| site.namespace_of_title(&text.to_cow());
        LogItem {
            contributor: self.contributor(item.contributor, name),
            comment: self.comment(item.comment, comment),
            kind: self.optional(item.kind, kind),
            action: self.optional(item.action, action),
            title: item
                .title
                .map(|text| self.title(text, namespace(text), title)),
            params: item
                .params
                .filter(|_| self.users == UserRule::Keep)
                .map(|text| match self.params(&text.to_cow()) {
                    Some(changed) => {
                        *params = changed;
                        Text::plain(params)
                    }
                    None => text,
                }),
            ..*item
        }
    }
}
