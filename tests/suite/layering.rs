//! Who may import whom, as the architecture has it.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer with the layers that it may use; `error`, `digits`, `processor`, `marks`, `tags` and `model` stand below all.
const LAYERS: [(&str, &[&str]); 18] = [
    ("error", &[]),
    ("digits", &[]),
    ("processor", &[]),
    ("marks", &[]),
    ("tags", &["processor", "marks"]),
    ("model", &["digits", "processor", "marks"]),
    ("source", &["error"]),
    ("runs", &["error"]),
    ("container", &["source", "error"]),
    ("frame", &["marks", "tags", "error"]),
    (
        "xml",
        &["digits", "processor", "marks", "tags", "model", "error"],
    ),
    ("sql", &["digits", "marks", "model", "error"]),
    ("derive", &["model", "error"]),
    ("protect", &["model", "error"]),
    ("tables", &["sql", "derive", "model", "error"]),
    ("sink", &["tables", "model", "error"]),
    (
        "engine",
        &[
            "tables",
            "derive",
            "protect",
            "sink",
            "container",
            "frame",
            "xml",
            "runs",
            "sql",
            "source",
            "model",
            "error",
        ],
    ),
    (
        "cli",
        &[
            "engine",
            "tables",
            "derive",
            "protect",
            "container",
            "runs",
            "source",
            "sql",
            "sink",
            "model",
            "error",
        ],
    ),
];

/// Crates that belong to few layers.
const CRATES: [(&str, &[&str]); 11] = [
    ("hmac", &["protect"]),
    ("quick_xml", &["xml"]),
    ("sha1", &["derive", "engine"]),
    ("imara_diff", &["derive"]),
    ("arrow", &["tables", "sink", "engine", "cli"]),
    ("parquet", &["sink"]),
    ("rayon", &["engine"]),
    ("crossbeam_channel", &["engine"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("memmap2", &["source"]),
];

fn files_of(layer: &str) -> Vec<PathBuf> {
    fn below(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => below(&path, files),
                false => files.push(path),
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![src.join(format!("{layer}.rs"))];
    if src.join(layer).is_dir() {
        below(&src.join(layer), &mut files);
    }
    files
}

#[test]
fn layers_use_only_what_lies_below() {
    for (layer, may_use) in LAYERS {
        for file in files_of(layer) {
            let text = fs::read_to_string(&file).unwrap();
            for used in text.lines().filter_map(|line| {
                let path = line.trim().strip_prefix("use crate::")?;
                path.split(|character: char| !character.is_ascii_lowercase())
                    .next()
            }) {
                assert!(
                    used == layer || used.is_empty() || may_use.contains(&used),
                    "{} uses {used}",
                    file.display()
                );
            }
            for (name, layers) in CRATES {
                let is_used =
                    text.contains(&format!("use {name}::")) || text.contains(&format!(" {name}::"));
                assert!(
                    !is_used || layers.contains(&layer),
                    "{} uses the crate {name}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn only_the_command_line_prints_and_nobody_exits() {
    for (layer, _) in LAYERS {
        for file in files_of(layer) {
            let text = fs::read_to_string(&file).unwrap();
            for word in [
                "println!",
                "process::exit",
                "dbg!",
                "todo!",
                "unimplemented!",
            ] {
                assert!(!text.contains(word), "{} has {word}", file.display());
            }
        }
    }
}
