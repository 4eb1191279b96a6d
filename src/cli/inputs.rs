//! From what the user names to the files that are read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::args::RunArguments;
use super::near::did_you_mean;
use crate::error::{Error, Result};
use crate::runs::{Chosen, Kind, Mirror, Run, absent_pieces, choose};
use crate::source::{Discovered, Input, discover};

/// The files found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Inputs that the user named one by one or by a pattern: each must be a dump.
    pub named: Vec<Input>,
    /// Files chosen among those of folders; what is no dump is left out when it is opened.
    pub in_folders: Vec<Input>,
    /// Files left out unread, with the reason.
    pub left_out: Vec<(PathBuf, String)>,
}

/// Finds the inputs behind the user's words and the runs asked for.
pub(super) fn find(words: &[String], runs: &RunArguments) -> Result<Found> {
    let kinds = runs.kinds();
    let of_pages: Vec<_> = kinds.iter().filter(|kind| kind.is_of_pages()).collect();
    if let [one, other, ..] = of_pages[..] {
        return Err(Error::usage(format!(
            "--kind: {one} and {other} hold the same revisions; name one of them"
        )));
    }
    let mut words = words.to_vec();
    for run in runs_asked_for(runs, &kinds)? {
        words.push(run.folder.to_string_lossy().into_owned());
    }
    let Discovered {
        named,
        in_folders,
        left_out,
    } = discover(&words)?;
    let files = in_folders.into_iter().filter_map(|input| match input {
        Input::File(path) => Some(path),
        Input::Stdin => None,
    });
    // Kinds tell what to take of runs; without a folder there is none to take from.
    let files: Vec<_> = files.collect();
    let chosen = match files.is_empty() {
        true => Chosen::default(),
        false => choose(files, &kinds, runs.incomplete)?,
    };
    let files = chosen.files.iter().cloned();
    let named_files = named.iter().filter_map(Input::path);
    if !runs.incomplete {
        refuse_absent_pieces(&named_files.chain(files).collect::<Vec<_>>())?;
    }
    let unread = left_out
        .into_iter()
        .map(|(path, why)| (path, why.to_owned()));
    Ok(Found {
        named,
        in_folders: chosen.files.into_iter().map(Input::File).collect(),
        left_out: unread.chain(chosen.left_out).collect(),
    })
}

/// The history of a page that is spread over files has a hole where one of these is not read.
fn refuse_absent_pieces(files: &[PathBuf]) -> Result<()> {
    let absent = absent_pieces(files)?;
    match absent
        .iter()
        .find_map(|(page, paths)| Some((page, paths.first()?)))
    {
        None => Ok(()),
        Some((page, path)) => Err(Error::usage(format!(
            "page {page} is spread over several files, and {} is not among the inputs, though \
             SHA256SUMS lists it: name all its files, or --incomplete to do without",
            path.display()
        ))),
    }
}

/// One run of each wiki.
fn runs_asked_for(arguments: &RunArguments, kinds: &[Kind]) -> Result<Vec<Run>> {
    let exports = [Kind::ContentHistory, Kind::ContentCurrent]
        .into_iter()
        .find(|kind| kinds.contains(kind));
    let mirror = Mirror::new(&arguments.mirror.root);
    let mut asked_for: Vec<Run> = Vec::new();
    for pattern in &arguments.wikis {
        let mut by_wiki: BTreeMap<String, Vec<Run>> = BTreeMap::new();
        let mut others = BTreeSet::new();
        for run in mirror.runs(pattern)? {
            match run.exports == exports {
                true => by_wiki.entry(run.wiki.clone()).or_default().push(run),
                false => {
                    others.insert(run.exports);
                }
            }
        }
        if by_wiki.is_empty() {
            return Err(match others.is_empty() {
                true => unknown_wiki(&mirror, pattern)?,
                false => of_other_kinds(pattern, &others),
            });
        }
        for (wiki, runs) in by_wiki {
            if asked_for.iter().all(|run| run.wiki != wiki) {
                asked_for.push(of_date(&wiki, runs, &arguments.date, kinds)?);
            }
        }
    }
    Ok(asked_for)
}

fn of_date(wiki: &str, runs: Vec<Run>, date: &str, kinds: &[Kind]) -> Result<Run> {
    let dates: Vec<_> = runs.iter().map(|run| run.date.clone()).collect();
    if date != "latest" {
        // Exports have hyphens in their dates.
        let plain = |date: &str| date.replace('-', "");
        let mut runs = runs.into_iter();
        return runs
            .find(|run| plain(&run.date) == plain(date))
            .ok_or_else(|| {
                Error::usage(format!(
                    "{wiki} has no run of {date}; there are {}",
                    dates.join(", ")
                ))
            });
    }
    for run in runs.into_iter().rev() {
        if run.has_finished(kinds)? {
            return Ok(run);
        }
    }
    let what = match kinds {
        [] => String::new(),
        kinds => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            format!(" {}", names.join(", "))
        }
    };
    Err(Error::usage(format!(
        "no run of {wiki} says that it has finished{what}; name one with --date: {}",
        dates.join(", ")
    )))
}

/// There are exports of a wiki where others were asked for, or no exports.
fn of_other_kinds(pattern: &str, there: &BTreeSet<Option<Kind>>) -> Error {
    let there = there.iter().map(|exports| match exports {
        Some(kind) => format!("exports (--kind {kind})"),
        None => "dumps".to_owned(),
    });
    let there: Vec<_> = there.collect();
    Error::usage(format!(
        "of {pattern} there is no such run, but there are {}",
        there.join(" and ")
    ))
}

fn unknown_wiki(mirror: &Mirror, pattern: &str) -> Result<Error> {
    let all = mirror.runs("*")?;
    let mut names: Vec<_> = all.iter().map(|run| run.wiki.as_str()).collect();
    names.dedup();
    Ok(Error::usage(format!(
        "there is no run of {pattern} in {}{}",
        mirror.root().display(),
        did_you_mean(pattern, &names)
    )))
}
