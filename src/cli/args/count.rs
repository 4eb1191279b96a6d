//! The arguments of `mwparquet count`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::packing::PackingArguments;
use super::{FilterArguments, OnDamage, ProgressArgs, RunArguments, WorkArguments};
use crate::derive::counts::{Key, Measure};

const EXAMPLES: &str = "Examples:
  mwparquet count enwiki-20260101-stub-meta-history*.xml.gz --by user --output users.parquet
  mwparquet count stub.xml.gz --by namespace,month --measures all --format csv
  mwparquet count pages-logging.xml.gz --type newusers --by month
  mwparquet count out --by page --top 20        # out: a folder that convert has written

Rows come in the order of their keys, what is absent last; with --top the largest come first. No row
mixes wikis. docs/COUNTS.md says what is counted how.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct CountArguments {
    /// Dump files, folders, patterns, - for standard input, or folders that convert has written
    #[arg(required_unless_present = "wikis", value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// What counts are told apart by; page and model are of revisions, type and action of logs
    #[arg(
        long,
        required = true,
        value_name = "KEY,…",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Key::ALL.map(Key::name))
    )]
    pub by: Vec<String>,
    /// What to tell beside the number of edits or log entries, or "all" that goes with the keys;
    /// bytes and reverts take whole histories [default: minor,time]
    #[arg(
        long,
        value_name = "MEASURE,…",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(
            Measure::ALL.map(Measure::name).into_iter().chain(["all"])
        )
    )]
    pub measures: Option<Vec<String>>,
    /// Only log entries of these kinds, such as newusers
    #[arg(
        long = "type",
        value_name = "TYPE,…",
        value_delimiter = ',',
        help_heading = "Filters"
    )]
    pub log_types: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArguments,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Form of the rows [default: by the ending of --output; table on a terminal, else csv]
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<CountFormat>,
    /// Only the so many largest rows, the largest first [default for a table: 20]
    #[arg(long, value_name = "N", value_parser = parse_top, help_heading = "Output")]
    pub top: Option<usize>,
    #[command(flatten)]
    pub packing: PackingArguments,
    /// Replace the file if it is there
    #[arg(long, help_heading = "Output")]
    pub overwrite: bool,
    #[command(flatten)]
    pub work: WorkArguments,
    /// Folder for what memory does not hold [default: that of --output, or the system's]
    #[arg(long, value_name = "DIR", help_heading = "Resources")]
    pub temporary: Option<PathBuf>,
    /// At damaged input: fail, or skip it, count the rest and end with exit code 1
    #[arg(long, value_enum, default_value_t = OnDamage::Fail, help_heading = "Running")]
    pub on_damage: OnDamage,
    #[command(flatten)]
    pub progress: ProgressArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum CountFormat {
    /// Columns for people
    Table,
    /// Comma-separated values
    Csv,
    /// A JSON object a line
    Json,
    /// Parquet
    Parquet,
}

fn parse_top(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .ok()
        .filter(|rows| (1..=1_000_000).contains(rows))
        .ok_or("expected how many rows, from 1 to 1000000, such as 20")
}
