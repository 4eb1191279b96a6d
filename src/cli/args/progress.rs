//! What is said while a command works.

use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct ProgressArgs {
    /// How to show progress, on standard error
    #[arg(help_heading = "Running", long, value_enum, default_value_t = ProgressStyle::Auto)]
    progress: ProgressStyle,
    /// Say nothing but what is wrong: --progress off
    #[arg(help_heading = "Running", short, long, conflicts_with = "progress")]
    quiet: bool,
}

impl ProgressArgs {
    /// The style that is asked for.
    pub(in crate::cli) fn style(self) -> ProgressStyle {
        match self.quiet {
            true => ProgressStyle::Off,
            false => self.progress,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProgressStyle {
    /// Bars on a terminal, else plain lines
    Auto,
    /// A line every few seconds
    Plain,
    /// An event a line
    Json,
    /// Nothing
    Off,
}
