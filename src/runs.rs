//! Runs of the dump maker: what their files are called, which of them are finished, and which of
//! them hold the same revisions.
//!
//! A run is a folder `<root>/<wiki>/<date>`.  Nearly all it holds is there several times: whole
//! histories and current pages, with texts and without, in parts and in one piece, in two
//! containers.  [`choose`] takes each revision once.

mod choose;
mod folder;
mod kind;
mod mirror;
mod name;
mod pieces;
mod spread;
mod status;
mod sums;

pub use choose::{Chosen, choose};
pub use kind::Kind;
pub use mirror::{Mirror, Run};
pub use name::{Container, DumpName};
pub use pieces::absent_pieces;
pub use spread::{Spread, SpreadFile, spread};
pub use status::{FileState, JobState, Status};
pub use sums::{Algorithm, ListedChecksum, listed_checksums};
