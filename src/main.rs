//! The program: see [`mwparquet::cli`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mwparquet::cli::Roomy = mwparquet::cli::Roomy;

fn main() -> ExitCode {
    mwparquet::cli::run()
}
