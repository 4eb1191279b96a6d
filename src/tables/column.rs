//! A column: what it means, and the array it is collected in.

mod bits;
mod numbers;
mod operations;
mod slots;
mod string_lists;
mod strings;

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, ListBuilder, MapBuilder, MapFieldNames, StringBuilder};
use arrow::datatypes::{
    DataType, Field, Fields, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};

use self::numbers::{Numbers, Truths};
use self::operations::OperationCells;
use self::slots::SlotCells;
use self::string_lists::StringLists;
use self::strings::Strings;
use crate::model::{Text, Timestamp};

pub use self::operations::Operations;
pub use self::slots::SlotValue;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// 64-bit floating point.
    Float64,
    /// Truth value.
    Boolean,
    /// UTF-8.
    String,
    /// Point in time, UTC, microseconds.
    Timestamp,
    /// List of strings.
    StringList,
    /// Strings by their names, which are strings; a value can be absent.
    StringMap,
    /// List of 64-bit integers.
    Int64List,
    /// List of the operations of a diff.
    Operations,
    /// Slots of a revision by their roles.
    Slots,
}

/// What a column means.
#[derive(Debug)]
pub struct ColumnDoc {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a value can be absent.
    pub nullable: bool,
    /// Unit or notation of the values; empty where there is none.
    pub unit: &'static str,
    /// The meaning, and what an absent value says.
    pub meaning: &'static str,
    /// Where in the dump it comes from.
    pub source: &'static str,
}

/// A table as a type: what its rows are made of, and its columns.
pub trait Table: Sized + 'static {
    /// What a row is made of.
    type Row<'r>;

    /// Its columns, in order.
    fn columns() -> &'static [Column<Self>];
}

/// A column of the table `T`.
pub struct Column<T: Table> {
    /// What it means.
    pub doc: ColumnDoc,
    /// Puts a row's value into it.
    pub put: fn(&T::Row<'_>, &mut Cells),
}

/// What the columns of a table mean.
pub(super) fn docs<T: Table>() -> Vec<&'static ColumnDoc> {
    T::columns().iter().map(|column| &column.doc).collect()
}

impl Kind {
    /// The type in Arrow.  Lists have the element name that Spark and Parquet's own rules want.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Boolean => DataType::Boolean,
            Self::String => DataType::Utf8,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::StringMap => DataType::Map(entry(), false),
            Self::StringList => DataType::List(element(DataType::Utf8)),
            Self::Int64List => DataType::List(element(DataType::Int64)),
            Self::Operations => operations::arrow_type(),
            Self::Slots => slots::arrow_type(),
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Timestamp => "timestamp(us, UTC)",
            Self::StringList => "list<string>",
            Self::StringMap => "map<string, string>",
            Self::Int64List => "list<int64>",
            Self::Operations => operations::NAME,
            Self::Slots => slots::NAME,
        }
    }
}

fn element(of: DataType) -> Arc<Field> {
    Arc::new(Field::new("element", of, false))
}

fn map_key() -> Field {
    Field::new("key", DataType::Utf8, false)
}

fn map_value() -> Field {
    Field::new("value", DataType::Utf8, true)
}

/// An entry of a map, with the names of Parquet's own rules.
fn entry() -> Arc<Field> {
    let fields = Fields::from(vec![map_key(), map_value()]);
    Arc::new(Field::new("key_value", DataType::Struct(fields), false))
}

/// Values of one column on their way into an array.
#[derive(Debug)]
pub enum Cells {
    /// Of [`Kind::Int32`].
    Int32(Numbers<Int32Type>),
    /// Of [`Kind::Int64`].
    Int64(Numbers<Int64Type>),
    /// Of [`Kind::Float64`].
    Float64(Numbers<Float64Type>),
    /// Of [`Kind::Boolean`].
    Boolean(Truths),
    /// Of [`Kind::String`].
    String(Strings),
    /// Of [`Kind::Timestamp`].
    Timestamp(Numbers<TimestampMicrosecondType>),
    /// Of [`Kind::StringList`].
    StringList(StringLists),
    /// Of [`Kind::StringMap`].
    StringMap(MapBuilder<StringBuilder, StringBuilder>),
    /// Of [`Kind::Int64List`].
    Int64List(ListBuilder<Int64Builder>),
    /// Of [`Kind::Operations`].
    Operations(Box<OperationCells>),
    /// Of [`Kind::Slots`].
    Slots(Box<SlotCells>),
}

