//! What a job would do.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use crate::cli::print;
use crate::cli::sizes::human_bytes;
use crate::engine::{Job, Pool, Stop, inspect, kept_inputs, sequences};
use crate::error::Result;
use crate::sink::{OutputFolder, SNAPSHOT};
use crate::source::Input;
use crate::tables;

/// Tells what is read, left out and written.
pub(super) fn dry_run(job: &Job, pool: &Pool, stop: &Stop) -> Result<ExitCode> {
    OutputFolder::check(
        &job.output,
        job.overwrite || job.resume || job.skip_unchanged.is_some(),
    )?;
    let sequences = sequences(&job.inputs, &job.limits, pool, stop)?;
    let kept = kept_inputs(job, &sequences, stop)?;
    let mut text = String::new();
    let mut sql_tables = BTreeSet::new();
    let mut has_xml = false;
    let following: BTreeMap<_, _> = sequences
        .iter()
        .flat_map(|sequence| sequence.files().windows(2))
        .map(|pair| (pair[1].number, pair[0].number))
        .collect();
    for (number, input) in job.inputs.iter().enumerate() {
        let found = sql_tables_of(input, job, pool, stop);
        has_xml |= found.is_empty();
        sql_tables.extend(found);
        let size = input
            .size_bytes()
            .map_or_else(|| "size unknown".to_owned(), human_bytes);
        let before = following.get(&number);
        let goes_on = before.and_then(|before| job.inputs.get(*before));
        let goes_on = goes_on.map_or_else(String::new, |before| {
            format!(", which goes on from {}", before.file_name())
        });
        let what = match kept.contains(&number) {
            true => "keep",
            false => "read",
        };
        text += &format!("{what}   {} ({size}){goes_on}\n", input.name());
    }
    for (name, why) in &job.left_out {
        text += &format!("leave  {name}: {why}\n");
    }
    let is_written = |name: &str| has_xml || name == tables::REJECTS.name;
    let selections = job.selections.iter();
    for selection in selections.filter(|selection| is_written(selection.table.name)) {
        text += &format!(
            "write  {}/{}part-*.parquet, {} columns\n",
            job.output.join(selection.table.name).display(),
            partitions(job, selection.table.wiki_column()),
            selection.columns.len()
        );
    }
    for table in sql_tables {
        text += &format!(
            "write  {}/{}part-*.parquet\n",
            job.output.join(table).display(),
            partitions(job, tables::WIKI_ID),
        );
    }
    print(text.as_bytes())
}

/// The folders between a table's and its parts.
fn partitions(job: &Job, wiki_column: &str) -> String {
    match job.snapshots {
        None => String::new(),
        Some(_) => format!("{wiki_column}=*/{SNAPSHOT}=*/"),
    }
}

/// The tables that an SQL dump begins with, as far as they are wanted.  What cannot be read is told
/// by the job itself.
fn sql_tables_of(input: &Input, job: &Job, pool: &Pool, stop: &Stop) -> Vec<String> {
    if *input == Input::Stdin {
        return Vec::new();
    }
    let wanted = job.sql.tables.as_ref();
    inspect(input, false, &job.limits, pool, stop)
        .map(|inspection| inspection.sql_tables)
        .unwrap_or_default()
        .into_iter()
        .map(|table| table.declared.written_name())
        .filter(|name| wanted.is_none_or(|wanted| wanted.contains(name)))
        .collect()
}
