//! Tests of the library as a whole, a module a theme.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bzip2;
mod chunks;
mod counts;
mod diff;
mod layering;
mod persistence;
mod reverts;
mod samples;
mod token_history;
mod token_revisions;
mod tokens;

#[cfg(feature = "parquet")]
mod diffs;
#[cfg(feature = "parquet")]
mod fuzzed;
#[cfg(feature = "parquet")]
mod gzip;
#[cfg(feature = "parquet")]
mod histories;
#[cfg(feature = "parquet")]
mod inputs;
#[cfg(feature = "parquet")]
mod jobs;
#[cfg(feature = "parquet")]
mod protect;
#[cfg(feature = "parquet")]
mod scan;
#[cfg(feature = "parquet")]
mod sessions;
#[cfg(feature = "parquet")]
mod splits;
#[cfg(feature = "parquet")]
mod sql;
