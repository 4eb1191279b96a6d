//! What a chunk tells.

use serde::Serialize;

use super::order::{Link, PageLinks};
use crate::derive::Cause;
use crate::engine::document::Document;
use crate::engine::proofs::{Proofs, Prover, Subject};
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

impl DifferingText {
    fn of(subject: Subject, cause: Cause, document: &Document) -> Self {
        Self {
            input: document.input.to_string(),
            page_id: subject.page_id,
            revision_id: subject.revision_id,
            slot_role: subject.role,
            cause: cause.name(),
        }
    }
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
    document: &'c Document,
    places: &'c Places,
    prover: Prover,
    facts: ChunkFacts,
}

impl<'c> FactsOf<'c> {
    pub(super) fn new(document: &'c Document, places: &'c Places) -> Self {
        Self {
            document,
            places,
            prover: Prover::default(),
            facts: ChunkFacts::default(),
        }
    }

    pub(super) fn finish(self) -> ChunkFacts {
        let mut facts = self.facts;
        let differing = &mut facts.differing;
        facts.proofs = self.prover.finish(|subject, cause| {
            differing.push(DifferingText::of(subject, cause, self.document));
        });
        facts
    }
}

impl Records for FactsOf<'_> {
    type Error = Error;

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<()> {
        let facts = &mut self.facts;
        self.prover.revision(page, revision, |subject, cause| {
            let differing = DifferingText::of(subject, cause, self.document);
            facts.differing.push(differing);
        });
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
