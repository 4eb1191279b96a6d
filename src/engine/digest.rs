//! Files as they are stored, held against the checksums that lists say they have.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use md5::Md5;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::progress::Stop;
use crate::error::{Error, Result};
use crate::runs::{Algorithm, listed_checksums};
use crate::sink::hexadecimal;

/// A file's checksum, as listed and as it is.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct CheckedFile {
    /// How it is made: `sha256`, `sha1` or `md5`.
    pub algorithm: &'static str,
    /// What the list says, in hexadecimal digits.
    pub listed: String,
    /// What the file has.
    pub found: String,
    /// The list.
    pub list: String,
}

impl CheckedFile {
    /// Whether the file has the checksum that is listed.
    pub fn agrees(&self) -> bool {
        self.listed == self.found
    }
}

/// Holds a file against all checksums that lists beside it say it has; reads it only if there are any.
pub fn check_file(path: &Path, stop: &Stop) -> Result<Vec<CheckedFile>> {
    let listed = listed_checksums(path)?;
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let wants = |algorithm| listed.iter().any(|one| one.algorithm == algorithm);
    let mut sha256 = wants(Algorithm::Sha256).then(Sha256::new);
    let mut sha1 = wants(Algorithm::Sha1).then(Sha1::new);
    let mut md5 = wants(Algorithm::Md5).then(Md5::new);
    let cannot =
        |error| Error::io("cannot read the file", error).in_input(&path.to_string_lossy().into());
    let mut file = File::open(path).map_err(cannot)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        stop.check()?;
        let length = file.read(&mut buffer).map_err(cannot)?;
        if length == 0 {
            break;
        }
        let bytes = &buffer[..length];
        sha256.iter_mut().for_each(|hasher| hasher.update(bytes));
        sha1.iter_mut().for_each(|hasher| hasher.update(bytes));
        md5.iter_mut().for_each(|hasher| hasher.update(bytes));
    }
    let sha256 = sha256.map(|hasher| hexadecimal(&hasher.finalize()));
    let sha1 = sha1.map(|hasher| hexadecimal(&hasher.finalize()));
    let md5 = md5.map(|hasher| hexadecimal(&hasher.finalize()));
    let checked = listed.into_iter().map(|one| {
        let found = match one.algorithm {
            Algorithm::Sha256 => &sha256,
            Algorithm::Sha1 => &sha1,
            Algorithm::Md5 => &md5,
        };
        CheckedFile {
            algorithm: one.algorithm.name(),
            listed: one.digits,
            found: found.clone().unwrap_or_default(),
            list: one.list.display().to_string(),
        }
    });
    Ok(checked.collect())
}
