//! Runs one target under libFuzzer: `MWPARQUET_FUZZ_TARGET` names it.  `scripts/fuzz` does so.
#![no_main]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

#[path = "../targets/all.rs"]
mod targets;

use std::sync::OnceLock;
use std::{env, fs, process};

static CHECK: OnceLock<fn(&[u8])> = OnceLock::new();

/// Chooses the target; or tells which there are; or writes seeds into a folder, instead of fuzzing.
fn begin() {
    let Ok(name) = env::var("MWPARQUET_FUZZ_TARGET") else {
        targets::ALL
            .iter()
            .for_each(|target| println!("{}", target.name));
        process::exit(0);
    };
    let target = targets::ALL.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
    if let Ok(folder) = env::var("MWPARQUET_FUZZ_SEEDS") {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(format!("{folder}/seed-{number:03}"), seed).unwrap();
        }
        process::exit(0);
    }
    CHECK.get_or_init(|| target.check);
}

libfuzzer_sys::fuzz_target!(init: begin(), |data: &[u8]| {
    CHECK.get().unwrap()(data);
});
