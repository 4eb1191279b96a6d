//! `mwparquet verify`.

mod describe;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;

use self::describe::{describe, describe_output};
use super::args::{OnDamage, VerifyArguments};
use super::convert::{limits, no_dump_in, pool};
use super::inputs::find;
use super::progress::Display;
use super::{WITH_REJECTS, exit_code, print, print_error};
use crate::engine::{
    Before, DifferingText, Limits, Listener, Pool, Progress, Stop, Verified, check_file, sequences,
    verify, wrong_checksum,
};
use crate::error::{Error, ErrorKind, Result};
use crate::sink::{CheckedFile, FoundJob, MANIFEST_NAME, check_output, is_purge_unfinished};
use crate::source::Input;

pub(super) use self::describe::proofs;

/// What is said of an input.
#[derive(Serialize)]
struct Told<'t> {
    #[serde(flatten)]
    verified: &'t Verified,
    checksums: &'t [CheckedFile],
}

pub(super) fn run(arguments: &VerifyArguments, stop: &Stop) -> Result<ExitCode> {
    let mut verdict = Verdict::default();
    let words = outputs(arguments, &mut verdict, stop)?;
    if !words.is_empty() || !arguments.runs.wikis.is_empty() {
        dumps(&words, arguments, &mut verdict, stop)?;
    }
    Ok(verdict.code(arguments.strict))
}

/// Verifies what jobs have written; gives back the words that name something else.
fn outputs(arguments: &VerifyArguments, verdict: &mut Verdict, stop: &Stop) -> Result<Vec<String>> {
    let is_output = |word: &&String| {
        let folder = Path::new(word);
        folder.join(MANIFEST_NAME).is_file() || is_purge_unfinished(folder)
    };
    let (outputs, words): (Vec<_>, Vec<_>) = arguments.inputs.iter().partition(is_output);
    for folder in outputs {
        verdict.output(Path::new(folder), arguments.json, stop)?;
    }
    let mut others = Vec::new();
    for word in words {
        match is_unfinished(Path::new(word))? {
            true => verdict.fail(&not_finished(word)),
            false => others.push(word.clone()),
        }
    }
    Ok(others)
}

/// Verifies dump files.
fn dumps(
    words: &[String],
    arguments: &VerifyArguments,
    verdict: &mut Verdict,
    stop: &Stop,
) -> Result<()> {
    let found = find(words, &arguments.runs)?;
    if found.named.is_empty() && found.in_folders.is_empty() {
        return Err(no_dump_in(words));
    }
    let inputs = [&found.named[..], &found.in_folders].concat();
    let mut session = Session::new(arguments, &inputs, stop)?;
    let sequences = sequences(&inputs, &session.limits, &session.pool, stop)?;
    let numbers = sequences.iter().flat_map(|sequence| {
        let files = sequence.files().iter().enumerate();
        files.map(|(place, file)| (place == 0, file.number))
    });
    let mut before = Before::default();
    let mut is_any_dump = false;
    for (begins, number) in numbers {
        let Some(input) = inputs.get(number) else {
            continue;
        };
        if begins {
            before = Before::default();
        }
        let is_named = number < found.named.len();
        let outcome = session.input(number, input, &mut before, verdict);
        session.display.end();
        is_any_dump |= !matches!(&outcome, Err(error) if error.kind() == ErrorKind::NotADump);
        match outcome.and_then(|told| print(told.as_bytes())) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            // What lies in a folder need not be a dump.
            Err(error) if !is_named && error.kind() == ErrorKind::NotADump => {}
            // One bad file does not hide the others.
            Err(error) => verdict.fail(&error),
        }
    }
    // That nothing was found is no proof that all is well.
    if !is_any_dump && verdict.failure.is_none() {
        return Err(no_dump_in(words));
    }
    session.differing.map_or(Ok(()), Rows::finish)
}

/// Whether a job wrote into a folder, and no manifest says that it is finished.
fn is_unfinished(folder: &Path) -> Result<bool> {
    let job = match folder.is_dir() {
        true => FoundJob::at(folder)?,
        false => None,
    };
    Ok(job.is_some_and(|job| job.manifest.is_none()))
}

