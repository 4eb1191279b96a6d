//! The sample dumps.

use std::path::PathBuf;

/// The folder of samples.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample-dumps")
}

/// All sound samples that are plain UTF-8 XML, by name.
pub fn plain() -> Vec<(String, Vec<u8>)> {
    let mut samples: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .filter(|(_, bytes)| !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff"))
        .collect();
    samples.sort();
    assert!(samples.len() > 20, "the samples are there");
    samples
}
