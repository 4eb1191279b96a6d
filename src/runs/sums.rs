//! Checksums of files, as lists beside them say.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Status;
use super::folder::{entries_of, name_of};
use crate::error::{Error, Result};

/// How a checksum is made; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// 64 hexadecimal digits.
    Sha256,
    /// 40 hexadecimal digits.
    Sha1,
    /// 32 hexadecimal digits.
    Md5,
}

impl Algorithm {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
            Self::Md5 => "md5",
        }
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        match digits.len() {
            64 if is_hexadecimal => Some(Self::Sha256),
            40 if is_hexadecimal => Some(Self::Sha1),
            32 if is_hexadecimal => Some(Self::Md5),
            _ => None,
        }
    }
}

/// A checksum that is said to be that of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedChecksum {
    /// How it is made.
    pub algorithm: Algorithm,
    /// The checksum in hexadecimal digits, lower case.
    pub digits: String,
    /// Who says so.
    pub list: PathBuf,
}

/// Lists have names that end so, whatever the case of the letters.
const LISTS: [&str; 6] = [
    "sha256sums",
    "sha256sums.txt",
    "sha1sums",
    "sha1sums.txt",
    "md5sums",
    "md5sums.txt",
];

/// The checksums that lists in a file's folder say it has, and `dumpstatus.json` there.
pub fn listed_checksums(file: &Path) -> Result<Vec<ListedChecksum>> {
    let (Some(folder), Some(name)) = (
        file.parent(),
        file.file_name().and_then(|name| name.to_str()),
    ) else {
        return Ok(Vec::new());
    };
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut listed = Vec::new();
    if let Some(status) = Status::of_folder(folder)?
        && let Some(file) = status.job_of(name).and_then(|job| job.files.get(name))
    {
        let list = folder.join(super::status::FILE_NAME);
        for digits in [&file.sha1, &file.md5].into_iter().flatten() {
            listed.extend(checksum(digits, &list));
        }
    }
    for list in lists_in(folder)? {
        let text = text_of(&list)?;
        let of_file = text.lines().filter_map(split_line);
        let of_file = of_file.filter(|(_, listed)| *listed == name);
        listed.extend(of_file.filter_map(|(digits, _)| checksum(digits, &list)));
    }
    listed.sort_by(|a, b| (a.algorithm, &a.list).cmp(&(b.algorithm, &b.list)));
    Ok(listed)
}

/// The names of the files that a list has.
pub(super) fn names_in(list: &Path) -> Result<Vec<String>> {
    let text = text_of(list)?;
    let names = text.lines().filter_map(split_line);
    Ok(names.map(|(_, name)| name.to_owned()).collect())
}

/// A list; empty if it is not there any more.
fn text_of(list: &Path) -> Result<String> {
    match fs::read(list) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io(format!("cannot read {}", list.display()), error)),
    }
}

/// The digits and the name in a line: `<digits>  <name>`, or `<digits> *<name>`.
fn split_line(line: &str) -> Option<(&str, &str)> {
    let (digits, name) = line.trim_end().split_once(' ')?;
    Some((digits, name.trim_start_matches([' ', '*'])))
}

fn checksum(digits: &str, list: &Path) -> Option<ListedChecksum> {
    Some(ListedChecksum {
        algorithm: Algorithm::of_digits(digits)?,
        digits: digits.to_ascii_lowercase(),
        list: list.to_owned(),
    })
}

fn lists_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut lists = entries_of(folder)?;
    lists.retain(|path| {
        let name = name_of(path).to_ascii_lowercase();
        LISTS.iter().any(|ending| name.ends_with(ending))
    });
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_beside_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (sha256, sha1, md5) = ("A".repeat(64), "b".repeat(40), "c".repeat(32));
        fs::write(
            path("SHA256SUMS"),
            format!("{sha256}  a.bz2\n{sha256}  a.bz2.7z\n"),
        )
        .unwrap();
        fs::write(path("w-20260101-sha1sums.txt"), format!("{sha1} *a.bz2\n")).unwrap();
        fs::write(path("w-20260101-md5sums.txt"), "no checksum  a.bz2\n\n").unwrap();
        let status = format!(r#"{{"jobs":{{"x":{{"files":{{"a.bz2":{{"md5":"{md5}"}}}}}}}}}}"#);
        fs::write(path("dumpstatus.json"), status).unwrap();
        let listed = listed_checksums(&path("a.bz2")).unwrap();
        let told: Vec<_> = listed
            .iter()
            .map(|one| (one.algorithm, &*one.digits))
            .collect();
        assert_eq!(
            told,
            [
                (Algorithm::Sha256, &*"a".repeat(64)),
                (Algorithm::Sha1, &sha1),
                (Algorithm::Md5, &md5)
            ]
        );
        assert_eq!(listed_checksums(&path("b.bz2")).unwrap(), []);
    }
}
