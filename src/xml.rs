//! Reading the XML of dumps: an element a file.
//!
//! Elements are told by their local names and their place, never by order.  Each that is not known
//! is passed over with all that is in it, and counted.  Only the five entities of XML and character
//! references exist; nothing is ever expanded.

mod attributes;
mod chunk;
mod contributor;
mod cursor;
mod legal;
mod limits;
mod log_item;
mod page;
mod passage;
mod resume;
mod revision;
mod siteinfo;
mod slot;
mod survey;
mod tag;
mod upload;

pub use chunk::{Fault, PageAt, Records, UnknownElement, parse_chunk};
pub use limits::{Reading, XmlLimits};
pub use siteinfo::{parse_header, parse_header_so_far};
