//! Which files of folders are read, so that no revision is read twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::pieces::{not_there, refuse_incomplete_export};
use super::{Container, DumpName, Kind, Status};
use crate::error::{Error, Result};

/// What was chosen.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Files to read, in the order given.
    pub files: Vec<PathBuf>,
    /// Files left out, each with the reason.
    pub left_out: Vec<(PathBuf, String)>,
}

/// Chooses among files that were found in folders.  Files that have nothing to do with a run, by
/// their names, are taken as they are, unless `kinds` are named.
///
/// Of each run one kind of pages is taken (the one named in `kinds`, or else the one with the most
/// revisions, and of equals the one with texts), the log and the tables; of each kind one of the
/// forms in which it is there: parts before the whole, bzip2 before 7z.  Where the folder has a
/// `dumpstatus.json`, only files of finished jobs count.
///
/// An error if a wiki has several runs there, a file that the run lists is not there or has another
/// size, an export is not complete, page ranges overlap, or a kind that was named is not there.
/// `incomplete` allows for files that are not there, and for exports that are not complete.
pub fn choose(files: Vec<PathBuf>, kinds: &[Kind], incomplete: bool) -> Result<Chosen> {
    let mut runs: BTreeMap<RunKey, Vec<Dump>> = BTreeMap::new();
    let mut verdicts: Vec<Option<String>> = Vec::with_capacity(files.len());
    for (index, path) in files.iter().enumerate() {
        match dump_of(path, index) {
            Some(dump) => {
                runs.entry(dump.run()).or_default().push(dump);
                verdicts.push(None);
            }
            None if kinds.is_empty() => verdicts.push(None),
            None => verdicts.push(Some("not of a kind that is wanted".to_owned())),
        }
    }
    refuse_several_runs(&runs)?;
    for (path, verdict) in files.iter().zip(&mut verdicts) {
        if verdict.is_none() && runs.keys().any(|run| run.has_beside_its_dumps(path)) {
            *verdict = Some("no dump, by its name".to_owned());
        }
    }
    let mut found = BTreeSet::new();
    let mut absent = Vec::new();
    for (key, dumps) in &runs {
        let status = Status::of_folder(&key.folder)?;
        let run = RunFiles {
            folder: &key.folder,
            status: status.as_ref(),
            dumps,
            incomplete,
        };
        let taken = run.choose(kinds, &mut verdicts)?;
        if taken.iter().any(|kind| kind.is_of_exports()) {
            absent.extend(not_there(&key.folder)?);
        }
        found.extend(taken);
    }
    refuse_absent(kinds, &found, &runs)?;
    let mut chosen = Chosen::default();
    for (path, verdict) in files.into_iter().zip(verdicts) {
        match verdict {
            None => chosen.files.push(path),
            Some(why) => chosen.left_out.push((path, why)),
        }
    }
    let why = "it is not there, though SHA256SUMS lists it";
    let absent = absent.into_iter().map(|path| (path, why.to_owned()));
    chosen.left_out.extend(absent);
    Ok(chosen)
}

/// What files of one run have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RunKey {
    wiki: String,
    folder: PathBuf,
    date: String,
}

impl RunKey {
    /// Whether a file is one that the dump maker leaves beside dumps: lists of titles, checksums,
    /// what it says of itself.
    fn has_beside_its_dumps(&self, path: &Path) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return false;
        };
        let is_said = [".json", ".txt", ".html"]
            .iter()
            .any(|ending| name.ends_with(ending));
        let prefix = format!("{}-{}-", self.wiki, self.date);
        path.parent() == Some(&self.folder)
            && DumpName::parse(name).is_none()
            && (is_said || name == "SHA256SUMS" || name.starts_with(&prefix))
    }
}

/// A file whose name is that of a dump.
#[derive(Debug)]
struct Dump {
    name: DumpName,
    folder: PathBuf,
    file_name: String,
    /// Place among the files given.
    index: usize,
}

impl Dump {
    fn run(&self) -> RunKey {
        RunKey {
            wiki: self.name.wiki.clone(),
            folder: self.folder.clone(),
            date: self.name.date.clone(),
        }
    }

    fn form(&self) -> Form {
        Form::of(&self.name)
    }
}

fn dump_of(path: &Path, index: usize) -> Option<Dump> {
    let file_name = path.file_name()?.to_str()?.to_owned();
    let name = DumpName::of_path(path)?;
    Some(Dump {
        name,
        folder: path.parent()?.to_owned(),
        file_name,
        index,
    })
}

/// A form in which a kind can be there; the preferred come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    pieces: Pieces,
    container: Container,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pieces {
    PageRanges,
    Parts,
    Whole,
}

