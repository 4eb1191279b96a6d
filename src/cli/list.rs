//! `mwparquet list`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::ListArguments;
use super::expiry::is_past;
use super::print;
use super::sizes::{human_bytes, human_count};
use crate::error::{Error, Result};
use crate::sink::{FoundJob, Manifest, TableEntry, UnfinishedJob, find_jobs};
use crate::tables::{Personal, personal};

pub(super) fn run(arguments: &ListArguments) -> Result<ExitCode> {
    let mut text = String::new();
    for folder in &arguments.folders {
        if !folder.is_dir() {
            return Err(Error::usage(format!("{} is no folder", folder.display())));
        }
        for job in find_jobs(folder)? {
            let listed = Listed::of(&job);
            if arguments.expired && !listed.is_expired() {
                continue;
            }
            text += &match arguments.json {
                true => format!("{}\n", listed.to_json()),
                false => listed.to_text(),
            };
        }
    }
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What is told of a job.
struct Listed<'j> {
    job: &'j FoundJob,
    expires: Option<&'j str>,
}

impl<'j> Listed<'j> {
    fn of(job: &'j FoundJob) -> Self {
        let manifest = job.manifest.as_ref();
        let expires = manifest.and_then(|manifest| manifest.run.get("expires"));
        Self {
            job,
            expires: expires.and_then(Value::as_str),
        }
    }

    fn is_expired(&self) -> bool {
        self.expires.is_some_and(is_past)
    }

    fn to_json(&self) -> Value {
        let folder = self.job.folder.display().to_string();
        let unfinished = self.job.unfinished.map(|unfinished| {
            json!({
                "inputs": unfinished.inputs,
                "finished_inputs": unfinished.finished_inputs,
                "bytes": unfinished.bytes,
            })
        });
        let Some(manifest) = &self.job.manifest else {
            return json!({"folder": folder, "is_finished": false, "unfinished": unfinished});
        };
        let tables = manifest.tables.iter().map(|(name, table)| {
            let told = json!({
                "rows": table.rows,
                "bytes": table.bytes,
                "parts": table.parts.len(),
                "personal": personal_of(manifest, table),
            });
            (name.clone(), told)
        });
        json!({
            "folder": folder,
            "is_finished": true,
            "program": manifest.program,
            "wikis": wikis_of(manifest),
            "bytes": bytes_of(manifest),
            "expires": self.expires,
            "is_expired": self.is_expired(),
            "ip": option(manifest, "ip"),
            "user": option(manifest, "user"),
            "purges": manifest.purges.len(),
            "tables": tables.collect::<serde_json::Map<_, _>>(),
            "unfinished": unfinished,
        })
    }

    fn to_text(&self) -> String {
        let folder = self.job.folder.display();
        let Some(manifest) = &self.job.manifest else {
            return match self.job.unfinished {
                Some(unfinished) => format!("{folder}: not finished, {}\n", told(unfinished)),
                None => format!("{folder}: not finished, without a journal\n"),
            };
        };
        let wikis: Vec<_> = wikis_of(manifest).into_iter().collect();
        let expiry = match self.expires {
            Some(day) if self.is_expired() => format!(", EXPIRED {day}"),
            Some(day) => format!(", expires {day}"),
            None => String::new(),
        };
        let mut text = format!(
            "{folder}: {}{}{expiry}\n",
            human_bytes(bytes_of(manifest)),
            match wikis.is_empty() {
                true => String::new(),
                false => format!(" of {}", wikis.join(", ")),
            },
        );
        if let Some(unfinished) = self.job.unfinished {
            text += &format!("  being brought up to date: {}\n", told(unfinished));
        }
        for (name, table) in &manifest.tables {
            let line = format!(
                "  {name:<16}{:>14} rows{:>12}  {}",
                human_count(table.rows),
                human_bytes(table.bytes),
                personal_of(manifest, table).join(", ")
            );
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

fn told(unfinished: UnfinishedJob) -> String {
    format!(
        "{} of {} inputs are finished ({})",
        human_count(unfinished.finished_inputs as u64),
        human_count(unfinished.inputs as u64),
        human_bytes(unfinished.bytes)
    )
}

fn wikis_of(manifest: &Manifest) -> BTreeSet<&str> {
    let inputs = manifest.inputs.iter();
    inputs
        .filter_map(|input| input.wiki_id.as_deref())
        .collect()
}

fn bytes_of(manifest: &Manifest) -> u64 {
    manifest.tables.values().map(|table| table.bytes).sum()
}

/// An option by its name; what older manifests do not tell was kept.
fn option<'m>(manifest: &'m Manifest, name: &str) -> &'m str {
    let told = manifest.options.get(name).and_then(Value::as_str);
    told.unwrap_or("keep")
}

/// What a table can tell of people: by its columns, and by the rules for addresses and names.
fn personal_of(manifest: &Manifest, table: &TableEntry) -> Vec<&'static str> {
    let columns = table.columns.iter();
    let kinds: BTreeSet<_> = columns.filter_map(|column| personal(column)).collect();
    if kinds.is_empty() || table.rows == 0 {
        return Vec::new();
    }
    let addresses = match option(manifest, "ip") {
        "drop" => None,
        "truncate" => Some("networks"),
        "hash" => Some("hashed addresses"),
        _ => Some("addresses"),
    };
    let user = option(manifest, "user");
    let mut told: Vec<_> = addresses.into_iter().collect();
    told.extend(kinds.into_iter().filter_map(|kind| match (kind, user) {
        (Personal::Names, "hash") => Some("hashed names"),
        // With the names go comments and parameters.
        (Personal::Names | Personal::Comments | Personal::Parameters, "drop") => None,
        (Personal::Comments | Personal::Parameters, "hash") => None,
        _ => Some(kind.name()),
    }));
    told
}
