//! Parquet parts on disk, and the manifest that makes a folder of them a finished job.

mod access;
mod check;
mod clean;
mod dictionaries;
mod folder;
mod jobs;
mod manifest;
mod order;
mod part;
mod properties;
mod read;
mod row_group;
mod sorted_runs;
mod sql_properties;

pub use access::Access;
pub use check::{CheckedOutput, check_output, read_manifest};
pub use clean::Cleaning;
pub use folder::OutputFolder;
pub use jobs::{FoundJob, find_jobs};
pub use manifest::{InputEntry, MANIFEST_NAME, Manifest, PartEntry, Seen, TableEntry};
pub use part::{Part, TableWriter};
pub use properties::{Compression, WriterOptions};
pub use read::PartReader;
pub use row_group::{EncodedRowGroup, RowGroupEncoder};
pub use sorted_runs::{MERGED_RUNS, Records, Run, for_each_sorted};
pub use sql_properties::SQL_TABLES_VERSION;