impl Form {
    fn of(name: &DumpName) -> Self {
        let pieces = match (name.pages, name.part) {
            (Some(_), _) => Pieces::PageRanges,
            (None, Some(_)) => Pieces::Parts,
            (None, None) => Pieces::Whole,
        };
        Self {
            pieces,
            container: name.container,
        }
    }
}

/// A wiki with two runs would have most of its revisions twice.
fn refuse_several_runs(runs: &BTreeMap<RunKey, Vec<Dump>>) -> Result<()> {
    let is_of_a_day = |dump: &Dump| {
        matches!(
            dump.name.kind,
            Kind::PagesMetaHistIncr | Kind::StubsMetaHistIncr
        )
    };
    let whole: Vec<_> = runs
        .iter()
        .filter(|(_, dumps)| !dumps.iter().all(is_of_a_day))
        .map(|(key, _)| key)
        .collect();
    match whole.windows(2).find(|pair| pair[0].wiki == pair[1].wiki) {
        None => Ok(()),
        Some(pair) => Err(Error::usage(format!(
            "there are several runs of {}: {} of {} and {} of {}; name the folder of one",
            pair[0].wiki,
            pair[0].folder.display(),
            pair[0].date,
            pair[1].folder.display(),
            pair[1].date
        ))),
    }
}

fn refuse_absent(
    kinds: &[Kind],
    found: &BTreeSet<Kind>,
    runs: &BTreeMap<RunKey, Vec<Dump>>,
) -> Result<()> {
    let Some(absent) = kinds.iter().find(|kind| !found.contains(kind)) else {
        return Ok(());
    };
    let all = runs.values().flatten().map(|dump| dump.name.kind);
    let there: BTreeSet<_> = all.filter(|kind| kind != absent).map(Kind::name).collect();
    let there: Vec<_> = there.into_iter().collect();
    Err(Error::usage(match there.is_empty() {
        true => format!("there is no finished {absent}, nor a dump of another kind"),
        false => format!(
            "there is no finished {absent}; there are {}",
            there.join(", ")
        ),
    }))
}

/// The dumps of one run.
struct RunFiles<'r> {
    folder: &'r Path,
    status: Option<&'r Status>,
    dumps: &'r [Dump],
    /// Whether files that are not there are allowed for.
    incomplete: bool,
}

