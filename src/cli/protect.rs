//! The rules for personal data, from the arguments.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use super::args::ProtectArguments;
use crate::error::{Error, Result};
use crate::protect::{Key, Protection, UserRule};
use crate::sink::Access;
use crate::tables::{Personal, Selection, personal};

/// The rules; warns of what they cannot do.
pub(super) fn protection(
    arguments: &ProtectArguments,
    selections: &[Selection],
) -> Result<Protection> {
    let key = arguments.key_file.as_deref().map(read_key).transpose()?;
    let users = UserRule::from(arguments.user);
    let protection = Protection::new(arguments.ip.into(), users, key, arguments.keep_hidden_sizes)?;
    let texts = selections.iter().find(|selection| {
        let docs = selection.table.columns();
        let columns = selection
            .columns
            .iter()
            .filter_map(|index| docs.get(*index));
        // The reasons of rejects quote next to nothing.
        selection.table.name != "rejects"
            && columns
                .into_iter()
                .any(|doc| personal(doc.name) == Some(Personal::Texts))
    });
    if let Some(texts) = texts.filter(|_| users != UserRule::Keep) {
        warn(&format!(
            "the table {} has texts, and names in texts stay: nobody can find them",
            texts.table.name
        ));
    }
    Ok(protection)
}

pub(super) fn access(arguments: &ProtectArguments) -> Result<Access> {
    let access = match arguments.private {
        true => Access::Private,
        false => Access::Shared,
    };
    access.check().map(|()| access)
}

/// Reads a key: all bytes of a file, which is to be readable by its owner alone.
fn read_key(path: &Path) -> Result<Key> {
    const MOST_BYTES: u64 = 64 << 10;
    let name = path.display();
    let cannot = |error| Error::io(format!("cannot read the key {name}"), error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    if read.map_err(cannot)? as u64 > MOST_BYTES {
        return Err(Error::usage(format!(
            "the key {name} has more than 64 KiB: is it another file?"
        )));
    }
    if is_open_to_others(path) {
        warn(&format!(
            "others can read the key {name}: whoever has it can undo the hashes (chmod 600 {name})"
        ));
    }
    Key::new(&bytes).map_err(|error| Error::usage(format!("{name}: {}", error.message())))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    fs::metadata(path)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & OTHERS != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "warning: {message}");
}
