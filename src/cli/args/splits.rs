//! Arguments of jobs in splits.

use std::path::PathBuf;

use clap::Args;

use super::RunArguments;
use crate::cli::sizes::parse_bytes;

const PLAN_EXAMPLES: &str = "Examples:
  mwparquet plan dumps/*.bz2 --split-size 128MiB > plan.json
  jq -c '.splits[]' plan.json | xargs -d '\\n' -P 4 -I {} \\
    mwparquet convert --split {} --output out --threads 1
  mwparquet convert --commit plan.json --output out

Plain and bzip2 files are cut, whatever stands at the cuts; other files, and dumps of SQL tables, are
one split each; files over which a page is spread are one split together. Each split can be converted on
another machine that sees the same files, and more than once. A file that is written after the plan was
made is refused.";

#[derive(Debug, Args)]
#[command(after_help = PLAN_EXAMPLES)]
pub(in crate::cli) struct PlanArguments {
    /// Dump files, folders or patterns
    #[arg(required_unless_present = "wikis", value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// About how many bytes of a file, as stored, make a split
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = parse_bytes)]
    pub split_size: u64,
}

/// What part of a job in splits is to be done.
#[derive(Debug, Args)]
#[command(next_help_heading = "Splits")]
pub(in crate::cli) struct SplitArguments {
    /// Instead of INPUT: convert one split of what `mwparquet plan` wrote, given as JSON or as a file
    /// with it, into a folder with the other splits
    #[arg(
        long,
        value_name = "SPLIT",
        conflicts_with_all = ["inputs", "wikis", "commit", "overwrite", "resume", "skip_unchanged", "dry_run"]
    )]
    pub split: Option<String>,
    /// Instead of INPUT: make a finished job of the splits of this plan; options as they were converted with
    #[arg(
        long,
        value_name = "PLAN",
        conflicts_with_all = ["inputs", "wikis", "overwrite", "resume", "skip_unchanged", "dry_run"]
    )]
    pub commit: Option<PathBuf>,
}
