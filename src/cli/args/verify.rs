//! Arguments of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ProgressArgs, RunArguments, WorkArguments};

const EXAMPLES: &str = "Examples:
  mwparquet verify simplewiki-20260101-pages-meta-history.xml.bz2
  mwparquet verify --wiki simplewiki --kind pages-meta-history --json
  mwparquet verify out

Of dumps: the container with its checksums, the XML, the lists of checksums beside the file
(SHA256SUMS, sha1sums, md5sums, dumpstatus.json), and each text against the SHA-1 that the dump
declares. Of an output folder: each part against the manifest.

Exit codes: 0 sound, 1 texts differ from their checksums (with --strict), 2 usage, 3 damaged.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct VerifyArguments {
    /// Dump files, folders, patterns, or - for standard input; or folders that `convert` has written
    #[arg(required_unless_present = "wikis", value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// A text that is not what its checksum says is a failure, whatever the cause
    #[arg(long)]
    pub strict: bool,
    /// Write each text that is not what its checksum says to a file, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub differing: Option<PathBuf>,
    /// Write JSON lines
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub progress: ProgressArgs,
    #[command(flatten)]
    pub work: WorkArguments,
}

/// What `convert` verifies on the way.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verifying")]
pub(in crate::cli) struct ConvertVerifyArguments {
    /// Hold what is read against its checksums on the way, as `verify` does: each text against the SHA-1
    /// that the dump declares (which also writes the table differing_texts), each file against the lists
    /// beside it
    #[arg(long, value_name = "WHAT,…", value_enum, value_delimiter = ',')]
    pub verify: Vec<Verify>,
    /// A text that is not what its checksum says is a failure, whatever the cause: exit code 1
    #[arg(long, requires = "verify")]
    pub strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Verify {
    /// Texts
    Sha1,
    /// Files
    Checksums,
}

impl ConvertVerifyArguments {
    pub(in crate::cli) fn wants(&self, what: Verify) -> bool {
        self.verify.contains(&what)
    }
}
