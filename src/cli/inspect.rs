//! `mwparquet inspect`.

use std::process::ExitCode;

use super::args::{InspectArguments, OnDamage};
use super::convert::{limits, no_dump_in, pool};
use super::sizes::{human_bytes, human_count};
use super::{exit_code, print, print_error};
use crate::engine::{Inspection, Stop, inspect};
use crate::error::{Error, ErrorKind, Result};
use crate::source::discover;

pub(super) fn run(arguments: &InspectArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let found = discover(&arguments.inputs)?;
    if found.named.is_empty() && found.in_folders.is_empty() {
        return Err(no_dump_in(&arguments.inputs));
    }
    let mut code = ExitCode::SUCCESS;
    let named = found.named.iter().map(|input| (input, true));
    let in_folders = found.in_folders.iter().map(|input| (input, false));
    for (input, is_named) in named.chain(in_folders) {
        match inspect(input, arguments.full, &limits, &pool, stop) {
            Ok(inspection) if arguments.json => {
                let mut line = serde_json::to_string(&inspection)
                    .map_err(|error| Error::internal("cannot write JSON").with_source(error))?;
                line.push('\n');
                print(line.as_bytes())?;
            }
            Ok(inspection) => {
                print(describe(&inspection).as_bytes())?;
            }
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            // One bad file does not hide the others.
            Err(error) => {
                print_error(&error);
                // What lies in a folder need not be a dump.
                if is_named || error.kind() != ErrorKind::NotADump {
                    code = exit_code(error.kind());
                }
            }
        }
    }
    Ok(code)
}

fn describe(inspection: &Inspection) -> String {
    if !inspection.sql_tables.is_empty() {
        return describe_sql(inspection);
    }
    let or_unknown =
        |value: &Option<String>| value.clone().unwrap_or_else(|| "not said".to_owned());
    let wiki = format!(
        "{} ({})",
        or_unknown(&inspection.wiki_id),
        or_unknown(&inspection.site_name)
    );
    let rows = [
        ("container", container(inspection)),
        ("kind", kind(inspection)),
        ("wiki", wiki),
        ("base", or_unknown(&inspection.base)),
        ("schema", or_unknown(&inspection.schema_version)),
        ("generator", or_unknown(&inspection.generator)),
        ("language", or_unknown(&inspection.language)),
        ("titles", or_unknown(&inspection.case)),
        ("namespaces", inspection.namespaces.to_string()),
        ("seen", seen(inspection)),
    ];
    let mut text = format!("{}\n", inspection.name);
    for (name, value) in rows {
        text += &format!("  {name:<11}{value}\n");
    }
    if inspection.seen.rejects > 0 {
        let rejects = human_count(inspection.seen.rejects);
        text += &format!("  {:<11}{rejects}\n", "damaged");
    }
    text
}

/// `pages with history, of page 17 alone by its name`
fn kind(inspection: &Inspection) -> String {
    match inspection.only_page {
        Some(page) => format!("{}, of page {page} alone by its name", inspection.kind),
        None => inspection.kind.to_owned(),
    }
}

fn describe_sql(inspection: &Inspection) -> String {
    let not_said = || "not said".to_owned();
    let mut rows = vec![
        ("container", container(inspection)),
        ("kind", inspection.kind.to_owned()),
        ("wiki", inspection.wiki_id.clone().unwrap_or_else(not_said)),
        (
            "generator",
            inspection.generator.clone().unwrap_or_else(not_said),
        ),
    ];
    for table in &inspection.sql_tables {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .map(|column| format!("{} {}", column.name, column.declared))
            .collect();
        rows.push(("table", table.name.clone()));
        rows.push(("columns", columns.join(", ")));
        rows.push(("seen", rows_seen(table.rows, inspection)));
    }
    let mut text = format!("{}\n", inspection.name);
    for (name, value) in rows {
        text += &format!("  {name:<11}{value}\n");
    }
    if inspection.seen.rejects > 0 {
        let rejects = human_count(inspection.seen.rejects);
        text += &format!("  {:<11}{rejects}\n", "damaged");
    }
    text
}

/// `55 rows`
fn rows_seen(rows: u64, inspection: &Inspection) -> String {
    let rows = human_count(rows);
    match inspection.is_whole {
        true => format!("{rows} rows"),
        false => format!("{rows} rows at its beginning; --full counts all"),
    }
}

/// `bzip2, 26 streams, 1.10 MiB`
fn container(inspection: &Inspection) -> String {
    let name = inspection.container;
    let piece = match name {
        "gzip" => "member",
        "zstd" => "frame",
        "7z" => "entry",
        _ => "stream",
    };
    let pieces = inspection.container_pieces.map(|pieces| match pieces {
        1 => format!("1 {piece}"),
        _ if piece == "entry" => format!("{pieces} entries"),
        _ => format!("{} {piece}s", human_count(pieces)),
    });
    let size = inspection.bytes.map(human_bytes);
    let parts = [Some(name.to_owned()), pieces, size];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `6 pages, 261 revisions at its beginning; --full counts all`
fn seen(inspection: &Inspection) -> String {
    let seen = &inspection.seen;
    let mut text = format!(
        "{} pages, {} revisions",
        human_count(seen.pages),
        human_count(seen.revisions)
    );
    if seen.log_items > 0 && seen.pages == 0 {
        text = format!("{} log items", human_count(seen.log_items));
    }
    match inspection.is_whole {
        true => text + &format!(" in {} of XML", human_bytes(seen.xml_bytes)),
        false => text + " at its beginning; --full counts all",
    }
}
