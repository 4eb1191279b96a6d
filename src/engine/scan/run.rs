//! The thread of a scan: all inputs, and what comes of them together.

use std::collections::{BTreeSet, HashSet};

use super::outlet::TableOutlet;
use super::{ScanJob, ScanReport, ScanTable};
use crate::engine::converted::{Converted, convert_sequence};
use crate::engine::input_tables::REPORTED_REJECTS;
use crate::engine::lane::Lane;
use crate::engine::lanes::{Reading, read_inputs};
use crate::engine::partitions::Partitions;
use crate::engine::plan::Plan;
use crate::engine::pool::Pool;
use crate::engine::progress::{Progress, Stop};
use crate::engine::sequences::{Sequence, sequences};
use crate::engine::sessions::write_sessions;
use crate::engine::splits::scan_split;
use crate::engine::sql::SqlWanted;
use crate::engine::wikis::Wikis;
use crate::error::{Error, Result};
use crate::sink::{Run, TemporaryFolder};
use crate::tables;

/// Reads all inputs; rows go to the outlet.
pub(super) fn run(
    job: &ScanJob,
    outlet: TableOutlet,
    progress: &Progress,
    stop: &Stop,
) -> Result<ScanReport> {
    let pool = Pool::new(job.threads)?;
    let sorting = TemporaryFolder::below(&job.sorting_parent);
    let sql = sql_wanted(&job.table);
    let plan = Plan::of_scan(job, &sql, outlet, sorting.path());
    let sequences = sequences(&job.inputs, &job.limits, &pool, stop)?;
    let reading = Reading {
        inputs: &job.inputs,
        sequences: &sequences,
        finished: &BTreeSet::new(),
        limits: &job.limits,
        pool: &pool,
        progress,
        stop,
    };
    let mut results = Results::default();
    match job.in_order {
        // Else a lane could wait for room that only those before it make.
        true => {
            for sequence in &sequences {
                let sequences = std::slice::from_ref(sequence);
                let reading = Reading {
                    sequences,
                    ..reading
                };
                read(job, &plan, &reading, &mut results)?;
            }
        }
        false => read(job, &plan, &reading, &mut results)?,
    }
    stop.check()?;
    // Of a split, others may have what is asked for.
    if job.split.is_none() && !results.has_xml && is_of_xml(&job.table) {
        return Err(Error::usage(
            "all inputs are dumps of SQL tables; these are scanned by names such as sql_page",
        ));
    }
    Lane::alone(&job.limits, &pool, progress, stop, |lane| {
        let partitions = Partitions::default();
        results.wikis.write(&plan, lane, &partitions)?;
        write_sessions(&plan, lane, results.edits, &partitions)
    })?;
    Ok(results.report)
}

/// Reads the inputs of sequences.
fn read(
    job: &ScanJob,
    plan: &Plan<'_>,
    reading: &Reading<'_>,
    results: &mut Results,
) -> Result<()> {
    let read = |lane: &Lane<'_>, sequence: &Sequence| match &job.split {
        Some(split) => scan_split(plan, lane, split, sequence),
        None => convert_sequence(plan, lane, reading.inputs, sequence, sequence.number()),
    };
    read_inputs(reading, &mut || (), &read, &mut |number, converted| {
        results.add(number, converted);
        Ok(())
    })
}

fn sql_wanted(table: &ScanTable) -> SqlWanted {
    match table {
        ScanTable::Ours(_) => SqlWanted {
            tables: Some(HashSet::new()),
            ..SqlWanted::default()
        },
        ScanTable::Sql { name, columns } => SqlWanted {
            tables: Some(HashSet::from([name.clone()])),
            columns: columns
                .iter()
                .map(|columns| (name.clone(), columns.clone()))
                .collect(),
        },
    }
}

/// Whether a table is made of XML alone.  Any input can have rejects.
fn is_of_xml(table: &ScanTable) -> bool {
    (table.selection()).is_some_and(|selection| selection.table.name != tables::REJECTS.name)
}

/// What inputs leave when all their own rows are handed on.
#[derive(Default)]
struct Results {
    report: ScanReport,
    wikis: Wikis,
    edits: Vec<Run>,
    has_xml: bool,
}

impl Results {
    fn add(&mut self, number: usize, converted: Converted) {
        self.has_xml |= converted.sql.is_none();
        for file in &converted.files {
            self.report.seen.add(&file.entry.seen);
        }
        let rejects = &mut self.report.rejects;
        let room = REPORTED_REJECTS.saturating_sub(rejects.len());
        rejects.extend(converted.rejects.into_iter().take(room));
        self.wikis.add(number, converted.wikis);
        self.edits.extend(converted.edits);
    }
}
