//! The tables: a file each, with every column's meaning and value in one place.
//!
//! The registry [`ALL`] drives the command line, the codebook, the metadata in Parquet and the
//! tests.

mod builder;
mod column;
mod content;
mod namespaces;
mod pages;
mod registry;
mod rejects;
mod revisions;
mod shared;
mod uploads;

pub use builder::{Selection, TableBuilder};
pub use column::{Cells, Column, ColumnDoc, Kind};
pub use content::ContentRow;
pub use namespaces::NamespaceRow;
pub use pages::PageSummary;
pub use registry::{ALL, DEFAULT, TableInfo, by_name};
pub use rejects::Reject;
pub use revisions::RevisionRow;
pub use uploads::UploadRow;

pub use content::Put as ContentPut;
pub use content::TABLE as CONTENT;
pub use namespaces::Put as NamespacePut;
pub use namespaces::TABLE as NAMESPACES;
pub use pages::Put as PagePut;
pub use pages::TABLE as PAGES;
pub use rejects::Put as RejectPut;
pub use rejects::TABLE as REJECTS;
pub use revisions::Put as RevisionPut;
pub use revisions::TABLE as REVISIONS;
pub use uploads::Put as UploadPut;
pub use uploads::TABLE as UPLOADS;
