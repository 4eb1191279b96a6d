//! Which files of an export are not there, as the list of its checksums tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::folder::{entries_of, name_of};
use super::mirror::is_export_date;
use super::sums::names_in;
use super::{DumpName, Kind};
use crate::error::{Error, Result};

/// The list that is written when an export is complete, with all its files.
const LIST: &str = "SHA256SUMS";
/// The mark of an export that is complete.
pub(super) const COMPLETE: &str = "_SUCCESS";

/// Refuses the folder of an export which is not complete, by its layout, `<date>/xml/<compression>`, or
/// by its list.
pub(super) fn refuse_incomplete_export(folder: &Path) -> Result<()> {
    let mut above = folder.ancestors().skip(1).map(name_of);
    let is_export = above.next().is_some_and(|name| name == "xml")
        && above.next().is_some_and(|name| is_export_date(&name));
    let told = folder.display();
    if is_export && !folder.join(COMPLETE).exists() {
        return Err(Error::usage(format!(
            "the export in {told} is not complete: it has no {COMPLETE}; --incomplete takes what is there"
        )));
    }
    match not_there(folder)?.first() {
        None => Ok(()),
        Some(path) => Err(Error::usage(format!(
            "{} is not in {told}, though {LIST} lists it; --incomplete does without it",
            name_of(path)
        ))),
    }
}

/// Names of all files of exports that the list of checksums in a folder has; none without a list.
fn listed_exports(folder: &Path) -> Result<Vec<(String, DumpName)>> {
    let list = folder.join(LIST);
    if !list.is_file() {
        return Ok(Vec::new());
    }
    let dumps = names_in(&list)?.into_iter().filter_map(|name| {
        let told = DumpName::parse(&name)?;
        (told.kind == Kind::ContentHistory).then_some((name, told))
    });
    Ok(dumps.collect())
}

/// Files that hold more of a page than those given: of each page of which some files are given, those
/// that a list of checksums beside them has and that are not given.
pub fn absent_pieces(files: &[PathBuf]) -> Result<BTreeMap<i64, Vec<PathBuf>>> {
    let mut given: BTreeMap<&Path, BTreeSet<u64>> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for path in files {
        let Some(name) = DumpName::of_path(path) else {
            continue;
        };
        names.insert(name_of(path));
        if let (true, Some((page, _)), Some(folder)) =
            (name.is_of_one_page(), name.pages, path.parent())
        {
            given.entry(folder).or_default().insert(page);
        }
    }
    let mut absent: BTreeMap<i64, Vec<PathBuf>> = BTreeMap::new();
    for (folder, pages) in given {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        for (name, told) in listed_exports(folder)? {
            let Some((page, last)) = told.pages else {
                continue;
            };
            if page == last
                && pages.contains(&page)
                && !names.contains(&name)
                && let Ok(page) = page.try_into()
            {
                absent.entry(page).or_default().push(folder.join(name));
            }
        }
    }
    Ok(absent)
}

/// Files that the list of a folder has and that are not in it.
pub(super) fn not_there(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = listed_exports(folder)?;
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let there: BTreeSet<_> = entries_of(folder)?
        .iter()
        .map(|path| name_of(path))
        .collect();
    let names = listed.into_iter().map(|(name, _)| name);
    let absent = names.filter(|name| !there.contains(name));
    Ok(absent.map(|name| folder.join(name)).collect())
}
