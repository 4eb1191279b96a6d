//! Named bytes: files, memory maps, standard input.  Knows nothing of compression or XML.

mod discover;
mod file;
mod mapped;
mod metered;
mod reader;
mod stamp;
mod windows;

pub use discover::{Discovered, discover};
pub use file::{Input, Opened};
pub use mapped::Mapped;
pub use metered::MeteredFile;
pub use reader::{Reader, Tap};
pub use stamp::Stamp;
pub use windows::{Window, Windows};
