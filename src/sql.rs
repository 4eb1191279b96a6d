//! SQL dumps of tables, as mysqldump and mariadb-dump write them.
//!
//! [`Framer`] takes a dump's bytes in order.  It reads what stands between rows (comments, `CREATE
//! TABLE`, the heads of `INSERT`s) and looks in the rows for nothing but their quotes, so that it can cut
//! them into chunks.  [`parse_run`] reads the rows of a chunk, on any thread.
//!
//! The grammar is that of <https://dev.mysql.com/doc/refman/8.4/en/string-literals.html> and of what
//! those programs write: values are `NULL`, numbers, quoted bytes with backslashes, hexadecimal and bit
//! literals.

mod definition;
mod detect;
mod framer;
pub mod frequent;
mod insert;
mod kinds;
mod prose;
mod rows;
mod run_scan;
mod tokens;
mod value;

pub use definition::{BadDefinition, parse_definition};
pub use detect::{Guess, HEAD_BYTES, guess};
pub use framer::{Chunk, Declared, Frame, Framer, FramerOptions, Run};
pub use rows::{Fault, Rows, parse_run};
pub use value::{Misfit, Quoted, Value};
