//! What `verify` says of inputs and of outputs, for people.

use std::path::Path;

use super::Told;
use crate::cli::sizes::human_count;
use crate::engine::Verified;
use crate::sink::{CheckedFile, CheckedOutput, ProofCounts, Seen};

/// What is said of an input: a line a subject, where there is anything to say.
pub(super) fn describe(told: &Told<'_>) -> String {
    let Verified {
        name,
        goes_on_from,
        container,
        container_pieces,
        seen,
        texts,
        revision_checksums,
        hidden,
        history,
        extent,
        ..
    } = told.verified;
    let pieces = human_count(*container_pieces);
    let hidden = [
        ("users", hidden.users),
        ("comments", hidden.comments),
        ("texts", hidden.texts),
    ];
    let twice = [
        ("page ids", history.repeated_page_ids),
        ("revision ids", history.repeated_revision_ids),
    ];
    let order = [
        ("pages below the one before", history.pages_out_of_order),
        (
            "revisions below the one before",
            history.revisions_out_of_order,
        ),
        (
            "revisions earlier than the one before",
            history.times_out_of_order,
        ),
    ];
    let parents = [
        ("not the revision before", history.parents_elsewhere),
        ("absent", history.parents_absent),
        ("of first revisions", history.first_with_parent),
    ];
    let page_ids = span(extent.first_page_id, extent.last_page_id);
    let revision_ids = span(extent.first_revision_id, extent.last_revision_id);
    let (first_dt, last_dt) = (&extent.first_revision_dt, &extent.last_revision_dt);
    let rows = [
        ("container", format!("{container}, whole, pieces: {pieces}")),
        ("file", checksums(told.checksums)),
        ("goes on from", goes_on_from.clone().unwrap_or_default()),
        ("records", records(seen)),
        ("texts", proofs(texts)),
        ("several slots", proofs(revision_checksums)),
        ("hidden", list(&hidden)),
        ("twice", list(&twice)),
        ("order", list(&order)),
        ("parents", list(&parents)),
        ("page ids", page_ids),
        ("revision ids", revision_ids),
        ("times", span(first_dt.as_ref(), last_dt.as_ref())),
        ("not known", unknown_elements(seen)),
    ];
    let told = rows.iter().filter(|(_, value)| !value.is_empty());
    let told = told.map(|(what, value)| format!("  {what:<14} {value}\n"));
    format!("{name}\n{}", told.collect::<String>())
}

fn checksums(checked: &[CheckedFile]) -> String {
    let told = checked.iter().map(|one| {
        let verdict = if one.agrees() { "agrees" } else { "DIFFERS" };
        let list = Path::new(&one.list).file_name().unwrap_or_default();
        format!("{} {verdict} ({})", one.algorithm, list.to_string_lossy())
    });
    match checked {
        [] => "no list beside the file names it".to_owned(),
        _ => told.collect::<Vec<_>>().join(", "),
    }
}

fn records(seen: &Seen) -> String {
    list(&[
        ("pages", seen.pages),
        ("revisions", seen.revisions),
        ("slots", seen.slots),
        ("uploads", seen.uploads),
        ("log items", seen.log_items),
        ("rows", seen.sql_rows),
    ])
}

fn unknown_elements(seen: &Seen) -> String {
    let elements = seen.skipped_elements.iter();
    let told = elements.map(|(name, count)| format!("{} {name}", human_count(*count)));
    told.collect::<Vec<_>>().join(", ")
}

/// Counts that are not 0.
fn list(counts: &[(&str, u64)]) -> String {
    let told = counts.iter().filter(|(_, count)| *count > 0);
    let told: Vec<_> = told
        .map(|(what, count)| format!("{} {what}", human_count(*count)))
        .collect();
    told.join(", ")
}

/// What holding texts against their checksums has shown.
pub(in crate::cli) fn proofs(counts: &ProofCounts) -> String {
    let mut told = vec![
        ("as their checksum says", counts.same),
        ("not in the dump", counts.no_text),
        ("without checksum", counts.no_checksum),
    ];
    let causes: Vec<_> = counts
        .differs
        .iter()
        .map(|(cause, count)| (format!("DIFFER ({})", cause.replace('_', " ")), *count))
        .collect();
    told.extend(causes.iter().map(|(cause, count)| (&**cause, *count)));
    list(&told)
}

fn span<T: std::fmt::Display>(first: Option<T>, last: Option<T>) -> String {
    match (first, last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}

/// What is said of what a job wrote.
pub(super) fn describe_output(checked: &CheckedOutput) -> String {
    let mut text = format!(
        "{}\n  {} parts with {} rows are as the manifest says\n",
        checked.folder,
        human_count(checked.sound_parts),
        human_count(checked.rows)
    );
    for wrong in &checked.wrong {
        text += &format!("  WRONG: {wrong}\n");
    }
    for stranger in &checked.strangers {
        text += &format!("  not of this job: {stranger}\n");
    }
    text
}
