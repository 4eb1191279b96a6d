//! DDL.

use super::Placed;
use super::types::{HIVE, SPARK, Spelling, TRINO};

/// How a program spells names and texts.
struct Quotes {
    /// Around names.
    name: char,
    /// What stands for a quote in a text, and for a backslash.
    quote: &'static str,
    backslash: &'static str,
}

const HADOOP: Quotes = Quotes {
    name: '`',
    quote: "\\'",
    backslash: "\\\\",
};

const STANDARD: Quotes = Quotes {
    name: '"',
    quote: "''",
    backslash: "\\",
};

/// Longer comments of columns make a table that Hive's metastore refuses.
const METASTORE_CHARACTERS: usize = 256;

impl Quotes {
    fn name(&self, name: &str) -> String {
        let quote = self.name;
        format!("{quote}{name}{quote}")
    }

    fn text(&self, text: &str) -> String {
        let text = text.replace('\\', self.backslash).replace('\'', self.quote);
        format!("'{text}'")
    }

    /// A text in which no client takes a semicolon for the end of the statement.
    fn comment(&self, text: &str) -> String {
        self.text(&text.replace(';', ","))
    }

    fn names(&self, names: &[&str]) -> String {
        let names: Vec<_> = names.iter().map(|name| self.name(name)).collect();
        names.join(", ")
    }
}

/// The columns of files as lines, with their types and what they mean.
fn columns(placed: &Placed<'_>, spelling: &Spelling, quotes: &Quotes) -> Vec<String> {
    let line = |column: &super::ReadColumn| {
        let comment = match kept_by_metastores(&column.meaning) {
            meaning if meaning.is_empty() => String::new(),
            meaning => format!(" COMMENT {}", quotes.comment(&meaning)),
        };
        let (name, kind) = (quotes.name(&column.name), spelling.of(&column.kind));
        format!("  {name} {kind}{comment}")
    };
    placed.columns().map(line).collect()
}

/// A column's meaning in as many characters as Hive's metastore has room for: whole sentences, or else words.
fn kept_by_metastores(meaning: &str) -> String {
    let Some((end, _)) = meaning.char_indices().nth(METASTORE_CHARACTERS) else {
        return meaning.to_owned();
    };
    let kept = meaning.get(..end).unwrap_or_default();
    if let Some(sentence) = kept.rfind(". ").and_then(|at| kept.get(..=at)) {
        return sentence.to_owned();
    }
    let word = kept.trim_end_matches(|letter: char| letter != ' ');
    format!("{}…", word.trim_end())
}

/// The columns of partitions in the same form.
fn partition_columns(placed: &Placed<'_>, kind: &str, quotes: &Quotes) -> Vec<String> {
    let partitions = placed.partitions().into_iter();
    partitions
        .map(|name| format!("  {} {kind}", quotes.name(name)))
        .collect()
}

fn repair(placed: &Placed<'_>) -> String {
    match placed.is_partitioned {
        true => format!("\nMSCK REPAIR TABLE {};\n", HADOOP.name(&placed.table.name)),
        false => String::new(),
    }
}

pub(super) fn hive(placed: &Placed<'_>) -> String {
    let partitioned = match placed.is_partitioned {
        true => format!(
            "\nPARTITIONED BY (\n{}\n)",
            partition_columns(placed, "string", &HADOOP).join(",\n")
        ),
        false => String::new(),
    };
    format!(
        "CREATE EXTERNAL TABLE {} (\n{}\n)\nCOMMENT {}{partitioned}\nSTORED AS PARQUET\nLOCATION {};\n{}",
        HADOOP.name(&placed.table.name),
        columns(placed, &HIVE, &HADOOP).join(",\n"),
        HADOOP.comment(&format!("One row: {}", placed.table.row)),
        HADOOP.text(&placed.folder),
        repair(placed)
    )
}

