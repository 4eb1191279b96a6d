//! The command line: arguments, terminal, exit codes.

mod allocator;
mod apply;
mod args;
mod bars;
mod cat;
mod clean;
mod convert;
mod count;
mod dialect;
mod expiry;
mod inputs;
mod inspect;
pub mod library;
mod list;
mod near;
mod progress;
mod protect;
mod purge;
mod rejects;
mod runs;
mod schema;
mod sizes;
mod splits;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::engine::Stop;
use crate::error::{Error, ErrorKind};
use args::{Arguments, Command};

pub use allocator::Rounding;

/// Exit code of a job that is complete but for listed rejects.
const WITH_REJECTS: u8 = 1;

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    allocator::keep_free_memory();
    let arguments = Arguments::parse();
    let stop = Stop::default();
    let on_signal = stop.clone();
    // Without a handler a signal ends the process at once; what it leaves has no manifest.
    let _ = ctrlc::set_handler(move || on_signal.ask());
    let outcome = match arguments.command {
        Command::Convert(arguments) => convert::run(&arguments, &stop),
        Command::Inspect(arguments) => inspect::run(&arguments, &stop),
        Command::Cat(arguments) => cat::run(&arguments, &stop),
        Command::Count(arguments) => count::run(&arguments, &stop),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Plan(arguments) => splits::run(&arguments, &stop),
        Command::Verify(arguments) => verify::run(&arguments, &stop),
        Command::Apply(arguments) => apply::run(&arguments, &stop),
        Command::List(arguments) => list::run(&arguments),
        Command::Clean(arguments) => clean::run(&arguments),
        Command::Purge(arguments) => purge::run(&arguments, &stop),
        Command::Schema(arguments) => schema::run(&arguments, &stop),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "mwparquet", &mut script);
            print(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
            rendered
                .map_err(|error| Error::io("cannot write", error))
                .and_then(|()| print(&page))
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&error);
            exit_code(error.kind())
        }
    }
}

fn exit_code(kind: ErrorKind) -> ExitCode {
    ExitCode::from(match kind {
        ErrorKind::Usage => 2,
        ErrorKind::Damaged | ErrorKind::NotADump => 3,
        ErrorKind::Environment => 4,
        ErrorKind::Cancelled => 130,
        ErrorKind::Internal => 70,
    })
}

/// Messages quote input, which must not reach the terminal as control sequences.
fn print_error(error: &Error) {
    let mut line = String::from("mwparquet: ");
    for character in error.to_string().chars() {
        match character.is_control() {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    let _ = writeln!(io::stderr(), "{line}");
}

/// Whoever read our output has seen enough, as `head` does.
fn is_closed_pipe(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|source| source.kind() == io::ErrorKind::BrokenPipe)
}

fn print(bytes: &[u8]) -> crate::Result<ExitCode> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|error| Error::io("cannot write to standard output", error))?;
    Ok(ExitCode::SUCCESS)
}
