//! The argument that asks for wikiq's columns of tokens.

use clap::{Args, ValueEnum};

use crate::derive::token_revisions::TokenMatching;
use crate::error::{Error, Result};
use crate::tables::{self, Selection};

#[derive(Debug, Args)]
#[command(next_help_heading = "Reverts, sessions and persistence")]
pub(in crate::cli) struct WikiqArguments {
    /// Profile and format wikiq: with the columns that its option of this name adds, token_revs,
    /// tokens_added, tokens_removed and tokens_window; how texts are compared for them [default where
    /// no value is given: sequence]
    #[arg(
        long,
        value_name = "MATCHING",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "sequence"
    )]
    persistence: Option<Matching>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Matching {
    /// Tokens in their order
    Sequence,
    /// Paragraphs and sentences first, wherever they stand
    Segment,
}

impl WikiqArguments {
    /// How texts are compared, if the columns are asked for.
    pub(in crate::cli) fn matching(&self) -> Option<TokenMatching> {
        Some(match self.persistence? {
            Matching::Sequence => TokenMatching::Sequence,
            Matching::Segment => TokenMatching::Segment,
        })
    }

    /// All columns that are written of a table of which none are named.
    pub(in crate::cli) fn selection(&self, table: &'static tables::TableInfo) -> Selection {
        match self.persistence {
            Some(_) => Selection::all(table),
            None => Selection::usual(table),
        }
    }

    /// Refuses to be asked for what is not written.
    pub(in crate::cli) fn check(&self, selections: &[Selection]) -> Result<()> {
        let are_wanted = selections.iter().any(Selection::has_on_request);
        match self.persistence.is_some() && !are_wanted {
            true => Err(Error::usage(
                "--persistence is for the columns token_revs, tokens_added, tokens_removed and tokens_window of the profile wikiq, which is not asked for, or without these columns; the table persistence is asked for with --tables",
            )),
            false => Ok(()),
        }
    }
}
