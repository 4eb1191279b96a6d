//! MediaWiki XML dumps to Parquet tables.

pub mod container;
pub mod error;
pub mod frame;
pub mod model;
pub mod source;
#[cfg(feature = "parquet")]
pub mod tables;
pub mod xml;

pub use error::{Error, ErrorKind, Location, Result};
