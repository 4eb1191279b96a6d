//! From what the user names to the files that are read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::args::RunArguments;
use super::near::did_you_mean;
use crate::error::{Error, Result};
use crate::runs::{Chosen, Kind, Mirror, Run, choose};
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
        false => choose(files, &kinds)?,
    };
    let unread = left_out
        .into_iter()
        .map(|(path, why)| (path, why.to_owned()));
    Ok(Found {
        named,
        in_folders: chosen.files.into_iter().map(Input::File).collect(),
        left_out: unread.chain(chosen.left_out).collect(),
    })
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
        for run in mirror.runs(pattern)? {
            if run.exports == exports {
                by_wiki.entry(run.wiki.clone()).or_default().push(run);
            }
        }
        if by_wiki.is_empty() {
            return Err(unknown_wiki(&mirror, pattern)?);
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
