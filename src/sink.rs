//! Parquet parts on disk, and the manifest that makes a folder of them a finished job.

mod access;
mod cells;
mod check;
mod clean;
mod column_factories;
mod dictionaries;
mod folder;
mod jobs;
mod journal;
mod layout;
mod lock;
mod manifest;
mod order;
mod packing;
mod parquet_file;
mod part;
mod properties;
mod read;
mod recover;
mod rewrite;
mod row_group;
mod sample;
mod sorted_runs;
mod split_job;
mod sql_properties;
mod sync;

pub use access::Access;
pub use check::{CheckedOutput, check_output};
pub use clean::Cleaning;
mod temporary;
mod trial_packing;
mod update;
mod verified;
pub use cells::{Batch, Cell, for_each_row, put_csv, put_json};
pub use folder::OutputFolder;
pub use jobs::{FoundJob, UnfinishedJob, find_jobs};
pub use journal::{FinishedInput, Journal, JournalHead, KeptPart};
pub use layout::{Partition, SNAPSHOT, folders_of_table, is_partitioned, wiki_of_partition};
pub use manifest::{
    InputEntry, MANIFEST_NAME, Manifest, PartEntry, Seen, SplitEntry, TableEntry, WikiEntry,
};
pub use packing::{Compression, Encodings, Packing};
pub use parquet_file::ParquetFile;
pub use part::{Part, TableWriter, hexadecimal};
pub use properties::WriterOptions;
pub use read::{PartReader, Wanted};
pub use recover::Resumed;
pub use rewrite::{PartRewriter, RewriteOptions, Rewriting, is_unfinished as is_purge_unfinished};
pub use row_group::{EncodedColumn, EncodedRowGroup, OpenColumn, OpenRowGroup, RowGroupEncoder};
pub use sorted_runs::{KeptRun, MERGED_RUNS, Records, Run, for_each_sorted};
pub use split_job::{Receipt, receipts};
pub use sql_properties::SQL_TABLES_VERSION;
pub use temporary::TemporaryFolder;
pub use update::Kept;
pub use verified::{CheckedFile, ProofCounts, VerifiedInput};
