//! Cutting decoded XML into chunks that can be parsed independently.
//!
//! The framer is the one stage that sees all bytes in order, so it does as little as it can: it
//! looks at every `<`, knows the few tags that begin and end records, and cuts where a record has
//! ended and the next begins.  A raw `<page>` or `<revision>` in a dump is always markup, because
//! text escapes its `<`; comments, CDATA sections and processing instructions, where this does
//! not hold, are passed over.
//!
//! A cut inside a page hands the page's header to the next chunk, so that no chunk needs another.
//! Where cuts fall depends on the decoded bytes and the chosen size alone: neither on the pieces
//! in which the bytes come, nor on threads.

mod body;
mod chunk;
mod document;
mod encoding;
mod foreign;
mod framer;
mod history;
mod loss;
mod pending;
mod prolog;
mod region;
mod scan;

pub use chunk::{Chunk, PageHeader, Piece, Places};
pub use encoding::Transcoder;
pub use framer::{Frame, Framer, FramerOptions, Header, Lost};
pub use history::{History, Predecessor, RevisionPlace};
pub use region::RegionEdges;
