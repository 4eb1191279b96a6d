//! From what the user names (files, folders, patterns, `-`) to the list of inputs.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Input;
use crate::error::{Error, Result};

/// Endings of files that a dump run is still writing or has given up.
const UNFINISHED: [&str; 4] = [".inprog", ".truncated", ".empty", "-tmp"];

/// The inputs found, in the order in which they are to be read.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Inputs that the user named one by one or by a pattern: each must be a dump.
    pub named: Vec<Input>,
    /// Files found in folders: those that are no dumps are left out.
    pub in_folders: Vec<Input>,
    /// Files left out unread, with the reason.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

/// Finds the inputs behind the user's words.  Files of folders and patterns come in the order of
/// their names, numbers in them compared as numbers.
pub fn discover(words: &[String]) -> Result<Discovered> {
    let mut found = Discovered::default();
    let mut seen = HashSet::new();
    for word in words {
        if word == "-" {
            if found.named.contains(&Input::Stdin) {
                return Err(Error::usage("standard input (-) is named twice"));
            }
            found.named.push(Input::Stdin);
            continue;
        }
        let path = Path::new(word);
        if path.is_dir() {
            for file in files_below(path)? {
                found.add(file, true, &mut seen);
            }
        } else if path.exists() || !is_pattern(word) {
            // A file that does not exist gets its error from who wants it.
            found.add(path.to_owned(), false, &mut seen);
        } else {
            for file in matches_of(word)? {
                let in_folder = file.is_dir();
                let files = if in_folder {
                    files_below(&file)?
                } else {
                    vec![file]
                };
                for file in files {
                    found.add(file, in_folder, &mut seen);
                }
            }
        }
    }
    Ok(found)
}

impl Discovered {
    fn add(&mut self, path: PathBuf, in_folder: bool, seen: &mut HashSet<PathBuf>) {
        let identity = path.canonicalize().unwrap_or_else(|_| path.clone());
        if !seen.insert(identity) {
            self.left_out.push((path, "named before"));
        } else if in_folder && is_unfinished(&path) {
            self.left_out.push((path, "unfinished, by its name"));
        } else if in_folder {
            self.in_folders.push(Input::File(path));
        } else {
            self.named.push(Input::File(path));
        }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.in_folders.is_empty()
    }
}

fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?', '['])
}

fn is_unfinished(path: &Path) -> bool {
    let name = path.to_string_lossy();
    UNFINISHED.iter().any(|ending| name.ends_with(ending))
}

fn matches_of(pattern: &str) -> Result<Vec<PathBuf>> {
    let paths = glob::glob(pattern)
        .map_err(|error| Error::usage(format!("bad pattern {pattern}")).with_source(error))?;
    let mut matches = paths
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|error| Error::io("cannot search for files", error.into()))?;
    if matches.is_empty() {
        return Err(Error::usage(format!("no file matches {pattern}")));
    }
    matches.sort_by(|a, b| in_number_order(a, b));
    Ok(matches)
}

/// All files below a folder but hidden ones and markers such as `_SUCCESS`.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| {
        Error::io(
            format!("cannot list the folder {}", folder.display()),
            error,
        )
    };
    let mut entries = fs::read_dir(folder)
        .map_err(cannot)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(cannot)?;
    entries.sort_by(|a, b| in_number_order(a, b));
    let mut files = Vec::new();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// Compares paths with each run of digits taken as one number, so that `history2` comes before
/// `history10` and `p812` before `p10000`.
fn in_number_order(a: &Path, b: &Path) -> Ordering {
    let (a, b) = (a.to_string_lossy(), b.to_string_lossy());
    let (mut a_rest, mut b_rest) = (a.as_bytes(), b.as_bytes());
    loop {
        match (a_rest, b_rest) {
            ([], _) | (_, []) => return a_rest.len().cmp(&b_rest.len()).then(a.cmp(&b)),
            ([x, ..], [y, ..]) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (take_number(&mut a_rest), take_number(&mut b_rest));
                let order = x.len().cmp(&y.len()).then(x.cmp(y));
                if order.is_ne() {
                    return order;
                }
            }
            ([x, a_next @ ..], [y, b_next @ ..]) => {
                if x != y {
                    return x.cmp(y);
                }
                (a_rest, b_rest) = (a_next, b_next);
            }
        }
    }
}

/// Takes a run of digits off the front; gives it without leading zeros.
fn take_number<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, behind) = rest.split_at(length);
    *rest = behind;
    let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = [
            "w-1-history10.xml-p9p10.bz2",
            "w-1-history2.xml-p812p900.bz2",
            "w-1-history2.xml-p10000p10001.bz2",
            "w-1-history2.xml-p000000811p900.bz2",
            "w-1-history.xml.bz2",
        ]
        .map(PathBuf::from);
        names.sort_by(|a, b| in_number_order(a, b));
        let order: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
        assert_eq!(
            order,
            [
                "w-1-history.xml.bz2",
                "w-1-history2.xml-p000000811p900.bz2",
                "w-1-history2.xml-p812p900.bz2",
                "w-1-history2.xml-p10000p10001.bz2",
                "w-1-history10.xml-p9p10.bz2",
            ]
        );
    }

    #[test]
    fn a_pattern_without_match_is_a_mistake_of_the_caller() {
        let error = discover(&["/nowhere/*.bz2".to_owned()]).unwrap_err();
        assert_eq!(error.message(), "no file matches /nowhere/*.bz2");
    }
}
