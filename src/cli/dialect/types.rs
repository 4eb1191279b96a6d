//! The names of types in other programs.

use arrow::datatypes::{DataType, Field};

/// How a program spells types.
pub(super) struct Spelling {
    pub(super) int32: &'static str,
    pub(super) int64: &'static str,
    pub(super) float64: &'static str,
    pub(super) boolean: &'static str,
    pub(super) text: &'static str,
    pub(super) bytes: &'static str,
    /// A point in time, and one whose zone is not said.
    pub(super) time: [&'static str; 2],
    pub(super) day: &'static str,
    pub(super) list: fn(&str) -> String,
    pub(super) map: fn(&str, &str) -> String,
    /// Of the fields, each with its name.
    pub(super) group: fn(&[(&str, String)]) -> String,
}

pub(super) const HIVE: Spelling = Spelling {
    int32: "int",
    int64: "bigint",
    float64: "double",
    boolean: "boolean",
    text: "string",
    bytes: "binary",
    time: ["timestamp", "timestamp"],
    day: "date",
    list: |of| format!("array<{of}>"),
    map: |key, value| format!("map<{key}, {value}>"),
    group: |fields| format!("struct<{}>", fields_with(fields, ": ")),
};

pub(super) const SPARK: Spelling = Spelling {
    time: ["timestamp", "timestamp_ntz"],
    ..HIVE
};

pub(super) const TRINO: Spelling = Spelling {
    int32: "integer",
    int64: "bigint",
    float64: "double",
    boolean: "boolean",
    text: "varchar",
    bytes: "varbinary",
    time: ["timestamp", "timestamp"],
    day: "date",
    list: |of| format!("array({of})"),
    map: |key, value| format!("map({key}, {value})"),
    group: |fields| format!("row({})", fields_with(fields, " ")),
};

pub(super) const R: Spelling = Spelling {
    int32: "int32()",
    int64: "int64()",
    float64: "float64()",
    boolean: "boolean()",
    text: "utf8()",
    bytes: "binary()",
    time: ["timestamp(\"us\", \"UTC\")", "timestamp(\"us\")"],
    day: "date32()",
    list: |of| format!("list_of({of})"),
    map: |key, value| format!("map_of({key}, {value})"),
    group: |fields| format!("struct({})", fields_with(fields, " = ")),
};

fn fields_with(fields: &[(&str, String)], between: &str) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, kind)| format!("{name}{between}{kind}"))
        .collect();
    fields.join(", ")
}

impl Spelling {
    /// The name of a type.
    pub(super) fn of(&self, kind: &DataType) -> String {
        match kind {
            DataType::Int32 => self.int32.to_owned(),
            DataType::Int64 => self.int64.to_owned(),
            DataType::Float64 => self.float64.to_owned(),
            DataType::Boolean => self.boolean.to_owned(),
            DataType::Binary => self.bytes.to_owned(),
            DataType::Date32 => self.day.to_owned(),
            DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
            DataType::Timestamp(_, zone) => {
                let [point, without_zone] = self.time;
                zone.as_ref().map_or(without_zone, |_| point).to_owned()
            }
            DataType::List(element) => (self.list)(&self.of(element.data_type())),
            DataType::Struct(fields) => self.of_group(fields.iter().map(|field| &**field)),
            DataType::Map(entry, _) => match entry.data_type() {
                DataType::Struct(fields) => {
                    let kinds: Vec<_> = fields
                        .iter()
                        .map(|field| self.of(field.data_type()))
                        .collect();
                    match &kinds[..] {
                        [key, value] => (self.map)(key, value),
                        _ => self.text.to_owned(),
                    }
                }
                _ => self.text.to_owned(),
            },
            // No table has others.
            _ => self.text.to_owned(),
        }
    }

    fn of_group<'f>(&self, fields: impl Iterator<Item = &'f Field>) -> String {
        let fields: Vec<_> = fields
            .map(|field| (field.name().as_str(), self.of(field.data_type())))
            .collect();
        (self.group)(&fields)
    }
}
