//! The program: see [`mwparquet::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    mwparquet::cli::run()
}
