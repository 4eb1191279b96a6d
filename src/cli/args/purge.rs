//! Arguments of `purge`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ProgressArgs, WorkArguments};

const EXAMPLES: &str = "Examples:
  mwparquet purge out --against dumps/simplewiki/20260201 --dry-run
  mwparquet purge out --against simplewiki-20260201-stub-meta-history.xml.gz \\
      simplewiki-20260201-pages-logging.xml.gz
  mwparquet purge out                # ends a purge that was killed

Rows of revisions, pages and log entries that the newer dumps do not hold any more go, and so do users,
comments and texts that they hide; what was made of these, too.  Stubs are enough.  Parts are written
anew beside the old and take their places all at once; the old are removed.  docs/PRIVACY.md tells what
goes of each table, and what cannot be told.

Exit codes: 0 all was judged, 1 some rows were not (with --partial), 2 usage, 3 damaged.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct PurgeArguments {
    /// Folders that `convert` has written
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Newer dumps of the same wiki with all revisions, or folders of runs, of which stub-meta-history
    /// (or else a kind with texts) and pages-logging are read
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    pub against: Vec<String>,
    /// Purge what the newer dumps tell of, where they do not tell of all; the rest is named and stays
    #[arg(long)]
    pub partial: bool,
    /// What names of dumps do not tell
    #[arg(long, value_name = "WHAT,…", value_enum, value_delimiter = ',')]
    pub assume: Vec<Assumption>,
    /// Tell what would go, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write JSON lines
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub progress: ProgressArgs,
    #[command(flatten)]
    pub work: WorkArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Assumption {
    /// The newer dumps hold all pages with all revisions, and the whole log if they have any of it
    Whole,
    /// The newer dumps are newer than the outputs
    Newer,
    /// The newer dumps are of the wiki of the outputs
    Wiki,
}