impl RunFiles<'_> {
    /// Says of each file that is left out why; gives the kinds that are read.
    fn choose(&self, kinds: &[Kind], verdicts: &mut [Option<String>]) -> Result<BTreeSet<Kind>> {
        let mut finished = Vec::new();
        for dump in self.dumps {
            match self.unfinished(dump) {
                None => finished.push(dump),
                Some(why) => verdicts[dump.index] = Some(why),
            }
        }
        let there: BTreeSet<_> = finished.iter().map(|dump| dump.name.kind).collect();
        let of_pages = there.iter().copied().find(|kind| kind.is_of_pages());
        let is_wanted = |kind: Kind| match kinds.is_empty() {
            true => !kind.is_of_pages() || Some(kind) == of_pages,
            false => kinds.contains(&kind),
        };
        let wanted: BTreeSet<_> = there.into_iter().filter(|kind| is_wanted(*kind)).collect();
        for kind in &wanted {
            let dumps = finished.iter().filter(|dump| dump.name.kind == *kind);
            self.choose_form(*kind, dumps.copied().collect(), verdicts)?;
        }
        for dump in finished {
            let kind = dump.name.kind;
            if wanted.contains(&kind) {
                continue;
            }
            verdicts[dump.index] = Some(match of_pages {
                Some(taken) if kinds.is_empty() => {
                    format!("its revisions are in {taken}; --kind takes another kind")
                }
                _ => "not of a kind that is wanted".to_owned(),
            });
        }
        Ok(wanted)
    }

    /// Why a file does not count, by the run's own account.
    fn unfinished(&self, dump: &Dump) -> Option<String> {
        let status = self.status?;
        match status.job_of(&dump.file_name) {
            None => Some("dumpstatus.json does not list it".to_owned()),
            Some(job) if job.is_done() => None,
            Some(job) => Some(format!(
                "not finished: dumpstatus.json says {:?}",
                job.status
            )),
        }
    }

    /// Takes one form of a kind.
    fn choose_form(
        &self,
        kind: Kind,
        dumps: Vec<&Dump>,
        verdicts: &mut [Option<String>],
    ) -> Result<()> {
        if kind == Kind::Tables {
            return self.choose_tables(&dumps, verdicts);
        }
        let mut forms: BTreeMap<Form, Vec<&Dump>> = BTreeMap::new();
        for dump in dumps {
            forms.entry(dump.form()).or_default().push(dump);
        }
        // Parts that do not begin at 1 or have gaps are perhaps not all there.
        let mut by_preference: Vec<_> = forms.into_iter().collect();
        by_preference.sort_by_key(|(form, dumps)| (!has_all_parts(dumps), *form));
        let mut first_error = None;
        let mut taken: Option<Form> = None;
        for (form, dumps) in &by_preference {
            if taken.is_none() {
                match self.check(kind, *form, dumps) {
                    Ok(()) => {
                        taken = Some(*form);
                        continue;
                    }
                    Err(error) => first_error = first_error.or(Some(error)),
                }
            }
            for dump in dumps {
                verdicts[dump.index] =
                    Some("the same pages are read from other files of the run".to_owned());
            }
        }
        match (taken, first_error) {
            (None, Some(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes each table once.
    fn choose_tables(&self, dumps: &[&Dump], verdicts: &mut [Option<String>]) -> Result<()> {
        let table = |dump: &Dump| dump.file_name.split('.').next().map(str::to_owned);
        let mut taken: BTreeMap<_, Container> = BTreeMap::new();
        for dump in dumps {
            let best = taken.entry(table(dump)).or_insert(dump.name.container);
            *best = dump.name.container.min(*best);
        }
        for dump in dumps {
            match taken.get(&table(dump)) == Some(&dump.name.container) {
                true => self.check_size(dump)?,
                false => {
                    verdicts[dump.index] =
                        Some("the same table is read from another file".to_owned())
                }
            }
        }
        Ok(())
    }

    /// Whether all files of a form are there as a whole, and none twice.
    fn check(&self, kind: Kind, form: Form, dumps: &[&Dump]) -> Result<()> {
        let jobs = self.status.iter().flat_map(|status| status.jobs.values());
        for listed in jobs
            .filter(|job| job.is_done())
            .flat_map(|job| job.files.keys())
        {
            let is_of_form = DumpName::parse(listed)
                .is_some_and(|name| name.kind == kind && Form::of(&name) == form);
            if is_of_form && !self.incomplete && !dumps.iter().any(|dump| dump.file_name == *listed)
            {
                return Err(Error::usage(format!(
                    "{} is not in {}, though dumpstatus.json lists it; --incomplete does \
                     without it",
                    listed,
                    self.folder.display()
                )));
            }
        }
        if kind.is_of_exports() && !self.incomplete {
            refuse_incomplete_export(self.folder)?;
        }
        dumps.iter().try_for_each(|dump| self.check_size(dump))?;
        refuse_overlap(dumps)
    }

    fn check_size(&self, dump: &Dump) -> Result<()> {
        let path = self.folder.join(&dump.file_name);
        let job = self
            .status
            .and_then(|status| status.job_of(&dump.file_name));
        let listed = job
            .and_then(|job| job.files.get(&dump.file_name))
            .and_then(|file| file.size_bytes);
        let size_bytes = path.metadata().ok().map(|metadata| metadata.len());
        match (listed, size_bytes) {
            (Some(listed), Some(size_bytes)) if listed != size_bytes => Err(Error::damaged(
                format!("the file has {size_bytes} bytes, and {listed} by dumpstatus.json"),
            )
            .in_input(&path.to_string_lossy().into())),
            _ => Ok(()),
        }
    }
}

/// Whether parts, if there are numbers, are 1, 2, 3 and so on.
fn has_all_parts(dumps: &[&Dump]) -> bool {
    let parts: BTreeSet<_> = dumps.iter().filter_map(|dump| dump.name.part).collect();
    parts.iter().copied().eq(1..=parts.len() as u32)
}

/// Files of two attempts at the same pages can lie side by side.
fn refuse_overlap(dumps: &[&Dump]) -> Result<()> {
    let mut ranges: Vec<_> = dumps
        .iter()
        .filter(|dump| !dump.name.is_of_one_page())
        .filter_map(|dump| dump.name.pages.map(|pages| (pages, dump)))
        .collect();
    ranges.sort_by_key(|(pages, _)| *pages);
    // A page can be the last of one file of an export and go on as the first of the next.
    let overlap = |pages: (u64, u64), next: (u64, u64), kind| match kind {
        Kind::ContentHistory => next.0 < pages.1,
        _ => next.0 <= pages.1,
    };
    let overlap =
        |pair: &&[((u64, u64), &&Dump)]| overlap(pair[0].0, pair[1].0, pair[0].1.name.kind);
    match ranges.windows(2).find(overlap) {
        None => Ok(()),
        Some(pair) => Err(Error::usage(format!(
            "{} and {} hold the same pages, as files of two attempts can; name the files one by one",
            pair[0].1.file_name, pair[1].1.file_name
        ))),
    }
}

#[cfg(test)]
mod tests;
