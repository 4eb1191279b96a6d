//! Texts and revisions held against the checksums that their dump declares.

use arrow::array::RecordBatch;

use super::document::Document;
use super::rows::Wanted;
use crate::derive::{Cause, Proof, prove_revision, prove_text};
use crate::error::Result;
use crate::model::{LogItem, Page, Revision, Upload};
use crate::protect::Protection;
use crate::sink::ProofCounts;
use crate::tables::{self, DifferingText, TableBuilder};
use crate::xml::{Fault, PageAt, Records, UnknownElement};

/// What came of it so far.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    /// Texts of slots.
    pub texts: ProofCounts,
    /// Revisions of several slots.
    pub revision_checksums: ProofCounts,
}

impl Proofs {
    pub(super) fn add(&mut self, other: &Self) {
        self.texts.add(&other.texts);
        self.revision_checksums.add(&other.revision_checksums);
    }

    /// Counts what comes of a revision.  `differs` is told of each slot whose text differs, by its role,
    /// and without one where it is the revision's checksum that does.
    pub(super) fn prove(
        &mut self,
        revision: &Revision<'_>,
        mut differs: impl FnMut(Option<String>, Cause),
    ) {
        let has_one_slot = revision.other_slots.is_empty();
        for slot in revision.slots() {
            // Before 0.11 a slot has no checksum of its own; the only one has the revision's.
            let of_revision = revision
                .sha1
                .filter(|sha1| has_one_slot && !sha1.is_empty());
            let proof = prove_text(slot, slot.known_sha1().or(of_revision));
            count(&mut self.texts, proof);
            if let Proof::Differs(cause) = proof {
                differs(Some(slot.role().to_string()), cause);
            }
        }
        if !has_one_slot {
            let proof = prove_revision(revision);
            count(&mut self.revision_checksums, proof);
            if let Proof::Differs(cause) = proof {
                differs(None, cause);
            }
        }
    }
}

fn count(counts: &mut ProofCounts, proof: Proof) {
    match proof {
        Proof::Same => counts.same += 1,
        Proof::Differs(cause) => *counts.differs.entry(cause.name().to_owned()).or_default() += 1,
        Proof::NoText => counts.no_text += 1,
        Proof::NoChecksum => counts.no_checksum += 1,
    }
}

/// Holds the revisions of a chunk against their checksums, if that is wanted, and hands all records on.
/// It stands before any rule changes them, and before any filter.
pub(super) struct Proving<'p, R> {
    document: &'p Document,
    protection: &'p Protection,
    work: Option<(Proofs, TableBuilder<tables::DifferingTexts>)>,
    to: &'p mut R,
}

impl<'p, R> Proving<'p, R> {
    pub(super) fn new(wanted: &'p Wanted, document: &'p Document, to: &'p mut R) -> Self {
        let selection = wanted.selection(&tables::DIFFERING_TEXTS);
        Self {
            document,
            protection: &wanted.protection,
            work: selection.map(|selection| (Proofs::default(), TableBuilder::new(selection))),
            to,
        }
    }

    /// What came of it, and the rows of what differs.
    pub(super) fn finish(self) -> Result<(Option<Proofs>, Option<RecordBatch>)> {
        match self.work {
            Some((proofs, mut rows)) => Ok((Some(proofs), rows.finish()?)),
            None => Ok((None, None)),
        }
    }
}

impl<R: Records> Records for Proving<'_, R> {
    type Error = R::Error;

    fn revision_begins(&mut self, at: usize) {
        self.to.revision_begins(at);
    }

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), R::Error> {
        if let Some((proofs, rows)) = &mut self.work {
            proofs.prove(revision, |role, cause| {
                // A role can be anything that somebody wrote into a dump.
                let changed = role
                    .as_deref()
                    .and_then(|role| self.protection.without_addresses(role));
                rows.push(&DifferingText {
                    wiki_id: self.document.wiki_id.clone(),
                    input: self.document.input.to_string(),
                    page_id: page.id,
                    revision_id: revision.id,
                    slot_role: changed.or(role),
                    cause: cause.name(),
                });
            });
        }
        self.to.revision(page, revision)
    }

    fn upload(&mut self, page: &Page<'_>, upload: &Upload<'_>) -> Result<(), R::Error> {
        self.to.upload(page, upload)
    }

    fn page_ended(&mut self, at: PageAt<'_, '_>) -> Result<(), R::Error> {
        self.to.page_ended(at)
    }

    fn log_item(&mut self, item: &LogItem<'_>) -> Result<(), R::Error> {
        self.to.log_item(item)
    }

    fn fault(&mut self, fault: Fault) -> Result<(), R::Error> {
        self.to.fault(fault)
    }

    fn skipped(&mut self, name: &str, elements: UnknownElement) {
        self.to.skipped(name, elements);
    }
}
