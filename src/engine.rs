//! The pipeline from inputs to tables, and the only place with threads.
//!
//! Each input is run by a lane, a thread that takes decoded bytes in order, frames them and hands
//! chunks to a pool of workers; what they make of them comes back in order through one-shot
//! channels.  Workers never wait for each other, so they cannot deadlock; a lane waits only for its
//! oldest task, which is always running or queued.  Memory is bounded where chunks are admitted: a
//! lane collects finished work before it lets more in.

mod ahead;
mod apply;
mod budget;
mod bzip2;
mod cat;
mod convert;
mod converted;
mod count;
mod decode;
mod diffs;
mod digest;
mod document;
mod gzip;
mod histories;
mod input_tables;
mod inspect;
mod kept;
mod kinds;
mod lane;
mod lanes;
mod log_rows;
mod open_page;
mod options;
mod pages;
mod partitions;
mod pipeline;
mod plan;
mod pool;
mod profile_rows;
mod progress;
mod proofs;
mod protected;
mod purge;
mod resume;
mod row_groups;
mod rows;
mod scan;
mod sequences;
mod sessions;
mod splits;
mod sql;
mod stream;
mod texts;
mod unchanged;
mod unknown;
mod verify;
mod wikis;

pub use crate::xml::XmlLimits;
pub use apply::{Rebuilt, apply, diff_parts};
pub use budget::Budget;
pub use cat::{
    DocumentOptions, DocumentShape, PeerFormat, cat_documents, cat_json, cat_xml, wikiq_header,
};
pub use convert::{Job, JobReport, SkipUnchanged, convert};
pub use count::{CountJob, CountReport, CountedRows, Counts, Form, count, is_finished_job};
pub use decode::{Feed, decode};
pub use digest::{check_file, wrong_checksum};
pub use document::Document;
pub use inspect::{InspectedColumn, InspectedTable, Inspection, inspect};
pub use lane::Lane;
pub use options::{DiffOptions, Filters, HistoryOptions, Limits};
pub use pages::{
    OwnedContent, OwnedLogItem, OwnedPage, OwnedRevision, OwnedUser, Pages, PagesJob, Record,
};
pub use pipeline::{Consumer, Passed, Work, run_input};
pub use pool::Pool;
pub use progress::{Progress, Running, Stop};
pub use purge::{Against, PurgeJob, PurgeReport, TablePurge, end_purge, purge};
pub use scan::{Batches, Scan, ScanJob, ScanReport, ScanTable};
pub use sequences::{Sequence, SequenceFile, sequences};
pub use splits::{
    DoneSplit, FollowingFile, Split, SplitPlan, commit_splits, convert_split, plan_splits,
};
pub use sql::SqlWanted;
pub use stream::{Next, Stream};
pub use unchanged::kept_inputs;
pub use verify::{Before, DifferingText, Extent, Hidden, History, Listener, Verified, verify};
