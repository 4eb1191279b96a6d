//! How a table's parts lie in its folder: side by side, or in folders of partitions as Hive has them.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::access::Access;
use super::jobs::{file_name, is_folder};
use super::sync::sync_folders;
use crate::tables::WIKI_ID;

/// The empty file that says that a partition is complete.
pub(super) const SUCCESS_NAME: &str = "_SUCCESS";

/// The column of the day that a dump shows, which no file has: it is a partition's alone.
pub const SNAPSHOT: &str = "snapshot";

/// What Hive has for a partition whose value is null.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Rows of one wiki on one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    /// The wiki, if it is known.
    pub wiki_id: Option<String>,
    /// The day of the dump, or what else tells snapshots apart.
    pub snapshot: String,
}

impl Partition {
    /// Where its parts lie below the folder of a table whose wikis stand in the column `wiki_column`.
    pub fn path(&self, wiki_column: &str) -> String {
        let wiki = self.wiki_id.as_deref().filter(|wiki| !wiki.is_empty());
        let wiki = wiki.map_or_else(|| NULL.to_owned(), escaped);
        format!(
            "{wiki_column}={wiki}/{SNAPSHOT}={}",
            escaped(&self.snapshot)
        )
    }
}

/// A value in the name of a folder: what such names cannot hold is escaped as Hive does.
fn escaped(value: &str) -> String {
    const ESCAPED: &str = "\"#%'*/:=?\\{[]^";
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character.is_ascii_control() || ESCAPED.contains(character) {
            // Writing into a string does not fail.
            true => {
                let _ = write!(text, "%{:02X}", u32::from(character));
            }
            false => text.push(character),
        }
    }
    text
}

/// The wiki of the partition that a part lies in, by its path below the job's folder: none where it has
/// no partition, and one that is not known.
pub fn wiki_of_partition(path: &str) -> Option<Option<String>> {
    let folder = path.split('/').nth(1).filter(|_| is_partitioned(path))?;
    let (_, value) = folder.split_once('=')?;
    Some(value_of(value))
}

/// Whether a part lies in a partition, by its path below the job's folder.
pub fn is_partitioned(path: &str) -> bool {
    path.matches('/').count() > 1
}

/// The wiki that the path of a part tells: none where it has no partition, and one that is not known.
pub(super) fn wiki_of_path(path: &Path) -> Option<Option<String>> {
    let names = path.components().map(|name| name.as_os_str());
    let mut values = names.filter_map(|name| {
        let (column, value) = name.to_str()?.split_once('=')?;
        (column == WIKI_ID).then_some(value)
    });
    values.next_back().map(value_of)
}

/// The value that the name of a partition's folder has, if it has one.
fn value_of(name: &str) -> Option<String> {
    (name != NULL).then(|| unescaped(name))
}

/// The inverse of [`escaped`].
fn unescaped(name: &str) -> String {
    let mut pieces = name.split('%');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.get(..2);
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (code, piece.get(2..)) {
            (Some(code), Some(rest)) if code.is_ascii() => {
                text.push(char::from(code));
                text.push_str(rest);
            }
            _ => {
                text.push('%');
                text.push_str(piece);
            }
        }
    }
    text
}

/// Whether a folder is called as partitions are.
pub(super) fn is_partition_name(name: &str) -> bool {
    name.split_once('=').is_some_and(|(column, value)| {
        let is_column = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        !column.is_empty() && column.bytes().all(is_column) && !value.is_empty()
    })
}

/// Whether a path leads to a partition and nowhere else.
pub(super) fn is_partition_path(path: &str) -> bool {
    path.split('/')
        .all(|name| is_partition_name(name) && !name.contains('\\'))
}

/// The folder of a table and those of its partitions, the innermost first.  Links are none.
pub fn folders_of_table(table: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(table).into_iter().flatten().flatten();
    let mut below: Vec<_> = found
        .map(|entry| entry.path())
        .filter(|path| is_partition_name(&file_name(path)) && is_folder(path))
        .collect();
    below.sort();
    let mut folders: Vec<_> = below
        .iter()
        .flat_map(|folder| folders_of_table(folder))
        .collect();
    folders.push(table.to_owned());
    folders
}

/// The folders of partitions that have parts, by the parts' paths below the job's folder.
pub(super) fn partitions<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<&'p str> {
    let mut folders: Vec<_> = paths
        .filter_map(|path| Some(path.rsplit_once('/')?.0))
        .filter(|folder| folder.contains('='))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// Says of each partition that it is complete.
pub(super) fn mark_complete(folder: &Path, access: Access, partitions: &[&str]) -> io::Result<()> {
    for partition in partitions {
        let partition = folder.join(partition);
        access
            .create_file(&partition.join(SUCCESS_NAME))?
            .sync_all()?;
        sync_folders([partition.as_path()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_partitions() {
        let partition = |wiki: Option<&str>| Partition {
            wiki_id: wiki.map(str::to_owned),
            snapshot: "2026-01-01".to_owned(),
        };
        for (wiki, path) in [
            (Some("enwiki"), "wiki_id=enwiki/snapshot=2026-01-01"),
            (
                None,
                "wiki_id=__HIVE_DEFAULT_PARTITION__/snapshot=2026-01-01",
            ),
            (Some("../a=b"), "wiki_id=..%2Fa%3Db/snapshot=2026-01-01"),
        ] {
            assert_eq!(partition(wiki).path("wiki_id"), path);
            assert!(is_partition_path(path), "{path}");
            let part = Path::new("out/pages").join(path).join("part-00000.parquet");
            assert_eq!(wiki_of_path(&part), Some(wiki.map(str::to_owned)));
        }
        assert_eq!(
            wiki_of_path(Path::new("out/pages/part-00000.parquet")),
            None
        );
        for path in ["", "..", "a", "=b", "a=", "a=b/..", "a=b/", "/a=b"] {
            assert!(!is_partition_path(path), "{path}");
        }
    }

    #[test]
    fn partitions_of_parts() {
        let paths = [
            "t/part-0.parquet",
            "t/a=1/b=2/part-1.parquet",
            "t/a=1/b=2/part-0.parquet",
        ];
        assert_eq!(partitions(paths.into_iter()), ["t/a=1/b=2"]);
    }
}
