//! Texts and revisions held against the checksums that their dump declares.

use arrow::array::RecordBatch;

use super::document::Document;
use super::rows::Wanted;
use crate::derive::{Cause, Claim, Proof, Sha1, TextBatch, prove_revision};
use crate::error::Result;
use crate::model::{LogItem, Page, Revision, Text, Upload};
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
}

/// What is held against a checksum.
#[derive(Debug)]
pub(super) struct Subject {
    pub page_id: Option<i64>,
    pub revision_id: Option<i64>,
    /// The role of the slot whose text it is; none where it is a revision of several slots.
    pub role: Option<String>,
}

/// Holds revisions against their checksums, their texts many at a time: that is faster.
#[derive(Debug, Default)]
pub(super) struct Prover {
    proofs: Proofs,
    waiting: TextBatch<(Subject, Claim)>,
}

impl Prover {
    /// Takes a revision in.  `differs` is told of what differs, in the order of the dump, now or later.
    pub(super) fn revision(
        &mut self,
        page: &Page<'_>,
        revision: &Revision<'_>,
        mut differs: impl FnMut(Subject, Cause),
    ) {
        let subject = |role: Option<Text<'_>>| Subject {
            page_id: page.id,
            revision_id: revision.id,
            role: role.map(|role| role.to_string()),
        };
        let has_one_slot = revision.other_slots.is_empty();
        for slot in revision.slots() {
            // Before 0.11 a slot has no checksum of its own; the only one has the revision's.
            let of_revision = revision
                .sha1
                .filter(|sha1| has_one_slot && !sha1.is_empty());
            let proof = match Claim::of(slot, slot.known_sha1().or(of_revision)) {
                Ok((claim, text)) if TextBatch::<()>::takes(text) => {
                    let waits = (subject(Some(slot.role())), claim);
                    self.waiting.push(text, waits);
                    continue;
                }
                Ok((claim, text)) => claim.judge(Sha1::of_text(text), || text.to_cow()),
                Err(proof) => proof,
            };
            count(&mut self.proofs.texts, proof);
            if let Proof::Differs(cause) = proof {
                self.settle(&mut differs);
                differs(subject(Some(slot.role())), cause);
            }
        }
        if !has_one_slot {
            let proof = prove_revision(revision);
            count(&mut self.proofs.revision_checksums, proof);
            if let Proof::Differs(cause) = proof {
                self.settle(&mut differs);
                differs(subject(None), cause);
            }
        }
        if self.waiting.is_full() {
            self.settle(&mut differs);
        }
    }

    /// Hashes the texts that wait.
    fn settle(&mut self, differs: &mut impl FnMut(Subject, Cause)) {
        let counts = &mut self.proofs.texts;
        self.waiting.drain(|(subject, claim), sha1, text| {
            let proof = claim.judge(sha1, || String::from_utf8_lossy(text));
            count(counts, proof);
            if let Proof::Differs(cause) = proof {
                differs(subject, cause);
            }
        });
    }

    /// What came of all, once `differs` has been told of the last that differ.
    pub(super) fn finish(mut self, mut differs: impl FnMut(Subject, Cause)) -> Proofs {
        self.settle(&mut differs);
        self.proofs
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
    work: Option<(Prover, DifferingRows<'p>)>,
    to: &'p mut R,
}

impl<'p, R> Proving<'p, R> {
    pub(super) fn new(wanted: &'p Wanted, document: &'p Document, to: &'p mut R) -> Self {
        let selection = wanted.selection(&tables::DIFFERING_TEXTS);
        let rows = selection.map(|selection| DifferingRows {
            document,
            protection: &wanted.protection,
            rows: TableBuilder::new(selection),
        });
        Self {
            work: rows.map(|rows| (Prover::default(), rows)),
            to,
        }
    }

    /// What came of it, and the rows of what differs.
    pub(super) fn finish(self) -> Result<(Option<Proofs>, Option<RecordBatch>)> {
        let Some((prover, mut differing)) = self.work else {
            return Ok((None, None));
        };
        let proofs = prover.finish(|subject, cause| differing.push(subject, cause));
        Ok((Some(proofs), differing.rows.finish()?))
    }
}

/// Rows of what differs.
struct DifferingRows<'p> {
    document: &'p Document,
    protection: &'p Protection,
    rows: TableBuilder<tables::DifferingTexts>,
}

