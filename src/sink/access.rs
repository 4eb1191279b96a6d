//! Who may read what a job writes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Who may read the files of a job, from their first byte on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Whoever the system lets.
    #[default]
    Shared,
    /// The user alone: folders have the mode 0700, files 0600.
    Private,
}

impl Access {
    /// Refuses what the system cannot do.
    pub fn check(self) -> Result<()> {
        match self {
            Self::Private if !cfg!(unix) => Err(Error::usage(
                "--private needs the file modes of Unix, which this system does not have",
            )),
            _ => Ok(()),
        }
    }

    /// Whether others may be able to read a folder that this is to keep them from.
    #[cfg(unix)]
    pub(super) fn is_closer_than(self, folder: &Path) -> bool {
        use std::os::unix::fs::PermissionsExt;
        const OTHERS: u32 = 0o077;
        let is_open = |found: fs::Metadata| found.permissions().mode() & OTHERS != 0;
        self == Self::Private && fs::metadata(folder).is_ok_and(is_open)
    }

    #[cfg(not(unix))]
    pub(super) fn is_closer_than(self, _: &Path) -> bool {
        false
    }

    /// Makes a file, or empties it.
    pub(super) fn create_file(self, path: &Path) -> io::Result<File> {
        self.open_or_create(path, true)
    }

    /// Makes a file, or opens what is there.
    pub(super) fn open_file(self, path: &Path) -> io::Result<File> {
        self.open_or_create(path, false)
    }

    fn open_or_create(self, path: &Path, is_emptied: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(is_emptied);
        if self == Self::Private {
            file_mode(&mut options);
        }
        let file = options.open(path)?;
        // A file that was there keeps its mode when it is opened.
        self.restrict(path, 0o600)?;
        Ok(file)
    }

    /// Makes a folder and those above it, if they are not there.  One that is there is closed to others
    /// if it is to be private.
    pub(super) fn create_folder(self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return self.restrict(path, 0o700);
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        if self == Self::Private {
            folder_mode(&mut builder);
        }
        builder.create(path)
    }

    #[cfg(unix)]
    fn restrict(self, path: &Path, mode: u32) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        match self {
            Self::Shared => Ok(()),
            Self::Private => fs::set_permissions(path, fs::Permissions::from_mode(mode)),
        }
    }

    #[cfg(not(unix))]
    fn restrict(self, _: &Path, _: u32) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn file_mode(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn file_mode(_: &mut OpenOptions) {}

#[cfg(unix)]
fn folder_mode(builder: &mut DirBuilder) {
    use std::os::unix::fs::DirBuilderExt;
    builder.mode(0o700);
}

#[cfg(not(unix))]
fn folder_mode(_: &mut DirBuilder) {}
