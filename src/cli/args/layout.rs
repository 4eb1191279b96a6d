//! Arguments about folders of partitions, and about programs that read them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How the parts of a table lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum LayoutName {
    /// <table>/part-*.parquet
    #[default]
    Flat,
    /// <table>/wiki_id=<wiki>/snapshot=<day>/part-*.parquet, with _SUCCESS when complete
    Hive,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct LayoutArguments {
    /// How the parts of a table lie in its folder
    #[arg(long, value_name = "LAYOUT", value_enum, default_value_t = LayoutName::Flat)]
    pub layout: LayoutName,
    /// The snapshot of all inputs in the names of partitions, such as 2026-01-01 or 2026-01 [default: the day
    /// in the names of the files]
    #[arg(long, value_name = "SNAPSHOT", value_parser = parse_snapshot)]
    pub snapshot: Option<String>,
}

/// Programs that read tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DialectName {
    /// DDL of an external table in Hive
    Hive,
    /// DDL of an external table in Spark
    Spark,
    /// DDL of an external table in Trino with the Hive connector
    Trino,
    /// A view in DuckDB
    Duckdb,
    /// DDL of an Iceberg table for Spark, and how the parts come into it
    Iceberg,
    /// Reading code in R, with arrow
    R,
    /// Reading code in Python, with Polars
    Polars,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DialectArguments {
    /// Write what makes the table known to a program: DDL, or code that reads it
    #[arg(long, value_enum, requires = "table", conflicts_with_all = ["json", "markdown"])]
    pub dialect: Option<DialectName>,
    /// How the parts lie that are to be read
    #[arg(long, value_name = "LAYOUT", value_enum, default_value_t = LayoutName::Flat, requires = "dialect")]
    pub layout: LayoutName,
    /// The folder that convert has written, or where the program will find it
    #[arg(long, value_name = "DIR", default_value = "out", requires = "dialect")]
    pub location: PathBuf,
    /// Of wikiq also the columns that convert writes with --persistence
    #[arg(long, requires = "dialect")]
    pub persistence: bool,
}

fn parse_snapshot(text: &str) -> Result<String, &'static str> {
    let form: String = text
        .chars()
        .map(|character| match character.is_ascii_digit() {
            true => '0',
            false => character,
        })
        .collect();
    let whole_day = match &form[..] {
        "0000-00-00" => text.to_owned(),
        "0000-00" => format!("{text}-01"),
        "00000000" => [&text[..4], &text[4..6], &text[6..]].join("-"),
        _ => return Err(WANTED),
    };
    match crate::model::Timestamp::parse_day_or_time(&whole_day) {
        None => Err("there is no such day"),
        Some(_) if form == "00000000" => Ok(whole_day),
        Some(_) => Ok(text.to_owned()),
    }
}

const WANTED: &str = "expected a day or a month, such as 2026-01-01 or 2026-01";

#[cfg(test)]
mod tests {
    use super::parse_snapshot;

    #[test]
    fn days_and_months() {
        for (text, snapshot) in [
            ("2026-01-01", "2026-01-01"),
            ("2026-01", "2026-01"),
            ("20260131", "2026-01-31"),
        ] {
            assert_eq!(parse_snapshot(text).as_deref(), Ok(snapshot));
        }
        for text in [
            "2026-13",
            "2026-02-30",
            "latest",
            "",
            "2026",
            "a/b",
            "２０２６-01",
        ] {
            assert!(parse_snapshot(text).is_err(), "{text}");
        }
    }
}
