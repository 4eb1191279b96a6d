//! The arguments about the table `diffs`.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::derive::diff::{Algorithm, Differ};
use crate::derive::tokens::Tokenizer;
use crate::engine::DiffOptions;
use crate::error::{Error, Result};

#[derive(Debug, Args)]
#[command(next_help_heading = "Diffs")]
pub(in crate::cli) struct DiffArguments {
    /// Table diffs: what is compared [default: words]
    #[arg(long, value_name = "TOKENIZER", value_parser = names(&Tokenizer::ALL.map(Tokenizer::name)))]
    diff_tokenizer: Option<String>,
    /// Table diffs: how it is compared; segments finds what was moved [default: histogram]
    #[arg(long, value_name = "ALGORITHM", value_parser = names(&Algorithm::ALL.map(Algorithm::name)))]
    diff_algorithm: Option<String>,
    /// Table diffs: every Nth revision of a page carries its whole text, so that `mwparquet apply`
    /// can rebuild all texts
    #[arg(long, value_name = "N", value_parser = parse_every)]
    keyframe_every: Option<NonZeroU64>,
}

impl DiffArguments {
    /// The options; that the table is wanted is asked if any of them is given.
    pub(in crate::cli) fn options(&self, is_wanted: bool) -> Result<DiffOptions> {
        let is_given = self.diff_tokenizer.is_some()
            || self.diff_algorithm.is_some()
            || self.keyframe_every.is_some();
        if is_given && !is_wanted {
            return Err(Error::usage(
                "--diff-tokenizer, --diff-algorithm and --keyframe-every are for the table diffs, which --tables does not name",
            ));
        }
        let tokenizer = self.diff_tokenizer.as_deref();
        let algorithm = self.diff_algorithm.as_deref();
        let options = DiffOptions {
            tokenizer: tokenizer.and_then(Tokenizer::by_name).unwrap_or_default(),
            algorithm: algorithm.and_then(Algorithm::by_name).unwrap_or_default(),
            keyframe_every: self.keyframe_every,
        };
        // Not all of them go together.
        Differ::new(options.tokenizer, options.algorithm)?;
        Ok(options)
    }
}

const APPLY_EXAMPLES: &str = "Examples:
  mwparquet convert history.xml.7z --tables diffs --keyframe-every 100 --output out
  mwparquet apply out | jq -r .text
  mwparquet apply --check out";

#[derive(Debug, Args)]
#[command(after_help = APPLY_EXAMPLES)]
pub(in crate::cli) struct ApplyArguments {
    /// Folder of a job, folder of a table diffs, or parts of one in their order
    #[arg(required = true, value_name = "DIFFS")]
    pub(in crate::cli) diffs: Vec<PathBuf>,
    /// Write nothing: hold the texts against the checksums that the dump declares
    #[arg(long)]
    pub(in crate::cli) check: bool,
}

fn names(names: &[&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(names)
}

fn parse_every(text: &str) -> Result<NonZeroU64, &'static str> {
    text.parse()
        .map_err(|_| "expected how many revisions, from 1 on, such as 100")
}
