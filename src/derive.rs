//! What follows from more than one revision: pure functions over the history of a page.
//!
//! Workers note down a few facts of each revision ([`Facts`]); once a page is complete, its facts
//! tell who reverted whom ([`reverts`]) and what came before ([`PageHistory`]).  Texts are cut into
//! [`tokens`], and [`diff`] tells what changed from one to the next.

mod checksum;
pub mod counts;
pub mod diff;
mod facts;
mod history;
pub mod identity;
mod order;
pub mod persistence;
mod proof;
pub mod reverts;
pub mod sessions;
pub mod token_history;
pub mod token_revisions;
pub mod tokens;

pub use checksum::{Sha1, TextBatch};
pub use facts::{Fact, Facts, Parent};
pub use history::{PageHistory, seconds_between};
pub use order::TimeOrder;
pub use proof::{Cause, Claim, Proof, prove_revision};
