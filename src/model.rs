//! What a dump speaks of: pages, revisions, slots, contributors, uploads, sites.
//!
//! Plain types without I/O.  Text is borrowed from the parsed bytes and stays as it was written
//! until somebody wants it ([`Text`]), so what nobody wants costs nothing.

mod address;
mod contributor;
mod log_item;
mod log_params;
mod page;
mod reference;
mod revision;
mod site;
mod slot;
mod sql_table;
mod text;
mod timestamp;
mod upload;

pub use address::{Address, is_ip_address};
pub use contributor::{Contributor, UserKind};
pub use log_item::LogItem;
pub use log_params::{LogParams, ParamValue, ParamsForm};
pub use page::{Page, Redirect};
pub use revision::{Comment, Revision};
pub use site::{Namespace, SchemaVersion, SiteInfo};
pub use slot::{ContentState, Slot};
pub use sql_table::{SqlColumn, SqlKind, SqlTable};
pub use text::{BadText, Decoded, SharedText, Text, TextDecoder, Units, UnitsPool, Utf16Room};
pub use timestamp::Timestamp;
pub use upload::Upload;

pub(crate) use reference::decode_reference;
pub(crate) use text::NO_REFERENCE;
