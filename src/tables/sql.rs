//! Tables of a wiki's database: their columns are those that a dump declares.

mod cells;
mod rows;
mod selection;

pub use self::rows::{SqlRows, Unfit};
pub use self::selection::{SqlColumnDoc, SqlSelection};