impl DifferingRows<'_> {
    fn push(&mut self, subject: Subject, cause: Cause) {
        // A role can be anything that somebody wrote into a dump.
        let changed = subject
            .role
            .as_deref()
            .and_then(|role| self.protection.without_addresses(role));
        self.rows.push(&DifferingText {
            wiki_id: self.document.wiki_id.clone(),
            input: self.document.input.to_string(),
            page_id: subject.page_id,
            revision_id: subject.revision_id,
            slot_role: changed.or(subject.role),
            cause: cause.name(),
        });
    }
}

impl<R: Records> Records for Proving<'_, R> {
    type Error = R::Error;

    fn revision_begins(&mut self, at: usize) {
        self.to.revision_begins(at);
    }

    fn revision(&mut self, page: &Page<'_>, revision: &Revision<'_>) -> Result<(), R::Error> {
        if let Some((prover, differing)) = &mut self.work {
            prover.revision(page, revision, |subject, cause| {
                differing.push(subject, cause);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Slot;

    /// Of the empty text.
    const EMPTY: &str = "phoiac9h4m842xq45sp7s6u21eteeq1";

    /// A revision with this text, for which a checksum is declared.
    fn revision<'a>(id: i64, text: &'a str, sha1: &'a str) -> Revision<'a> {
        Revision {
            id: Some(id),
            sha1: Some(Text::plain(sha1)),
            main: Some(Slot {
                text: Some(Text::plain(text)),
                ..Slot::default()
            }),
            ..Revision::default()
        }
    }

    #[test]
    fn what_differs_is_told_in_the_order_of_the_dump() {
        let large = "a".repeat(2 << 20);
        let sha1_of_large = Sha1::of_text(Text::plain(&large)).to_base36();
        let mut of_slots = revision(6, "", EMPTY);
        of_slots.other_slots.push(Slot {
            role: Some(Text::plain("mediainfo")),
            text: Some(Text::plain("{}")),
            declared_sha1: Some(Text::plain(EMPTY)),
            ..Slot::default()
        });
        let mut revisions = vec![
            revision(1, "", EMPTY),
            revision(2, "b", EMPTY),
            revision(3, &large, EMPTY),
            revision(4, &large, &sha1_of_large),
            revision(5, "e", EMPTY),
            of_slots,
            revision(7, "", ""),
        ];
        // More than are hashed at once.
        let more = (8..1000).map(|id| match id % 10 {
            0 => revision(id, "f", EMPTY),
            _ => revision(id, "", EMPTY),
        });
        revisions.extend(more);

        let mut told = Vec::new();
        let mut differs = |subject: Subject, cause: Cause| {
            assert_eq!(subject.page_id, Some(1));
            let role = subject.role.unwrap_or_default();
            told.push((subject.revision_id.unwrap(), role, cause.name()));
        };
        let page = Page {
            id: Some(1),
            ..Page::default()
        };
        let mut prover = Prover::default();
        for revision in &revisions {
            prover.revision(&page, revision, &mut differs);
        }
        let proofs = prover.finish(&mut differs);

        let mut expected = vec![
            (2, "main"),
            (3, "main"),
            (5, "main"),
            (6, "mediainfo"),
            (6, ""),
        ];
        expected.extend((10..1000).step_by(10).map(|id| (id, "main")));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(id, role)| (id, role.to_owned(), "unexplained"))
            .collect();
        assert_eq!(told, expected);
        assert_eq!(proofs.texts.differing(), 103);
        // Of several slots none has the checksum of the revision.
        assert_eq!(proofs.texts.no_checksum, 2);
        assert_eq!(proofs.texts.same, 895);
        assert_eq!(proofs.revision_checksums.differing(), 1);
    }
}
