//! What a chunk tells.

use serde::Serialize;

use super::order::{Link, PageLinks};
use crate::engine::document::Document;
use crate::engine::proofs::Proofs;
use crate::engine::unknown::Unknown;
use crate::error::{Error, Result};
use crate::frame::Places;
use crate::model::{Comment, LogItem, Page, Revision, Upload};
use crate::sink::Seen;
use crate::xml::{Fault, PageAt, Records, UnknownElement};

/// Parts hidden by revision deletion.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct Hidden {
    /// Of revisions.
    pub users: u64,
    /// Of revisions.
    pub comments: u64,
    /// Of slots.
    pub texts: u64,
}

/// A text that is not what its checksum says.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct DifferingText {
    /// The input.
    pub input: String,
    /// The page.
    pub page_id: Option<i64>,
    /// The revision.
    pub revision_id: Option<i64>,
    /// The slot's role; absent where the checksum is that of a revision of several slots.
    pub slot_role: Option<String>,
    /// The likely cause.
    pub cause: &'static str,
}

/// What a chunk tells, and the sums over many.
#[derive(Debug, Default)]
pub(super) struct ChunkFacts {
    pub seen: Seen,
    pub proofs: Proofs,
    pub hidden: Hidden,
    pub differing: Vec<DifferingText>,
    pub unknown: Unknown,
    pub pages: Vec<PageLinks>,
    /// The revisions of the open page.
    links: Vec<Link>,
}

impl ChunkFacts {
    pub(super) fn add(&mut self, other: &Self) {
        self.seen.add(&other.seen);
        self.proofs.add(&other.proofs);
        self.hidden.users += other.hidden.users;
        self.hidden.comments += other.hidden.comments;
        self.hidden.texts += other.hidden.texts;
    }
}

/// Takes the records of a chunk.
pub(super) struct FactsOf<'c> {
    pub document: &'c Document,
    pub places: &'c Places,
    pub facts: ChunkFacts,
}

impl FactsOf<'_> {
    fn prove(&mut self, page: &Page<'_>, revision: &Revision<'_>) {
        let ChunkFacts {
            proofs, differing, ..
        } = &mut self.facts;
        proofs.prove(revision, |role, cause| {
            differing.push(DifferingText {
                input: self.document.input.to_string(),
                page_id: page.id,
                revision_id: revision.id,
                slot_role: role,
                cause: cause.name(),
            });
        });
    }
}

impl Records for FactsOf<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        self.prove(page, revision);
        let facts = &mut self.facts;
        facts.seen.revisions += 1;
        facts.seen.slots += revision.slots().count() as u64;
        facts.hidden.users += u64::from(!revision.contributor.is_visible);
        facts.hidden.comments += u64::from(matches!(revision.comment, Comment::Hidden));
        let hidden_texts = revision.slots().filter(|slot| slot.is_hidden);
        facts.hidden.texts += hidden_texts.count() as u64;
        facts.links.push(Link {
            id: revision.id,
            parent_id: revision.parent_id,
            time: revision.timestamp,
        });
        Ok(())
    }

    fn upload(&mut self, _: &Page<'_>, _: &Upload<'_>) -> Result<()> {
        self.facts.seen.uploads += 1;
        Ok(())
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<()> {
        if !at.began_before {
            self.facts.seen.pages += 1;
        }
        self.facts.pages.push(PageLinks {
            id: at.page.id,
            began_before: at.began_before,
            continues: at.continues,
            links: std::mem::take(&mut self.facts.links),
        });
        Ok(())
    }

    fn log_item(&mut self, _: &LogItem<'_>) -> Result<()> {
        self.facts.seen.log_items += 1;
        Ok(())
    }

    fn fault(&mut self, fault: Fault) -> Result<()> {
        Err(fault.to_error(&self.document.input, self.places.of(fault.at)))
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        let place = self.places.of(elements.first_at);
        self.facts.unknown.note(name, elements.count, place);
    }
}
