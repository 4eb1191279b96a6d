//! What `convert --verify` has found.

use crate::cli::sizes::human_count;
use crate::cli::verify::proofs;
use crate::sink::{Manifest, ProofCounts, VerifiedInput};

/// Whether any text or checksum of a revision differs, for whatever cause.
pub(super) fn has_differences(manifest: &Manifest) -> bool {
    let mut counts = verified(manifest).flat_map(of_texts);
    counts.any(|counts| counts.differing() > 0)
}

/// Lines for people, if anything was verified.
pub(super) fn describe_verified(manifest: &Manifest) -> String {
    let mut texts: Option<ProofCounts> = None;
    let (mut sound, mut wrong, mut unlisted) = (0, 0, 0);
    for input in verified(manifest) {
        for counts in of_texts(input) {
            texts.get_or_insert_default().add(counts);
        }
        match input.checksums.as_deref() {
            None => {}
            Some([]) => unlisted += 1,
            Some(checked) if checked.iter().all(|one| one.agrees()) => sound += 1,
            Some(_) => wrong += 1,
        }
    }
    let mut text = String::new();
    if let Some(texts) = texts {
        let where_told = match texts.differing() {
            0 => "",
            _ => "; see the table differing_texts",
        };
        text += &format!("texts verified: {}{where_told}\n", proofs(&texts));
    }
    let files: Vec<_> = [
        (sound, "as lists say"),
        (wrong, "DIFFER"),
        (unlisted, "named by no list beside them"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", human_count(count)))
    .collect();
    if !files.is_empty() {
        text += &format!("files verified: {}\n", files.join(", "));
    }
    text
}

fn verified(manifest: &Manifest) -> impl Iterator<Item = &VerifiedInput> {
    let inputs = manifest.inputs.iter();
    inputs.filter_map(|input| input.verified.as_ref())
}

fn of_texts(input: &VerifiedInput) -> impl Iterator<Item = &ProofCounts> {
    input.texts.iter().chain(&input.revision_checksums)
}