impl Cells {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Int32 => Self::Int32(Numbers::default()),
            Kind::Int64 => Self::Int64(Numbers::default()),
            Kind::Float64 => Self::Float64(Numbers::default()),
            Kind::Boolean => Self::Boolean(Truths::default()),
            Kind::String => Self::String(Strings::default()),
            Kind::Timestamp => Self::Timestamp(Numbers::default()),
            Kind::StringList => Self::StringList(StringLists::default()),
            Kind::StringMap => {
                let names = MapFieldNames {
                    entry: "key_value".to_owned(),
                    key: "key".to_owned(),
                    value: "value".to_owned(),
                };
                let (keys, values) = (StringBuilder::new(), StringBuilder::new());
                let cells = MapBuilder::new(Some(names), keys, values);
                Self::StringMap(
                    cells
                        .with_keys_field(Arc::new(map_key()))
                        .with_values_field(Arc::new(map_value())),
                )
            }
            Kind::Int64List => {
                let cells = ListBuilder::new(Int64Builder::new());
                Self::Int64List(cells.with_field(element(DataType::Int64)))
            }
            Kind::Operations => Self::Operations(Box::default()),
            Kind::Slots => Self::Slots(Box::default()),
        }
    }

    /// Makes room for texts of so many bytes together, before any is put.
    pub(super) fn make_room(&mut self, bytes: usize) {
        match self {
            Self::String(cells) => *cells = Strings::with_room(bytes),
            _ => debug_assert!(false, "a column that is no string"),
        }
    }

    /// Puts an integer.
    #[inline]
    pub fn int(&mut self, value: Option<i64>) {
        match self {
            Self::Int64(cells) => cells.push(value),
            Self::Int32(cells) => cells.push(value.and_then(|value| value.try_into().ok())),
            _ => debug_assert!(false, "a column that is no integer"),
        }
    }

    /// Puts a floating-point number.
    pub fn float(&mut self, value: Option<f64>) {
        match self {
            Self::Float64(cells) => cells.push(value),
            _ => debug_assert!(false, "a column that is no floating-point number"),
        }
    }

    /// Puts a truth value.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.optional_boolean(Some(value));
    }

    /// Puts a truth value, or none.
    #[inline]
    pub fn optional_boolean(&mut self, value: Option<bool>) {
        match self {
            Self::Boolean(cells) => cells.push(value),
            _ => debug_assert!(false, "a column that is no truth value"),
        }
    }

    /// Puts a point in time.
    #[inline]
    pub fn time(&mut self, value: Option<Timestamp>) {
        match self {
            Self::Timestamp(cells) => cells.push(value.map(Timestamp::microseconds)),
            _ => debug_assert!(false, "a column that is no time"),
        }
    }

    /// Puts a string.
    #[inline]
    pub fn string(&mut self, value: Option<&str>) {
        match self {
            Self::String(cells) => cells.push(value),
            _ => debug_assert!(false, "a column that is no string"),
        }
    }

    /// Puts a text, decoded straight into the array.
    #[inline]
    pub fn text(&mut self, value: Option<Text<'_>>) {
        match self {
            Self::String(cells) => cells.push_text(value),
            _ => debug_assert!(false, "a column that is no string"),
        }
    }

    /// Puts a list of strings.
    #[inline]
    pub fn list<S: AsRef<str>>(&mut self, values: impl Iterator<Item = S>) {
        self.optional_list(Some(values));
    }

    /// Puts a list of strings, or none.
    #[inline]
    pub fn optional_list<S: AsRef<str>>(&mut self, values: Option<impl Iterator<Item = S>>) {
        match self {
            Self::StringList(cells) => {
                let is_some = values.is_some();
                for value in values.into_iter().flatten() {
                    cells.push(value.as_ref());
                }
                cells.end(is_some);
            }
            _ => debug_assert!(false, "a column that is no list"),
        }
    }

    /// Puts a map, or none.
    pub fn map<'v>(&mut self, entries: Option<impl Iterator<Item = (&'v str, Option<String>)>>) {
        match self {
            Self::StringMap(cells) => {
                let is_some = entries.is_some();
                for (key, value) in entries.into_iter().flatten() {
                    cells.keys().append_value(key);
                    cells.values().append_option(value);
                }
                // There are as many keys as values.
                let _ = cells.append(is_some);
            }
            _ => debug_assert!(false, "a column that is no map"),
        }
    }

    /// Puts a list of integers.
    pub fn int_list(&mut self, values: impl Iterator<Item = i64>) {
        match self {
            Self::Int64List(cells) => {
                values.for_each(|value| cells.values().append_value(value));
                cells.append(true);
            }
            _ => debug_assert!(false, "a column that is no list of integers"),
        }
    }

    /// Puts the operations of a diff.
    pub fn operations(&mut self, value: Option<Operations<'_>>) {
        match self {
            Self::Operations(cells) => cells.push(value),
            _ => debug_assert!(false, "a column that is no list of operations"),
        }
    }

    /// Puts the slots of a revision.
    pub fn slots<'r>(&mut self, values: impl Iterator<Item = SlotValue<'r>>) {
        match self {
            Self::Slots(cells) => cells.push(values),
            _ => debug_assert!(false, "a column that is no map of slots"),
        }
    }

    /// Puts nothing, whatever the column holds.
    pub fn null(&mut self) {
        match self {
            Self::Int32(_) | Self::Int64(_) => self.int(None),
            Self::Float64(_) => self.float(None),
            Self::Boolean(_) => self.optional_boolean(None),
            Self::String(_) => self.string(None),
            Self::Timestamp(_) => self.time(None),
            Self::StringList(cells) => cells.end(false),
            Self::StringMap(cells) => {
                // There are as many keys as values.
                let _ = cells.append(false);
            }
            Self::Int64List(cells) => cells.append(false),
            Self::Operations(cells) => cells.push(None),
            Self::Slots(cells) => cells.push_null(),
        }
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Int32(cells) => Arc::new(cells.finish()),
            Self::Int64(cells) => Arc::new(cells.finish()),
            Self::Float64(cells) => Arc::new(cells.finish()),
            Self::Boolean(cells) => Arc::new(cells.finish()),
            Self::String(cells) => Arc::new(cells.finish()),
            Self::Timestamp(cells) => Arc::new(cells.finish().with_timezone("UTC")),
            Self::StringList(cells) => Arc::new(cells.finish(element(DataType::Utf8))),
            Self::StringMap(cells) => Arc::new(cells.finish()),
            Self::Int64List(cells) => Arc::new(cells.finish()),
            Self::Operations(cells) => cells.finish(),
            Self::Slots(cells) => cells.finish(),
        }
    }
}
