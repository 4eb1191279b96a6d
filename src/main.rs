//! The program: see [`mwparquet::cli`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mwparquet::cli::Rounding = mwparquet::cli::Rounding;

fn main() -> ExitCode {
    mwparquet::cli::run()
}
