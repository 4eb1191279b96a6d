//! One input: a file by its path, or standard input.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use super::{Mapped, MeteredFile, Reader};
use crate::error::{Error, Result};

/// What the user named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input, named `-`.
    Stdin,
}

impl Input {
    /// The name for messages and manifests, as the user gave it.
    pub fn name(&self) -> Arc<str> {
        match self {
            Self::File(path) => path.to_string_lossy().into(),
            Self::Stdin => "standard input".into(),
        }
    }

    /// The path of a file.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(path.clone()),
            Self::Stdin => None,
        }
    }

    /// The last part of the path.
    pub fn file_name(&self) -> String {
        match self {
            Self::File(path) => path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            Self::Stdin => "stdin".to_owned(),
        }
    }

    /// Size of the file as stored, where it is known beforehand.
    pub fn size_bytes(&self) -> Option<u64> {
        match self {
            Self::File(path) => path.metadata().ok().map(|metadata| metadata.len()),
            Self::Stdin => None,
        }
    }

    /// The first bytes of an input that was opened before, as many as were asked for then.
    pub fn head_again(&self, head_bytes: usize) -> Result<Vec<u8>> {
        match (self, STDIN_HEAD.get()) {
            (Self::Stdin, Some(head)) => Ok(head.clone()),
            _ => self.open(head_bytes).map(|opened| opened.head),
        }
    }

    /// Fails if it is a file that is not there or may not be read.  Nothing is taken from a pipe.
    pub fn check(&self) -> Result<()> {
        let Self::File(path) = self else {
            return Ok(());
        };
        let opened = path
            .metadata()
            .and_then(|metadata| match metadata.is_file() {
                true => File::open(path).map(drop),
                false => Ok(()),
            });
        opened.map_err(|error| Error::io("cannot read the file", error).in_input(&self.name()))
    }

    /// Opens it and reads its first `head_bytes` bytes (fewer if it has no more).
    pub fn open(&self, head_bytes: usize) -> Result<Opened> {
        match self {
            Self::File(path) => open_file(path, head_bytes),
            Self::Stdin => open_stdin(head_bytes),
        }
        .map_err(|error| error.in_input(&self.name()))
    }
}

/// The first bytes of standard input, which can be read only once, as soon as it was opened.
static STDIN_HEAD: OnceLock<Vec<u8>> = OnceLock::new();

/// An opened input with its first bytes.
pub struct Opened {
    /// The first bytes, for telling the format.
    pub head: Vec<u8>,
    bytes: Stored,
}

enum Stored {
    File { file: File, path: PathBuf },
    Stream(Box<dyn Read + Send>),
}

impl Opened {
    /// Reads all bytes from the front, head included.
    pub fn into_reader(self, taken_bytes: Arc<AtomicU64>) -> Reader {
        match self.bytes {
            Stored::File { file, .. } => Reader::new(Box::new(file), taken_bytes),
            Stored::Stream(stream) => {
                let whole = Cursor::new(self.head).chain(stream);
                Reader::new(Box::new(whole), taken_bytes)
            }
        }
    }

    /// Reads a file from an offset on.
    pub fn into_reader_from(self, begin_bytes: u64, taken_bytes: Arc<AtomicU64>) -> Result<Reader> {
        use io::Seek;
        match self.bytes {
            Stored::File { mut file, .. } => {
                file.seek(io::SeekFrom::Start(begin_bytes))
                    .map_err(|error| Error::io("cannot read the file", error))?;
                Ok(Reader::new(Box::new(file), taken_bytes))
            }
            Stored::Stream(_) => Err(Error::usage(
                "is a pipe: it can be read from its begin only, and not in splits",
            )),
        }
    }

    /// The file, for formats that have to jump about in it.
    pub fn into_file(self, taken_bytes: Arc<AtomicU64>) -> Result<MeteredFile> {
        match self.bytes {
            Stored::File { file, .. } => Ok(MeteredFile::new(file, taken_bytes)),
            Stored::Stream(_) => Err(Error::usage(
                "a 7z archive has its table of contents at the end and cannot be read from a pipe: \
                 name the file instead",
            )),
        }
    }

    /// The file in mapped pieces; `None` where there is nothing to map.
    pub fn map(&self) -> Option<Mapped> {
        let Stored::File { file, path } = &self.bytes else {
            return None;
        };
        let metadata = path.metadata().ok()?;
        if !metadata.is_file() || metadata.len() == 0 {
            return None;
        }
        Some(Mapped::new(file.try_clone().ok()?, metadata.len()))
    }
}

fn open_file(path: &Path, head_bytes: usize) -> Result<Opened> {
    let cannot = |error| Error::io("cannot read the file", error);
    let mut file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err(Error::usage("is a folder, not a file"));
    }
    let head = read_head(&mut file, head_bytes).map_err(cannot)?;
    let bytes = if metadata.is_file() {
        io::Seek::rewind(&mut file).map_err(cannot)?;
        let path = path.to_owned();
        Stored::File { file, path }
    } else {
        Stored::Stream(Box::new(file))
    };
    Ok(Opened { head, bytes })
}

fn open_stdin(head_bytes: usize) -> Result<Opened> {
    let mut stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Error::usage(
            "is a terminal: pipe a dump into it, or name a file",
        ));
    }
    let head = read_head(&mut stdin, head_bytes).map_err(|e| Error::io("cannot read", e))?;
    let _ = STDIN_HEAD.set(head.clone());
    Ok(Opened {
        head,
        bytes: Stored::Stream(Box::new(stdin)),
    })
}

fn read_head(from: &mut impl Read, head_bytes: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(head_bytes);
    from.take(head_bytes as u64).read_to_end(&mut head)?;
    Ok(head)
}
