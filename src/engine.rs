//! The pipeline from inputs to tables, and the only place with threads.
//!
//! Each input is driven by the calling thread: it takes decoded bytes in order, frames them and
//! hands chunks to a pool of workers; what they make of them comes back in order through one-shot
//! channels.  Workers never wait for each other, so they cannot deadlock; the driver waits only for
//! the oldest task, which is always running or queued.  Memory is bounded where chunks are
//! admitted: the driver collects finished work before it lets more in.

mod bzip2;
mod cat;
mod convert;
mod decode;
mod document;
mod inspect;
mod options;
mod pipeline;
mod pool;
mod progress;
mod rows;
mod table_stream;

pub use cat::{cat_json, cat_xml};
pub use convert::{Job, JobReport, convert};
pub use decode::{Feed, decode};
pub use document::Document;
pub use inspect::{Inspection, inspect};
pub use options::{Filters, Limits};
pub use pipeline::{Consumer, Passed, Work, run_input};
pub use pool::Pool;
pub use progress::{Progress, Stop};
