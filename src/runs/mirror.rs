//! Where runs lie: a mirror of Wikimedia's dumps, on a disk.

use std::path::{Path, PathBuf};

use super::folder::{entries_of, name_of};
use super::{Kind, Status};
use crate::error::{Error, Result};

/// A folder that holds `<wiki>/<date>` for each run, and exports of content under `other`.
#[derive(Debug, Clone)]
pub struct Mirror {
    root: PathBuf,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Database name of the wiki.
    pub wiki: String,
    /// When it began: `YYYYMMDD`, or `YYYY-MM-DD` of content file exports.
    pub date: String,
    /// Where its files lie.
    pub folder: PathBuf,
    /// Of content file exports, what they hold.
    pub exports: Option<Kind>,
}

/// The name of the folder under which content file exports lie.
pub(super) fn folder_of_exports(kind: Kind) -> &'static str {
    match kind {
        Kind::ContentCurrent => "mediawiki_content_current",
        _ => "mediawiki_content_history",
    }
}

impl Mirror {
    /// The one below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The runs of wikis whose names match a pattern (`*`, `?` and `[…]` stand for others), sorted
    /// by wiki and date.
    pub fn runs(&self, wikis: &str) -> Result<Vec<Run>> {
        let pattern = glob::Pattern::new(wikis)
            .map_err(|error| Error::usage(format!("bad pattern {wikis}")).with_source(error))?;
        let mut runs = Vec::new();
        for (wiki, folder) in folders_in(&self.root)? {
            if !pattern.matches(&wiki) {
                continue;
            }
            for (date, folder) in folders_in(&folder)? {
                if is_classic_date(&date) {
                    runs.push(Run {
                        wiki: wiki.clone(),
                        date,
                        folder,
                        exports: None,
                    });
                }
            }
        }
        for kind in [Kind::ContentHistory, Kind::ContentCurrent] {
            self.add_exports(kind, &pattern, &mut runs)?;
        }
        runs.sort_by(|a, b| (&a.wiki, &a.date).cmp(&(&b.wiki, &b.date)));
        Ok(runs)
    }

    fn add_exports(&self, kind: Kind, pattern: &glob::Pattern, runs: &mut Vec<Run>) -> Result<()> {
        let exports = self.root.join("other").join(folder_of_exports(kind));
        if !exports.is_dir() {
            return Ok(());
        }
        for (wiki, folder) in folders_in(&exports)? {
            if !pattern.matches(&wiki) {
                continue;
            }
            for (date, folder) in folders_in(&folder)? {
                let folder = folder.join("xml/bzip2");
                if is_export_date(&date) && folder.is_dir() {
                    runs.push(Run {
                        wiki: wiki.clone(),
                        date,
                        folder,
                        exports: Some(kind),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Run {
    /// The files in its folder: names and sizes, in the order of the names.
    pub fn files(&self) -> Result<Vec<(String, u64)>> {
        let paths = entries_of(&self.folder)?.into_iter();
        paths
            .map(|path| match path.metadata() {
                Ok(found) => Ok((name_of(&path), found.len())),
                Err(error) => Err(Error::io(format!("cannot read {}", path.display()), error)),
            })
            .collect()
    }

    /// Whether it can give these kinds as a whole; where none is named, whether nothing of it is still
    /// to come.
    pub fn has_finished(&self, kinds: &[Kind]) -> Result<bool> {
        if let Some(kind) = self.exports {
            return Ok(kinds == [kind] && self.folder.join(super::pieces::COMPLETE).exists());
        }
        let Some(status) = Status::of_folder(&self.folder)? else {
            return Ok(false);
        };
        if kinds.is_empty() {
            return Ok(status.has_ended());
        }
        Ok(kinds.iter().all(|kind| {
            let mut jobs = status
                .jobs
                .values()
                .filter(|job| holds(job, *kind))
                .peekable();
            jobs.peek().is_some() && jobs.any(super::JobState::is_done)
        }))
    }
}

fn holds(job: &super::JobState, kind: Kind) -> bool {
    let kind_of = |name: &String| super::DumpName::parse(name).map(|name| name.kind);
    job.files.keys().any(|name| kind_of(name) == Some(kind))
}

fn is_classic_date(name: &str) -> bool {
    name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_export_date(name: &str) -> bool {
    name.len() == 10
        && name.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// The folders in a folder, by name; hidden ones left out.
fn folders_in(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let named = entries_of(folder)?
        .into_iter()
        .map(|path| (name_of(&path), path));
    Ok(named
        .filter(|(name, path)| !name.starts_with('.') && path.is_dir())
        .collect())
}
