//! The arguments about personal data.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::protect::{AddressRule, UserRule};

#[derive(Debug, Args)]
#[command(next_help_heading = "Personal data")]
pub(in crate::cli) struct ProtectArguments {
    /// IP addresses in names, titles, comments, parameters and texts: keep, drop, truncate them to
    /// networks (/24, /48), or put a keyed hash in their place
    #[arg(long, value_name = "RULE", value_enum, default_value_t = Ip::Keep)]
    pub ip: Ip,
    /// Names and ids of users: keep, drop, or put a keyed hash in their place; comments and
    /// parameters of logs, which name users, are left out then
    #[arg(long, value_name = "RULE", value_enum, default_value_t = User::Keep)]
    pub user: User,
    /// File with the key of hashes: 16 random bytes or more (head -c 32 /dev/urandom > key)
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Keep sizes and checksums of hidden texts, where dumps still have them
    #[arg(long)]
    pub keep_hidden_sizes: bool,
    /// Let nobody else read the output: folders get the mode 0700, files 0600
    #[arg(long)]
    pub private: bool,
    /// When the output is to be removed: a number of days (90d) or a day (2027-01-31); recorded in
    /// the manifest, and told by `mwparquet list`
    #[arg(long, value_name = "WHEN", value_parser = super::super::expiry::parse_expiry)]
    pub expires: Option<super::super::expiry::Expiry>,
}

/// What becomes of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Ip {
    Keep,
    Drop,
    Truncate,
    Hash,
}

/// What becomes of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum User {
    Keep,
    Hash,
    Drop,
}

impl From<Ip> for AddressRule {
    fn from(ip: Ip) -> Self {
        match ip {
            Ip::Keep => Self::Keep,
            Ip::Drop => Self::Drop,
            Ip::Truncate => Self::Truncate,
            Ip::Hash => Self::Hash,
        }
    }
}

impl From<User> for UserRule {
    fn from(user: User) -> Self {
        match user {
            User::Keep => Self::Keep,
            User::Hash => Self::Hash,
            User::Drop => Self::Drop,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = CLEAN_EXAMPLES)]
pub(in crate::cli) struct CleanArguments {
    /// Folders that jobs wrote, finished or not
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Tell what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

const CLEAN_EXAMPLES: &str = "Examples:
  mwparquet clean out --dry-run
  mwparquet clean out

Only what mwparquet wrote is removed.  Other files stay, and so do their folders: they are named, and
the exit code is 1.  Not for a folder that a job is writing into.";

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(in crate::cli) struct ListArguments {
    /// Folders in which, and below which, jobs wrote
    #[arg(default_value = ".", value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Only jobs that are past their date
    #[arg(long)]
    pub expired: bool,
    /// Write JSON lines
    #[arg(long)]
    pub json: bool,
}

const LIST_EXAMPLES: &str = "Examples:
  mwparquet list results/
  mwparquet list results/ --expired --json | jq -r .folder";
