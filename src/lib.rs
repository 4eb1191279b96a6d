//! MediaWiki XML dumps to Parquet tables.

#[cfg(feature = "cli")]
pub mod cli;
pub mod container;
pub mod derive;
#[cfg(feature = "parquet")]
pub mod engine;
pub mod error;
pub mod frame;
mod marks;
pub mod model;
#[cfg(feature = "parquet")]
pub mod runs;
#[cfg(feature = "parquet")]
pub mod sink;
pub mod source;
#[cfg(feature = "parquet")]
pub mod tables;
pub mod xml;

pub use error::{Error, ErrorKind, Location, Result};