fn not_finished(folder: &str) -> Error {
    Error::damaged(format!(
        "{folder} has no {MANIFEST_NAME}: the job that wrote into it is not finished.  `mwparquet list \
         {folder}` tells how far it came, and the same command with --resume goes on"
    ))
}

/// What all inputs come to.
#[derive(Default)]
struct Verdict {
    failure: Option<ErrorKind>,
    differs: bool,
}

impl Verdict {
    fn code(&self, strict: bool) -> ExitCode {
        match self.failure {
            Some(kind) => exit_code(kind),
            None if strict && self.differs => ExitCode::from(WITH_REJECTS),
            None => ExitCode::SUCCESS,
        }
    }

    /// Tells an error, and keeps the kind of the first.
    fn fail(&mut self, error: &Error) {
        print_error(error);
        self.failure.get_or_insert(error.kind());
    }

    fn output(&mut self, folder: &Path, json: bool, stop: &Stop) -> Result<()> {
        let checked = check_output(folder, || stop.check())?;
        if !checked.wrong.is_empty() {
            self.failure.get_or_insert(ErrorKind::Damaged);
        }
        let text = match json {
            true => line_of(&checked)?,
            false => describe_output(&checked),
        };
        print(text.as_bytes()).map(|_| ())
    }
}

struct Session<'s> {
    limits: Limits,
    pool: Pool,
    stop: &'s Stop,
    json: bool,
    differing: Option<Rows>,
    progress: Arc<Progress>,
    display: Display,
}

impl<'s> Session<'s> {
    fn new(arguments: &VerifyArguments, inputs: &[Input], stop: &'s Stop) -> Result<Self> {
        let pool = pool(&arguments.work)?;
        let progress = Arc::new(Progress::default());
        let differing = arguments.differing.as_deref();
        Ok(Self {
            display: Display::new(arguments.progress.style(), inputs, Arc::clone(&progress)),
            progress,
            limits: limits(&arguments.work, OnDamage::Fail, &pool),
            pool,
            stop,
            json: arguments.json,
            differing: differing.map(Rows::create).transpose()?,
        })
    }

    /// Verifies an input; gives what is to be said of it.
    fn input(
        &mut self,
        number: usize,
        input: &Input,
        before: &mut Before,
        verdict: &mut Verdict,
    ) -> Result<String> {
        let checksums = match input {
            Input::File(path) => check_file(path, self.stop)?,
            Input::Stdin => Vec::new(),
        };
        if let Some(wrong) = checksums.iter().find(|one| !one.agrees()) {
            // What is in it is read all the same: it tells how much is wrong.
            print_error(&wrong_checksum(wrong).in_input(&input.name()));
            verdict.failure.get_or_insert(ErrorKind::Damaged);
        }
        let mut write = |text: &DifferingText| match &mut self.differing {
            Some(rows) => rows.write(text),
            None => Ok(()),
        };
        let listener = Listener {
            differs: &mut write,
            observe: &mut || self.display.observe(),
        };
        let verified = verify(
            (number, input),
            before,
            &self.limits,
            &self.pool,
            &self.progress,
            self.stop,
            listener,
        )?;
        verdict.differs |= verified.has_differences();
        let told = Told {
            verified: &verified,
            checksums: &checksums,
        };
        match self.json {
            true => line_of(&told),
            false => Ok(describe(&told)),
        }
    }
}

fn line_of(value: &impl Serialize) -> Result<String> {
    let line = serde_json::to_string(value);
    line.map(|line| line + "\n")
        .map_err(|error| Error::internal("cannot write JSON").with_source(error))
}

/// A file of JSON lines.
struct Rows {
    name: String,
    out: BufWriter<File>,
}

impl Rows {
    fn create(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file =
            File::create(path).map_err(|error| Error::io(format!("cannot write {name}"), error))?;
        Ok(Self {
            name,
            out: BufWriter::new(file),
        })
    }

    fn write(&mut self, text: &DifferingText) -> Result<()> {
        let line = line_of(text)?;
        let outcome = self.out.write_all(line.as_bytes());
        outcome.map_err(|error| Error::io(format!("cannot write {}", self.name), error))
    }

    fn finish(mut self) -> Result<()> {
        let outcome = self.out.flush();
        outcome.map_err(|error| Error::io(format!("cannot write {}", self.name), error))
    }
}
