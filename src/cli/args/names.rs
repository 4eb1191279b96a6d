//! Names of tables as arguments.

use std::ffi::OsStr;
use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::tables;

/// What the names of tables of SQL dumps begin with.
pub(in crate::cli) const SQL_PREFIX: &str = "sql_";

/// Reads the name of one of our tables, or of any table that an SQL dump may have.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct TableNames {
    /// Whether a file that is there will do too.
    pub or_files: bool,
}

impl TableNames {
    fn ours() -> PossibleValuesParser {
        PossibleValuesParser::new(tables::ALL.map(|table| table.name))
    }
}

impl TypedValueParser for TableNames {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let text = value.to_string_lossy();
        let is_of_sql = text.len() > SQL_PREFIX.len() && text.starts_with(SQL_PREFIX);
        let is_file = self.or_files && Path::new(value).is_file();
        // Profiles are known by both of their names where tables are described.
        let is_profile = self.or_files && tables::profile_by_name(&text).is_some();
        match is_of_sql || is_file || is_profile {
            true => Ok(text.into_owned()),
            false => Self::ours().parse_ref(command, argument, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = tables::ALL.into_iter();
        Some(Box::new(names.map(|table| PossibleValue::new(table.name))))
    }
}
