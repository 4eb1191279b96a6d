//! From a column's declared type to what its values become.

use crate::model::SqlKind;

/// What a column's declaration says of its values.
pub(super) struct Declaration<'a> {
    pub(super) column: &'a str,
    /// In small letters.
    pub(super) type_name: &'a str,
    pub(super) arguments: &'a [String],
    /// The dump says that its times are in UTC.
    pub(super) is_utc: bool,
}

/// MediaWiki writes times as 14 digits into columns of 14 bytes; their names end in one of these
/// (<https://www.mediawiki.org/wiki/Manual:Timestamp>).
const TIME_ENDINGS: [&str; 12] = [
    "timestamp",
    "touched",
    "updated",
    "expiry",
    "expires",
    "registration",
    "authenticated",
    "since",
    "time",
    "created",
    "changed",
    "date",
];
/// Of these, those that say when something ends, which may be never.
const END_ENDINGS: [&str; 2] = ["expiry", "expires"];
/// Columns that hold bytes, though their type is one that MediaWiki uses for text: collation keys.
const BYTES_COLUMNS: [&str; 1] = ["cl_sortkey"];
/// More digits than this fit no decimal number in Arrow.
const DECIMAL_MAX_DIGITS: u8 = 38;

pub(super) fn kind_of(declaration: &Declaration<'_>) -> SqlKind {
    let is_utc = declaration.is_utc;
    match declaration.type_name {
        "tinyint" | "smallint" | "year" | "bool" | "boolean" => SqlKind::Int { repeats: true },
        "int" | "integer" | "mediumint" | "bigint" => SqlKind::Int {
            repeats: declaration.column.ends_with("namespace"),
        },
        "float" | "double" | "real" => SqlKind::Float,
        "decimal" | "numeric" | "dec" | "fixed" => decimal(declaration.arguments),
        "bit" => SqlKind::Bits,
        "timestamp" => SqlKind::Time { is_utc },
        "datetime" => SqlKind::Time { is_utc: false },
        "date" => SqlKind::Day,
        "binary" | "varbinary" | "char" | "varchar" => bytes_or_text(declaration),
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" | "vector" => SqlKind::Bytes,
        _ => SqlKind::Text,
    }
}

fn bytes_or_text(declaration: &Declaration<'_>) -> SqlKind {
    let name = declaration.column;
    let ends_with = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let has_14_bytes = declaration.arguments == ["14"];
    match declaration.type_name {
        _ if has_14_bytes && ends_with(&TIME_ENDINGS) => SqlKind::WikiTime {
            ends: ends_with(&END_ENDINGS),
        },
        "binary" => SqlKind::Bytes,
        _ if BYTES_COLUMNS.contains(&name) => SqlKind::Bytes,
        _ => SqlKind::Text,
    }
}

fn decimal(arguments: &[String]) -> SqlKind {
    let number = |index: usize, otherwise: u8| match arguments.get(index) {
        Some(text) => text.parse().ok(),
        None => Some(otherwise),
    };
    match (number(0, 10), number(1, 0)) {
        (Some(precision @ 1..=DECIMAL_MAX_DIGITS), Some(scale)) if scale <= precision => {
            SqlKind::Decimal { precision, scale }
        }
        _ => SqlKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let ends = SqlKind::WikiTime { ends: true };
        let time = SqlKind::WikiTime { ends: false };
        for (column, type_name, arguments, kind) in [
            ("page_touched", "binary", "14", time),
            ("page_touched", "char", "14", time),
            ("ug_expiry", "varbinary", "14", ends),
            ("x_name", "varbinary", "14", SqlKind::Text),
            ("x_key", "binary", "14", SqlKind::Bytes),
            ("page_title", "varbinary", "255", SqlKind::Text),
            ("cl_sortkey", "varbinary", "230", SqlKind::Bytes),
            ("x", "decimal", "65,30", SqlKind::Text),
            ("x", "mediumblob", "", SqlKind::Text),
            ("x", "timestamp", "", SqlKind::Time { is_utc: true }),
            ("x", "datetime", "6", SqlKind::Time { is_utc: false }),
        ] {
            let arguments: Vec<_> = arguments.split(',').map(str::to_owned).collect();
            let declaration = Declaration {
                column,
                type_name,
                arguments: &arguments,
                is_utc: true,
            };
            assert_eq!(kind_of(&declaration), kind, "{column} {type_name}");
        }
    }
}
