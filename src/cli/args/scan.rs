//! The arguments of what hands on rows or pages instead of writing them.

use std::path::PathBuf;

use clap::Parser;

use super::{
    DiffArguments, FilterArguments, HistoryArguments, OnDamage, ProtectArguments, RunArguments,
    TableHistoryArguments, TableNames, WikiqArguments, WorkArguments,
};

/// Hands on the rows of a table
#[derive(Debug, Parser)]
#[command(name = "scan", disable_help_flag = true)]
pub(in crate::cli) struct ScanArguments {
    /// Dump files, folders, patterns, or - for standard input
    #[arg(required_unless_present_any = ["wikis", "split"], value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    /// Instead of INPUT: one split of a plan, as JSON
    #[arg(long, conflicts_with_all = ["inputs", "wikis"])]
    pub split: Option<String>,
    /// The table
    #[arg(long, default_value = "revisions", value_parser = TableNames { or_files: false })]
    pub table: String,
    /// Columns of it [default: all]
    #[arg(long, value_delimiter = ',')]
    pub columns: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArguments,
    #[command(flatten)]
    pub history: HistoryArguments,
    #[command(flatten)]
    pub table_history: TableHistoryArguments,
    #[command(flatten)]
    pub wikiq: WikiqArguments,
    #[command(flatten)]
    pub diffs: DiffArguments,
    #[command(flatten)]
    pub protect: ProtectArguments,
    #[command(flatten)]
    pub work: WorkArguments,
    /// At damaged input: fail, or skip it and keep the rest
    #[arg(long, value_enum, default_value_t = OnDamage::Fail)]
    pub on_damage: OnDamage,
    /// Rows of several inputs as they come, and not in the order of the inputs
    #[arg(long)]
    pub any_order: bool,
    /// Folder for what memory does not hold [default: the system's]
    #[arg(long)]
    pub temporary: Option<PathBuf>,
}

/// Hands on pages with their revisions, or log entries
#[derive(Debug, Parser)]
#[command(name = "pages", disable_help_flag = true)]
pub(in crate::cli) struct PagesArguments {
    /// Dump files, folders, patterns, or - for standard input
    #[arg(required_unless_present = "wikis", value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub runs: RunArguments,
    #[command(flatten)]
    pub filters: FilterArguments,
    #[command(flatten)]
    pub work: WorkArguments,
    /// At damaged input: fail, or skip it and keep the rest
    #[arg(long, value_enum, default_value_t = OnDamage::Fail)]
    pub on_damage: OnDamage,
    /// Leave texts out
    #[arg(long)]
    pub no_texts: bool,
}