pub(super) fn spark(placed: &Placed<'_>) -> String {
    let mut lines = columns(placed, &SPARK, &HADOOP);
    lines.extend(partition_columns(placed, "string", &HADOOP));
    let partitioned = match placed.is_partitioned {
        true => format!("\nPARTITIONED BY ({})", HADOOP.names(&placed.partitions())),
        false => String::new(),
    };
    format!(
        "CREATE TABLE {} (\n{}\n)\nUSING PARQUET{partitioned}\nCOMMENT {}\nLOCATION {};\n{}",
        HADOOP.name(&placed.table.name),
        lines.join(",\n"),
        HADOOP.comment(&format!("One row: {}", placed.table.row)),
        HADOOP.text(&placed.folder),
        repair(placed)
    )
}

pub(super) fn iceberg(placed: &Placed<'_>) -> String {
    let mut lines = columns(placed, &SPARK, &HADOOP);
    lines.extend(partition_columns(placed, "string", &HADOOP));
    let partitioned = match placed.is_partitioned {
        true => format!("\nPARTITIONED BY ({})", HADOOP.names(&placed.partitions())),
        false => String::new(),
    };
    let name = &placed.table.name;
    format!(
        "-- In Spark SQL, with the current catalog one of Iceberg. The parts stay where they are.\n\
         CREATE TABLE {} (\n{}\n)\nUSING ICEBERG{partitioned}\nCOMMENT {};\n\n\
         CALL system.add_files(table => {}, source_table => {});\n",
        HADOOP.name(name),
        lines.join(",\n"),
        HADOOP.comment(&format!("One row: {}", placed.table.row)),
        HADOOP.text(name),
        HADOOP.text(&format!("`parquet`.`{}`", placed.folder)),
    )
}

pub(super) fn trino(placed: &Placed<'_>) -> String {
    let mut lines = columns(placed, &TRINO, &STANDARD);
    lines.extend(partition_columns(placed, "varchar", &STANDARD));
    let location = match placed.folder.contains("://") {
        true => placed.folder.clone(),
        false => format!("file://{}", placed.folder),
    };
    let mut properties = vec![
        format!("  external_location = {}", STANDARD.text(&location)),
        "  format = 'PARQUET'".to_owned(),
    ];
    let mut sync = String::new();
    if placed.is_partitioned {
        let names: Vec<_> = placed
            .partitions()
            .iter()
            .map(|name| STANDARD.text(name))
            .collect();
        properties.push(format!("  partitioned_by = ARRAY[{}]", names.join(", ")));
        sync = format!(
            "\nCALL system.sync_partition_metadata(CURRENT_SCHEMA, {}, 'ADD');\n",
            STANDARD.text(&placed.table.name)
        );
    }
    format!(
        "-- In a schema of a catalog with the Hive connector.\n\
         CREATE TABLE {} (\n{}\n)\nCOMMENT {}\nWITH (\n{}\n);\n{sync}",
        STANDARD.name(&placed.table.name),
        lines.join(",\n"),
        STANDARD.comment(&format!("One row: {}", placed.table.row)),
        properties.join(",\n"),
    )
}

pub(super) fn duckdb(placed: &Placed<'_>) -> String {
    let name = STANDARD.name(&placed.table.name);
    let mut names: Vec<&str> = placed.columns().map(|column| &column.name[..]).collect();
    names.extend(placed.partitions());
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("  {}", STANDARD.name(name)))
        .collect();
    let mut options = String::new();
    if placed.is_partitioned {
        let kinds: Vec<_> = placed
            .partitions()
            .iter()
            .map(|name| format!("{}: VARCHAR", STANDARD.text(name)))
            .collect();
        options = format!(
            ",\n  hive_partitioning = true, hive_types = {{{}}}",
            kinds.join(", ")
        );
    }
    let mut text = format!(
        "CREATE OR REPLACE VIEW {name} AS\nSELECT\n{}\nFROM read_parquet({}{options});\n\n\
         COMMENT ON VIEW {name} IS {};\n",
        names.join(",\n"),
        STANDARD.text(&placed.pattern()),
        STANDARD.comment(&format!("One row: {}", placed.table.row)),
    );
    for column in placed.columns() {
        text += &format!(
            "COMMENT ON COLUMN {name}.{} IS {};\n",
            STANDARD.name(&column.name),
            STANDARD.comment(&column.meaning)
        );
    }
    text
}
