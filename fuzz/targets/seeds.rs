//! What to begin with: the sample dumps, and pieces of them.

use std::fs;
use std::path::PathBuf;

/// Seeds longer than this make a fuzzer slow.
const MAX_BYTES: usize = 20_000;

fn folder() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let inside = manifest.join("sample-dumps");
    match inside.exists() {
        true => inside,
        false => manifest.join("../sample-dumps"),
    }
}

/// The sample files in a folder below the samples' whose names end so, and are not too long.
pub fn samples(below: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder().join(below))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.to_string_lossy();
            path.is_file() && endings.iter().any(|ending| name.ends_with(ending))
        })
        .collect();
    paths.sort();
    let files = paths.into_iter().map(|path| fs::read(path).unwrap());
    files.filter(|bytes| bytes.len() <= MAX_BYTES).collect()
}

/// Puts the controls of a target in front of each.
pub fn with_controls(controls: &[&[u8]], files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let files = files.into_iter().enumerate();
    let controlled = files.map(|(at, file)| [controls[at % controls.len()], &file].concat());
    controlled.collect()
}
