//! Files as they are stored, held against the checksums that lists say they have.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::progress::Stop;
use crate::error::{Error, Result};
use crate::runs::{Algorithm, ListedChecksum, listed_checksums};
use crate::sink::{CheckedFile, hexadecimal};
use crate::source::Input;

/// Holds a file against all checksums that lists beside it say it has; reads it only if there are any.
pub fn check_file(path: &Path, stop: &Stop) -> Result<Vec<CheckedFile>> {
    match FileSums::of_path(path)? {
        Some(sums) => sums.finish(stop),
        None => Ok(Vec::new()),
    }
}

/// The checksums of a file that lists beside it tell of, taken while somebody reads it from the front.
pub(super) struct FileSums {
    path: PathBuf,
    listed: Vec<ListedChecksum>,
    taken: Mutex<Hashers>,
}

/// Checksums of the first so many bytes.
struct Hashers {
    sha256: Option<Sha256>,
    sha1: Option<Sha1>,
    md5: Option<Md5>,
    bytes: u64,
}

impl Hashers {
    /// Those that somebody has listed.
    fn of(listed: &[ListedChecksum]) -> Self {
        let wants = |algorithm| listed.iter().any(|one| one.algorithm == algorithm);
        Self {
            sha256: wants(Algorithm::Sha256).then(Sha256::new),
            sha1: wants(Algorithm::Sha1).then(Sha1::new),
            md5: wants(Algorithm::Md5).then(Md5::new),
            bytes: 0,
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let Self {
            sha256, sha1, md5, ..
        } = self;
        sha256.iter_mut().for_each(|hasher| hasher.update(bytes));
        sha1.iter_mut().for_each(|hasher| hasher.update(bytes));
        md5.iter_mut().for_each(|hasher| hasher.update(bytes));
        self.bytes += bytes.len() as u64;
    }

    fn digits(&self, algorithm: Algorithm) -> String {
        fn digits<D: Digest + Clone>(hasher: Option<&D>) -> String {
            hasher.map_or_else(String::new, |hasher| {
                hexadecimal(&hasher.clone().finalize())
            })
        }
        match algorithm {
            Algorithm::Sha256 => digits(self.sha256.as_ref()),
            Algorithm::Sha1 => digits(self.sha1.as_ref()),
            Algorithm::Md5 => digits(self.md5.as_ref()),
        }
    }
}

impl FileSums {
    /// Those of an input; `None` if no list beside it names it.
    pub(super) fn of(input: &Input) -> Result<Option<Arc<Self>>> {
        match input {
            Input::File(path) => Ok(Self::of_path(path)?.map(Arc::new)),
            Input::Stdin => Ok(None),
        }
    }

    fn of_path(path: &Path) -> Result<Option<Self>> {
        let listed = listed_checksums(path)?;
        Ok((!listed.is_empty()).then(|| Self {
            path: path.to_owned(),
            taken: Mutex::new(Hashers::of(&listed)),
            listed,
        }))
    }

    /// Takes the next bytes of the file.
    pub(super) fn take(&self, bytes: &[u8]) {
        self.taken().take(bytes);
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Hashers> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the file has, and what lists say.  Reads what nobody has taken: all of a 7z archive, which is
    /// not read from the front.
    pub(super) fn finish(&self, stop: &Stop) -> Result<Vec<CheckedFile>> {
        let mut taken = self.taken();
        self.take_rest(&mut taken, stop)?;
        let checked = self.listed.iter().map(|one| CheckedFile {
            algorithm: one.algorithm.name().to_owned(),
            listed: one.digits.clone(),
            found: taken.digits(one.algorithm),
            list: one.list.display().to_string(),
        });
        Ok(checked.collect())
    }

    fn take_rest(&self, taken: &mut Hashers, stop: &Stop) -> Result<()> {
        let cannot = |error: io::Error| {
            let name = self.path.to_string_lossy();
            Error::io("cannot read the file", error).in_input(&name.into())
        };
        let metadata = self.path.metadata().map_err(cannot)?;
        // What is no regular file cannot be read again: it was read to its end.
        if !metadata.is_file() || metadata.len() == taken.bytes {
            return Ok(());
        }
        let mut file = File::open(&self.path).map_err(cannot)?;
        file.seek(SeekFrom::Start(taken.bytes)).map_err(cannot)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            stop.check()?;
            match file.read(&mut buffer).map_err(cannot)? {
                0 => return Ok(()),
                length => taken.take(&buffer[..length]),
            }
        }
    }
}

/// What is wrong with a file that does not have the checksum that is listed.
pub fn wrong_checksum(wrong: &CheckedFile) -> Error {
    Error::damaged(format!(
        "its {} is {}, and {} by {}",
        wrong.algorithm, wrong.found, wrong.listed, wrong.list
    ))
}

/// Whether a file still has the strongest of the checksums that it was found to have; not if there are none.
pub(super) fn has_sums(path: &Path, found: &[CheckedFile], stop: &Stop) -> Result<bool> {
    let by_name = |name: &str| {
        let all = [Algorithm::Sha256, Algorithm::Sha1, Algorithm::Md5];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    };
    let known = found.iter().filter_map(|one| {
        Some(ListedChecksum {
            algorithm: by_name(&one.algorithm)?,
            digits: one.found.clone(),
            list: PathBuf::new(),
        })
    });
    let Some(strongest) = known.min_by_key(|one| one.algorithm) else {
        return Ok(false);
    };
    let listed = vec![strongest];
    let sums = FileSums {
        path: path.to_owned(),
        taken: Mutex::new(Hashers::of(&listed)),
        listed,
    };
    let checked = sums.finish(stop)?;
    Ok(checked.iter().all(CheckedFile::agrees))
}
