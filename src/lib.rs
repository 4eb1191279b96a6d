//! MediaWiki dumps, XML and SQL, to Parquet tables.

#[cfg(feature = "cli")]
pub mod cli;
pub mod container;
pub mod derive;
mod digits;
#[cfg(feature = "parquet")]
pub mod engine;
pub mod error;
pub mod frame;
mod marks;
pub mod model;
#[cfg(target_arch = "x86_64")]
mod processor;
#[cfg(feature = "parquet")]
pub mod protect;
#[cfg(feature = "parquet")]
pub mod runs;
#[cfg(feature = "parquet")]
pub mod sink;
pub mod source;
pub mod sql;
#[cfg(feature = "parquet")]
pub mod tables;
mod tags;
pub mod xml;

pub use error::{Error, ErrorKind, Location, Result};
