//! Arguments that find dumps in runs.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::runs::Kind;

/// Where Wikimedia's own machines have the dumps.
const DEFAULT_ROOT: &str = "/mnt/data/xmldatadumps/public";

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Runs")]
pub(in crate::cli) struct RunArguments {
    /// Of the runs in folders, only these kinds of dumps; one at most of pages, for they hold the same
    /// revisions [default: of pages the one with the most revisions, logs and tables]
    #[arg(
        long = "kind",
        value_name = "KIND,…",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)),
        hide_possible_values = true
    )]
    pub kind_names: Vec<String>,
    /// Instead of INPUT: runs of these wikis, by database name or pattern, in the mirror at --root
    #[arg(long = "wiki", value_name = "WIKI,…", value_delimiter = ',')]
    pub wikis: Vec<String>,
    /// Date of the runs: 20260101, or latest, the last that has finished
    #[arg(
        long,
        value_name = "DATE",
        default_value = "latest",
        requires = "wikis"
    )]
    pub date: String,
    /// Take what is there of runs that are not complete: exports without _SUCCESS, and files that a run
    /// lists and that are not there
    #[arg(long)]
    pub incomplete: bool,
    #[command(flatten)]
    pub mirror: RootArgument,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct RootArgument {
    /// The mirror: a folder of <wiki>/<date>
    #[arg(long, value_name = "DIR", env = "MWPARQUET_ROOT", default_value = DEFAULT_ROOT)]
    pub root: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RunsArguments {
    /// Wikis, by database name or pattern [default: all]
    #[arg(value_name = "WIKI", default_value = "*", hide_default_value = true)]
    pub wikis: Vec<String>,
    #[command(flatten)]
    pub mirror: RootArgument,
    /// Write JSON lines
    #[arg(long)]
    pub json: bool,
}

impl RunArguments {
    /// The kinds that were named.
    pub(in crate::cli) fn kinds(&self) -> Vec<Kind> {
        let names = self.kind_names.iter();
        names.filter_map(|name| Kind::of_name(name)).collect()
    }
}
