//! A finished job's folder, held against its manifest.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, PartEntry};
use super::part::hexadecimal;
use super::rewrite::is_unfinished;
use crate::error::{Error, Result};

/// What was found in a job's folder.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct CheckedOutput {
    /// The folder.
    pub folder: String,
    /// Parts that are as the manifest says.
    pub sound_parts: u64,
    /// Rows of these.
    pub rows: u64,
    /// What is wrong, a sentence each.
    pub wrong: Vec<String>,
    /// Parquet files that the manifest does not list.
    pub strangers: Vec<String>,
}

/// Holds each part against the manifest: size, SHA-256 and rows.  `is_stopped` is asked now and then.
pub fn check_output(
    folder: &Path,
    mut check_stop: impl FnMut() -> Result<()>,
) -> Result<CheckedOutput> {
    let manifest = Manifest::of_finished(folder)?;
    let mut checked = CheckedOutput {
        folder: folder.display().to_string(),
        ..CheckedOutput::default()
    };
    if is_unfinished(folder) {
        let told = format!(
            "a purge was ended before its end: `mwparquet purge {}` ends it",
            folder.display()
        );
        checked.wrong.push(told);
    }
    let mut listed = BTreeSet::new();
    for (table, entry) in &manifest.tables {
        let rows: u64 = entry.parts.iter().map(|part| part.rows).sum();
        if rows != entry.rows {
            let told = format!(
                "{table}: {} rows by the manifest, {rows} by its parts",
                entry.rows
            );
            checked.wrong.push(told);
        }
        for part in &entry.parts {
            listed.insert(folder.join(&part.path));
            match check_part(folder, part, &mut check_stop)? {
                None => {
                    checked.sound_parts += 1;
                    checked.rows += part.rows;
                }
                Some(wrong) => checked.wrong.push(format!("{}: {wrong}", part.path)),
            }
        }
    }
    let mut strangers = Vec::new();
    for table in manifest.tables.keys() {
        strangers.extend(parquet_files(&folder.join(table))?);
    }
    strangers.retain(|path| !listed.contains(path));
    checked.strangers = strangers
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Ok(checked)
}

/// What is wrong with a part.
fn check_part(
    folder: &Path,
    part: &PartEntry,
    check_stop: &mut impl FnMut() -> Result<()>,
) -> Result<Option<String>> {
    let path = folder.join(&part.path);
    let cannot = |error| Error::io(format!("cannot read {}", path.display()), error);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some("is not there".to_owned()));
        }
        Err(error) => return Err(cannot(error)),
    };
    let bytes = file.metadata().map_err(cannot)?.len();
    if bytes != part.bytes {
        return Ok(Some(format!(
            "has {bytes} bytes, and {} by the manifest",
            part.bytes
        )));
    }
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        check_stop()?;
        let length = file.read(&mut buffer).map_err(cannot)?;
        if length == 0 {
            break;
        }
        hasher.update(&buffer[..length]);
    }
    if hexadecimal(&hasher.finalize()) != part.sha256 {
        return Ok(Some(
            "is not what was written: its SHA-256 differs".to_owned(),
        ));
    }
    let reader = SerializedFileReader::new(file);
    let rows = reader.map(|reader| reader.metadata().file_metadata().num_rows());
    Ok(match rows {
        Ok(rows) if u64::try_from(rows) == Ok(part.rows) => None,
        Ok(rows) => Some(format!(
            "has {rows} rows, and {} by the manifest",
            part.rows
        )),
        Err(error) => Some(format!("cannot be read as Parquet: {error}")),
    })
}

fn parquet_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| {
        Error::io(
            format!("cannot list the folder {}", folder.display()),
            error,
        )
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
