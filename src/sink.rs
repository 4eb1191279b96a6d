//! Parquet parts on disk, and the manifest that makes a folder of them a finished job.

mod folder;
mod manifest;
mod order;
mod part;
mod properties;
mod read;
mod row_group;

pub use folder::OutputFolder;
pub use manifest::{InputEntry, MANIFEST_NAME, Manifest, PartEntry, Seen, TableEntry};
pub use part::{Part, TableWriter};
pub use properties::{Compression, WriterOptions};
pub use read::PartReader;
pub use row_group::{EncodedRowGroup, RowGroupEncoder};
