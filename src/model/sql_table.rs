//! Tables as a wiki's database declares them.

/// A table of a database, as its `CREATE TABLE` declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct SqlTable {
    /// Its name in the database.
    pub name: String,
    /// Its columns, in the order of their declaration.
    pub columns: Vec<SqlColumn>,
}

/// A column of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// Its type as it is declared: `int(10) unsigned`.
    pub declared: String,
    /// What its values become.
    pub kind: SqlKind,
    /// Whether it is declared without `NOT NULL`.
    pub nullable: bool,
    /// Whether the database computes it, so that dumps need not have it.
    pub is_generated: bool,
}

/// What the values of a column become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "parquet", derive(serde::Serialize, serde::Deserialize))]
pub enum SqlKind {
    /// A whole number of 64 bits with a sign; `repeats` where few different ones are to be expected.
    Int {
        /// By the size of the declared type.
        repeats: bool,
    },
    /// A floating-point number of 64 bits.
    Float,
    /// A decimal number.
    Decimal {
        /// Digits in all, 38 at most.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// A field of bits, as a whole number.
    Bits,
    /// Text in UTF-8.
    Text,
    /// Bytes.
    Bytes,
    /// MediaWiki's 14 digits, `YYYYMMDDhhmmss` in UTC; `ends` where `infinity` may stand for a time.
    WikiTime {
        /// Whether it says when something ends.
        ends: bool,
    },
    /// `YYYY-MM-DD hh:mm:ss`, with a fraction or without, in UTC if that is known.
    Time {
        /// Whether the dump says that it is UTC.
        is_utc: bool,
    },
    /// A day, `YYYY-MM-DD`.
    Day,
}

impl SqlTable {
    /// The name of the table that its rows are written to: `sql_page`.
    ///
    /// The database's tables are not those that are made of XML (`pages`, `revisions`, `content`), and
    /// any name may occur.  What no file may be called by everywhere is written as `%` and two
    /// hexadecimal digits.
    pub fn written_name(&self) -> String {
        let mut name = String::from("sql_");
        for byte in self.name.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'$' => {
                    name.push(char::from(byte));
                }
                _ => name += &format!("%{byte:02X}"),
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        for (name, written) in [
            ("page", "sql_page"),
            ("../x", "sql_%2E%2E%2Fx"),
            ("a b%", "sql_a%20b%25"),
            ("é", "sql_%C3%A9"),
        ] {
            let table = SqlTable {
                name: name.to_owned(),
                columns: Vec::new(),
            };
            assert_eq!(table.written_name(), written);
        }
    }
}
