//! `mwparquet clean`.

use std::io::{self, Write};
use std::process::ExitCode;

use super::args::CleanArguments;
use super::sizes::human_bytes;
use super::{WITH_REJECTS, print};
use crate::error::Result;
use crate::sink::Cleaning;

pub(super) fn run(arguments: &CleanArguments) -> Result<ExitCode> {
    // All are looked at before anything is removed.
    let plans = arguments
        .folders
        .iter()
        .map(|folder| Cleaning::plan(folder));
    let mut left = 0;
    for (folder, cleaning) in arguments
        .folders
        .iter()
        .zip(plans.collect::<Result<Vec<_>>>()?)
    {
        let folders = cleaning.empty_folders().count();
        let count = format!(
            "{} files ({}) and {folders} folders of {}",
            cleaning.files.len(),
            human_bytes(cleaning.bytes()),
            folder.display()
        );
        let mut text = String::new();
        if arguments.dry_run {
            let files = cleaning.files.iter().map(|(path, _)| path);
            for path in files.chain(cleaning.empty_folders()) {
                text += &format!("remove {}\n", path.display());
            }
            text += &format!("would remove {count}\n");
        } else {
            cleaning.run()?;
            text += &format!("removed {count}\n");
        }
        print(text.as_bytes())?;
        for path in &cleaning.foreign {
            let path = path.display();
            let _ = writeln!(
                io::stderr(),
                "left: {path}: mwparquet did not write it, or not like this"
            );
        }
        left += cleaning.foreign.len();
    }
    Ok(match left {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(WITH_REJECTS),
    })
}
