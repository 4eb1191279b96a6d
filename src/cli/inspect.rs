//! `mwparquet inspect`.

use std::process::ExitCode;

use super::args::{InspectArguments, OnDamage};
use super::convert::{limits, pool};
use super::sizes::{human_bytes, human_count};
use super::{exit_code, print, print_error};
use crate::engine::{Inspection, Stop, inspect};
use crate::error::{Error, Result};
use crate::source::discover;

pub(super) fn run(arguments: &InspectArguments, stop: &Stop) -> Result<ExitCode> {
    let pool = pool(&arguments.work)?;
    let limits = limits(&arguments.work, OnDamage::Fail, &pool);
    let found = discover(&arguments.inputs)?;
    let mut code = ExitCode::SUCCESS;
    for input in found.named.iter().chain(&found.in_folders) {
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
            // One bad file does not hide the others.
            Err(error) => {
                print_error(&error);
                code = exit_code(error.kind());
            }
        }
    }
    Ok(code)
}

fn describe(inspection: &Inspection) -> String {
    let unknown = || "not said".to_owned();
    let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(unknown);
    let seen = &inspection.seen;
    let scope = match inspection.is_whole {
        true => "",
        false => " at its beginning; --full counts all",
    };
    let pieces = inspection
        .container_pieces
        .map_or_else(String::new, |pieces| format!(", pieces: {pieces}"));
    let size = inspection.bytes.map_or_else(unknown, human_bytes);
    let rows = [
        (
            "container",
            format!("{}{pieces}, {size}", inspection.container),
        ),
        ("kind", inspection.kind.to_owned()),
        (
            "wiki",
            format!(
                "{} ({})",
                or_unknown(&inspection.wiki_id),
                or_unknown(&inspection.site_name)
            ),
        ),
        ("base", or_unknown(&inspection.base)),
        ("schema", or_unknown(&inspection.schema_version)),
        ("generator", or_unknown(&inspection.generator)),
        ("language", or_unknown(&inspection.language)),
        ("titles", or_unknown(&inspection.case)),
        ("namespaces", inspection.namespaces.to_string()),
        (
            "seen",
            format!(
                "{} pages, {} revisions, {} log items{scope}",
                human_count(seen.pages),
                human_count(seen.revisions),
                human_count(seen.log_items)
            ),
        ),
        (
            "XML",
            match inspection.is_whole {
                true => human_bytes(seen.xml_bytes),
                false => unknown(),
            },
        ),
    ];
    let mut text = format!("{}\n", inspection.name);
    for (name, value) in rows {
        text += &format!("  {name:<11}{value}\n");
    }
    if seen.rejects > 0 {
        text += &format!("  {:<11}{}\n", "damaged", human_count(seen.rejects));
    }
    text
}
